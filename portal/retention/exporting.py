"""The tables of the books as files: the same numbers as on the page, shares with their counts beside them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.lists.catalogue import LISTS
from portal.money import from_minor
from portal.retention import showing
from portal.rules import N_

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def lists(books: Any) -> Table:
    """The ten lists: how many each names, what is at stake, and what its grade is made of."""
    header = [
        _("List"), _("Customers"), _("At stake"), _("Currency"), _("Graded as of"), _("Named then"),
        _("Of these bought"), _("The others"), _("Of these bought"),
    ]  # fmt: skip
    currency = books.measures.get("currency")
    return header, [_list(each, books.lists.get(each.name, {}), currency) for each in LISTS]


def _list(each: Any, found: dict[str, Any], currency: str | None) -> list[Any]:
    grade = found.get("grade") or {}
    stake = _money(found.get("at_stake_minor", 0), currency) if each.worth else None
    numbers = [grade.get(name) for name in ("on", "named", "bought", "others", "others_bought")]
    return [_(each.title), found.get("customers", 0), stake, currency, *numbers]


def windows(books: Any) -> Table:
    """How many came back within so many days."""
    header = [_("Days"), _("Customers"), _("Came back")]
    return header, [[each["days"], each["customers"], each["again"]] for each in books.measures["windows"]]


def second(books: Any) -> Table:
    """The share still waiting for the second purchase, day by day."""
    header = [_("Days"), _("Still waiting, share"), _("Interval from"), _("Interval to"), _("Still watched")]
    found = books.measures["second"]
    names = ("days", "waiting", "low", "high", "watched")
    return header, list(zip(*(found[name] for name in names), strict=True))


def cohorts(books: Any) -> Table:
    """Customers by the month of their first purchase: how many had come back after so many months."""
    return _cohorts(books, "again")


def activity(books: Any) -> Table:
    """The same: how many bought in each month after it."""
    return _cohorts(books, "active")


def _cohorts(books: Any, reading: str) -> Table:
    header = [_("First purchase"), _("Customers"), *(_("Month %(num)d", num=month) for month in range(1, 13))]
    return header, [[each["month"], each["customers"], *each[reading]] for each in books.measures["cohorts"]]


def segments(books: Any) -> Table:
    """The segments that recency and frequency make."""
    header = [_("Segment"), _("Customers"), _("Revenue"), _("Currency"), _("Days since the last purchase, median")]
    currency = books.measures.get("currency")
    return header, [
        [
            _(segment.word),
            each["customers"],
            _money(each["revenue_minor"], currency),
            currency,
            each["median_days_since"],
        ]
        for segment, each in showing.segments(books.measures["rfm"]["segments"])
    ]


def quintiles(books: Any) -> Table:
    """How many customers stand in each fifth of recency and frequency, the most recent first."""
    header = [_("recent"), *(_("often %(num)d", num=number) for number in range(1, 6))]
    return header, [[5 - at, *row] for at, row in enumerate(reversed(books.measures["rfm"]["cells"]))]


def revenue(books: Any) -> Table:
    """What the last twelve months brought from clients and from buyers, in the books' currency."""
    header = [_("From"), _("Revenue"), _("Currency"), _("Customers")]
    found, currency = books.measures["revenue"], books.measures.get("currency")
    words = {"clients": _("Clients"), "buyers": _("Buyers")}
    return header, [
        [word, _money(found[f"{name}_minor"], currency), currency, books.measures[name]] for name, word in words.items()
    ]


def _money(minor: int, currency: str | None) -> Any:
    return from_minor(minor, currency) if currency else None


TITLES = {
    "lists": N_("All lists"),
    "windows": N_("Came back, by window"),
    "second": N_("Until the second purchase"),
    "cohorts": N_("Came back so far"),
    "activity": N_("Active in each month"),
    "segments": N_("How recently, how often"),
    "quintiles": N_("Recency and frequency"),
    "revenue": N_("Revenue of the last 12 months"),
}
"""What the page calls them."""
TABLES: dict[str, Callable[[Any], Table]] = {
    "lists": lists,
    "windows": windows,
    "second": second,
    "cohorts": cohorts,
    "activity": activity,
    "segments": segments,
    "quintiles": quintiles,
    "revenue": revenue,
}
