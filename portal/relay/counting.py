"""What the board says of all customers, counted by the clock: so a page of it costs the same for a million as for few.

For each phase: how many customers, what they have brought in the firm's currency, for how long half of them have been
there, and how many are held up by what.
"""

from datetime import date
from typing import Any

from portal import bulk, clock
from portal.customers.models import PHASES
from portal.extensions import db
from portal.relay import goal, queries
from portal.relay.models import BOARD_ID, Board
from portal.settings.models import Firm
from portal.settings.queries import the_firm

HELD = ("dropped", "offered", "nobody", "late", "unhanded", "untouched")
"""What may hold a customer up, the most urgent first."""
Counted = dict[str, Any]


def count() -> Board | None:
    """Count everything anew; commits. None before there is a firm."""
    firm = the_firm()
    if firm is None:
        return None
    bulk.hold("relay.board")
    last_event_id = queries.last_event_id()  # what is written while we count is counted the next time
    board = db.session.get(Board, BOARD_ID) or Board(id=BOARD_ID)
    days: dict[str, list[tuple[date, int]]] = {phase: [] for phase in PHASES}
    phases = _phases(firm, days)
    reach = goal.stretch(firm.goal_period, clock.today())
    made = sum(n for on, n in days["retention"] if reach.first <= on <= reach.last)
    board.counted_at, board.last_event_id, board.phases = clock.now(), last_event_id, phases
    board.goal = {"clients": made, "first": reach.first.isoformat(), "last": reach.last.isoformat()}
    db.session.add(board)
    db.session.commit()
    return board


def keep() -> bool:
    """Count anew if anything has happened, or another day has come, since it was last counted; commits. Was it so?"""
    board = queries.the_board()
    fresh = board is not None and clock.day_of(board.counted_at) == clock.today()
    if fresh and board is not None and board.last_event_id >= queries.last_event_id():
        db.session.rollback()
        return False
    return count() is not None


def _phases(firm: Firm, days: dict[str, list[tuple[date, int]]]) -> Counted:
    found: Counted = {
        phase: {"customers": 0, "value_minor": 0, "currency": firm.currency, "held": dict.fromkeys(HELD, 0)}
        for phase in PHASES
    }
    for row in queries.in_phases(firm.currency, firm.silent_after_days):
        each = found[row.phase]
        days[row.phase].append((row.phase_since, row.customers))
        each["customers"] += row.customers
        each["value_minor"] += int(row.value_minor or 0)
        for name in ("nobody", "unhanded", "untouched"):
            each["held"][name] += int(getattr(row, name) or 0)
    for phase, name, number in queries.held_in_phases():
        if name == "asked":  # who is offered to service already is held by that
            found[phase]["held"]["unhanded"] -= number
        else:
            found[phase]["held"][name] += number
    for phase, each in found.items():
        each["median_days"] = _median_days(days[phase], each["customers"])
    return found


def _median_days(days: list[tuple[date, int]], customers: int) -> int | None:
    """For how many days at least half of them have been there; None where there is nobody."""
    seen = 0
    for on, number in sorted(days):
        seen += number
        if 2 * seen >= customers:
            return (clock.today() - on).days
    return None
