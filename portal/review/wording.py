"""What is said about the weeks of the relay, in words first."""

from datetime import date
from typing import Any

from babel.dates import format_interval
from markupsafe import Markup, escape

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.relay import wording as relay
from portal.review.models import STEPS
from portal.review.running import FEWEST, USUAL_WEEKS, WEEK, Run, Weakest


def step(name: str) -> Markup:
    """A step of the relay: a leg, or the one to repurchase."""
    return _("repurchase") if name == "repurchase" else relay.leg(name)


def steps() -> list[tuple[str, Markup]]:
    """All of them in their order, each with its word."""
    return [(name, step(name)) for name in STEPS]


def means(name: str) -> Markup:
    """What comes in and what goes onward, in small."""
    return {
        "marketing": _("from the first word until sales takes over"),
        "sales": _("until service takes over"),
        "service": _("until they buy a second time"),
        "repurchase": _("from the first purchase to the second, whoever holds them"),
    }[name]


def span(on: date) -> Markup:
    """The days of a week: "16 – 22 Nov"."""
    last = on + WEEK - (on.resolution)
    return escape(format_interval(on, last, "MMMd" if on.year == clock.today().year else "yMMMd", locale=spoken()))


def conversion(run: Run) -> Markup:
    """How many of those who left went onward: "4 of 10"."""
    if not run.exits:
        return Markup("–")
    return _("%(onward)s of %(n)s", onward=formats.number(run.onward), n=formats.number(run.exits))


def percent(run: Run) -> str:
    """The same as a share: "40 %"; empty where nobody left."""
    return "" if run.conversion is None else formats.percent(round(100 * run.conversion))


def wait(run: Run) -> Markup:
    """The median wait: "9 days"."""
    if run.wait_days is None:
        return Markup("–")
    days = run.wait_days
    if days != int(days):
        return _("%(num)s days", num=formats.number(days))
    return ngettext("%(num)d day", "%(num)d days", int(days))


def drops(run: Run) -> Markup:
    """What fell, told apart: "2 gone, 1 not answered"; empty for nothing."""
    parts = [ngettext("%(num)d gone", "%(num)d gone", run.gone)] if run.gone else []
    if run.dropped:
        parts.append(ngettext("%(num)d hand-off not answered", "%(num)d hand-offs not answered", run.dropped))
    return Markup(", ").join(parts)


def reason(found: Weakest) -> Markup:
    """Why that step is the weakest, or why none is; where one week says too little, of several."""
    if found.why == "few":
        return _(
            "Too few customers left any step to say which one is weakest: %(n)s at most in %(weeks)s weeks, %(few)s are"
            " needed.", n=formats.number(found.run.exits), weeks=found.weeks, few=FEWEST,
        )  # fmt: skip
    said = _of_one(found)
    if found.weeks == 1:
        return said
    several = _("Too few left any step in this week alone, so %(weeks)s weeks up to it count.", weeks=found.weeks)
    return several + " " + said


def _of_one(found: Weakest) -> Markup:
    if found.why == "none" and found.run.conversion == 1:
        return _("No step stood behind another.")
    if found.why == "none":
        return _(
            "Only one step was left by %(few)s customers or more: there is no other to compare it with.", few=FEWEST
        )
    now = {"onward": formats.number(found.run.onward), "n": formats.number(found.run.exits)}
    if found.why == "usual":
        said = ngettext(
            "%(onward)s of %(n)s who left it went onward; in the %(weeks)s weeks before it was %(usual)s.",
            "%(onward)s of %(n)s who left it went onward; in the %(weeks)s weeks before it was %(usual)s.",
            found.run.onward, weeks=USUAL_WEEKS, usual=percent(found.usual), **now,
        )  # fmt: skip
        missing = round(found.missing)
        more = ngettext(
            "As usual, %(missing)s more would have gone on.", "As usual, %(missing)s more would have gone on.",
            missing, missing=formats.number(missing),
        )  # fmt: skip
        return said + " " + more
    return ngettext(
        "%(onward)s of %(n)s who left it went onward, the lowest share of all; no step lost more than it usually does.",
        "%(onward)s of %(n)s who left it went onward, the lowest share of all; no step lost more than it usually does.",
        found.run.onward, **now,
    )  # fmt: skip


def urgency(row: Any) -> tuple[str, Markup]:
    """(tone, words) of an improvement: ("late", "3 days late")."""
    if row.state == "kept":
        return "good", _("Kept")
    if row.state == "dropped":
        return "plain", _("Dropped")
    late = row.due_on < clock.today()
    return ("late" if late else "due" if row.due_on == clock.today() else "calm"), formats.due(row.due_on)
