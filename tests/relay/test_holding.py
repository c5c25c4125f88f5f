"""Who holds a customer: the leg and the stretches of the relay follow whoever is made answerable."""

from datetime import date

import pytest
from sqlalchemy import select

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.lists import acting
from portal.relay import holding
from portal.relay.legs import leg_of
from portal.relay.models import HandOff, Holding
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again
from tests.lists.entries import an_entry


def stretches(customer_id: int) -> list[tuple[str, str, str | None]]:
    """(leg, how it ended, the leg before) of each stretch, the first first."""
    query = select(Holding.leg, Holding.ended, Holding.came_from).where(Holding.customer_id == customer_id)
    return [(leg, ended, before) for leg, ended, before in db.session.execute(query.order_by(Holding.id))]


@pytest.mark.parametrize(
    ("role", "now", "leg"),
    [
        ("marketing", None, "marketing"), ("sales", "marketing", "sales"), ("support", "sales", "service"),
        ("owner", "service", "service"), ("owner", None, "sales"),
    ],
)  # fmt: skip
def test_the_leg_is_the_runners(role: str, now: str | None, leg: str) -> None:
    assert leg_of(role, now) == leg


def test_who_is_made_answerable_holds_the_customer(cast: Cast) -> None:
    customer = add(cast, assignee=cast.marketing)
    assert (customer.leg, customer.phase) == ("marketing", "acquisition")
    for to in (cast.sales, cast.sales, cast.owner, None, cast.support):
        customer.assign(to, by=cast.owner)
        db.session.commit()
    assert stretches(customer.id) == [
        ("marketing", "passed", None), ("sales", "passed", "marketing"), ("sales", "let_go", "sales"),
        ("service", "", "sales"),
    ]  # fmt: skip
    assert (again(customer).leg, customer.phase, customer.leg_since) == ("service", "activation", clock.today())


def test_nobodys_customer_is_in_no_leg(cast: Cast) -> None:
    customer = add(cast)
    assert (customer.leg, customer.phase, customer.phase_since) == (None, "acquisition", clock.today())
    assert stretches(customer.id) == []


def test_a_phase_is_worked_out_by_the_database(cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    customer.status, customer.first_purchase_on = "buyer", date(2026, 3, 1)
    db.session.commit()
    assert (customer.phase, customer.phase_since) == ("loyalty", date(2026, 3, 1))
    customer.status, customer.second_purchase_on = "client", date(2026, 4, 2)
    db.session.commit()
    assert (customer.phase, customer.phase_since) == ("retention", date(2026, 4, 2))


def test_many_at_once_as_one_by_one(cast: Cast) -> None:
    """A list that is assigned leaves what assigning each by hand would have left."""
    many = [add(cast, f"C{n}", assignee=who) for n, who in enumerate((cast.marketing, cast.sales, None))]
    for customer in many:
        an_entry(customer, "due")
    db.session.commit()
    for to, legs in ((cast.support, ["service"] * 3), (cast.owner, ["service"] * 3), (None, ["service"] * 3)):
        act = acting.Act("assign", to_id=to.id if to else None)
        batch = acting.start("due", [customer.id for customer in many], "Due", act, cast.owner)
        db.session.commit()
        acting.run(batch.id)
        db.session.expire_all()
        assert [customer.leg for customer in many] == legs
    assert stretches(many[0].id) == [
        ("marketing", "passed", None), ("service", "passed", "marketing"), ("service", "let_go", "service"),
    ]  # fmt: skip
    assert stretches(many[2].id) == [("service", "passed", None), ("service", "let_go", "service")]


def test_whoever_is_assigned_ends_what_was_offered(cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    about = {"customer_id": customer.id, "to_leg": "service", "offered_on": clock.today(), "due_on": clock.today()}
    offered = HandOff(created_at=clock.now(), **about)
    dropped = HandOff(created_at=clock.now(), state="dropped", dropped_on=clock.today(), **about)
    db.session.add_all([offered, dropped])
    db.session.commit()
    customer.assign(cast.support, by=cast.owner)
    db.session.commit()
    db.session.expire_all()
    assert (offered.state, dropped.state, dropped.picked_up_on) == ("withdrawn", "dropped", clock.today())


def test_a_hand_off_leads_to_its_own_leg_also_when_an_owner_takes_it(cast: Cast) -> None:
    customer = add(cast, assignee=cast.sales)
    hand_off = HandOff(
        customer_id=customer.id,
        to_leg="service",
        offered_on=clock.today(),
        due_on=clock.today(),
        created_at=clock.now(),
    )
    db.session.add(hand_off)
    db.session.flush()
    holding.pass_on(customer, cast.owner, hand_off)
    db.session.commit()
    assert stretches(customer.id) == [("sales", "handed_off", None), ("service", "", "sales")]


def test_the_page_says_who_held_the_customer(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = add(cast, assignee=cast.marketing)
    customer.assign(cast.sales, by=cast.owner)
    db.session.commit()
    page = support.get(f"/customers/{customer.id}/relay").get_data(as_text=True)
    assert "held by Saúl Sales, sales" in page
    assert "given to somebody else" in page
    assert support.get("/customers/999/relay").status_code == 404
    assert "/sign-in" in stranger.get(f"/customers/{customer.id}/relay").location


def test_customers_are_narrowed_to_a_phase(support: Browser, cast: Cast) -> None:
    add(cast, "Held by sales", assignee=cast.sales)
    add(cast, "Held by nobody")
    page = support.get("/customers?phase=activation").get_data(as_text=True)
    assert "Held by sales" in page
    assert "Held by nobody" not in page
    assert "phase Activation" in page
    assert "Held by nobody" in support.get("/customers?phase=none").get_data(as_text=True)
    assert db.session.scalar(select(Customer.id).limit(1))
