"""Large data sets for measuring: the same people, written as rows instead of being lived through.

The rows are what the verbs would have left behind, events included. The derived figures are then
rebuilt by the ledger's and the follow-ups' own code.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, insert, select, text

from portal import clock
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.customers.search import fold, searchable
from portal.demo.people import Invented, People
from portal.demo.words import Words
from portal.extensions import db
from portal.follow_ups.clocks import set_clocks_of
from portal.follow_ups.models import FollowUp
from portal.purchases import figures
from portal.purchases.models import Purchase
from portal.relay.legs import leg_of
from portal.relay.models import Holding
from portal.timeline.models import Event

if TYPE_CHECKING:
    from portal.users.models import User

AT_ONCE = 1000
DAYS = 730
PURCHASES_EACH = (0, 1, 1, 2, 3, 4, 5, 7, 9, 18)
"""Five on average."""
MODELS: tuple[type, ...] = (Customer, Contact, Purchase, FollowUp, Commitment, Holding, Event)


class Pourer:
    """Rows of one thousand customers after the other, numbered by itself."""

    def __init__(self, words: Words, users: "dict[str, User]", chance: Random) -> None:
        self.words, self.chance = words, chance
        self.user_ids = [user.id for user in users.values()]
        self.legs = {user.id: leg_of(user.role, None) for user in users.values()}
        self.people = People(words, chance)
        self.today = clock.today()
        self.last = dict.fromkeys(MODELS, 0)
        self.rows: dict[type, list[dict[str, Any]]] = {model: [] for model in MODELS}

    def _add(self, model: type, **fields: Any) -> int:
        self.last[model] += 1
        self.rows[model].append({"id": self.last[model], **fields})
        return self.last[model]

    def _event(self, kind: str, at: datetime, customer_id: int, subject_id: int, **data: Any) -> None:
        user_id = self.chance.choice(self.user_ids)
        self._add(
            Event, at=at, happened_on=clock.day_of(at), kind=kind, user_id=user_id, customer_id=customer_id,
            subject_id=subject_id, data=data,
        )  # fmt: skip

    def customer(self) -> None:
        """One customer with all that belongs to it."""
        found, chance = self.people.next(), self.chance
        details = found.details
        age = chance.randrange(2, DAYS)
        at = self._moment(age)
        assignee_id = chance.choice([*self.user_ids, None])
        held = {"leg": self.legs.get(assignee_id or 0), "leg_since": clock.day_of(at)}
        id = self._add(
            Customer, **asdict(details), **held, sort_name=fold(details.name)[:160], search_text=_searchable(found),
            created_at=at, assignee_id=assignee_id, form_id=None, archived_at=None, version=1,
            status="prospect", purchase_days=0, revenue_minor=0,
        )  # fmt: skip
        self._event("customer.created", at, id, id, name=details.name, tags=[], to=None)
        if assignee_id is not None:
            since = {"from_on": held["leg_since"], "ended": ""}
            self._add(Holding, customer_id=id, leg=held["leg"], user_id=assignee_id, **since)
        for person in found.contacts:
            contact_id = self._add(Contact, customer_id=id, created_at=at, version=1, **asdict(person))
            self._event("contact.added", at, id, contact_id, name=person.name, title=person.title)
        for _ in range(chance.choice(PURCHASES_EACH)):
            self._purchase(id, chance.randrange(age))
        for _ in range(chance.choice((1, 2, 3))):
            self._touch(id, chance.randrange(age))
        if chance.random() < 0.3:
            self._planned(id)
        if chance.random() < 0.4:
            self._commitment(id, chance.randrange(age))

    def _moment(self, days_ago: int) -> datetime:
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time(self.chance.randrange(15, 24), self.chance.randrange(60)), UTC)

    def _purchase(self, customer_id: int, days_ago: int) -> None:
        at, (goods, price) = self._moment(days_ago), self.chance.choice(self.words.goods)
        amount = int(price * self.chance.uniform(0.5, 2)) * 100
        currency, number = self.words.currency, f"F-{self.last[Purchase] + 1}"
        id = self._add(
            Purchase, customer_id=customer_id, purchased_on=clock.day_of(at), amount_minor=amount, currency=currency,
            number=number, description=goods, version=1, created_at=at,
        )  # fmt: skip
        self._event(
            "purchase.recorded", at, customer_id, id,
            amount_minor=amount, currency=currency, number=number, description=goods,
        )  # fmt: skip

    def _touch(self, customer_id: int, days_ago: int) -> None:
        at, by = self._moment(days_ago), self.chance.choice(self.user_ids)
        purpose = self.chance.choice(list(self.words.notes))
        note = self.chance.choice(self.words.notes[purpose])
        id = self._follow_up(
            customer_id, at, by, purpose, note=note, due_on=None, done_on=clock.day_of(at), outcome="reached",
            done_by_id=by, done_at=at, objective="",
        )  # fmt: skip
        self._event(
            "follow_up.logged", at, customer_id, id, channel="call", purpose=purpose, outcome="reached", note=note,
            objective="", contact="", next_on=None, was=None,
        )  # fmt: skip

    def _planned(self, customer_id: int) -> None:
        due_on = self.today + timedelta(days=self.chance.randrange(-10, 40))
        at, by = self._moment(12), self.chance.choice(self.user_ids)
        objective = self.chance.choice(self.words.objectives)
        id = self._follow_up(
            customer_id, at, by, "meeting", note="", due_on=due_on, done_on=None, outcome=None, done_by_id=None,
            done_at=None, objective=objective,
        )  # fmt: skip
        self._event(
            "follow_up.planned", at, customer_id, id, channel="call", contact="", purpose="meeting",
            objective=objective, method="", due_on=due_on.isoformat(),
        )  # fmt: skip

    def _follow_up(self, customer_id: int, at: datetime, by: int, purpose: str, **fields: Any) -> int:
        return self._add(
            FollowUp, customer_id=customer_id, assignee_id=by, channel="call", purpose=purpose, method="",
            origin="user", version=1, created_by_id=by, created_at=at, **fields,
        )  # fmt: skip

    def _commitment(self, customer_id: int, days_ago: int) -> None:
        at, by, said = self._moment(days_ago), self.chance.choice(self.user_ids), self.chance.choice
        ours = self.chance.random() < 0.75
        due_on: date = clock.day_of(at) + timedelta(days=said((2, 5, 9)))
        is_open = due_on >= self.today - timedelta(days=6)
        words = said(self.words.our_promises if ours else self.words.their_promises)
        id = self._add(
            Commitment, customer_id=customer_id, assignee_id=by, side="ours" if ours else "theirs", text=words,
            due_on=due_on, original_due_on=due_on, times_moved=0, origin="user", version=1, created_by_id=by,
            state="open" if is_open else "kept", settled_on=None if is_open else due_on, reason="", created_at=at,
        )  # fmt: skip
        data = {"text": words, "side": "ours" if ours else "theirs", "due_on": due_on.isoformat()}
        self._event("commitment.made", at, customer_id, id, contact="", **data)
        if not is_open:
            self._event("commitment.kept", self._moment((self.today - due_on).days), customer_id, id, **data)

    def write(self) -> None:
        """Send what has been gathered to the database."""
        for model in MODELS:
            rows = self.rows[model]
            if rows:
                table: Table = model.__table__  # type: ignore[attr-defined]
                db.session.execute(insert(table), rows)
            self.rows[model] = []
        db.session.commit()


def _searchable(found: Invented) -> str:
    details = found.details
    people = [word for each in found.contacts for word in (each.name, each.email, each.phone)]
    return searchable([details.name, details.external_id, details.email, details.phone, *people])


def pour(words: Words, users: "dict[str, User]", customers: int, chance: Random) -> None:
    """Write so many customers and what belongs to them, then derive their figures and clocks. Commits."""
    db.session.commit()
    pourer = Pourer(words, users, chance)
    pourer.last[Event] = db.session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0
    for start in range(0, customers, AT_ONCE):
        for _ in range(min(AT_ONCE, customers - start)):
            pourer.customer()
        pourer.write()
    if db.engine.dialect.name == "postgresql":
        for model, last in pourer.last.items():
            name = model.__table__.name  # type: ignore[attr-defined]
            db.session.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": max(last, 1)}
            )
        db.session.commit()
    figures.rebuild()
    ids = iter(range(1, customers + 1))
    while batch := list(islice(ids, AT_ONCE)):
        set_clocks_of(batch)
        db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
