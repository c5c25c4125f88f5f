"""What a line about a promise says: its urgency in words, with a tone, and who promised what when."""

from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from portal import clock, formats
from portal.commitments.rates import Rate
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken


def urgency(row: Any) -> tuple[str, str]:
    """(tone, words) of a line: ("late", "Promise 3 days late")."""
    return urgency_of(row.kind, row.state, row.due_on)


def urgency_of(side: str, state: str, due_on: date) -> tuple[str, str]:
    """The same for a kind (a side, `recovery`, `disputed` or `done`), a state and a due day."""
    return _urgency(side, state, (due_on - clock.today()).days, spoken())


@lru_cache(maxsize=2048)
def _urgency(side: str, state: str, days: int, locale: str) -> tuple[str, str]:
    if side == "confirmed":
        return "good", _("Kept, as they say too")
    if state != "open":
        return {"kept": ("good", _("Kept")), "broken": ("late", _("Broken")), "withdrawn": ("plain", _("Withdrawn"))}[
            state
        ]
    if side == "disputed":
        return "late", _("Disputed: they say it was not kept")
    if side == "done":
        return "due", _("They say it is done")
    return {"ours": _ours, "theirs": _theirs, "recovery": _recovery}[side](days)


def _ours(days: int) -> tuple[str, str]:
    if days < 0:
        return "late", ngettext("Promise %(num)d day late", "Promise %(num)d days late", -days)
    if days == 0:
        return "due", _("Promise due today")
    return "calm", ngettext("Promise due in %(num)d day", "Promise due in %(num)d days", days)


def _recovery(days: int) -> tuple[str, str]:
    if days < 0:
        return "late", ngettext(
            "Unhappy, %(num)d day late to make it right", "Unhappy, %(num)d days late to make it right", -days
        )
    if days == 0:
        return "due", _("Unhappy, to be made right today")
    return "due", ngettext("Unhappy, to be made right tomorrow", "Unhappy, to be made right in %(num)d days", days)


def _theirs(days: int) -> tuple[str, str]:
    if days < 0:
        return "due", ngettext("They promised, %(num)d day late", "They promised, %(num)d days late", -days)
    if days == 0:
        return "due", _("They promised it for today")
    return "calm", ngettext("They promised it in %(num)d day", "They promised it in %(num)d days", days)


def history(row: Any, user_id: int) -> Markup:
    """In small: the person, who wrote the promise down and when, how often it moved, when and why it was settled."""
    who = "" if row.by_id == user_id else row.by_name
    parts = [_said(row.kind, who, clock.day_of(row.created_at), clock.today(), spoken())]
    if row.contact_name:
        name = f"{row.contact_name}, {row.contact_title}" if row.contact_title else row.contact_name
        parts.insert(0, formats.typed(name))
    if row.moved:
        parts.append(_moved(row.moved, spoken()))
    if row.settled_on:
        parts.append(_settled(row.state, row.settled_on, clock.today(), spoken()))
    if row.note:
        parts.append(escape(f"“{row.note}”"))
    return Markup(" · ").join(parts)


@lru_cache(maxsize=2048)
def _said(side: str, who: str | None, day: date, today: date, locale: str) -> Markup:
    on = formats.day(day)
    if side in ("recovery", "ours", "disputed", "confirmed"):
        return _ours_said(side, who, on)
    if who:
        return _("written down by %(name)s on %(day)s", name=who, day=on)
    return _("written down by you on %(day)s", day=on)


def _ours_said(kind: str, who: str | None, on: Markup) -> Markup:
    if kind == "recovery":
        return _("promised after the answer of %(day)s", day=on)
    if who:
        return _("promised by %(name)s on %(day)s", name=who, day=on)
    if who is not None:
        return _("promised by you on %(day)s", day=on)
    return _("promised by a playbook on %(day)s", day=on) if kind == "ours" else _("promised on %(day)s", day=on)


@lru_cache(maxsize=2048)
def _settled(state: str, day: date, today: date, locale: str) -> Markup:
    on = formats.day(day)
    if state == "kept":
        return _("kept on %(day)s", day=on)
    return _("broken on %(day)s", day=on) if state == "broken" else _("withdrawn on %(day)s", day=on)


@lru_cache(maxsize=64)
def _moved(times: int, locale: str) -> Markup:
    return escape(ngettext("moved once", "moved %(num)d times", times))


def share(rate: Rate) -> Markup:
    """The share that was kept: "86 %", with its interval where few promises say little."""
    if rate.share is None:
        return Markup("–")
    if rate.interval is None:
        return escape(formats.percent(round(rate.share)))
    low, high = (round(each) for each in rate.interval)
    return _("%(share)s %%, probably %(low)s to %(high)s %%", share=round(rate.share), low=low, high=high)
