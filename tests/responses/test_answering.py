"""Answers as the database keeps them: the first stands, its browser may correct it, others are kept apart."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.mail.models import OutboxMessage
from portal.responses import answering, queries
from portal.responses.answering import ChangedMeanwhile, NoSuchScore, NotAsked, Said, TooManyAnswers
from portal.timeline.models import Event
from tests.cast import Cast
from tests.responses.asking import Question, a_survey, ask, responses


def answer(question: Question, score: int, comment: str = "", **more: object) -> str:
    asked = queries.invited_for_change(question.invitation.id)
    assert asked is not None
    by, link = more.pop("by", None), str(more.pop("link", ""))
    outcome = answering.answer(asked, Said(score, comment, **more), by, link)  # type: ignore[arg-type]
    db.session.commit()
    return outcome


def kinds() -> list[str]:
    return list(db.session.scalars(select(Event.kind).where(Event.kind.like("%.%")).order_by(Event.id)))


def test_a_happy_answer_stands_and_a_receipt_is_written(cast: Cast) -> None:
    question = ask(cast)
    assert (
        answer(question, 9, "The delivery came on the day.", nonce="n1", link="http://localhost/s/x/not-me")
        == "received"
    )
    [response] = responses()
    assert (response.score, response.state, response.source) == (9, "standing", "client")
    assert (response.customer_id, response.contact_id) == (question.customer.id, question.contact.id)
    assert response.assignee_id == cast.sales.id
    assert response.commitment_id is None
    assert db.session.scalars(select(Invitation.answered_at)).one() is not None
    receipt = db.session.scalars(select(OutboxMessage)).one()
    assert (receipt.kind, receipt.recipient) == ("receipt", "ana1@hotel.example")
    assert kinds() == ["response.received"]


def test_an_unhappy_answer_opens_a_promise_to_make_it_right(cast: Cast) -> None:
    question = ask(cast)
    answer(question, 3, "The chairs came late.")
    [response] = responses()
    promise = db.session.scalars(select(Commitment)).one()
    assert response.commitment_id == promise.id
    assert (promise.origin, promise.side, promise.state) == ("recovery", "ours", "open")
    assert (promise.customer_id, promise.contact_id, promise.assignee_id) == (
        question.customer.id, question.contact.id, cast.sales.id,
    )  # fmt: skip
    assert promise.due_on == promise.original_due_on == clock.today() + timedelta(days=2)
    assert promise.text == "Make it right with Ana Torres, who gave 3 of 10: “The chairs came late.”"
    assert kinds() == ["commitment.made", "response.received"]


def test_a_promise_to_nobodys_customer_is_an_owners_or_whos_who_heard_it(cast: Cast) -> None:
    by_client, by_phone = ask(cast), ask(cast, n=2)
    for question in (by_client, by_phone):
        question.customer.assignee_id = None
    db.session.commit()
    answer(by_client, 3)
    answer(by_phone, 2, by=cast.support)
    assert [each.assignee_id for each in db.session.scalars(select(Commitment).order_by(Commitment.id))] == [
        cast.owner.id, cast.support.id,
    ]  # fmt: skip
    assert [response.assignee_id for response in responses()] == [None, None], "results stay nobody's"


@pytest.mark.parametrize(("kind", "scores"), [("nps", range(7)), ("csat", (1, 2)), ("ces", (1, 2, 3))])
def test_what_is_unhappy_depends_on_the_kind(kind: str, scores: range, cast: Cast) -> None:
    survey = a_survey(kind)
    for score in survey.scale.scores:
        answer(ask(cast, survey, score), score)
    assert [response.score for response in responses() if response.commitment_id] == list(scores)


def test_the_same_again_is_one_answer_and_another_is_kept_apart(cast: Cast) -> None:
    question = ask(cast)
    answer(question, 9, "Good", nonce="n1")
    assert answer(question, 9, "Good", nonce="n2") == "again"
    assert answer(question, 2, "Bad", nonce="n1") == "again"  # the form that was answered, sent once more
    assert answer(question, 2, "Bad", nonce="n3") == "quarantined"
    assert answer(question, 2, "Bad", nonce="n4") == "quarantined"
    assert [(r.score, r.state, r.commitment_id) for r in responses()] == [
        (9, "standing", None), (2, "quarantined", None),
    ]  # fmt: skip
    for score in range(answering.MOST_SET_ASIDE - 1):
        answer(question, 5, f"Bad {score}", nonce=f"m{score}")
    with pytest.raises(TooManyAnswers):
        answer(question, 5, "One more", nonce="n5")


def test_the_same_browser_corrects_its_answer_for_a_day(cast: Cast) -> None:
    question, begun = ask(cast), clock.now()
    answer(question, 9, nonce="n1", next_editor="mine")
    before = clock.now()
    assert answer(question, 3, "Late", nonce="n2", editor="mine", issued_at=clock.now()) == "corrected"
    [response] = responses()
    assert (response.score, response.comment, response.nonce) == (3, "Late", "n1")
    promise = db.session.get(Commitment, response.commitment_id)
    assert promise is not None
    assert promise.is_open
    assert answer(question, 2, "Later", editor="mine", issued_at=clock.now()) == "corrected"
    assert "who gave 2 of 10: “Later”" in db.session.scalars(select(Commitment.text)).one()
    with pytest.raises(ChangedMeanwhile):
        answer(question, 8, editor="mine", issued_at=before)
    db.session.rollback()
    assert answer(question, 10, editor="mine", issued_at=clock.now()) == "corrected"
    settled = db.session.scalars(select(Commitment)).one()
    assert (settled.state, settled.reason) == ("withdrawn", "The client has corrected the answer.")
    assert answer(question, 1, editor="another") == "quarantined"
    with clock.as_of(begun + timedelta(hours=25)):
        assert answer(question, 0, editor="mine", issued_at=clock.now()) == "quarantined"
    assert "response.corrected" in kinds()


def test_each_correction_brings_a_receipt_but_not_without_end(cast: Cast) -> None:
    question, link = ask(cast), "http://localhost/s/x/not-me"
    mine = {"editor": "mine", "link": link}

    def sent() -> list[tuple[int, str]]:
        found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(mail.about["score"], mail.about["comment"]) for mail in found if mail.about]

    answer(question, 9, nonce="n1", next_editor="mine", link=link)
    assert answer(question, 3, "Late", issued_at=clock.now(), **mine) == "corrected"
    assert answer(question, 3, "Late", issued_at=clock.now(), **mine) == "again"
    assert sent() == [(9, ""), (3, "Late")]
    assert answer(question, 3, "Late", may_call=True, issued_at=clock.now(), **mine) == "corrected"
    assert sent() == [(9, ""), (3, "Late")], "it would read the same"
    for score in range(10):
        answer(question, score, "Once more", issued_at=clock.now(), **mine)
    assert len(sent()) == answering.MOST_CORRECTIONS_SENT, "the first answer, and the corrections but one"
    assert answer(ask(cast, n=2), 9, link=link) == "received"
    assert sent()[-1] == (9, ""), "another invitation has receipts of its own"


def test_what_staff_write_down_is_labelled_and_nobody_gets_a_receipt(cast: Cast) -> None:
    question = ask(cast)
    assert answer(question, 2, "Said on the phone", by=cast.support) == "received"
    [response] = responses()
    assert (response.source, response.taken_by_id) == ("staff", cast.support.id)
    assert response.commitment_id is not None
    assert not db.session.scalars(select(OutboxMessage)).all()


def test_what_is_over_or_not_on_the_scale_is_refused(cast: Cast) -> None:
    question = ask(cast)
    for score in (-1, 11):
        with pytest.raises(NoSuchScore):
            answer(question, score)
    db.session.rollback()
    with clock.as_of(clock.now() + timedelta(days=32)), pytest.raises(NotAsked):
        answer(question, 9)
    db.session.rollback()
    question.survey.close(cast.owner)
    db.session.commit()
    with pytest.raises(NotAsked):
        answer(question, 9)


def test_an_answer_of_somebody_else_is_disavowed_and_the_client_can_answer(cast: Cast) -> None:
    question = ask(cast)
    answer(question, 1, nonce="n1")
    asked = queries.invited_for_change(question.invitation.id)
    assert asked is not None
    assert answering.disavow(asked)
    db.session.commit()
    assert db.session.scalars(select(Commitment.state)).one() == "withdrawn"
    assert answer(question, 9, nonce="n2") == "received"
    assert [(r.score, r.state) for r in responses()] == [(1, "disavowed"), (9, "standing")]
    assert "response.disavowed" in kinds()
