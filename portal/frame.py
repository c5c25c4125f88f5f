"""What every page has, made cheaply.

The frame around a page is worked out once, and the pieces that stand on every row of a list are plain functions, since
fifty rows of macros cost more than the rows.
"""

from collections import namedtuple
from collections.abc import Hashable, Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape
from sqlalchemy import Row

from portal import clock
from portal.language import page_gettext as _
from portal.language import spoken
from portal.links import static_url


def kept(template: str, **about: Any) -> Markup:
    """The template, made once for each language and each set of values, which are all that it may use."""
    return _made(current_app._get_current_object(), template, spoken(), **about)  # type: ignore[attr-defined]


@lru_cache(maxsize=1024)
def _made(app: Flask, template: str, locale: str, **about: Any) -> Markup:
    return Markup(app.jinja_env.get_template(template).render(about))  # noqa: S704 - what Jinja made is escaped


def kept_lines(template: str, rows: Iterable[Row[Any]], at: Hashable, me: int) -> Markup:
    """The lines of a list, each made once for all that it shows: who looks at the list again finds most of them made.

    The rows are of one statement. The template takes `rows`, `at` and `me`, and nothing else but the language and the
    day.
    """
    app, locale, today = current_app._get_current_object(), spoken(), clock.today()  # type: ignore[attr-defined]
    rows = list(rows)
    shape: Any = _shape(rows[0]._fields) if rows else None
    lines = [_line(app, template, locale, today, at, me, shape(*row)) for row in rows]
    return Markup("".join(lines))  # noqa: S704 - what Jinja made is escaped


@cache
def _shape(fields: tuple[str, ...]) -> Any:
    """What holds a row's values under their names and is compared as a plain tuple; a row of the database is not."""
    return namedtuple("Line", fields)


@lru_cache(maxsize=2048)
def _line(app: Flask, template: str, locale: str, today: date, at: Hashable, me: int, row: Any) -> str:
    return app.jinja_env.get_template(template).render(rows=[row], at=at, me=me)


@cache
def icon(name: str) -> Markup:
    """One icon of the sprite, 18 px; it says nothing, so what holds it needs a name."""
    return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>').format(static_url("icons.svg"), name)


@cache
def _contact(locale: str, small: bool) -> tuple[str, str]:
    """The buttons of a phone and of an address, with `%s` for the number, its digits, the address, and whose it is."""
    kind = "btn btn-icon btn-small" if small else "btn btn-icon"

    def button(scheme: str, name: str, picture: str, more: str = "") -> str:
        return f'<a class="{kind}" href="{scheme}%s"{more} title="{name}" aria-label="{name}">{icon(picture)}</a>'

    call = button("tel:", _("Call %(name)s", name="%s"), "phone")
    write = button(
        "https://wa.me/", _("WhatsApp to %(name)s", name="%s"), "whatsapp", ' target="_blank" rel="noopener"'
    )
    return f"{call} {write} ", button("mailto:", _("E-mail to %(name)s", name="%s"), "mail")


@lru_cache(maxsize=4096)
def _contact_buttons(locale: str, phone: str | None, email: str | None, who: str, small: bool) -> Markup:
    call, mail = _contact(locale, small)
    whose, number = escape(who), escape(phone or "")
    shown = call % (number, whose, whose, number.lstrip("+"), whose, whose) if phone else ""
    shown += mail % (escape(email), whose, whose) if email else ""
    return Markup(shown)  # noqa: S704 - every value above is escaped


def contact_buttons(phone: str | None, email: str | None, who: str, small: bool = False) -> Markup:
    """Call, WhatsApp and e-mail for an E.164 number and an address, whichever there is; `who` completes their names."""
    return _contact_buttons(spoken(), phone, email, who, small)


def init_app(app: Flask) -> None:
    """Give templates `kept`, and to the macros what they hand on."""
    app.jinja_env.globals.update(kept=kept, plain_icon=icon, plain_contact_buttons=contact_buttons)
