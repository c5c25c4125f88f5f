"""Two customers become one: nothing is lost, the address of the other leads on, and later imports know both."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal import clock
from portal.advocacy import crediting
from portal.advocacy.referring import Referred, refer
from portal.customers import keeping
from portal.customers.models import Customer
from portal.customers.queries import hits
from portal.extensions import db
from portal.imports.matching import Matcher
from portal.invitations import opting
from portal.merging import merging, moving
from portal.merging import queries as merging_queries
from portal.merging.models import CustomerAlias, Duplicate
from portal.purchases import figures, ledger
from portal.relay import handing
from portal.relay.models import HandOff, Holding
from portal.retention.models import ListEntry
from portal.timeline.models import Event
from portal.trials.models import TrialMember
from portal.users.models import User
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.sample import make_sample


class Row(NamedTuple):
    """What a row of a file tells of its customer."""

    customer: str = ""
    email: str = ""
    phone: str = ""


def load(*ids: int) -> list[Customer]:
    db.session.rollback()
    db.session.expire_all()
    found = merging_queries.both_for_change(ids)
    return [found[id] for id in ids]


def merge(kept_id: int, other_id: int, by: User, **chosen: str) -> None:
    kept, other = load(kept_id, other_id)
    merging.merge(kept, other, chosen, by)
    db.session.commit()


def rows_of(customer_ids: list[int]) -> dict[str, int]:
    """How many rows of each table point at one of these customers."""
    db.session.rollback()
    found: dict[str, int] = {}
    for column in moving.pointing():
        count = select(func.count()).select_from(column.table).where(column.in_(customer_ids))
        found[str(column)] = db.session.scalar(count) or 0
    return found


def form(kept_id: int, other_id: int, **chosen: str) -> dict[str, str]:
    kept, other = load(kept_id, other_id)
    return {"with": str(other_id), "version": str(kept.version), "other_version": str(other.version), **chosen}


# What moves, by the tables themselves


def test_every_table_that_points_at_a_customer_is_dealt_with(app: object) -> None:
    alone = moving.one_of_a_kind() - moving.STAYS
    assert alone == set(moving.MAKES_ROOM) & alone, "say in portal/merging/moving.py how room is made in these tables"
    assert set(moving.MAKES_ROOM) <= alone


@pytest.mark.once
def test_every_column_that_points_at_a_customer_has_an_index(app: object) -> None:
    for column in moving.pointing():
        table: Any = column.table
        first = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        first |= {next(iter(each.columns)).name for each in table.constraints if len(getattr(each, "columns", ()))}
        assert column.name in first, f"{column}: merging would read the whole table"


@pytest.mark.once
def test_tables_that_know_customers_without_pointing_at_them_are_known(app: object) -> None:
    pointing = {column.table.name for column in moving.pointing()}
    named = {table.name for table in db.metadata.sorted_tables if "customer_id" in table.columns}
    assert named - pointing == {"standings", "list_entries"}, "say in portal/merging/moving.py what becomes of them"


def test_nothing_of_the_sample_is_lost(cast: Cast) -> None:
    make_sample(cast)
    before = rows_of([1, 2])
    events = db.session.scalar(select(func.count()).select_from(Event))
    merge(1, 2, cast.owner)
    after, left = rows_of([1, 2]), rows_of([2])
    grew = {"events.customer_id": 2, "customers.merged_into_id": 1, "customer_aliases.customer_id": 2}
    grew["events.customer_id"] += 2  # the first had recommended the second: closed, and credited no longer
    grew["referrals.referred_customer_id"] = -1
    for name, count in before.items():
        if name not in ("duplicates.customer_id", "duplicates.other_id", "stand_outs.customer_id"):
            assert after[name] == count + grew.get(name, 0), name
    assert {name: count for name, count in left.items() if count} == {
        "events.customer_id": 1,
        "trial_members.customer_id": 3,
    }
    assert db.session.scalar(select(func.count()).select_from(Event)) == (events or 0) + 4


@pytest.mark.long
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_no_row_is_lost_in_any_order_of_mergers(cast: Cast, data: st.DataObject) -> None:
    drawn = [(data.draw(st.integers(0, 3)), data.draw(st.booleans())) for _ in range(4)]
    customers = [_furnished(purchases, assigned, cast) for purchases, assigned in drawn]
    ids, numbers = [each.id for each in customers], {each.external_id for each in customers}
    db.session.commit()
    before = rows_of(ids)
    revenue = sum(each.revenue_minor for each in load(*ids))
    living = list(ids)
    while len(living) > 1:
        other = data.draw(st.sampled_from(living))
        living.remove(other)
        merge(data.draw(st.sampled_from(living)), other, cast.owner, name=data.draw(st.sampled_from(["this", "other"])))
    after = rows_of(living)
    for name in ("purchases.customer_id", "contacts.customer_id"):
        assert after[name] == before[name], name
    gone = rows_of([id for id in ids if id not in living])
    assert gone["events.customer_id"] == 3
    assert after["events.customer_id"] >= before["events.customer_id"] + 3
    kept = load(living[0])[0]
    assert kept.revenue_minor == revenue
    assert after["customers.merged_into_id"] == 3
    assert after["customer_tags.customer_id"] == 5
    every = {value for (value,) in db.session.execute(select(CustomerAlias.value))} | {kept.external_id}
    assert numbers <= every


def _furnished(purchases: int, assigned: bool, cast: Cast) -> Customer:
    """A customer with purchases, a contact and tags."""
    number = (db.session.scalar(select(func.max(Customer.id))) or 0) + 1
    person = keeping.Person("Ana", email=f"ana{number}@x.example")
    customer = keeping.add_customer(
        keeping.Details(f"Customer {number}", external_id=f"N-{number}"), by=None, tags=["all", f"tag{number}"],
        contacts=[person], assignee=cast.sales if assigned else None,
    )  # fmt: skip
    for day in range(purchases):
        on = clock.today() - timedelta(days=10 * day + number)
        ledger.record(customer_id=customer.id, on=on, amount_minor=1000 + number, currency="MXN", by=None)
    return customer


# What stands


def two(**other: Any) -> None:
    keeping.add_customer(keeping.Details("Hotel Sierra Azul", phone="+528183401122", external_id="A-1"), by=None)
    keeping.add_customer(
        keeping.Details("Sierra Azul SA", **{"email": "s@azul.example", "external_id": "B-2"} | other), by=None
    )
    db.session.commit()


def test_what_is_chosen_stands_and_the_rest_is_still_known(cast: Cast) -> None:
    two(phone="+525500000000", notes="Second notes", city="Saltillo")
    merge(1, 2, cast.owner, name="other", phone="this", external_id="other")
    kept, other = load(1, 2)
    assert (kept.name, kept.phone, kept.external_id) == ("Sierra Azul SA", "+528183401122", "B-2")
    assert (kept.email, kept.city, kept.notes) == ("s@azul.example", "Saltillo", "Second notes")
    assert (other.merged_into_id, other.is_archived, other.email, other.external_id) == (1, True, None, None)
    aliases = {(row.kind, row.value) for row in db.session.scalars(select(CustomerAlias))}
    assert aliases == {("name", "Hotel Sierra Azul"), ("phone", "+525500000000"), ("external_id", "A-1")}
    assert [hit.id for hit in hits("hotel sierra")] == [1]
    matcher = Matcher()
    rows = [Row(customer="A-1"), Row(customer="B-2"), Row(phone="+525500000000"), Row(email="s@azul.example")]
    matcher.look_up(rows)
    assert [matcher.find(row) for row in rows] == [1] * 4
    with pytest.raises(keeping.NumberTaken):
        keeping.add_customer(keeping.Details("New", external_id="A-1"), by=None)


def test_the_history_says_what_happened(support: Browser, cast: Cast) -> None:
    two(city="Saltillo", notes="x" * 5000)
    keeping.change_customer(load(1)[0], by=cast.owner, notes="Mine", name="Hotel Sierra Azul", external_id="A-1")
    db.session.commit()
    merge(1, 2, cast.support, notes="this")
    told = db.session.scalars(select(Event).where(Event.kind == "customer.merged")).one()
    assert (told.customer_id, told.user_id, told.data["other_id"]) == (1, cast.support.id, 2)
    assert told.data["left"] == {"name": "Sierra Azul SA", "external_id": "B-2", "notes": "x" * 5000}
    page = support.get("/customers/1").get_data(as_text=True)
    assert "Merged with Sierra Azul SA" in page
    assert "number in other systems until then: B-2" in page
    assert load(1)[0].notes == "Mine"


def test_the_stricter_wish_stands(cast: Cast) -> None:
    two()
    kept, other = load(1, 2)
    opting.say(opting.who(kept, None), "surveys")
    opting.say(opting.who(other, None), "all")
    db.session.commit()
    merge(1, 2, cast.owner)
    assert opting.standing(opting.who(load(1)[0], None)) == "all"


def test_the_runner_of_who_is_kept_goes_on(cast: Cast) -> None:
    two()
    for id, user in ((1, cast.sales), (2, cast.support)):
        load(id)[0].assign(user, cast.owner)
        db.session.commit()
    merge(1, 2, cast.owner)
    held = db.session.scalars(select(Holding).where(Holding.until_on.is_(None))).one()
    assert (held.customer_id, held.user_id) == (1, cast.sales.id)
    assert db.session.scalar(select(func.count()).select_from(Holding)) == 2


def test_the_assignee_may_be_the_others(cast: Cast) -> None:
    two()
    load(2)[0].assign(cast.support, cast.owner)
    db.session.commit()
    merge(1, 2, cast.owner)
    held = db.session.scalars(select(Holding).where(Holding.until_on.is_(None))).one()
    assert (held.customer_id, held.user_id, load(1)[0].assignee_id) == (1, cast.support.id, cast.support.id)


def test_of_two_offers_one_stands_and_the_other_says_why_not(support: Browser, cast: Cast) -> None:
    two()
    for id in (1, 2):
        load(id)[0].assign(cast.sales, cast.owner)
        handing.offer(db.session.get_one(Customer, id), handing.Offer("service"), cast.sales, 2)
        db.session.commit()
    merge(1, 2, cast.owner)
    found = db.session.scalars(select(HandOff).order_by(HandOff.id)).all()
    assert [(each.customer_id, each.state) for each in found] == [(1, "offered"), (1, "merged")]
    page = support.get("/customers/1/relay").get_data(as_text=True)
    assert "Over: two customers became one" in page
    assert "given to somebody by hand" not in page


def test_the_runner_of_the_other_ends_the_offer_and_it_says_why(support: Browser, cast: Cast) -> None:
    two()
    load(1)[0].assign(cast.sales, cast.owner)
    handing.offer(db.session.get_one(Customer, 1), handing.Offer("service"), cast.sales, 2)
    db.session.get_one(Customer, 2).assign(cast.marketing, cast.owner)
    db.session.commit()
    merge(1, 2, cast.owner, assignee_id="other")
    page = support.get("/customers/1/relay").get_data(as_text=True)
    assert "Over: two customers became one" in page
    assert "given to somebody by hand" not in page


@pytest.mark.parametrize("kept_id", [1, 2])
def test_nobody_has_recommended_themselves(support: Browser, cast: Cast, kept_id: int) -> None:
    two()
    referral = refer(load(1)[0], Referred("Jorge"), cast.support)
    other = refer(db.session.get_one(Customer, 1), Referred("Rosa"), cast.support)
    referral.win(db.session.get_one(Customer, 2), cast.support)
    db.session.flush()
    ledger.record(customer_id=2, on=clock.today(), amount_minor=100, currency="MXN", by=None)
    crediting.settle(referral)
    db.session.commit()
    merge(kept_id, 3 - kept_id, cast.owner)
    assert (referral.state, referral.referred_customer_id, referral.credited_on) == ("closed", None, None)
    assert (other.state, other.customer_id) == ("given", kept_id)
    db.session.refresh(referral, ["thank_id"])
    assert referral.thank_id is None, "nobody is thanked for bringing themselves"
    page = support.get(f"/customers/{kept_id}/advocacy").get_data(as_text=True)
    assert "Who recommends and who is recommended are the same customer" in page
    assert "Who brought them" not in page
    assert "Nothing came of recommending Jorge" in support.get(f"/customers/{kept_id}").get_data(as_text=True)


def test_whom_it_was_told_apart_from_stays_told_apart(cast: Cast) -> None:
    two()
    keeping.add_customer(keeping.Details("Sierra Azul SA"), by=None)
    db.session.add(Duplicate(customer_id=2, other_id=3, why="name", found_on=clock.today(), dismissed_at=clock.now()))
    db.session.commit()
    merge(1, 2, cast.owner, name="other")
    pair = db.session.scalars(select(Duplicate)).one()
    assert (pair.customer_id, pair.other_id, pair.dismissed_at is not None) == (1, 3, True)


def test_whom_a_trial_leaves_untouched_stays_so(cast: Cast) -> None:
    from portal.trials import members

    make_sample(cast)  # of the trial that runs, the second customer is left untouched
    merge(1, 2, cast.owner)
    members.keep_apart()
    db.session.commit()
    hidden = select(ListEntry.untouched).where(ListEntry.customer_id == 1, ListEntry.list == "overdue")
    assert db.session.scalars(hidden).one()
    assert db.session.scalar(select(func.count()).select_from(TrialMember).where(TrialMember.customer_id == 2)) == 3


# On the pages


def test_shows_both_and_merges(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    two(notes="<b>Notes</b>")
    with queries as seen:
        page = support.get("/customers/1/merge?with=2").get_data(as_text=True)
    assert len(seen) <= 3
    assert "Sierra Azul SA becomes a part of Hotel Sierra Azul" in page
    assert "&lt;b&gt;Notes" in page
    answer = support.post("/customers/1/merge", data=form(1, 2, name="other", email="nonsense"))
    assert answer.location == "/customers/1"
    assert load(1)[0].name == "Sierra Azul SA"


def test_is_asked_with_whom(support: Browser, cast: Cast) -> None:
    two()
    assert "Merge with whom?" in support.get("/customers/1/merge").get_data(as_text=True)
    page = support.get("/customers/1/merge?q=sierra").get_data(as_text=True)
    assert "/customers/1/merge?with=2" in page
    assert "with=1" not in page
    assert "Nobody found" in support.get("/customers/1/merge?q=zzzz").get_data(as_text=True)


def test_the_others_address_leads_on(support: Browser, stranger: Browser, cast: Cast) -> None:
    two()
    support.post("/customers/1/merge", data=form(1, 2))
    for page in ("", "/edit", "/merge?q=x", "/assign"):
        answer = support.get(f"/customers/2{page}")
        assert (answer.status_code, answer.location) == (301, f"/customers/1{page}")
    assert support.post("/customers/2/archive").status_code == 404
    assert stranger.get("/customers/2").location.startswith("/sign-in")
    assert "Sierra Azul SA" not in support.get("/customers?archived=1").get_data(as_text=True)
    keeping.add_customer(keeping.Details("Third"), by=None)
    db.session.commit()
    support.post("/customers/3/merge", data=form(3, 1))
    assert support.get("/customers/2").location == "/customers/3"


def test_what_is_sent_to_the_other_comes_back_with_the_way_to_the_one(support: Browser, cast: Cast) -> None:
    two()
    support.post("/customers/1/merge", data=form(1, 2))
    before = db.session.scalar(select(func.count(Event.id)))
    typed = {"note": "They want the terrace in May", "next_step": "none"}
    answer = support.post("/customers/2/follow-ups", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "became part of another one" in page
    assert "They want the terrace in May" in page
    assert 'href="/customers/1"' in page
    fragment = support.post("/customers/2/follow-ups", data=typed, fragment=True).get_data(as_text=True)
    assert 'href="/customers/1"' in fragment
    assert "They want" not in fragment  # it stays in the form, which is not replaced
    assert db.session.scalar(select(func.count(Event.id))) == before


def test_sent_twice_it_is_done_once(support: Browser, cast: Cast) -> None:
    two()
    sent = form(1, 2)
    assert [support.post("/customers/1/merge", data=sent).location for _ in range(2)] == ["/customers/1"] * 2
    assert db.session.scalar(select(func.count()).where(Event.kind == "customer.merged")) == 1


def test_who_saw_an_older_one_looks_again(support: Browser, cast: Cast) -> None:
    two()
    sent = form(1, 2)
    keeping.change_customer(load(2)[0], by=cast.owner, city="Saltillo", external_id="B-2")
    db.session.commit()
    answer = support.post("/customers/1/merge", data=sent)
    assert answer.status_code == 409
    assert "Saltillo" in answer.get_data(as_text=True)
    assert load(2)[0].merged_into_id is None


def test_what_can_not_be_merged(support: Browser, stranger: Browser, cast: Cast) -> None:
    two()
    load(1)[0].archive(cast.owner)
    db.session.commit()
    answer = support.post("/customers/1/merge", data=form(1, 2))
    assert answer.status_code == 409
    assert "archived" in answer.get_data(as_text=True)
    for address in ("/customers/1/merge?with=1", "/customers/1/merge?with=99", "/customers/99/merge?with=1"):
        assert support.get(address).status_code == 404
    for other in ("1", "99", "x", "", "9" * 30):
        assert support.post("/customers/1/merge", data=form(1, 2) | {"with": other}).status_code in (404, 409)
    assert stranger.post("/customers/1/merge", data=form(1, 2)).location == "/sign-in"
    assert load(2)[0].merged_into_id is None


def test_killed_in_mid_step_it_has_not_happened(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sample(cast)
    before = rows_of([1]), rows_of([2])

    def killed(*args: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(figures, "refresh", killed)
        with pytest.raises(KeyboardInterrupt):
            merge(1, 2, cast.owner)
    db.session.rollback()
    assert (rows_of([1]), rows_of([2])) == before
    merge(1, 2, cast.owner)
    assert load(2)[0].merged_into_id == 1
