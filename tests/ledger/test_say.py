"""What a contact says: kept, not kept, done. Nothing without a choice, once a form, and never over what changed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client

from portal import clock
from portal.extensions import db
from portal.ledger.saying import MOST_SAID
from portal.mail.models import OutboxMessage
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.ledger.opened import DAY, Opened, fields_in, kinds, open_ledger, say, told
from tests.mail.letters import words_of
from tests.safety.house import database_digest
from tests.touches import a_contact, a_customer, a_promise


def now(ledger: Opened) -> list[tuple[str, str, bool]]:
    """How the three promises stand: our state, the client's word, whether somebody has to look."""
    db.session.expire_all()
    three = (ledger.sent, ledger.owed, ledger.theirs)
    return [(each.state, each.client_says, each.unheard) for each in three]


def test_kept_is_confirmed(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    answer = say(stranger, ledger.path, {f"say_{ledger.sent.id}": "kept"})
    assert (answer.status_code, answer.location) == (303, f"{ledger.path}?noted=1")
    assert now(ledger) == [("kept", "kept", False), ("open", "", False), ("open", "", False)]
    [statement] = told()
    assert (statement.word, statement.contact_id, statement.said_on) == ("kept", ledger.contact.id, clock.today())
    assert kinds() == ["commitment.confirmed"]
    assert not db.session.scalars(select(OutboxMessage)).all()  # nobody gets a mail who has not asked for one
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert "it was kept.</p>" in page
    assert "I see it otherwise" in page
    say(stranger, ledger.path, {f"say_{ledger.sent.id}": "not_kept"})  # the last word counts, the first one is kept
    assert now(ledger)[0] == ("open", "not_kept", True)
    assert [each.word for each in told()] == ["kept", "not_kept"]


def test_what_nobody_answers_for_rises_for_who_answers_for_the_customer(cast: Cast, support: Browser) -> None:
    ledger = open_ledger(cast)
    ledger.sent.assignee_id, ledger.theirs.assignee_id = None, cast.marketing.id
    cast.marketing.disable(cast.owner, [cast.owner])
    db.session.commit()
    say(support, ledger.path, {f"say_{ledger.sent.id}": "not_kept", f"say_{ledger.theirs.id}": "done"})
    assert [each[2] for each in now(ledger)] == [True, False, True]
    assert [each.assignee_id for each in (ledger.sent, ledger.theirs)] == [cast.support.id] * 2
    assert [mail.recipient for mail in db.session.scalars(select(OutboxMessage))] == [cast.support.email]
    assert support.get("/?reason=said").get_data(as_text=True).count('<li class="line') == 2


def test_a_dispute_opens_it_again_and_tells_who_answers_for_it(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    words = {f"say_{ledger.sent.id}": "not_kept", f"words_{ledger.sent.id}": "Page two\nis missing"}
    assert say(stranger, ledger.path, words).status_code == 303
    assert now(ledger)[0] == ("open", "not_kept", True)
    assert (ledger.sent.client_words, ledger.sent.settled_on) == ("Page two\nis missing", None)
    [mail] = db.session.scalars(select(OutboxMessage)).all()
    assert (mail.recipient, mail.kind) == (cast.support.email, "disputed")
    letter = words_of(mail)
    assert letter.subject == "Ana Robles of Hotel Sierra Azul says that a promise was not kept"
    assert "Page two" in letter.text
    assert f"http://localhost/customers/{ledger.customer.id}" in letter.html
    event = db.session.scalars(select(Event).where(Event.kind == "commitment.disputed")).one()
    assert (event.user_id, event.data["contact"], event.data["words"]) == (None, "Ana Robles", "Page two\nis missing")
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert "It is open again, and we are told. <q>Page two\nis missing</q>" in page
    ledger.sent.keep(cast.support)
    db.session.commit()
    assert now(ledger)[0] == ("kept", "not_kept", False)  # what the client says is not ours to change
    assert "that it was not kept. <q>" in stranger.get(ledger.path).get_data(as_text=True)
    say(stranger, ledger.path, {f"say_{ledger.sent.id}": "kept"})
    assert now(ledger)[0] == ("kept", "kept", False)


def test_done_waits_for_us(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    said = {f"say_{ledger.theirs.id}": "done", f"say_{ledger.sent.id}": "kept"}
    assert say(stranger, ledger.path, said).status_code == 303
    assert now(ledger) == [("kept", "kept", False), ("open", "", False), ("open", "done", True)]
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert "that it is done. We look at it." in page
    assert f'name="say_{ledger.theirs.id}"' not in page
    ledger.theirs.not_yet(cast.support, "The second sheet is missing")
    db.session.commit()
    page = stranger.get(ledger.path).get_data(as_text=True)
    assert "We answered: <q>The second sheet is missing</q>" in page
    say(stranger, ledger.path, {f"say_{ledger.theirs.id}": "done"})
    assert now(ledger)[2] == ("open", "done", True)
    assert ledger.theirs.our_answer == ""
    assert [each.word for each in told()] == ["kept", "done", "done"]


def test_without_a_choice_nothing_is_said(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    sent, before = ledger.sent.id, database_digest()
    refused: list[dict[str, Any]] = [
        {},
        {f"words_{sent}": "only words"},
        {f"say_{sent}": "done"},
        {f"say_{sent}": "9"},
        {f"say_{sent}": ["kept", "not_kept"]},
        {f"say_{sent}": "kept", "nonce": ""},
        {f"say_{sent}": "kept", "nonce": "a.b.c"},
        {f"say_{sent}": "kept", f"version_{sent}": "-1"},
        {f"say_{sent}": "not_kept", f"words_{sent}": "x" * 1001},
        {f"say_{sent}": "not_kept", f"words_{sent}": "\x00"},
        {f"say_{ledger.owed.id}": "kept"},
        {f"say_{ledger.theirs.id}": "kept"},
        {"say_": "kept"},
        {"say_٣": "kept"},
        {f"say_{2**63}": "kept", f"words_{'9' * 40}": "x"},
        {"say_999": "kept"},
    ]
    for said in refused:
        answer = say(stranger, ledger.path, said)
        assert answer.status_code in (409, 422), said
        assert 'role="alert"' in answer.get_data(as_text=True), said
    page = say(stranger, ledger.path, {f"words_{sent}": "only <words>"}).get_data(as_text=True)
    assert "only &lt;words&gt;</textarea>" in page
    said = {f"say_{sent}": "not_kept", f"words_{sent}": "one leg", "switch": "es"}
    page = say(stranger, ledger.path, said).get_data(as_text=True)
    assert '<html lang="es">' in page
    assert 'value="not_kept" checked' in page
    assert "one leg</textarea>" in page
    assert database_digest() == before
    assert stranger.post(ledger.path, csrf=False).status_code == 422


def test_other_peoples_promises_are_not_spoken_of(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    for customer in (ledger.customer, a_customer(cast, "Another")):
        promise = a_promise(customer, clock.today())
        promise.contact_id = a_contact(customer, "Beto").id
        promise.keep(cast.support)
        db.session.commit()
        said = {f"say_{promise.id}": "not_kept", f"version_{promise.id}": str(promise.version)}
        before = database_digest()
        assert say(stranger, ledger.path, {**said, f"say_{ledger.sent.id}": "kept"}).status_code == 409
        assert database_digest() == before


def test_the_same_form_says_it_once_and_a_second_window_is_told(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    sent = f"say_{ledger.sent.id}"
    first, second = (fields_in(stranger.get(ledger.path)) for _ in range(2))
    for _ in range(2):
        assert say(stranger, ledger.path, {sent: "kept"}, first).status_code == 303
    assert say(stranger, ledger.path, {sent: "kept"}, second).status_code == 303  # the same again
    answer = say(stranger, ledger.path, {sent: "not_kept"}, second)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "This has changed since you opened the page." in page
    assert 'value="not_kept" checked' in page
    assert len(told()) == 1
    assert say(stranger, ledger.path, {sent: "not_kept"}, fields_in(answer)).status_code == 303
    assert say(stranger, ledger.path, {sent: "not_kept"}, first).status_code == 303  # a form says one thing
    assert [each.word for each in told()] == ["kept", "not_kept"]


def test_what_a_colleague_changed_meanwhile_is_told(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    form = fields_in(stranger.get(ledger.path))
    ledger.theirs.renegotiate(cast.support, clock.today() + 20 * DAY, "they asked for more time")
    ledger.sent.reopen(cast.support)
    db.session.commit()
    before = database_digest()
    for name, word in ((f"say_{ledger.theirs.id}", "done"), (f"say_{ledger.sent.id}", "kept")):
        assert say(stranger, ledger.path, {name: word}, form).status_code == 409
    assert database_digest() == before


def test_so_much_can_be_said_and_no_more(cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    for n in range(MOST_SAID + 1):
        answer = say(stranger, ledger.path, {f"say_{ledger.sent.id}": "not_kept", f"words_{ledger.sent.id}": str(n)})
        if answer.status_code == 303:
            db.session.expire_all()
            ledger.sent.keep(cast.support)
            db.session.commit()
    assert answer.status_code == 409
    assert "A lot has been said" in answer.get_data(as_text=True)
    assert len(told()) == MOST_SAID


def test_many_windows_at_once_leave_one_word(app: Flask, cast: Cast, stranger: Browser) -> None:
    ledger = open_ledger(cast)
    name = f"say_{ledger.sent.id}"
    forms = [{**fields_in(stranger.get(ledger.path)), name: ("kept", "not_kept")[n % 2]} for n in range(10)]
    db.session.rollback()
    with ThreadPoolExecutor(len(forms)) as hands:
        statuses = list(hands.map(lambda form: Client(app).post(ledger.path, data=form).status_code, forms * 2))
    assert set(statuses) == {303, 409}
    [statement] = told()
    assert now(ledger)[0][1] == statement.word
    assert kinds() == [{"kept": "commitment.confirmed", "not_kept": "commitment.disputed"}[statement.word]]
    assert len(db.session.scalars(select(OutboxMessage)).all()) == (statement.word == "not_kept")
