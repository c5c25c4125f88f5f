"""A list of a day gone by knows nothing of what came later: whatever happens after the day changes no list of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.commitments.promising import Promise, promise
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import Touch
from portal.invitations.inviting import Asking, invite
from portal.lists import definitions
from portal.lists.catalogue import LISTS
from portal.purchases import ledger
from portal.purchases.models import Purchase
from portal.responses.models import Response
from portal.retention import judging, learning, reading
from portal.rules import BrokenRule
from portal.settings.models import Firm as FirmRow
from portal.surveys.models import Survey
from tests.cast import Cast
from tests.responses.asking import SECRET, ask

PEOPLE = 4
DAY = timedelta(days=1)


def lists_of(day: date) -> dict[str, Any]:
    """Whom every list of that day names, and all that it says of them."""
    db.session.flush()
    known = reading.known(day)
    judged = judging.judge(known, learning.learn(known, 60))
    unknown = set(known.id[known.assignee < 0].tolist())
    found: dict[str, Any] = {"unknown": unknown}
    for each in LISTS:
        named = getattr(definitions, each.definition)(known, judged)
        columns = (named.due, named.urgency, named.at_stake, named.on, named.number, named.kind)
        found[each.name] = {
            id: [str(column[at]) for column in columns] for at, id in enumerate(known.id.tolist()) if named.here[at]
        }
    return found


class Firm:
    """What happens to its customers, through the verbs."""

    def __init__(self, cast: Cast, customers: list[Customer], chance: Random) -> None:
        self.cast, self.customers, self.chance = cast, customers, chance
        self.survey, self.firm = db.session.get_one(Survey, 1), db.session.get_one(FirmRow, 1)
        self.answers, self.day = 0, clock.today()

    def live(self, acts: list[tuple[int, str, int]], until: date) -> None:
        """Let these happen so many days before (after, where negative) the day, in that order of days."""
        self.day = until
        for who, act, days in sorted(acts, key=lambda act: -act[2]):
            instant = clock.start_of(until - days * DAY) + timedelta(hours=12)
            with clock.as_of(instant):
                self.happen(self.customers[who], act)

    def happen(self, customer: Customer, act: str) -> None:
        by, today = self.cast.sales, clock.today()
        bought = db.session.scalars(select(Purchase).where(Purchase.customer_id == customer.id)).all()
        promises = db.session.scalars(select(Commitment).where(Commitment.customer_id == customer.id)).all()
        verbs: dict[str, Callable[[], Any]] = {
            "buy": lambda: ledger.record(customer_id=customer.id, on=today, amount_minor=50_000, currency="MXN", by=by),
            "call": lambda: touching.log(customer, Touch(purpose=self.chance.choice(("care", "referral"))), by),
            "promise": lambda: promise(customer, Promise("Send it", today + 5 * DAY), by),
            "recover": lambda: promise(customer, Promise("Make it right", today + 3 * DAY, origin="recovery"), None),
            "unhappy": lambda: self.answer(customer, 2),
            "happy": lambda: self.answer(customer, 10),
            "assign": lambda: customer.assign(self.cast.support if customer.assignee_id is None else None, by),
            "archive": lambda: customer.archive(by),
            "restore": lambda: customer.restore(by),
        }
        if promises:
            one = self.chance.choice(promises)
            verbs |= {
                "keep": lambda: one.keep(by),
                "break": lambda: one.break_(by),
                "withdraw": lambda: one.withdraw(by, "no longer needed"),
                "move": lambda: one.renegotiate(by, today + 20 * DAY, "they asked"),
                "reopen": lambda: one.reopen(by),
                "dispute": lambda: one.dispute("Ana"),
            }
        if bought:
            sold = self.chance.choice(bought)
            verbs |= {
                "void": lambda: ledger.void(sold, by=by),
                "put back": lambda: ledger.restore(sold, by=by),
                "correct": lambda: self.correct(sold),
            }
        with suppress(BrokenRule):
            verbs.get(act, lambda: None)()
        db.session.flush()

    def correct(self, sold: Purchase) -> None:
        """Another day, amount or currency than was typed; what was bought later stays later, for history that comes in
        late counts by its day.
        """
        moved = self.chance.choice((-30, 0, 30)) if sold.purchased_on <= self.day else 0
        on = min(sold.purchased_on + moved * DAY, clock.today())
        amount, currency = self.chance.choice((50_000, 70_000)), self.chance.choice(("MXN", "USD"))
        ledger.correct(
            sold, on=on, amount_minor=amount, currency=currency, number="", description="", by=self.cast.sales
        )

    def answer(self, customer: Customer, score: int) -> None:
        self.answers += 1
        invitation = invite(self.survey, customer, f"hand:{self.answers}", Asking(self.firm, SECRET))
        db.session.flush()
        answered = {"answered_at": clock.now(), "answered_on": clock.today(), "source": "staff", "state": "standing"}
        about = {"survey_id": self.survey.id, "customer_id": customer.id, "invitation_id": invitation.id}
        db.session.add(Response(score=score, locale="es", **about, **answered))


ACTS = ("buy", "buy", "call", "promise", "recover", "keep", "break", "withdraw", "move", "reopen", "dispute", "unhappy",
        "happy", "assign", "archive", "restore", "void", "put back", "correct", "correct")  # fmt: skip
WHO, WHAT = st.integers(0, PEOPLE - 1), st.sampled_from(ACTS)


@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(WHO, WHAT, st.integers(0, 200)), max_size=30),
    st.lists(st.tuples(WHO, WHAT, st.integers(-60, -1)), min_size=1, max_size=15),
    st.integers(0, 2**32),
)
def test_what_comes_later_changes_no_list(
    cast: Cast, before: list[tuple[int, str, int]], later: list[tuple[int, str, int]], seed: int
) -> None:
    db.session.rollback()
    if db.session.get(Survey, 1) is None:
        ask(cast)
    day = clock.today() - 90 * DAY
    made = clock.start_of(day - 300 * DAY)
    customers = [Customer(name=f"C{n}", sort_name=f"c{n}", created_at=made) for n in range(PEOPLE)]
    db.session.add_all(customers)
    db.session.flush()
    firm = Firm(cast, customers, Random(seed))
    firm.live(before, day)
    then = lists_of(day)
    firm.live(later, day)
    now = lists_of(day)
    left_out = now.pop("unknown") | then.pop("unknown")
    for found in (then, now):
        found["nobodys"] = {id: said for id, said in found["nobodys"].items() if id not in left_out}
    assert now == then
    db.session.rollback()
