"""Fifty people answer, each twenty times at once: fifty answers, fifty receipts, and nobody sees an error."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import Client

from portal.commitments.models import Commitment
from portal.extensions import db
from portal.mail.models import OutboxMessage
from portal.responses.models import Response
from portal.responses.proofs import new_nonce
from tests.cast import Cast
from tests.responses.asking import SECRET, Question, a_survey, ask

PEOPLE, TIMES = 50, 20


@pytest.mark.long
def test_fifty_links_twenty_answers_each_at_once(app: Flask, cast: Cast) -> None:
    survey = a_survey()
    questions = [ask(cast, survey, n) for n in range(PEOPLE)]
    forms = [(question.path, form) for form in range(TIMES) for question in questions]
    fields = {question.path: _forms(question) for question in questions}
    db.session.rollback()

    def send(path: str, form: int) -> int:
        return Client(app).post(path, data=fields[path][form]).status_code

    with ThreadPoolExecutor(TIMES) as hands:
        seen = Counter(hands.map(lambda one: send(*one), forms))
    assert seen == {303: PEOPLE * TIMES}
    rows = select(Response.invitation_id, Response.state, func.count()).group_by(Response.invitation_id, Response.state)
    assert [(state, n) for _, state, n in db.session.execute(rows)] == [("standing", 1)] * PEOPLE
    assert db.session.scalar(select(func.count()).select_from(Commitment)) == PEOPLE
    recipients = db.session.scalars(select(OutboxMessage.recipient)).all()
    assert len(recipients) == len(set(recipients)) == PEOPLE


def _forms(question: Question) -> list[dict[str, str]]:
    """Half of them are one form sent again, as by a double click; half are forms of other windows."""
    same = new_nonce(question.invitation.id, SECRET)
    nonces = [same if n % 2 else new_nonce(question.invitation.id, SECRET) for n in range(TIMES)]
    return [{"nonce": nonce, "score": "3", "comment": "Late"} for nonce in nonces]


def test_different_answers_at_once_leave_one_standing(app: Flask, cast: Cast) -> None:
    question = ask(cast)
    forms = [{"nonce": new_nonce(question.invitation.id, SECRET), "score": str(score)} for score in range(11)]
    db.session.rollback()
    with ThreadPoolExecutor(len(forms)) as hands:
        statuses = set(hands.map(lambda form: Client(app).post(question.path, data=form).status_code, forms))
    assert statuses == {303}
    states = Counter(db.session.scalars(select(Response.state)))
    assert states == {"standing": 1, "quarantined": len(forms) - 1}
