"""Why a customer stands on a list, as a sentence: of the day, the number and the word that its definition has kept.

What these are stands with each definition in `lists.definitions`. Days are told by themselves or counted to the day of
the books; sentences are remembered.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.lists.catalogue import BY_NAME, LISTS
from portal.lists.models import LEFT_OUT

Said = tuple[str, Markup]
"""A tone and words."""
NEAR = 7
"""Days from which on it is said of which day the books speak."""
USUAL = sorted({Fraction(n, of) for of in (2, 3, 4, 5, 10) for n in range(1, of)}, key=lambda each: each.denominator)
"""Shares that people say."""
LITTLE = 0.005
"""Below this a chance is not said as one in so many."""


def reason(row: Any, as_of: date) -> Markup:
    """Why the entry's customer is on its list (`list`, `kind`, `number`, `on_day`), as of the day of the books."""
    return _reason(row.list, row.kind, row.number, row.on_day, as_of, clock.today(), spoken())


def of_line(row: Any) -> Said:
    """(tone, sentence) of an entry's line on Today, whose columns are those of all lines."""
    number = float(row.text) if row.text else None
    words = _reason(row.state, row.kind, number, row.settled_on, clock.today(), clock.today(), spoken())
    return TONES.get(row.state, "calm"), words


def title(name: str) -> Markup:
    """What a list is called."""
    return _(BY_NAME[name].title)


TONES = {"overdue": "due", "thank": "good"}


@lru_cache(maxsize=4096)
def _reason(
    name: str, kind: str, number: float | None, on: date | None, as_of: date, _today: date, _locale: str
) -> Markup:
    return WORDS[name](kind, number or 0.0, on or as_of, as_of)


def _due(kind: str, gap: float, expected: date, as_of: date) -> Markup:
    every, about = max(round(gap), 1), {"day": formats.day(expected)}
    if expected < as_of:
        return ngettext(
            "Was expected around %(day)s; buys every %(num)d day",
            "Was expected around %(day)s; buys every %(num)d days",
            every, **about,
        )  # fmt: skip
    return ngettext(
        "Expected around %(day)s; buys every %(num)d day",
        "Expected around %(day)s; buys every %(num)d days",
        every, **about,
    )  # fmt: skip


def _overdue(kind: str, times: float, last: date, as_of: date) -> Markup:
    days = (as_of - last).days
    usual = max(round(days / times), 1) if times else 1
    return ngettext(
        "%(num)d day without a purchase; usually %(usual)d",
        "%(num)d days without a purchase; usually %(usual)d",
        days, usual=usual,
    )  # fmt: skip


def _second(kind: str, chance: float, first: date, as_of: date) -> Markup:
    return ngettext(
        "Bought once, %(num)d day ago; %(odds)s come back within 90 days",
        "Bought once, %(num)d days ago; %(odds)s come back within 90 days",
        (as_of - first).days, odds=odds(chance),
    )  # fmt: skip


def _slipping(kind: str, alive: float, last: date, as_of: date) -> Markup:
    if kind == "pause":
        return ngettext(
            "%(num)d day without a purchase, longer than ever; usually %(usual)d",
            "%(num)d days without a purchase, longer than ever; usually %(usual)d",
            (as_of - last).days, usual=max(round(alive), 1),
        )  # fmt: skip
    return _(
        "Last purchase %(day)s; %(odds)s such customers are still there",
        day=formats.day(last), odds=odds(alive),
    )  # fmt: skip


def _unhappy(kind: str, late: float, on: date, as_of: date) -> Markup:
    day = formats.day(on)
    if kind == "late":
        return ngettext(
            "To be made right by %(day)s: %(num)d day late",
            "To be made right by %(day)s: %(num)d days late",
            round(late), day=day,
        )  # fmt: skip
    if kind == "open":
        return _("To be made right by %(day)s", day=day)
    return _("Unhappy on %(day)s, and nothing was promised yet", day=day)


def _promises(kind: str, late: float, on: date, as_of: date) -> Markup:
    if kind == "broken":
        return _("A promise for %(day)s was broken, and nobody has spoken to them since", day=formats.day(on))
    days = (as_of - on).days
    if round(late) > 1:
        return ngettext(
            "%(many)d promises late, the oldest by %(num)d day",
            "%(many)d promises late, the oldest by %(num)d days",
            days, many=round(late),
        )  # fmt: skip
    return ngettext("A promise %(num)d day late", "A promise %(num)d days late", days)


def _silent(kind: str, quiet: float, since: date, as_of: date) -> Markup:
    days = round(quiet)
    if kind == "never":
        return ngettext(
            "Bought %(num)d day ago, and nobody has spoken to them",
            "Bought %(num)d days ago, and nobody has spoken to them",
            days,
        )  # fmt: skip
    return ngettext("Nobody has spoken to them for %(num)d day", "Nobody has spoken to them for %(num)d days", days)


def _thank(kind: str, number: float, on: date, as_of: date) -> Markup:
    day = formats.day(on)
    if kind == "client":
        return _("Became a client on %(day)s: they came back", day=day)
    if kind == "milestone":
        return _("Their %(num)dth purchase day, on %(day)s", num=round(number), day=day)
    return ngettext(
        "%(num)d year since the first purchase, on %(day)s",
        "%(num)d years since the first purchase, on %(day)s",
        round(number), day=day,
    )  # fmt: skip


def _referral(kind: str, number: float, on: date, as_of: date) -> Markup:
    return _("Would recommend us, said on %(day)s; nobody has asked them yet", day=formats.day(on))


def _nobodys(kind: str, days: float, on: date, as_of: date) -> Markup:
    if kind == "dropped":
        return _("A hand-off was dropped on %(day)s: nobody has taken them over", day=formats.day(on))
    if kind == "prospect":
        return _("Known since %(day)s, bought nothing yet", day=formats.day(on))
    return ngettext(
        "%(num)d purchase day, the last %(day)s",
        "%(num)d purchase days, the last %(day)s",
        round(days), day=formats.day(on),
    )  # fmt: skip


WORDS: dict[str, Callable[[str, float, date, date], Markup]] = {
    "due": _due,
    "overdue": _overdue,
    "second-purchase": _second,
    "slipping": _slipping,
    "unhappy": _unhappy,
    "promises": _promises,
    "silent": _silent,
    "thank": _thank,
    "referral": _referral,
    "nobodys": _nobodys,
}


class Next(NamedTuple):
    """The next purchase of a customer as a figure: what it says, its context, and its tone."""

    value: Markup
    context: Markup
    tone: str = ""


def next_purchase(about: Any) -> Next | None:
    """What the books expect of a customer, as `customer_to_show` has read it; nothing where they say nothing, or where
    purchases have come or gone since. Days are counted to the day of the books; an old one is named.
    """
    if about.risk is None or about.books_of is None or about.last_on != about.last_purchase_on:
        return None
    found = _next_purchase(about, (about.books_of - about.last_on).days)
    if found is None or is_near(about.books_of):
        return found
    said = _("%(said)s (as of %(day)s)", said=found.context, day=formats.day(about.books_of))
    return found._replace(context=said)


def is_near(as_of: date) -> bool:
    """Are books of that day as good as today's?"""
    return abs((clock.today() - as_of).days) <= NEAR


def _next_purchase(about: Any, since: int) -> Next | None:
    if about.risk in ("waiting", "late"):
        return Next(odds(about.chance), _bought_once(since)) if about.chance is not None else None
    gap = round(about.median_gap_days or 0)
    if about.risk == "overdue" and since > 2 * gap:
        said = ngettext("%(num)d day without one, usually %(usual)d", "%(num)d days without one, usually %(usual)d",
                        since, usual=gap)  # fmt: skip
        return Next(_("Long overdue"), said, "due")
    if about.risk == "slipping" and about.p_alive is None:
        said = ngettext("%(num)d day without one, longer than ever; usually %(usual)d",
                        "%(num)d days without one, longer than ever; usually %(usual)d", since, usual=gap)  # fmt: skip
        return Next(_("Slipping away"), said, "due")
    if about.risk == "slipping":
        said = _("%(odds)s such customers are still there", odds=odds(about.p_alive))
        return Next(_("Slipping away"), said, "due")
    if about.expected_on is None:
        return None
    around = _("around %(day)s", day=formats.day(about.expected_on))
    return Next(around, _rhythm(gap, since), "due" if about.risk == "overdue" else "")


def _bought_once(since: int) -> Markup:
    if not since:
        return _("has just bought for the first time; so many come back within 90 days")
    return ngettext(
        "bought once, %(num)d day ago; so many come back within 90 days",
        "bought once, %(num)d days ago; so many come back within 90 days",
        since,
    )  # fmt: skip


def _rhythm(gap: int, since: int) -> Markup:
    if not since:
        return ngettext("every %(num)d day or so; has just bought", "every %(num)d days or so; has just bought", gap)
    return ngettext("every %(num)d day or so, %(since)d since the last",
                    "every %(num)d days or so, %(since)d since the last", gap, since=since)  # fmt: skip


def lists_on(about: Any) -> list[tuple[str, Markup]]:
    """(name, title) of the lists on which a customer stands, in the order of the lists."""
    here = (about.on_lists or "").split()
    return [(each.name, _(each.title)) for each in LISTS if each.name in here]


def odds(chance: float) -> Markup:
    """A chance as people say it: 0.21 is "1 in 5", 0.68 "7 in 10"."""
    return _odds(round(chance, 3), spoken())


@lru_cache(maxsize=1024)
def _odds(chance: float, _locale: str) -> Markup:
    if chance < LITTLE:
        return _("fewer than 1 in 200")
    of = Fraction(1, round(1 / chance)) if chance < 0.12 else min(USUAL, key=lambda each: abs(each - chance))
    return _("%(some)d in %(many)d", some=of.numerator, many=of.denominator)


def left_out(counts: dict[str, int]) -> list[tuple[int, Markup]]:
    """(how many, why) of the customers that an act passed over."""
    words = {
        "archived": _("in the archive by now"),
        "gone": _("no longer on the list"),
        "same": _("assigned so already"),
        "opted_out": _("want no offers"),
    }
    return [(counts[why], words[why]) for why in LEFT_OUT if counts.get(why)]
