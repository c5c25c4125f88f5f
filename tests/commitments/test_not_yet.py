"""What a client says stands on Today until somebody has looked: what is disputed, and what they have done."""

import re

from portal.extensions import db
from tests.browser import Browser
from tests.cast import Cast
from tests.ledger.opened import DAY, kinds, open_ledger
from tests.recorder import QueryRecorder
from tests.touches import a_promise


def test_what_clients_say_rises_in_today(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    ledger = open_ledger(cast)
    ledger.sent.dispute("Ana Robles", "Page two is <missing>")
    ledger.theirs.say_done("Ana Robles")  # though it is due in two days
    a_promise(ledger.customer, ledger.sent.due_on - 30 * DAY, "Long late")
    db.session.commit()
    support.get("/")
    with queries as seen:
        text = support.get("/").get_data(as_text=True)
    assert len(seen) <= 4
    assert re.findall(r'id="commitment-(\d+)"', text)[:2] == [str(ledger.sent.id), str(ledger.theirs.id)]
    assert (
        text.index("Disputed: they say it was not kept") < text.index("They say it is done") < text.index("days late")
    )
    assert "“Page two is &lt;missing&gt;”" in text
    assert "3 wait for you, 3 of them for a promise" in text
    assert "Clients say <b>2</b>" in text
    assert "Long late" not in support.get("/?reason=said").get_data(as_text=True)
    for path in ("/commitments", f"/customers/{ledger.customer.id}"):
        assert "Disputed: they say" in support.get(path).get_data(as_text=True)


def test_not_yet_answers_in_place(support: Browser, cast: Cast) -> None:
    ledger = open_ledger(cast)
    ledger.theirs.say_done("Ana Robles")
    db.session.commit()
    for _ in range(2):  # a double click
        answer = support.post(f"/commitments/{ledger.theirs.id}/not-yet?place=today", fragment=True)
        assert answer.status_code == 200
        assert "They promised it in 2 days" in answer.get_data(as_text=True)
    assert kinds() == ["commitment.said_done", "commitment.not_yet"]
    db.session.refresh(ledger.theirs)
    assert (ledger.theirs.state, ledger.theirs.client_says, ledger.theirs.unheard) == ("open", "done", False)
    ledger.theirs.say_done("Ana Robles")
    db.session.commit()
    path = f"/commitments/{ledger.theirs.id}"
    assert "What is missing? They read it." in support.get(path).get_data(as_text=True)
    answer = support.post(f"{path}/not-yet", data={"reason": "The second sheet"})
    assert (answer.status_code, answer.location) == (303, path)
    db.session.refresh(ledger.theirs)
    assert ledger.theirs.our_answer == "The second sheet"
    assert support.post(f"{path}/not-yet", data={"reason": "x" * 301}).status_code == 422
    story = support.get(f"/customers/{ledger.customer.id}").get_data(as_text=True)
    for words in ("They say it is done", "Not done yet, we say", "Ana Robles may see the promises between us"):
        assert f"<b>{words}</b>" in story


def test_only_what_they_say_is_done(support: Browser, cast: Cast) -> None:
    ledger = open_ledger(cast)
    for id in (ledger.theirs.id, ledger.owed.id, ledger.sent.id):
        assert support.post(f"/commitments/{id}/not-yet").status_code == 422
        assert support.post(f"/commitments/{id}/not-yet", fragment=True).status_code == 422
    assert support.post("/commitments/99/not-yet").status_code == 404


def test_whoever_settles_it_has_looked(support: Browser, cast: Cast) -> None:
    ledger = open_ledger(cast)
    ledger.sent.dispute("Ana Robles")
    ledger.theirs.say_done("Ana Robles")
    db.session.commit()
    answer = support.post(f"/commitments/{ledger.theirs.id}/keep?place=today", fragment=True).get_data(as_text=True)
    assert "Kept" in answer
    moved = {"due_on": (ledger.owed.due_on + DAY).isoformat(), "reason": "agreed on the phone", "place": "today"}
    answer = support.post(f"/commitments/{ledger.sent.id}/renegotiate", data=moved, fragment=True).get_data(
        as_text=True
    )
    assert "Promise due in 5 days" in answer
    db.session.expire_all()
    assert not ledger.sent.unheard
    assert not ledger.theirs.unheard
    ledger.sent.keep(cast.support)
    ledger.sent.confirm("Ana Robles", "Now it is whole")
    db.session.commit()
    assert "Kept, as they say too" in support.get("/commitments?state=kept").get_data(as_text=True)
