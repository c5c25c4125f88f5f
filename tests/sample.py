"""One of everything, twice over: two customers, each with a contact, promises, touches and a purchase; and surveys.

All ids begin at 1.
"""

from dataclasses import asdict
from datetime import timedelta
from io import BytesIO

from sqlalchemy import select, update

from portal import clock
from portal.advocacy import crediting
from portal.advocacy.referring import Referred, refer
from portal.backing.asking import Asked, ask
from portal.buying_centre import positioning, rhythm
from portal.buying_centre.models import StandOut
from portal.buying_centre.terms import STAND_OUTS
from portal.celebrations.models import Celebration
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.filters import CustomerFilter
from portal.customers.models import Customer, Tag
from portal.digests.models import Digest
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.imports.models import Import, ImportRefusal
from portal.invitations.inviting import Asking, invite
from portal.invitations.mailing import Office
from portal.invitations.models import SurveyBatch
from portal.ledger.models import Statement
from portal.ledger.opening import open_to
from portal.lists.catalogue import BY_NAME
from portal.lists.models import ListBatch, SavedList
from portal.mail.models import OutboxMessage
from portal.merging.models import Duplicate
from portal.objections import documents, library
from portal.playbooks.causes import Cause
from portal.playbooks.models import RunStep
from portal.playbooks.queries import playbooks_on
from portal.playbooks.starting import start
from portal.playbooks.writing import Step, Written, write
from portal.purchases.models import Purchase
from portal.relay.models import HandOff, Holding
from portal.responses import answering
from portal.responses.models import Response
from portal.responses.queries import invited_for_change
from portal.review.models import STEPS, Improvement, RelayWeek
from portal.review.running import WEEK, monday
from portal.settings.queries import the_firm
from portal.surveys import ready
from portal.surveys.models import Survey
from portal.testimonials import quoting
from portal.testimonials.models import PLACES
from portal.timeline.models import record
from portal.trials.models import Trial, TrialMember
from tests.cast import Cast
from tests.lists.entries import an_entry, close_books
from tests.retention.closed import the_books

KEY = "a secret that only the tests know, 0123456789"
NAMES = ("Hotel Sierra Azul", "Clínica Dental Obregón")


def make_sample(cast: Cast) -> list[Customer]:
    """Write the sample and return its two customers; the first is the sales user's."""
    customers = [_customer(name, cast) for name in NAMES]
    ready.add_all("en", cast.owner)
    _ask(customers)
    _list(customers, cast)
    _answer()
    _try(customers)
    _object(cast)
    _see(customers, cast)
    _hand_on(customers, cast)
    _begin(customers)
    _recommend(customers, cast)
    _back(customers, cast)
    _place(customers, cast)
    _review(cast)
    the_books()
    db.session.add(
        OutboxMessage(
            message_id="<1@portal.example>", kind="reset", recipient="support@firm.example", subject="s", text="t",
            html="h", created_at=clock.now(), next_try_at=clock.now(),
        )
    )  # fmt: skip
    pair = {"customer_id": customers[0].id, "other_id": customers[1].id, "why": "name email phone external_id"}
    db.session.add(Duplicate(found_on=clock.today(), **pair))
    morning = clock.today() - timedelta(days=1)
    db.session.add(Digest(user_id=cast.sales.id, written_on=morning, seen_until=clock.now()))
    db.session.commit()
    return customers


def _list(customers: list[Customer], cast: Cast) -> None:
    """The books of today are closed: both stand on every list. One list is saved, and one act on it is done."""
    db.session.flush()
    close_books()
    for name in BY_NAME:
        for customer in customers:
            an_entry(customer, name)
    saved = {"name": "Mine", "folded": "mine", "list": "due", "wanted": {"whose": "me"}}
    done = {"act": "follow_up", "list": "due", "wanted": {"customers": [1, 2]}, "said": "Due to buy again.", "total": 2}
    left_out = {"to_id": cast.sales.id, "due_on": clock.today(), "done": 1, "skipped": 1, "left_out": {"gone": 1}}
    db.session.add(SavedList(created_at=clock.now(), **saved))
    db.session.add(ListBatch(purpose="care", created_at=clock.now(), **done, **left_out))


def _ask(customers: list[Customer]) -> None:
    """Each person is asked by the first survey, which is to be asked whatever its draft says."""
    db.session.flush()
    survey, firm = db.session.get_one(Survey, 1), the_firm()
    assert firm is not None
    survey.state = "active"
    for number, customer in enumerate(customers):
        channel = ("link", "email")[number]
        invite(survey, customer, f"sample:{customer.id}", Asking(firm, KEY, channel), customer.contacts[0])
    wanted, said = asdict(CustomerFilter()), "Customers."
    db.session.add(SurveyBatch(survey_id=1, wanted=wanted, said=said, total=2, asked=1, created_at=clock.now()))


def _see(customers: list[Customer], cast: Cast) -> None:
    """Each contact sees the promises, disputes one of ours and says that theirs is done."""
    firm, today = the_firm(), clock.today()
    assert firm is not None
    for customer in customers:
        contact = customer.contacts[0]
        link = open_to(contact, firm, Office("http://localhost", (KEY,)), cast.sales)
        whose = {"customer_id": customer.id, "contact_id": contact.id, "assignee_id": cast.sales.id}
        for side, text, word in (("ours", "Polish the legs", "not_kept"), ("theirs", "Send the plan", "done")):
            promise = Commitment(
                side=side, text=text, due_on=today, original_due_on=today, created_at=clock.now(), **whose
            )
            db.session.add(promise)
            db.session.flush()
            if side == "ours":
                promise.keep(cast.sales)
                promise.dispute(contact.name, "One is still dull")
            else:
                promise.say_done(contact.name)
            about = {"commitment_id": promise.id, "link_id": link.id, "contact_id": contact.id}
            db.session.add(Statement(word=word, nonce="n", said_at=clock.now(), said_on=today, **about))


def _hand_on(customers: list[Customer], cast: Cast) -> None:
    """The sales user holds both. The first is offered to service; the second was, and nobody answered."""
    today = clock.today()
    for customer, state in zip(customers, ("offered", "dropped"), strict=True):
        customer.leg, customer.leg_since = "sales", today
        held = {"customer_id": customer.id, "leg": "sales"}
        db.session.add(Holding(user_id=cast.sales.id, from_on=today, **held))
        offered = {"customer_id": customer.id, "from_leg": "sales", "from_user_id": cast.sales.id, "to_leg": "service"}
        about = {"offered_by_id": cast.sales.id, "note": "Likes oak", "offered_on": today, "due_on": today}
        dropped_on = today if state == "dropped" else None
        db.session.add(HandOff(state=state, dropped_on=dropped_on, created_at=clock.now(), **offered, **about))


def _place(customers: list[Customer], cast: Cast) -> None:
    """Each contact decides and doubts, and is late to be seen by two of us; somebody has left."""
    cast.sales.level = "operations"
    for customer in customers:
        contact = customer.contacts[0]
        contact.place(cast.sales, roles=["decider", "user"], level="board", stance="sceptic")
        for position, share in (("listed", None), ("preferred", 60)):
            positioning.say(customer, positioning.Standing(position, share, clock.today(), "They say so"), cast.sales)
        gone = Contact(customer_id=customer.id, name="Beatriz Luna", title="finance", created_at=clock.now())
        db.session.add(gone)
        db.session.flush()
        gone.leave(clock.today(), cast.sales)
        db.session.add_all(StandOut(customer_id=customer.id, kind=kind, found_on=clock.today()) for kind in STAND_OUTS)
        for every_days, user in ((1, cast.owner), (30, cast.sales)):
            found = rhythm.plan(customer, contact, user, every_days, cast.owner)
            assert found is not None
            found.due_on = clock.today() - timedelta(days=every_days)


def _begin(customers: list[Customer]) -> None:
    """A playbook of each kind of step is on, and has made, skipped and still to make something with both."""
    survey, today = db.session.get_one(Survey, 1), clock.today()
    steps = (
        Step("commitment", 0, "Check the first use", given_to="service"),
        Step("follow_up", 0, "Reassure", "reassurance"),
        Step("survey", 20, survey_id=survey.id),
        Step("follow_up", 30, "Ask how it went"),
    )
    playbook = write(Written("After a sale", "purchase", "working", steps), None)
    write(Written("Off", "anniversary", "days", steps[:1]), None).is_on = False
    db.session.flush()
    causes = [Cause("purchase", each.id, each.id, today, ("purchase",)) for each in customers]
    start(causes, playbooks_on())
    assert playbook.started == 2
    making = {"state": "made", "made": "commitment", "made_id": 1}
    for number, values in ((1, making), (2, {"state": "skipped", "why": "reassured"})):
        db.session.execute(update(RunStep).where(RunStep.step_id == number).values(**values))


def _answer() -> None:
    """The first of them is unhappy, and then says something else."""
    for score, comment in ((2, "Two legs wobble"), (9, "All well")):
        db.session.flush()
        asked = invited_for_change(1)
        assert asked is not None
        answering.answer(asked, answering.Said(score, comment))


def _recommend(customers: list[Customer], cast: Cast) -> None:
    """The first recommends somebody who waits, somebody of whom nothing came, and the second, who has bought. Both may
    be quoted, and one comment could be; both are celebrated.
    """
    first, second = customers
    ana, on = first.contacts[0].id, clock.today() - timedelta(days=9)
    named = [Referred(name, second.email or "", contact_id=ana, on=on) for name in ("Eva", "Tom", "Ana")]
    _, lost, won = (refer(first, each, cast.sales) for each in named)
    lost.close(cast.sales, "Moved away")
    won.win(second, cast.sales)
    crediting.settle(won)
    for customer in (*customers, second):
        contact = customer.contacts[0]
        said = quoting.Said("On the day they had said", PLACES, "by e-mail", contact.name, contact_id=contact.id)
        quoted = quoting.quote(customer, said, cast.sales)
    quoted.withdraw(cast.sales, "on the phone")
    for number, (kind, whom) in enumerate((("sale", first), ("sale", second), ("streak", None))):
        db.session.add(
            Celebration(
                kind=kind, number=10, user_id=cast.sales.id, customer_id=whom.id if whom else None, cause=str(number),
                happened_on=clock.today() - timedelta(days=1), created_at=clock.now(),
            )
        )  # fmt: skip
    db.session.get_one(Response, 1).quote = "name"


def _object(cast: Cast) -> None:
    """An objection with an answer, a document and a link, heard from the first customer; and one that is retired."""
    objection = library.write_down("It is too expensive", cast.sales, "https://firm.example/prices")
    given = library.answer(objection, "Divide it by the years it lasts.", cast.sales)
    library.attach(objection, documents.take(BytesIO(b"Ten years of guarantee."), "guarantee.txt", 1000), cast.sales)
    library.write_down("No room for it", cast.sales).retire(cast.sales)
    db.session.flush()
    done = db.session.scalars(select(FollowUp).where(FollowUp.done_on.is_not(None))).first()
    assert done is not None
    done.objection_id, done.answer_id = objection.id, given.id


def _try(customers: list[Customer]) -> None:
    """A trial that has ended, one that runs, and one that was stopped; each worked one customer and left one alone."""
    now, today = clock.now(), clock.today()
    for state, days_ago in (("done", 100), ("running", 10), ("stopped", 50)):
        first = today - timedelta(days=days_ago)
        counted = {"worked_bought": 1, "untouched_bought": 0, "untouched_called": 0} if state == "done" else {}
        trial = Trial(
            list="overdue", share=50, days=90, started_on=first, ends_on=first + timedelta(days=90), seed="a" * 32,
            sealed="b" * 64, state=state, worked=1, untouched=1, created_at=now, ended_at=now, **counted,
        )  # fmt: skip
        db.session.add(trial)
        db.session.flush()
        for number, customer in enumerate(customers):
            db.session.add(TrialMember(trial_id=trial.id, customer_id=customer.id, untouched=number == 1))


def _back(customers: list[Customer], cast: Cast) -> None:
    """Sales asks service for support on each, and once of marketing, which has answered."""
    for customer in customers:
        for leg, text in (("service", "Visit with a sample"), ("marketing", "Send the catalogue")):
            request = ask(customer, Asked(text, clock.today(), leg), cast.sales)
            if leg == "marketing":
                request.answer_with(cast.marketing, "Sent today")


def _review(cast: Cast) -> None:
    """The running week is counted; in each of two weeks something is to be done better, and in the first it was."""
    on = monday(clock.today())
    for step in STEPS:
        numbers = {"entries": 9, "onward": 3, "back": 1, "gone": 2, "dropped": 1, "wait_days": 8.5}
        db.session.add(RelayWeek(week_on=on, step=step, counted_at=clock.now(), **numbers))
    for week_on in (on - WEEK, on):
        whose = {"week_on": week_on, "user_id": cast.sales.id, "due_on": clock.today(), "created_at": clock.now()}
        db.session.add(Improvement(step="sales", text="Call within two days", **whose))


def _customer(name: str, cast: Cast) -> Customer:
    now, today = clock.now(), clock.today()
    word = name.split(maxsplit=1)[0].lower()
    customer = Customer(
        name=name, email=f"{word}@customer.example", phone="+528183401122", city="Monterrey",
        assignee_id=cast.sales.id, created_at=now, tags=[Tag(name=word, folded=word)],
    )  # fmt: skip
    contact = Contact(customer=customer, name=f"Ana de {name}", email=f"ana@{word}.example", created_at=now)
    customer.index_words([contact])
    db.session.add_all([customer, contact])
    db.session.flush()
    record("customer.created", by=cast.sales, customer_id=customer.id, subject=customer, name=name)
    whose = {"customer_id": customer.id, "assignee_id": cast.sales.id, "created_at": now}
    yesterday = today - timedelta(days=1)
    file = Import(
        kind="purchases", file_name="ventas.csv", stored_as=f"{word}.csv", user_id=cast.sales.id, created_at=now
    )
    db.session.add_all(
        [
            Commitment(side="ours", text="Send the invoice", due_on=yesterday, original_due_on=yesterday, **whose),
            FollowUp(channel="call", purpose="care", due_on=today, **whose),
            FollowUp(channel="call", purpose="care", done_on=today, done_at=now, outcome="reached", **whose),
            Purchase(
                customer_id=customer.id, purchased_on=yesterday, amount_minor=4130000, currency="MXN", created_at=now
            ),
            file,
        ]
    )
    db.session.flush()
    db.session.add(ImportRefusal(import_id=file.id, row_number=2, faults=[["date", "date_missing", {}]], cells=["x"]))
    customer.status, customer.purchase_days = "buyer", 1
    customer.first_purchase_on = customer.last_purchase_on = yesterday
    customer.revenue_minor, customer.currency, customer.next_touch_on = 4130000, "MXN", today
    customer.last_touch_on = today
    return customer
