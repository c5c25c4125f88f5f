"""How often one of us means to see one of them, kept true by what happens between the two."""

from datetime import date
from uuid import uuid4

import pytest

from portal import clock
from portal.buying_centre import rhythm
from portal.buying_centre.models import Relation
from portal.extensions import db
from portal.follow_ups import touching
from portal.follow_ups.models import Touch
from tests.browser import Browser
from tests.buying_centre.there import DAY, relation, there, touched
from tests.cast import Cast
from tests.customers.known import kinds
from tests.recorder import QueryRecorder


def days(contact_id: int, user_id: int) -> tuple[date | None, date | None, date | None]:
    found = relation(contact_id, user_id)
    return found.last_touch_on, found.planned_on, found.due_on


def test_is_planned_changed_and_ended_in_place(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    touched(ana, cast.support, 40)
    db.session.commit()
    me, path = cast.support.id, f"/customers/{customer.id}/centre/relations"
    for fragment in (False, True):
        page = support.get(f"{path}/new?contact={ana.id}&user={me}", fragment=fragment).get_data(as_text=True)
        assert f'<option value="{me}" selected>' in page
    form = {"version": 0, "contact_id": 1, "user_id": me, "every_days": "30"}
    page = support.post(path, data=form, fragment=True).get_data(as_text=True)
    assert "every 30 days" in page
    assert "10 days late" in page
    assert days(1, me) == (clock.today() - 40 * DAY, None, clock.today() - 10 * DAY)
    assert support.post(path, data=form).status_code == 303  # sent twice, it is one
    assert db.session.query(Relation).count() == 1
    assert 'value="30"' in support.get(f"{path}/new?contact=1&user={me}").get_data(as_text=True)
    support.post(path, data={**form, "version": 1, "every_days": "60"})
    assert days(1, me)[2] == clock.today() + 20 * DAY
    support.post(path, data={**form, "version": 2, "every_days": ""})
    assert days(1, me)[2] is None
    assert kinds(customer.id) == ["relation.planned", "relation.planned", "relation.ended"]
    assert support.get(f"/customers/{customer.id}").status_code == 200


def test_follows_what_is_logged_planned_moved_dropped_and_undone(cast: Cast) -> None:
    customer, ana, jorge = there(cast)
    me, today = cast.support, clock.today()
    rhythm.plan(customer, ana, me, 30, cast.owner)
    rhythm.plan(customer, jorge, me, 7, cast.owner)
    rhythm.plan(customer, ana, cast.sales, 14, cast.owner)
    db.session.commit()
    assert days(1, me.id) == (None, None, today + 30 * DAY)  # they have not met: counted from today
    planned = touching.plan(customer, touching.Plan(today + 3 * DAY, contact_id=1, assignee_id=me.id), me)
    db.session.commit()
    assert days(1, me.id) == (None, today + 3 * DAY, today + 30 * DAY)
    touching.move(customer, planned, today + 5 * DAY, me)
    db.session.commit()
    assert days(1, me.id)[1] == today + 5 * DAY
    done = touching.log(customer, Touch(contact_id=2, next_on=today + DAY), me, planned)  # it was Jorge who came
    db.session.commit()
    assert days(1, me.id) == (None, None, today + 30 * DAY)
    assert days(2, me.id) == (today, today + DAY, today + 7 * DAY)
    touching.undo(customer, done, me)
    db.session.commit()
    assert days(1, me.id) == (None, today + 5 * DAY, today + 30 * DAY)
    assert days(2, me.id) == (None, None, today + 7 * DAY)
    touching.drop(customer, planned, me)
    touching.log(customer, Touch(contact_id=1, outcome="no_answer"), me)
    db.session.commit()
    assert days(1, me.id) == (None, None, today + 30 * DAY)
    touching.log(customer, Touch(contact_id=1), cast.sales)
    db.session.commit()
    assert days(1, me.id)[0] is None  # somebody else's touch is not mine
    assert days(1, cast.sales.id) == (today, None, today + 14 * DAY)


def test_whoever_left_is_expected_by_nobody_until_they_come_back(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    rhythm.plan(customer, ana, cast.support, 30, cast.owner)
    db.session.commit()
    path, me = f"/customers/{customer.id}", cast.support.id
    support.post(f"{path}/centre/contacts/1", data={"version": 1, "left_on": clock.today().isoformat()})
    assert days(1, me)[2] is None
    form = {"version": 1, "contact_id": 1, "user_id": me, "every_days": "9"}
    assert "is archived" in support.post(f"{path}/centre/relations", data=form).get_data(as_text=True)
    support.post(f"{path}/contacts/1/restore")
    assert days(1, me)[2] == clock.today() + 30 * DAY
    support.post(f"{path}/contacts/1/archive")
    assert days(1, me)[2] is None


def test_a_log_without_a_contact_costs_no_further_statement(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    customer, ana, _ = there(cast)
    rhythm.plan(customer, ana, cast.support, 30, cast.owner)
    db.session.commit()
    path, costs = f"/customers/{customer.id}/follow-ups", []
    for contact in ("", "1"):
        with queries as seen:
            support.post(path, data={"form_id": str(uuid4()), "contact_id": contact, "place": "row"}, fragment=True)
        costs.append([each for each in seen.statements if "relations" in each])
    assert [len(each) for each in costs] == [0, 1]
    assert days(1, cast.support.id)[0] == clock.today()


def test_the_second_of_two_editors_sees_both(support: Browser, owner: Browser, cast: Cast) -> None:
    customer, _, _ = there(cast)
    form = {"version": 0, "contact_id": 1, "user_id": cast.sales.id}
    path = f"/customers/{customer.id}/centre/relations"
    owner.post(path, data={**form, "every_days": "30"})
    for fragment in (False, True):
        answer = support.post(path, data={**form, "every_days": "14"}, fragment=fragment)
        assert answer.status_code == 409
        assert '<td class="wrap">14</td><td class="wrap">30</td>' in answer.get_data(as_text=True)
    assert relation(1, cast.sales.id).every_days == 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_days": "0"}, {"every_days": "731"}, {"every_days": "soon"}, {"every_days": ""}, {"contact_id": ""},
        {"user_id": ""}, {"user_id": "99"},
    ],
)  # fmt: skip
def test_bad_input_is_told(wrong: dict[str, str], support: Browser, cast: Cast) -> None:
    customer, _, _ = there(cast)
    form = {"version": 0, "contact_id": 1, "user_id": cast.support.id, "every_days": "30", **wrong}
    for fragment in (False, True):
        answer = support.post(f"/customers/{customer.id}/centre/relations", data=form, fragment=fragment)
        assert answer.status_code == 422
        assert "field-error" in answer.get_data(as_text=True)
    assert db.session.query(Relation).count() == 0


def test_with_a_colleague_who_is_out_it_only_ends(support: Browser, cast: Cast) -> None:
    customer, ana, _ = there(cast)
    rhythm.plan(customer, ana, cast.marketing, 30, cast.owner)
    cast.marketing.disable(cast.owner, [cast.owner])
    db.session.commit()
    form = {"version": 1, "contact_id": 1, "user_id": cast.marketing.id}
    path = f"/customers/{customer.id}/centre/relations"
    assert support.post(path, data={**form, "every_days": "9"}).status_code == 422
    assert support.post(path, data={**form, "every_days": ""}).status_code == 303
    assert relation(1, cast.marketing.id).every_days is None


def test_anothers_people_are_nobody(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer, _, _ = there(cast)
    other, _, _ = there(cast)
    form = {"version": 0, "contact_id": 3, "user_id": cast.support.id, "every_days": "30"}
    path = f"/customers/{customer.id}/centre/relations"
    assert support.post(path, data=form).status_code == 404
    assert support.get(f"{path}/new?contact=3").status_code == 404
    assert support.get(f"/customers/{other.id}/centre/relations/new?contact=3").status_code == 200
    assert stranger.post(path, data=form).location.startswith("/sign-in")
    assert db.session.query(Relation).count() == 0
