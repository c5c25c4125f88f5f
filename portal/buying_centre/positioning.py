"""Saying where our firm stands at a customer. What is said later of a later day stands; every word is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.buying_centre import queries
from portal.buying_centre.models import NotYet, Position
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Standing:
    """A place on the ladder (one of `terms.POSITIONS`), our share of what they buy in per cent, and since when."""

    position: str
    share_percent: int | None
    since_on: date
    note: str = ""


def say(customer: Customer, said: Standing, by: "User", form_id: str | None = None) -> Position:
    """Write it down, and let the latest word stand with the customer, who must be locked.

    Raises `NotYet` or `IsArchived`.
    """
    if customer.is_archived:
        raise IsArchived
    if said.since_on > clock.today():
        raise NotYet
    word = Position(
        customer_id=customer.id, position=said.position, share_percent=said.share_percent, since_on=said.since_on,
        note=said.note, form_id=form_id, said_by_id=by.id, said_at=clock.now(),
    )  # fmt: skip
    db.session.add(word)
    told: dict[str, Any] = {"position": said.position, "share": said.share_percent, "note": said.note}
    record("position.said", by=by, customer_id=customer.id, subject=word, on=said.since_on, **told)
    let_stand(customer)
    return word


def take_back(customer: Customer, word: Position, by: "User") -> None:
    """It was not so; the word before it stands again. Twice is once. Raises `IsArchived`."""
    if customer.is_archived:
        raise IsArchived
    if word.taken_back_at is None:
        word.taken_back_at = clock.now()
        told: dict[str, Any] = {"position": word.position, "share": word.share_percent}
        record("position.taken_back", by=by, customer_id=customer.id, subject=word, **told)
        let_stand(customer)


def since(words: Iterable[Any]) -> date | None:
    """Since when we stand where we stand: the first day of the latest words that all say so; None without any.

    Rows of `queries.positions_of`, the latest first.
    """
    standing = [word for word in words if word.taken_back_at is None]
    so = takewhile(lambda word: word.position == standing[0].position, standing)
    return min((word.since_on for word in so), default=None)


def let_stand(customer: Customer) -> None:
    """Let the latest word that was not taken back be what the customer's page says."""
    db.session.flush()
    latest = queries.latest_position(customer.id)
    customer.position = latest.position if latest else ""
    customer.share_percent = latest.share_percent if latest else None
