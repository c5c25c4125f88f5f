"""How a week of the relay is judged: what went onward, against which usual, and which step is the weakest. Pure.

**A step** takes customers in and passes them on:

- *marketing*: in are those who came to marketing; onward, those who went on to sales or service.
- *sales*: in are those who came to sales; onward, those who went on to service; back, those who went back to marketing.
- *service*: in are those who came to service; onward, those whom service held when they bought on a second day; back,
  those who went back to sales or marketing before they did.
- *repurchase*, whoever held them: in are those who bought for the first time; onward, those who bought on a second day;
  gone, those who bought once and have not come back for half a year.

*Gone*, of a leg, are those whom it let go to nobody, and those who were archived. **Conversion** is onward of all who
left the step in that week: onward, back and gone. It is of exits and not of entries, so that a week can be judged when
it is over; who came this week and stays is not held against anybody. **Wait** is the median of the days between coming
in and going onward. **Drops** are those gone and the hand-offs that nobody answered in time, which leave the customer
where it was and so are no exits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from portal.review.models import STEPS

WEEK = timedelta(days=7)
USUAL_WEEKS = 12
"""The weeks before, which say what is usual for a step."""
LONGER = 4
"""Weeks up to this one that are judged together where too few left any step in it."""
FEWEST = 5
"""Exits of a step from which its week says something."""
FEWEST_USUAL = 20
"""Exits in the weeks before from which they say what is usual."""
GONE_AFTER = timedelta(days=180)
"""Who bought once and has not come back for so long is counted as gone from the step to repurchase."""


@dataclass(frozen=True)
class Run:
    """One step in one week, or in several."""

    entries: int = 0
    onward: int = 0
    back: int = 0
    gone: int = 0
    dropped: int = 0
    wait_days: float | None = None

    @property
    def exits(self) -> int:
        """How many left the step."""
        return self.onward + self.back + self.gone

    @property
    def drops(self) -> int:
        """How many batons fell: customers gone, and hand-offs nobody answered."""
        return self.gone + self.dropped

    @property
    def conversion(self) -> float | None:
        """Onward of all who left, 0 to 1; None where nobody did."""
        return self.onward / self.exits if self.exits else None

    def __add__(self, other: "Run") -> "Run":
        return Run(
            self.entries + other.entries, self.onward + other.onward, self.back + other.back, self.gone + other.gone,
            self.dropped + other.dropped,
        )  # fmt: skip


@dataclass(frozen=True)
class Weakest:
    """The step that lost most, and why it is that one: `usual` (it lost more than it usually does) or `lowest` (no step
    did, or nobody knows what is usual, and it has the lowest conversion of all). Or why it is none: `none` (no step
    stands behind another) or `few` (too few left any of them).
    """

    why: str
    step: str = ""
    run: Run = Run()
    usual: Run = Run()
    missing: float = 0
    """How many more would have gone onward as usual."""
    weeks: int = 1
    """How many are judged, up to this one."""


@dataclass(frozen=True)
class Week:
    """A week with the one before it, what is usual, and its weakest step."""

    on: date
    now: Mapping[str, Run]
    before: Mapping[str, Run]
    usual: Mapping[str, Run]
    weakest: Weakest
    counted_at: Any = None

    @property
    def until(self) -> date:
        """Its Sunday."""
        return self.on + WEEK - timedelta(days=1)


def monday(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def week_of(rows: Iterable[Any], on: date) -> Week:
    """The week that begins on this Monday, from the rows of it and of the weeks before it, from `first_needed` on.

    Where too few left any step in it to say which one is the weakest, it is said of four weeks.
    """
    kept = list(rows)
    now, before = _runs(kept, on), _runs(kept, on - WEEK)
    usual = _added(kept, on - USUAL_WEEKS * WEEK, on - WEEK)
    counted = max((row.counted_at for row in kept if row.week_on == on), default=None)
    found = weakest(now, usual)
    if found.why == "few":
        first = on - (LONGER - 1) * WEEK
        longer = weakest(_added(kept, first, on), _added(kept, first - USUAL_WEEKS * WEEK, first - WEEK))
        found = replace(longer, weeks=LONGER)
    return Week(on, now, before, usual, found, counted)


def first_needed(on: date) -> date:
    """The Monday of the first week that says something about this one."""
    return on - (USUAL_WEEKS + LONGER - 1) * WEEK


def _runs(rows: Sequence[Any], on: date) -> dict[str, Run]:
    """Each step's run in one week, with its wait."""
    found = dict.fromkeys(STEPS, Run())
    for row in rows:
        if row.week_on == on and row.step in found:
            found[row.step] = Run(row.entries, row.onward, row.back, row.gone, row.dropped, row.wait_days)
    return found


def _added(rows: Sequence[Any], first: date, last: date) -> dict[str, Run]:
    """Each step's runs from one week to another, added up."""
    found = dict.fromkeys(STEPS, Run())
    for row in rows:
        if first <= row.week_on <= last and row.step in found:
            found[row.step] += Run(row.entries, row.onward, row.back, row.gone, row.dropped)
    return found


def weakest(now: Mapping[str, Run], usual: Mapping[str, Run]) -> Weakest:
    """The weakest step of a week, of those from which five customers or more went.

    First it is asked which step lost most against its own usual: as many as would have gone onward at the conversion of
    its twelve weeks before (where twenty or more left it in them), less those who did; it must be one customer at
    least. Where no step lost one so, it is the one with the lowest conversion; where only one can be judged, or all
    went onward, it is none.
    """
    judged = {step: run for step, run in now.items() if run.exits >= FEWEST}
    if not judged:
        return Weakest("few", run=max(now.values(), key=lambda run: run.exits, default=Run()))
    missing = {
        step: (usual[step].conversion or 0) * run.exits - run.onward
        for step, run in judged.items()
        if usual[step].exits >= FEWEST_USUAL
    }
    worst = max(missing, key=lambda step: missing[step], default="")
    if worst and missing[worst] >= 1:
        return Weakest("usual", worst, judged[worst], usual[worst], missing[worst])
    lowest = min(judged, key=lambda step: judged[step].conversion or 0)
    if len(judged) == 1 or judged[lowest].conversion == 1:
        return Weakest("none", run=judged[lowest])
    return Weakest("lowest", lowest, judged[lowest], usual[lowest])


def median(counted: Iterable[tuple[float, int]]) -> float | None:
    """The median of values that occur so many times each; None of none."""
    values = sorted((value, times) for value, times in counted if times > 0)
    total = sum(times for _, times in values)
    if not total:
        return None
    return (_at(values, (total - 1) // 2) + _at(values, total // 2)) / 2


def _at(values: Sequence[tuple[float, int]], place: int) -> float:
    for value, times in values:
        if place < times:
            return value
        place -= times
    raise IndexError(place)
