"""A contact's link as staff make it, hand it over, renew it and end it."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ledger.models import LedgerLink
from portal.ledger.queries import living_link
from portal.mail.models import OutboxMessage
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.ledger.opened import DAY, open_ledger, say
from tests.mail.letters import words_of
from tests.recorder import QueryRecorder
from tests.touches import a_contact, a_customer


def links() -> list[LedgerLink]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(LedgerLink).order_by(LedgerLink.id)))


def verbs() -> list[str]:
    found = db.session.scalars(select(Event.kind).where(Event.kind.startswith("ledger.")).order_by(Event.id))
    return [kind.partition(".")[2] for kind in found]


def test_made_once_handed_over_renewed_and_ended(support: Browser, stranger: Browser, cast: Cast, firm: object) -> None:
    ana = a_contact(a_customer(cast))
    ana.phone = "+528112345678"
    db.session.commit()
    here = f"/customers/{ana.customer_id}/contacts/{ana.id}/ledger"
    assert "Make the link" in support.get(here).get_data(as_text=True)
    for _ in range(2):
        assert support.post(here).status_code == 303
    [link] = links()
    assert link.expires_on == clock.today() + timedelta(days=90)
    page = support.get(here).get_data(as_text=True)
    url = page.split('id="link" value="')[1].split('"')[0]
    assert url.startswith("http://localhost/p/")
    assert "https://wa.me/528112345678?text=Hello+Ana%2C+here" in page
    assert "Send by e-mail" not in page  # no address is known
    assert stranger.get(url.removeprefix("http://localhost")).status_code == 200
    customer = support.get(f"/customers/{ana.customer_id}").get_data(as_text=True)
    assert "sees the promises" in customer
    assert here in customer
    firm.ledger_days = 10  # type: ignore[attr-defined]
    link.expires_on = clock.today() - DAY
    db.session.commit()
    page = support.get(here).get_data(as_text=True)
    assert "The link ran out" in page
    assert url not in page
    support.post(f"{here}/renew")
    [link] = links()
    assert link.expires_on == clock.today() + timedelta(days=10)
    assert url in support.get(here).get_data(as_text=True)
    for _ in range(2):
        support.post(f"{here}/end")
    assert stranger.get(url.removeprefix("http://localhost")).status_code == 410
    support.post(here)
    assert [link.ended_at is None for link in links()] == [False, True]
    assert url not in support.get(here).get_data(as_text=True)
    assert verbs() == ["opened", "renewed", "ended", "opened"]


def test_sent_by_mail_in_their_language(support: Browser, cast: Cast) -> None:
    ledger = open_ledger(cast)
    here = f"/customers/{ledger.customer.id}/contacts/{ledger.contact.id}/ledger"
    ledger.contact.locale = "es"
    link = living_link(ledger.contact.id)
    assert link
    link.end(cast.support)
    db.session.commit()
    for _ in range(2):  # a double click
        assert support.post(f"{here}/send", data={"version": "0"}).status_code == 303
    [mail] = db.session.scalars(select(OutboxMessage)).all()
    letter = words_of(mail)
    assert mail.recipient == "ana@sierraazul.example"
    assert letter.subject == "Lo que Muebles Montaña y tú se prometieron"
    assert "http://localhost/p/" in letter.text
    assert "Last sent by e-mail: " in support.get(here).get_data(as_text=True)
    assert verbs() == ["opened", "ended", "opened", "sent"]
    version = links()[-1].version
    ledger.contact.email = None
    db.session.commit()
    support.post(f"{here}/send", data={"version": str(version)})
    assert "We know no e-mail of this person." in support.get(here).get_data(as_text=True)


def test_what_they_said_stands_on_its_page_and_on_the_promises(
    support: Browser, stranger: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    ledger = open_ledger(cast)
    sent = f"_{ledger.sent.id}"
    say(stranger, ledger.path, {f"say{sent}": "kept"})
    say(stranger, ledger.path, {f"say{sent}": "not_kept", f"words{sent}": "<b>Page two</b>"})
    for path in (
        f"/customers/{ledger.customer.id}/contacts/{ledger.contact.id}/ledger",
        f"/commitments/{ledger.sent.id}",
    ):
        with queries as seen:
            page = support.get(path).get_data(as_text=True)
        assert len(seen) <= 5
        places = [page.index(words) for words in ("It was not kept", "&lt;b&gt;Page two&lt;/b&gt;", "It was kept")]
        assert places == sorted(places)  # both are kept, the last one first


def test_who_is_archived_sees_nothing(support: Browser, cast: Cast) -> None:
    ledger = open_ledger(cast)
    here = f"/customers/{ledger.customer.id}/contacts/{ledger.contact.id}/ledger"
    ledger.contact.archive(cast.support)
    db.session.commit()
    page = support.get(here).get_data(as_text=True)
    assert "Who is archived sees nothing" in page
    assert "/p/" not in page
    before = links()[0].version
    for verb in ("", "/send", "/renew"):
        support.post(here + verb, data={"version": str(before)})
        assert "Restore them first" in support.get(here).get_data(as_text=True)
    assert links()[0].version == before


def test_what_is_not_there_is_not_found(support: Browser, cast: Cast) -> None:
    ledger, other = open_ledger(cast), a_customer(cast, "Another")
    db.session.commit()
    for here in (f"/customers/{other.id}/contacts/{ledger.contact.id}/ledger", "/customers/99/contacts/1/ledger"):
        assert support.get(here).status_code == 404
        for verb in ("", "/send", "/renew", "/end"):
            assert support.post(here + verb).status_code == 404
    assert links()[0].ended_at is None


def test_staff_look_at_it_without_speaking_in_the_persons_name(support: Browser, cast: Cast) -> None:
    opened = open_ledger(cast)
    here = f"/customers/{opened.customer.id}/contacts/{opened.contact.id}/ledger"
    assert f'href="{here}/seen"' in support.get(here).get_data(as_text=True)
    page = support.get(f"{here}/seen").get_data(as_text=True)
    assert "This is how Ana sees it. Nothing can be sent from here." in page
    assert "Send the invoice copy" in page
    assert "<fieldset disabled>" in page
    assert "<form" not in page
    assert opened.path not in page
    assert "Así lo ve Ana" in support.get(f"{here}/seen?lang=es").get_data(as_text=True)
    link = living_link(opened.contact.id)
    assert link
    link.end(cast.support)
    db.session.commit()
    assert support.get(f"{here}/seen").location == here
    assert support.get(here.replace("contacts/1", "contacts/9") + "/seen").status_code == 404
