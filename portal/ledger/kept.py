"""How many promises of ours were kept, by person, month and customer: as we say, and as clients say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.commitments.rates import Rates, rates_of

MONTHS = 12


@dataclass(frozen=True)
class Kept:
    """The last twelve months: each person's rates by id (None for nobody), and each month's, the newest first."""

    users: dict[int | None, Rates]
    months: dict[date, Rates]


def since() -> date:
    """The first day of the twelve months."""
    today = clock.today()
    year, month = divmod(today.year * 12 + today.month - MONTHS, 12)
    return date(year, month + 1, 1)


def added_up(rows: Iterable[Any], user_id: int | None = None) -> Kept:
    """Rows of `queries.kept_by_month`, added up by person, and by month for everybody or for one person."""
    users: dict[int | None, Rates] = {}
    months: dict[date, Rates] = {}
    for row in rows:
        rates = _rates(row)
        users[row.assignee_id] = users.get(row.assignee_id, Rates()) + rates
        if user_id is None or row.assignee_id == user_id:
            month = date(int(row.year), int(row.month), 1)
            months[month] = months.get(month, Rates()) + rates
    return Kept(users, dict(sorted(months.items(), reverse=True)))


def _rates(row: Any) -> Rates:
    return rates_of(*(int(each) for each in (row.kept, row.settled, row.confirmed, row.spoken)))


def header(first: Sequence[str]) -> list[str]:
    """What the columns of a file hold, in the language of the page."""
    shares = [_("Share, per cent"), _("At least, per cent"), _("At most, per cent")]
    ours = [_("Kept, we say"), _("Kept or broken"), *shares]
    return [*first, *ours, _("Kept, clients say"), _("Spoken of"), *shares]


def month_rows(rows: Iterable[Any], names: dict[int | None, str]) -> Iterator[tuple[Any, ...]]:
    """A row for each month and person, the newest first."""
    by_day = sorted(rows, key=lambda row: (-int(row.year), -int(row.month), names.get(row.assignee_id, "")))
    for row in by_day:
        yield date(int(row.year), int(row.month), 1), names.get(row.assignee_id, ""), *_cells(_rates(row))


def customer_rows(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """A row for each customer."""
    for row in rows:
        yield row.id, row.name, *_cells(_rates(row))


def _cells(rates: Rates) -> list[Any]:
    cells: list[Any] = []
    for rate in (rates.ours, rates.clients):
        low, high = rate.bounds or (None, None)
        cells += [rate.kept, rate.n, *(None if each is None else round(each, 1) for each in (rate.share, low, high))]
    return cells
