"""Making a user answerable for a customer."""

from sqlalchemy import select

from portal.extensions import db
from portal.retention.models import ListEntry
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import add, again, event, kinds
from tests.lists.entries import an_entry


def test_assigns_in_place_and_without_script(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    assert "Lucía Support" in support.get(f"/customers/{customer.id}/assign").get_data(as_text=True)
    form = {"assignee_id": cast.support.id}
    answer = support.post(f"/customers/{customer.id}/assign", data=form, fragment=True)
    assert f'id="head-{customer.id}"' in answer.get_data(as_text=True)
    assert "assigned to Lucía Support" in answer.get_data(as_text=True)
    assert again(customer).assignee_id == cast.support.id
    assert event("customer.assigned").data == {"name": customer.name, "to": "Lucía Support"}
    answer = support.post(f"/customers/{customer.id}/assign", data={"assignee_id": ""})
    assert answer.location == f"/customers/{customer.id}"
    assert again(customer).assignee_id is None


def test_refuses_who_is_not_there(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer = add(cast)
    for wrong in ("999", "x", "-1", "1e9", str(2**63)):
        for fragment in (False, True):
            path = f"/customers/{customer.id}/assign"
            assert support.post(path, data={"assignee_id": wrong}, fragment=fragment).status_code == 422
    assert support.post("/customers/99/assign", data={"assignee_id": ""}).status_code == 404
    assert support.get("/customers/99/assign").status_code == 404
    assert stranger.post(f"/customers/{customer.id}/assign").location.startswith("/sign-in")
    assert kinds(customer.id) == ["customer.created"]


def test_what_is_archived_is_not_assigned(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    support.post(f"/customers/{customer.id}/archive")
    answer = support.post(f"/customers/{customer.id}/assign", data={"assignee_id": cast.support.id}, fragment=True)
    assert answer.status_code == 422
    assert "Restore it first" in answer.get_data(as_text=True)


def test_under_a_row_of_a_list_it_answers_there_with_undo(support: Browser, cast: Cast) -> None:
    customer = add(cast)
    an_entry(customer)
    db.session.commit()
    path = f"/customers/{customer.id}/assign"
    assert 'name="place" value="row"' in support.get(f"{path}?place=row", fragment=True).get_data(as_text=True)
    form = {"assignee_id": cast.sales.id, "place": "row"}
    answer = support.post(path, data=form, fragment=True).get_data(as_text=True)
    assert "Assigned to Saúl Sales" in answer
    assert f'hx-target="#assignee-{customer.id}"' in answer
    assert 'name="assignee_id" value=""' in answer  # what Undo sends
    db.session.rollback()
    assert db.session.scalars(select(ListEntry.assignee_id)).one() == cast.sales.id
    assert support.post(path, data=form | {"assignee_id": "999"}, fragment=True).status_code == 422
    assert support.post(path, data=form).location == f"/customers/{customer.id}"
