"""One person who stands twice at a customer is offered to be made one; all that points at either points at the kept."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.buying_centre import rhythm
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.customers.queries import hits, lookalikes
from portal.extensions import db
from portal.ledger.models import LedgerLink
from portal.merging import persons, queries
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.safety.house import database_digest
from tests.sample import make_sample


def rows_of(contact_id: int) -> dict[str, int]:
    """How many rows of each table point at this contact."""
    db.session.rollback()
    return {
        str(column): db.session.scalar(select(func.count()).select_from(column.table).where(column == contact_id)) or 0
        for column in persons.pointing()
    }


def twice(cast: Cast) -> tuple[Customer, Contact, Contact]:
    """The sample's first customer, where its Ana stands once more as the second customer's Ana, by the same e-mail."""
    first = make_sample(cast)[0]
    ana, again = db.session.get_one(Contact, 1), db.session.get_one(Contact, 2)
    ana.phone, again.phone, ana.email = None, "+528111112222", "Ana@x.example"
    again.email, again.name, again.title = "ana@x.example", "Ana R.", "manager"
    for column in persons.pointing():  # as merging the two customers does
        if "customer_id" in column.table.columns:
            moved = column.table.update().where(column == again.id).values(customer_id=first.id)
            db.session.execute(moved)
    again.customer_id = first.id
    db.session.commit()
    return first, ana, again


def form(kept: Contact, other: Contact, **more: Any) -> dict[str, Any]:
    db.session.expire_all()
    return {"with": other.id, "version": kept.version, "other_version": other.version, **more}


def test_is_offered_and_done_once(support: Browser, cast: Cast) -> None:
    _, ana, again = twice(cast)
    kept_id, other_id, address = ana.id, again.id, f"/customers/1/contacts/{ana.id}/merge"
    before, theirs = rows_of(kept_id), rows_of(other_id)
    assert theirs["follow_ups.contact_id"] + theirs["survey_invitations.contact_id"] > 0
    page = support.get("/customers/1").get_data(as_text=True)
    assert f'href="{address}?with={other_id}">The same person as {ana.name}?' in page
    page = support.get(f"{address}?with={other_id}").get_data(as_text=True)
    assert "Both have a link to the promises" in page
    sent = form(ana, again)
    stale = support.post(address, data=sent | {"version": 0})
    assert stale.status_code == 409
    assert "look again" in stale.get_data(as_text=True)
    for _ in range(2):
        assert support.post(address, data=sent).location == "/customers/1"
    assert not any(rows_of(other_id).values())
    after = rows_of(kept_id)
    for name, count in before.items():
        both = {"relations.contact_id": 0}.get(name, theirs[name])
        assert after[name] == count + both, name
    kept, gone = db.session.get_one(Contact, kept_id), db.session.get_one(Contact, other_id)
    assert (kept.title, kept.phone, gone.merged_into_id) == ("manager", "+528111112222", kept_id)
    living = select(func.count()).where(LedgerLink.contact_id == kept_id, LedgerLink.ended_at.is_(None))
    assert db.session.scalar(living) == 1
    [told] = db.session.scalars(select(Event).where(Event.kind == "contact.merged"))
    assert told.data["left"] == {"name": "Ana R.", "email": "ana@x.example"}
    page = support.get("/customers/1").get_data(as_text=True)
    assert "The same person" not in page
    assert "Two records of" in page
    assert "ame until then: Ana R." in page
    assert "mail until then: ana@x.example" in page
    assert support.get(f"/customers/1/contacts/{other_id}").status_code == 404
    assert [hit.id for hit in hits("ana@x.example")] == [1]
    assert [row.id for row in lookalikes("ana@x.example", None)] == [1]


def test_a_rhythm_that_only_the_other_has_stands(cast: Cast) -> None:
    customer, ana, again = twice(cast)
    rhythm.plan(customer, ana, cast.owner, None, cast.owner)
    rhythm.plan(customer, again, cast.owner, 9, cast.owner)
    rhythm.plan(customer, again, cast.support, 20, cast.owner)
    persons.merge(ana, again, customer, cast.owner)
    db.session.commit()
    found = {each.user_id: each.every_days for each in queries.relations_with(ana.id)}
    assert found == {cast.owner.id: 9, cast.sales.id: 30, cast.support.id: 20}


def test_who_is_no_twin(cast: Cast) -> None:
    def person(id: int, email: str | None, phone: str | None = None, name: str = "Ana Robles", **more: Any) -> Contact:
        return Contact(id=id, name=name, email=email, phone=phone, **more)

    first, nobody = person(1, "a@x.example", "+521"), person(2, None)
    gone = person(3, "a@x.example", archived_at=cast.owner.created_at)
    beside = person(4, "b@x.example", "+521", "Jorge Salas")  # by the exchange of the firm
    assert persons.twins([first, nobody, gone, beside, person(5, None)]) == {}
    second, third = person(6, "A@x.example"), person(7, None, "+521", "ÁNA R.")
    assert persons.twins([first, second, third]) == {6: first, 7: first}
    second.told_apart, third.told_apart = "1", "11"
    assert persons.twins([first, second, third]) == {7: first}


def test_who_is_told_apart_is_not_offered_again(support: Browser, cast: Cast) -> None:
    _, ana, again = twice(cast)
    kept_id, other_id, address = ana.id, again.id, f"/customers/1/contacts/{ana.id}/apart"
    assert f'action="{address}"' in support.get("/customers/1").get_data(as_text=True)
    assert f'formaction="{address}"' in support.get(f"/customers/1/contacts/{kept_id}/merge?with={other_id}").text
    for _ in range(2):
        assert support.post(address, data={"with": other_id}).location == "/customers/1"
    page = support.get("/customers/1").get_data(as_text=True)
    assert "The same person" not in page
    assert f"{ana.name} and {again.name} are not the same person" in page
    assert db.session.scalar(select(func.count()).where(Event.kind == "contact.told_apart")) == 1
    third = Contact(customer_id=1, name="Ana", email="ana@x.example", created_at=ana.created_at)
    db.session.add(third)
    db.session.flush()
    third.tell_apart(again, cast.support)
    assert persons.twins([ana, again, third]) == {third.id: ana}
    persons.merge(ana, again, db.session.get_one(Customer, 1), cast.support)
    assert persons.twins([ana, third]) == {}, "what was said of one of the two holds for both"
    db.session.rollback()
    for wrong in (kept_id, 999, 0, "x"):
        assert support.post(address, data={"with": wrong}).status_code == 404


def test_refused(support: Browser, stranger: Browser, cast: Cast) -> None:
    customer, ana, again = twice(cast)
    other = Contact(customer_id=2, name="Eve", created_at=cast.owner.created_at)
    db.session.add(other)
    db.session.commit()
    address, good = f"/customers/1/contacts/{ana.id}/merge", form(ana, again)
    foreign, itself = f"/customers/2/contacts/{other.id}/merge", {**good, "with": ana.id}
    before = database_digest()
    assert stranger.post(address, data=good).location == "/sign-in"
    assert support.post(address, csrf=False, data=good).status_code == 400
    for wrong in (
        {**good, "with": other.id},
        {**good, "with": 2**63},
        {**good, "with": "٣"},
        {**good, "with": "\x00"},
        {},
    ):
        assert support.post(address, data=wrong).status_code == 404, wrong
    assert support.post(foreign, data=form(other, again)).status_code == 404
    assert support.post(address, data=itself | {"other_version": good["version"]}).status_code == 404
    assert support.get(f"{address}?with={other.id}").status_code == 404
    assert support.get(address).status_code == 404
    assert database_digest() == before
    customer.archive(cast.owner)
    db.session.commit()
    assert support.post(address, data=good).status_code == 409
    assert db.session.get_one(Contact, again.id).merged_into_id is None


@pytest.mark.once
def test_every_table_that_points_at_a_contact_is_found_by_an_index(app: object) -> None:
    for column in persons.pointing():
        table: Any = column.table
        first = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        first |= {next(iter(each.columns)).name for each in table.constraints if len(getattr(each, "columns", ()))}
        assert first & {"customer_id", "contact_id"}, f"{column}: merging would read the whole table"
