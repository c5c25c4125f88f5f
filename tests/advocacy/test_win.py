"""Who was recommended becomes a customer: a new one, or one of ours."""

from sqlalchemy import select

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from tests.advocacy.given import a_referral, kinds_of
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer


def test_a_new_customer_with_its_contact(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    referral, hotel, _ = a_referral(cast, "o bien jorge@roble.example, 33 1234 5678")
    path = f"/advocacy/{referral.id}/win"
    with queries as seen:
        page = support.get(path).get_data(as_text=True)
    assert len(seen) <= 6
    assert 'value="jorge@roble.example"' in page
    assert "33 1234 5678" in page
    form = {"customer_name": "Oficinas Roble", "contact_name": "Jorge O'Neill", "email": "jorge@roble.example"}
    form |= {"phone": "33 1234 5678", "city": "Guadalajara", "assignee_id": str(cast.sales.id)}
    assert support.post(path, data=form | {"customer_name": ""}).status_code == 422
    assert support.post(path, data=form | {"email": "not one"}).status_code == 422
    for _ in range(2):
        assert support.post(path, data=form).location == f"/advocacy/{referral.id}"
    made = db.session.scalars(select(Customer).where(Customer.name == "Oficinas Roble")).one()
    assert (made.assignee_id, made.phone, made.city) == (cast.sales.id, "+523312345678", "Guadalajara")
    assert db.session.scalars(select(Contact).where(Contact.customer_id == made.id)).one().name == "Jorge O'Neill"
    db.session.refresh(referral)
    assert (referral.state, referral.referred_customer_id) == ("customer", made.id)
    assert kinds_of(hotel)[-1] == "referral.won"
    assert kinds_of(made)[-1] == "referral.came"
    story = support.get(f"/customers/{made.id}").get_data(as_text=True)
    assert "<b>Came through a referral</b> — Ana Robles, Hotel Sierra Azul" in story
    assert support.get(path).location == f"/advocacy/{referral.id}", "it is settled"


def test_one_of_ours_is_offered_by_mail_or_phone_and_found_by_name(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    referral, hotel, _ = a_referral(cast, "jorge@roble.example")
    ours, other = a_customer(cast, "Oficinas Roble"), a_customer(cast, "Notaría 32")
    a_contact(ours, "Jorge").email = "jorge@roble.example"
    gone = a_customer(cast, "Oficinas Cedro")
    gone.archive(cast.support)
    db.session.commit()
    path = f"/advocacy/{referral.id}/win"
    page = support.get(path).get_data(as_text=True)
    assert "The same e-mail or phone" in page
    assert "It is this one: Oficinas Roble" in page
    with queries as seen:
        page = support.get(f"{path}?q=notar").get_data(as_text=True)
    assert len(seen) <= 6
    assert "It is this one: Notaría 32" in page
    refused = support.post(path, data={"customer_id": str(hotel.id)})
    assert refused.status_code == 422
    assert "This is who recommends them." in refused.get_data(as_text=True)
    assert support.post(path, data={"customer_id": str(gone.id)}).status_code == 422
    for wrong in ("99", "0", "-1", "x"):
        assert support.post(path, data={"customer_id": wrong}).status_code == 404
    assert support.post(path, data={"customer_id": str(ours.id)}).status_code == 303
    db.session.refresh(referral)
    assert referral.referred_customer_id == ours.id
    assert support.post(path, data={"customer_id": str(other.id)}).status_code == 303
    db.session.refresh(referral)
    assert referral.referred_customer_id == ours.id, "whoever comes later changes nothing"
