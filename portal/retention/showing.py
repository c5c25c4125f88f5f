"""The books as pages show them: shares in words with their n, cells of heat maps, days and months. No NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from babel.dates import format_date
from markupsafe import Markup

from portal import clock, formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.retention.days import MONTHS
from portal.retention.segments import BY_NAME, OF_CELL, SEGMENTS
from portal.surveys.scoring import wilson
from portal.surveys.wording import percent

SMALL = 200
"""Below so many, a share comes with its interval."""
HEAT = 9
"""Steps of a heat map above nothing; their colours are `settings.accent.heat`'s."""
OLD = 30
"""Days without a purchase after which the books are better closed on the day of the last one."""
FEW_MONTHS = (1, 2, 3, 4, 5, 6, 9, 12)


def whole_percent(hits: float, n: float) -> str:
    """A share as a headline says it: "51 %". What is not nothing does not become it, nor what is not all."""
    if not n:
        return "–"
    share = round(100 * hits / n)
    return formats.percent(1 if hits and not share else 99 if share == 100 and hits != n else share)


def between(hits: int, n: int) -> str:
    """Between what the true share probably lies, where n is small: "between 41 and 63 %"; else nothing."""
    if not 0 < n < SMALL:
        return ""
    low, high = wilson(hits, n)
    return _("95 %% interval %(low)s to %(high)s", low=f"{low:.0f}", high=formats.percent(round(high)))


def share(hits: int, n: int) -> str:
    """A share with a tenth, as tables say it."""
    return percent(100 * hits / n) if n else "–"


def interval(hits: int, n: int) -> str:
    """The bare interval of a share, as tables say it: "41.2 – 62.9 %"."""
    if not n:
        return "–"
    low, high = wilson(hits, n)
    return f"{formats.number(round(low, 1))} – {formats.percent(high)}"


def change(now: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> tuple[str, str, str]:
    """(tone, mark, words) of the repeat purchase rate against the one of 90 days ago; three times nothing without."""
    if not now or not before:
        return "", "", ""
    points = round(100 * (now["share"] - before["share"]), 1)
    if abs(points) < 0.05:
        return "plain", "=", _("as 90 days ago")
    num = formats.number(abs(points))
    if points > 0:
        return "good", "▲", _("%(num)s points more than 90 days ago", num=num)
    return "late", "▼", _("%(num)s points less than 90 days ago", num=num)


def as_of(day: date) -> str:
    """Of which day the books are: "As of today, 21 November"; a day of another year with it."""
    today, spanish = clock.today(), spoken() == "es"
    if day.year == today.year:
        said: str = format_date(day, "d 'de' MMMM" if spanish else "d MMMM", locale=spoken())
    else:
        said = format_date(day, "d 'de' MMMM 'de' y" if spanish else "d MMMM y", locale=spoken())
    return _("As of today, %(day)s", day=said) if day == today else _("As of %(day)s", day=said)


def months_known(found: Sequence[Mapping[str, Any]], months: Sequence[int]) -> list[int]:
    """Of these months after the first purchase, those that are over for some cohort; the first at least."""
    last = max((sum(count is not None for count in each["again"]) for each in found), default=1)
    return [month for month in months if month <= max(last, 1)]


def days(num: float) -> str:
    """ "55 days"."""
    return ngettext("%(num)d day", "%(num)d days", round(num))


def month(said: str) -> str:
    """The month of a cohort, "2025-11" as "Nov 2025"."""
    year, number = said.split("-")
    return str(format_date(date(int(year), int(number), 1), "MMM y", locale=spoken()))


def day(said: str) -> str:
    """A day as the address of a list says it, "2025-11-21" as "21 Nov 2025"."""
    return formats.day(date.fromisoformat(said))


def cell(said: str) -> Markup:
    """Whom a segment or one of its cells holds, as the address of a list says it: "Champions", "Champions (recent 5,
    often 4)".
    """
    if said in BY_NAME:
        return _(BY_NAME[said].word)
    word = _(OF_CELL[int(said[0]), int(said[1])].word)
    return _("%(word)s (recent %(recent)s, often %(often)s)", word=word, recent=said[0], often=said[1])


def asked_within(as_of: date, days: int) -> tuple[str, str]:
    """Of a window, as the list of customers is asked: who came back in it, and of whom."""
    all_of = f"first_by={(as_of - timedelta(days=days)).isoformat()}"
    return f"{all_of}&again={days}", all_of


@dataclass(frozen=True)
class Heated:
    """A row of a heat map: its name, of how many, and its cells as (text, step, what it is made of, the customers it is
    made of as the list of customers asks for them); a cell that is not known yet has no text, and one of nobody leads
    nowhere.
    """

    name: str
    n: int
    asks: str
    cells: list[tuple[str, int, str, str]]


def cohorts(found: Sequence[Mapping[str, Any]], reading: str, months: Sequence[int]) -> list[Heated]:
    """The cohort table in one of its readings, `again` or `active`: per cent of each cohort, after so many months."""
    rows = [(each, each["customers"], [each[reading][month - 1] for month in months]) for each in found]
    most = max((count / n for _each, n, counts in rows for count in counts if count is not None), default=0)
    heated = []
    for each, n, counts in rows:
        first = f"first={each['month']}"
        asks = [f"{first}&again={MONTHS[of - 1]}" if reading == "again" else f"{first}&month={of}" for of in months]
        cells = [_cell(count, n, most, asked) for count, asked in zip(counts, asks, strict=True)]
        heated.append(Heated(month(each["month"]), n, first, cells))
    return heated


def _cell(count: int | None, n: int, most: float, asks: str) -> tuple[str, int, str, str]:
    if count is None:
        return "", 0, "", ""
    num, of = formats.number(count), formats.number(n)
    said = _("%(count)s of %(n)s, 95 %% interval %(between)s", count=num, n=of, between=interval(count, n))
    return str(round(100 * count / n)), step(count / n, most), said, asks if count else ""


def step(value: float, most: float) -> int:
    """Which step of the heat map: 0 for nothing, then evenly up to the most."""
    return min(HEAT, ceil(HEAT * value / most)) if value and most else 0


def quintiles(cells: Sequence[Sequence[int]]) -> list[tuple[int, list[tuple[int, int, str, str]]]]:
    """The 25 cells, the most recent row first: (recency, [(customers, step, segment's word, the cell)])."""
    most = max(max(row) for row in cells)
    return [
        (r + 1, [(n, step(n, most), _(OF_CELL[r + 1, f + 1].word), f"{r + 1}{f + 1}") for f, n in enumerate(cells[r])])
        for r in reversed(range(5))
    ]


def segments(found: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Mapping[str, Any]]]:
    """(segment, its figures) in the usual order."""
    by_name = {each["name"]: each for each in found}
    return [(segment, by_name[segment.name]) for segment in SEGMENTS if segment.name in by_name]


def is_old(measures: Mapping[str, Any], as_of: date) -> date | None:
    """The day of the newest purchase, where that is long before the day of the books; else None."""
    said = measures.get("newest_on")
    newest = date.fromisoformat(said) if said else None
    return newest if newest is not None and (as_of - newest).days > OLD else None


def is_long_ago(day: date) -> bool:
    """Is the newest purchase so old that the books are better closed on its day?"""
    return (clock.today() - day).days > OLD


def step_word(code: str) -> str:
    """What a refresh is at."""
    known = {
        "reading": _("Reading the ledger"),
        "learning": _("Learning how customers buy"),
        "judging": _("Judging each customer"),
        "writing": _("Writing the lists"),
        "grading": _("Grading the lists by what came after"),
        "measuring": _("Counting the figures"),
    }
    return known.get(code, _("Waiting for its turn"))
