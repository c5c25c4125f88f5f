"""The page of the promises between us: it never writes, it says both sides' days, and to strangers it says nothing."""

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, guessing
from portal.contacts.models import Contact
from portal.extensions import db
from portal.invitations.tokens import new_seed, token_of
from portal.ledger.opening import PURPOSE, open_to
from portal.ledger.queries import living_link
from portal.settings.models import Firm
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import new_browser
from tests.ledger.opened import DAY, OFFICE, SECRET, open_ledger, path_of, say
from tests.recorder import QueryRecorder
from tests.safety.house import database_digest
from tests.touches import a_contact, a_customer, a_promise, a_recovery


def test_both_sides_with_their_days(cast: Cast, stranger: Browser, queries: QueryRecorder) -> None:
    ledger = open_ledger(cast)
    ledger.owed.renegotiate(cast.support, clock.today() + 9 * DAY, "the supplier is late")
    db.session.commit()
    stranger.get(ledger.path)
    with queries as seen:
        answer = stranger.get(ledger.path)
    page = answer.get_data(as_text=True)
    assert len(seen) == 2
    assert "<h1>Ana, what we promised each other</h1>" in page
    places = [
        page.index(words) for words in ("We promised", "Draw the", "invoice copy", "You promised", "Send the plan")
    ]
    assert places == sorted(places)
    assert "due in 9 days" in page
    assert "moved once, to" in page
    assert f'for <time datetime="{ledger.owed.original_due_on}">' in page
    assert f'We say: kept on <time datetime="{clock.today()}">' in page
    assert "the supplier is late" not in page  # what colleagues write is theirs
    assert re.findall(r'type="(?:radio|checkbox)" name="(\w+)" value="(\w+)"', page) == [
        (f"say_{ledger.sent.id}", "kept"),
        (f"say_{ledger.sent.id}", "not_kept"),
        (f"say_{ledger.theirs.id}", "done"),
    ]
    assert " checked" not in page
    assert "<script" not in page
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_what_is_between_the_two(cast: Cast, stranger: Browser) -> None:
    ledger, today = open_ledger(cast), clock.today()
    beto = a_contact(ledger.customer, "Beto")
    a_promise(ledger.customer, today, "A word to Beto").contact_id = beto.id
    a_promise(a_customer(cast, "Another"), today, "A word to another")
    a_recovery(ledger.customer, today, "Make it right with Ana, who gave 2 of 10")
    a_promise(ledger.customer, today, "No more").withdraw(cast.support, "a reason of ours")
    a_promise(ledger.customer, today, "<b>{{7*7}}</b>").break_(cast.support, "a fault of ours")
    old = a_promise(ledger.customer, today, "Long ago")
    old.keep(cast.support)
    old.confirm("Ana Robles")
    old.settled_on = today - timedelta(days=100)
    db.session.commit()
    page = stranger.get(ledger.path).get_data(as_text=True)
    for words in ("A word to Beto", "A word to another", "who gave 2", "a reason of ours", "a fault of ours"):
        assert words not in page
    for words in ("Make right what you", "No longer needed since", "&lt;b&gt;{{7*7}}&lt;/b&gt;", "We did not keep it"):
        assert words in page
    assert page.index("<summary>Earlier (1)") < page.index("Long ago")


def test_what_another_person_said_is_not_put_into_ones_mouth(cast: Cast, stranger: Browser, support: Browser) -> None:
    ledger = open_ledger(cast)
    beto = Contact(customer=ledger.customer, name="Beto", created_at=clock.now())
    db.session.add(beto)
    db.session.flush()
    ours, theirs = a_promise(ledger.customer, clock.today(), "For all"), ledger.theirs
    theirs.contact_id = None
    ours.keep(cast.support)
    link = open_to(beto, db.session.scalars(select(Firm)).one(), OFFICE, cast.support)
    db.session.commit()
    of_beto, day = path_of(link), f'<time datetime="{clock.today()}">'
    kept, done = {f"say_{ours.id}": "kept"}, {f"say_{theirs.id}": "done"}
    assert say(stranger, ledger.path, kept | done).status_code == 303
    page = stranger.get(of_beto).get_data(as_text=True)
    assert f"Someone else on your side said on {day}" in page
    assert "You said" not in page
    disputed = {f"say_{ours.id}": "not_kept", f"words_{ours.id}": "Mine still creaks"}
    assert say(stranger, of_beto, disputed).status_code == 303
    page = stranger.get(of_beto).get_data(as_text=True)
    assert "You said on" in page
    assert "<q>Mine still creaks</q>" in page
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert page.count("Someone else on your side said on") == 1
    assert "It is open again, and we are told." in page
    assert "creaks" not in page
    assert page.count("You said on") == 1
    support.post(f"/commitments/{theirs.id}/not-yet")
    assert "For us something is still missing." in stranger.get(of_beto).get_data(as_text=True)


def test_the_language_is_the_contacts_and_can_be_switched(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    ledger.contact.locale = "es"
    db.session.commit()
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert '<html lang="es">' in page
    assert "Ana, lo que nos prometimos" in page
    assert "¿Se cumplió?" in page
    page = stranger.get(f"{ledger.path}?lang=en").get_data(as_text=True)
    assert 'name="lang" value="en"' in page
    answer = say(stranger, f"{ledger.path}?lang=en", {f"say_{ledger.sent.id}": "kept"})
    assert answer.location == f"{ledger.path}?lang=en&noted=1"
    assert "Noted. Thank you!" in stranger.get(answer.location).get_data(as_text=True)


def test_reading_writes_nothing(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    before = database_digest()
    for more in ("", f"?say_{ledger.sent.id}=kept", "?lang=es&noted=1") * 4:
        assert stranger.get(ledger.path + more).status_code == 200
        assert stranger.head(ledger.path + more).status_code == 200
    assert database_digest() == before
    assert " checked" not in stranger.get(f"{ledger.path}?say_{ledger.sent.id}=kept").get_data(as_text=True)


def test_unknown_links_are_one_and_the_same_page(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    token, before = ledger.path.removeprefix("/p/"), database_digest()
    wrong = [token_of(new_seed(), SECRET, PURPOSE), token_of(ledger.link.seed, SECRET), token[:-1], token + "A"]
    wrong += ["x" * 10_000, "%00", "ñ" * 22, "1"]
    answers = [stranger.get(f"/p/{each}{more}") for each in wrong for more in ("", "?lang=es")]
    answers += [stranger.post(f"/p/{each}", csrf=False, data={"say_1": "kept"}) for each in wrong]
    answers += [stranger.get(f"/s/{token}")]  # a link opens what it was made for
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert database_digest() == before


def test_guessing_is_limited_and_nobody_is_locked_out(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    answers = [stranger.get(f"/p/{token_of(new_seed(), SECRET, PURPOSE)}") for _ in range(guessing.MISSES.amount + 3)]
    assert [answer.status_code for answer in answers].count(429) == 3
    assert stranger.get(ledger.path).status_code == 200


def test_what_has_ended_says_so(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    data = {f"say_{ledger.sent.id}": "kept"}

    def is_over() -> None:
        db.session.commit()
        before = database_digest()
        for answer in (stranger.get(ledger.path), stranger.post(ledger.path, csrf=False, data=data)):
            assert answer.status_code == 410
            assert "This link has ended" in answer.get_data(as_text=True)
        assert database_digest() == before

    ledger.contact.archive(cast.support)
    is_over()
    ledger.contact.restore(cast.support)
    ledger.customer.archive(cast.support)
    is_over()
    ledger.customer.restore(cast.support)
    link = living_link(ledger.contact.id)
    assert link
    link.expires_on = clock.today() - DAY
    is_over()
    assert "It could be used until" in stranger.get(ledger.path).get_data(as_text=True)
    link = living_link(ledger.contact.id)
    assert link
    link.renew(cast.support, clock.today())
    db.session.commit()
    assert stranger.get(ledger.path).status_code == 200
    link = living_link(ledger.contact.id)
    assert link
    link.end(cast.support)
    is_over()


def test_no_token_is_logged(cast: Cast, stranger: Browser, caplog: pytest.LogCaptureFixture) -> None:
    ledger = open_ledger(cast)
    with caplog.at_level(logging.INFO, logger="portal"):
        say(
            stranger,
            ledger.path,
            {f"say_{ledger.sent.id}": "not_kept", f"words_{ledger.sent.id}": "a secret thought"},
        )
    lines = " ".join(str(vars(record)) for record in caplog.records)
    assert "/p/<token>" in lines
    assert ledger.path not in lines
    assert "secret thought" not in lines


def test_the_page_is_small(app: Flask, cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    for n in range(20):
        promise = a_promise(ledger.customer, clock.today() - n * DAY, f"Promise {n}: {new_seed()} and so on")
        promise.keep(cast.support) if n % 2 else None
    db.session.commit()
    assert stranger.weight_of(ledger.path) < 8 * 1024


def test_a_fresh_portal_has_no_links(app: Flask) -> None:
    assert new_browser(app).get("/p/whatever").status_code == 404
