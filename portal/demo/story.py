"""Two years in the life of the demo firm, day by day, through the verbs of the views.

Each customer has a way of buying; what happens to them calls forth what happens next (a purchase its
reassurance, a promise its keeping), on a queue ordered by time, up to the present instant. What lies
beyond it stays planned, open or late: that is what Today shows.
"""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.promising import Promise, promise
from portal.contacts.models import Contact
from portal.contacts.queries import living_contacts
from portal.customers import keeping
from portal.customers.models import Customer
from portal.customers.queries import customer_for_change
from portal.demo.centring import Centre
from portal.demo.listening import Follow, Listener, Voice
from portal.demo.objecting import Objecting
from portal.demo.people import People
from portal.demo.playing import Playbooks
from portal.demo.recommending import Friends
from portal.demo.relaying import Baton
from portal.demo.reviewing import Backing
from portal.demo.seeing import Sight
from portal.demo.steady import Steady
from portal.demo.trying import Trials
from portal.demo.words import Words
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import FollowUp, Touch
from portal.follow_ups.queries import open_reassurance
from portal.purchases import ledger

if TYPE_CHECKING:
    from portal.users.models import User

YEARS = timedelta(days=730)
RECENT = timedelta(days=14)
"""What is older has been dealt with, one way or another."""
SUNDAY = 6
WAYS = {"regular": 30, "sleeper": 12, "occasional": 18, "one-timer": 26, "prospect": 14}
COMMIT_EVERY = 400
FEWEST_TO_TRY = 100
"""Customers from which a firm tries what its calls change."""


class Story:
    """Tells the history of so many customers. `users` are those of the firm, by role; `listener` asks its surveys."""

    def __init__(self, words: Words, users: "dict[str, User]", chance: Random, listener: Listener) -> None:
        self.words, self.users, self.chance, self.listener = words, users, chance, listener
        self.zone = ZoneInfo(words.time_zone)
        self.end = clock.now()
        self.today = clock.today()
        self.people = People(words, chance)
        self.objecting = Objecting(words, users["sales"])
        self.waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self.told = 0
        self.number = chance.randrange(200, 2000)
        self.lives: dict[int, Life] = {}
        self.friends = Friends(words, users, self._on)
        self.steady = Steady(words, users["support"], self.lives, self._on)

    def tell(self, customers: int) -> None:
        """Let it all happen. Commits from time to time."""
        if customers >= FEWEST_TO_TRY:
            Trials(self.users["owner"], self.lives, self._on).plan(self.today)
        Playbooks(self.users["owner"], self.lives, self.listener).plan(self.today, self._on)
        Backing(self.words, self.users, self.lives, self._on).plan(self.today)
        self.steady.plan(self.today)
        for _ in range(customers):
            age = int(YEARS.days * self.chance.random() ** 0.8) + 2
            self._on(self.today - timedelta(days=age), self._arrive)
        while self.waiting:
            instant, _, happen = heapq.heappop(self.waiting)
            with clock.as_of(instant):
                happen()
            self.told += 1
            if self.told % COMMIT_EVERY == 0:
                db.session.commit()
        db.session.commit()

    def _on(self, day: date, happen: Callable[[], None]) -> bool:
        """Let it happen during working hours of that day (or of Monday); False when that lies in the future."""
        day += timedelta(days=day.weekday() == SUNDAY)
        hour = time(self.chance.randrange(9, 19), self.chance.randrange(60), self.chance.randrange(60))
        instant = datetime.combine(day, hour, self.zone).astimezone(self.end.tzinfo)
        if instant >= self.end:
            return False
        heapq.heappush(self.waiting, (instant, len(self.waiting) + self.told * 7, happen))
        return True

    def _in(self, days: float, happen: Callable[[], None]) -> bool:
        return self._on(clock.today() + timedelta(days=max(1, round(days))), happen)

    # Customers

    def _arrive(self) -> None:
        (found, referral_id), chance = self.friends.coming(self.people.next()), self.chance
        runner = chance.choices(("sales", "support", "marketing", "owner", None), (40, 32, 10, 7, 11))[0]
        by = self.users["marketing" if chance.random() < 0.3 else "sales"]
        customer = keeping.add_customer(
            found.details,
            by=by,
            assignee=self.users[runner] if runner else None,
            tags=found.tags,
            contacts=found.contacts,
        )
        self.friends.came(customer, referral_id)
        way = chance.choices(list(WAYS), list(WAYS.values()))[0]
        spend = chance.lognormvariate(0, 0.5) * (2.2 if found.is_firm else 1)
        life = Life(
            self, customer.id, way, spend, [(person.id, person.name) for person in living_contacts(customer.id)]
        )
        self.lives[customer.id] = life
        life.begin()


class Life:
    """What happens to one customer."""

    def __init__(self, story: Story, customer_id: int, way: str, spend: float, contacts: list[tuple[int, str]]) -> None:
        self.story, self.id, self.way, self.spend = story, customer_id, way, spend
        self.contacts: list[tuple[int | None, str]] = [*contacts] or [(None, "")]
        self.chance, self.words = story.chance, story.words
        self.rhythm = self.chance.choice((28, 35, 45, 60, 75, 90, 120))
        follow = Follow(self.settle_by, self.come_back, story.friends.named, story.friends.allowed)
        self.voice = Voice(story.listener, story._in, follow)
        self.sight = Sight(customer_id, story.listener, story._in, follow)
        self.baton = Baton(customer_id, story.words, story.users, story._on, self._customer)
        self.centre = Centre(customer_id, story._in, self._customer, self._user)
        self.alone_until: date | None = None
        """Until when a trial leaves the customer alone."""
        self.purchases_left = {"regular": 999, "sleeper": 5, "occasional": 3, "one-timer": 1, "prospect": 0}[way]

    def begin(self) -> None:
        """First contact; then buying, in this customer's way, and being cared for."""
        if self.chance.random() < 0.6:
            self.story._in(self.chance.uniform(1, 6), self.offer)
        if self.purchases_left:
            self.story._in(self.chance.uniform(2, 30), self.buy)
        self.story._in(self.chance.uniform(25, 90), self.care)
        if self.purchases_left:
            self.story._in(self.chance.uniform(60, 220), self.be_asked)
        self.baton.begin(self.story.today)
        self.centre.begin(self.contacts)
        if self.way == "prospect" and self.chance.random() < 0.15:
            self.story._in(self.chance.uniform(200, 400), self.put_away)

    def _customer(self) -> Customer | None:
        """The customer, locked, unless it has been put away."""
        customer = customer_for_change(self.id)
        return None if customer is None or customer.is_archived else customer

    def _user(self, customer: Customer) -> "User":
        """Whoever is answerable for the customer, most of the time."""
        for user in self.story.users.values():
            if user.id == customer.assignee_id and self.chance.random() < 0.8:
                return user
        return self.story.users[self.chance.choice(("sales", "support", "support"))]

    # Buying

    def buy(self, *, extra: bool = False) -> None:
        """A purchase, what it calls forth, and the next one, unless it is an extra one."""
        customer = self._customer()
        if customer is None:
            return
        goods, price = self.chance.choice(self.words.goods)
        self.story.number += self.chance.choice((1, 1, 2, 3))
        by = self._user(customer)
        purchase = ledger.record(
            customer_id=self.id,
            on=clock.today(),
            amount_minor=int(price * self.spend * self.chance.uniform(0.7, 1.15)) // 10 * 1000 + 1000,
            currency=self.words.currency,
            by=by,
            number=f"F-{self.story.number}",
            description=goods,
        )
        purchase_id = purchase.id
        self.baton.bought(self.story.listener.firm)
        self.story._in(self.chance.choice((3, 3, 4, 5, 7)), lambda: self.reassure(purchase_id))
        self.story._in(self.story.listener.surveys["after_purchase"].days, lambda: self.be_asked_about(purchase_id))
        if self.chance.random() < 0.02:
            ledger.void(purchase, by=by)
        self.story.friends.bought(self.id)
        if self.chance.random() < 0.4:
            self.promise()
        if extra:
            return
        self.purchases_left -= 1
        if self.purchases_left > 0:
            spread = 0.16 if self.way in ("regular", "sleeper") else 0.7
            self.story._in(self.rhythm * max(0.2, self.chance.gauss(1, spread)), self.buy)

    def reassure(self, purchase_id: int) -> None:
        """The touch after a purchase: nearly always made, some days late at times; lately some are still to do."""
        customer, planned = self._customer(), open_reassurance(self.id, purchase_id)
        if customer is None or planned is None:
            return
        if self._is_recent() and self.chance.random() < 0.45:
            return
        if self.chance.random() < 0.06:
            touching.drop(customer, planned, self._user(customer))
        else:
            self._touch(customer, "reassurance", planned)

    # Being asked

    def be_asked_about(self, purchase_id: int) -> None:
        """Some days after a purchase, by the portal itself."""
        customer = self._customer()
        if customer is not None:
            self.voice.asked("after_purchase", customer, self._person(), f"purchase:{purchase_id}")

    def be_asked(self) -> None:
        """Would they recommend us? Twice a year, by whoever answers for them."""
        customer = self._customer()
        if customer is not None:
            cause = f"hand:{self.id}:{clock.today().isoformat()}"
            self.voice.asked("by_hand", customer, self._person(), cause, self._user(customer))
            self.story._in(self.chance.uniform(150, 240), self.be_asked)

    def _person(self) -> Contact | None:
        contact_id, _ = self.chance.choice(self.contacts)
        return db.session.get(Contact, contact_id) if contact_id else None

    # Touching

    def offer(self) -> None:
        """The first conversation."""
        customer = self._customer()
        if customer is not None:
            self._touch(customer, "offer")

    def care(self) -> None:
        """A call for no other reason than to ask; a meeting now and then; and so on, every other month or so."""
        customer = self._customer()
        if customer is None:
            return
        if self.alone_until is not None and clock.today() <= self.alone_until:
            self.story._on(self.alone_until + timedelta(days=1), self.care)
            return
        purposes, weights = ("care", "issue", "referral", "offer"), (60, 14, 6, 20)
        if self.chance.random() < 0.07:
            self._meet(customer)
        else:
            self._touch(customer, self.chance.choices(purposes, weights)[0])
        slow = 2.6 if self.way in ("one-timer", "prospect") else 1
        self.story._in(self.chance.uniform(50, 140) * slow, self.care)

    def _touch(self, customer: Customer, purpose: str, planned: FollowUp | None = None) -> None:
        """Log one, by whoever does it, with what came of it; what comes next may be planned with it."""
        planned = planned or _due_by_now(self.id)
        outcome = self.chance.choices(("reached", "no_answer", "left_message"), (76, 16, 8))[0]
        notes = self.words.notes[purpose] if outcome == "reached" else self.words.no_answer_notes
        contact_id, contact = self.chance.choice(self.contacts)
        by = self._user(customer)
        next_on = None
        if self.chance.random() < (0.6 if outcome == "no_answer" else 0.1):
            next_on = clock.today() + timedelta(days=self.chance.choice((1, 3, 7, 7, 30)))
        touch = Touch(
            channel=self.chance.choices(("call", "whatsapp", "email", "visit"), (48, 34, 12, 6))[0],
            outcome=outcome,
            purpose=purpose,
            note=self.chance.choice(notes) if self.chance.random() < 0.75 else "",
            contact_id=contact_id,
            next_on=next_on,
            heard=self.story.objecting.heard() if purpose == "offer" and outcome == "reached" else None,
        )
        touching.log(customer, touch, by, planned, contact)
        if purpose == "care" and outcome == "reached" and touch.channel == "call" and self.chance.random() < 0.05:
            self.voice.said_on_the_phone(customer, db.session.get(Contact, contact_id) if contact_id else None, by)
        if next_on is not None:
            self.come_back(next_on)
        if outcome == "reached" and self.chance.random() < (0.7 if purpose == "issue" else 0.14):
            self.promise()

    def come_back(self, on: date) -> None:
        """Do the next step on its day, or somewhat late, or put it off."""
        self.story._on(on + timedelta(days=self.chance.choice((0, 0, 0, 0, 0, 1, 2))), self.do_next)

    def do_next(self) -> None:
        """Whatever is planned for this customer and due."""
        customer = self._customer()
        planned = _due_by_now(self.id)
        if customer is None or planned is None:
            return
        if self._is_recent() and self.chance.random() < 0.3:
            return
        if self.chance.random() < 0.1:
            to = clock.today() + timedelta(days=self.chance.choice((1, 2, 7)))
            touching.move(customer, planned, to, self._user(customer))
            self.come_back(to)
        else:
            self._touch(customer, planned.purpose, planned)
        if _due_by_now(self.id) is not None:
            self.come_back(clock.today() + timedelta(days=1))

    def _meet(self, customer: Customer) -> None:
        """Plan a meeting with an objective, some days ahead."""
        on = clock.today() + timedelta(days=self.chance.randrange(3, 15))
        contact_id, contact = self.chance.choice(self.contacts)
        by = self._user(customer)
        meeting = touching.Plan(
            due_on=on,
            purpose="meeting",
            channel="visit",
            objective=self.chance.choice(self.words.objectives),
            contact_id=contact_id,
            assignee_id=by.id,
        )
        touching.plan(customer, meeting, by, contact)
        self.come_back(on)

    # Promising

    def promise(self) -> None:
        """Something promised, by us or by them; and what becomes of it."""
        customer = self._customer()
        if customer is None:
            return
        ours = self.chance.random() < 0.78
        contact_id, contact = self.chance.choice(self.contacts)
        by = self._user(customer)
        said = Promise(
            text=self.chance.choice(self.words.our_promises if ours else self.words.their_promises),
            due_on=clock.today() + timedelta(days=self.chance.choice((1, 2, 3, 5, 7, 10, 14))),
            side="ours" if ours else "theirs",
            contact_id=contact_id,
            assignee_id=by.id,
        )
        made = promise(customer, said, by, contact)
        db.session.flush()
        self.settle_by(made.id, said.due_on)

    def settle_by(self, commitment_id: int, due_on: date) -> None:
        """Settle a promise around its day."""
        late = self.chance.choices((-1, 0, 1, 3, 8), (34, 40, 12, 9, 5))[0]
        day = max(due_on + timedelta(days=late), clock.today() + timedelta(days=1))
        self.story._on(day, lambda: self.settle(commitment_id))

    def settle(self, commitment_id: int) -> None:
        """Kept, mostly; sometimes moved, broken or withdrawn; lately some are simply late."""
        commitment = db.session.get(Commitment, commitment_id)
        customer = self._customer()
        if commitment is None or customer is None or not commitment.is_open:
            return
        if self._is_recent() and self.chance.random() < (0.8 if commitment.origin == "recovery" else 0.35):
            self.sight.done(commitment)
            return
        by, reason = self._user(customer), self.chance.choice(self.words.reasons)
        verb = self.chance.choices(("keep", "renegotiate", "break", "withdraw"), (80, 12, 5, 3))[0]
        if verb == "break" and self.story.steady.is_steady(commitment):
            verb = "keep"
        if verb == "keep":
            self.sight.done(commitment)
            commitment.keep(by)
            self.sight.kept(commitment)
            if commitment.origin == "recovery":
                self.voice.asked_whether_right(commitment)
        elif verb == "break":
            commitment.break_(by, reason)
        elif verb == "withdraw":
            commitment.withdraw(by, reason)
        else:
            to = clock.today() + timedelta(days=self.chance.choice((2, 4, 7)))
            commitment.renegotiate(by, to, reason)
            self.settle_by(commitment_id, to)

    def put_away(self) -> None:
        """Nothing came of it."""
        customer = self._customer()
        if customer is not None:
            customer.archive(self._user(customer))

    def _is_recent(self) -> bool:
        return clock.today() > self.story.today - RECENT


def _due_by_now(customer_id: int) -> FollowUp | None:
    """The customer's earliest planned follow-up, if its day has come."""
    from sqlalchemy import select

    from portal.follow_ups.models import OPEN

    due = FollowUp.due_on <= clock.today()
    query = select(FollowUp).where(FollowUp.customer_id == customer_id, OPEN, due).order_by(FollowUp.due_on).limit(1)
    return db.session.scalar(query)
