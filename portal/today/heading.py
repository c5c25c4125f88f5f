"""What stands on top of Today: the greeting, how much waits, and how many matters there are of each reason.

It comes along with whatever is done under a line of the list, so that the counts stay true.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import format_date
from markupsafe import Markup

from portal import clock, frame
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.today import queries
from portal.today.reasons import BY_KEY, REASONS, Reason, shown
from portal.users.models import User
from portal.users.queries import whose_ids


@dataclass(frozen=True)
class Asked:
    """Which list is asked for: whose, as a word and as ids (None is everybody's), and of which reason ("" is all)."""

    whose: str
    assignees: tuple[int, ...] | None
    reason: str

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons that it shows."""
        return (BY_KEY[self.reason],) if self.reason else REASONS


def asked_for(user: User, address: Mapping[str, str]) -> Asked:
    """The list that an address names by `whose` and `reason`; what it does not name is mine, and all. One query, for a
    team only.
    """
    whose, assignees = whose_ids(address.get("whose"), user)
    wanted = address.get("reason", "")
    return Asked(whose, assignees, wanted if wanted in BY_KEY else "")


def heading(user: User, asked: Asked, counts: Mapping[str, int]) -> dict[str, Any]:
    """What stands above that list, when so many matters of each reason wait; and what was asked for."""
    many = tuple(counts[each.key] for each in REASONS)
    head = _head(spoken(), clock.today(), _greeting(user.name), asked.whose, asked.reason, many)
    return {"head": head, "whose": asked.whose, "reason": asked.reason}


@lru_cache(maxsize=256)
def _head(_locale: str, _today: date, greeting: str, whose: str, reason: str, many: tuple[int, ...]) -> Markup:
    """`today/_head.html`, made once for the same counts on the same day."""
    counts = {each.key: n for each, n in zip(REASONS, many, strict=True)}
    return frame.kept(
        "today/_head.html", whose=whose, reason=reason, greeting=greeting, summary=_summary(counts, whose),
        pills=tuple((each.key, _(each.word), shown({each.key: counts[each.key]})) for each in REASONS),
        total=shown(counts),
    )  # fmt: skip


def again(user: User, address: Mapping[str, str]) -> dict[str, Any]:
    """The same, for an answer that brings it along (`today/_again.html`). One query, and one more for a team."""
    asked = asked_for(user, address)
    return heading(user, asked, queries.counts(asked.assignees)) | {"again": "today/_again.html"}


def _greeting(name: str) -> str:
    """By the first name and the hour on the firm's clock."""
    hour, first = clock.local(clock.now()).hour, name.split(maxsplit=1)[0]
    if hour < 12:
        return _("Good morning, %(name)s", name=first)
    return _("Good afternoon, %(name)s", name=first) if hour < 19 else _("Good evening, %(name)s", name=first)


@lru_cache(maxsize=8)
def _day(day: date, locale: str) -> str:
    return str(format_date(day, "EEEE d 'de' MMMM" if locale == "es" else "EEEE d MMMM"))


def _summary(counts: Mapping[str, int], whose: str) -> str:
    """The day, how much waits, and how much of it was promised."""
    day = _day(clock.today(), spoken())
    total, promised = sum(counts.values()), counts["promises"] + counts["unhappy"] + counts["said"]
    if not total:
        return day
    many = shown(counts)
    if whose == "mine":
        waiting = ngettext("%(shown)s waits for you", "%(shown)s wait for you", total, shown=many)
    else:
        waiting = ngettext("%(shown)s waits", "%(shown)s wait", total, shown=many)
    if not promised:
        return f"{day} · {waiting}"
    return f"{day} · {waiting}, " + ngettext("%(num)s of them for a promise", "%(num)s of them for a promise", promised)
