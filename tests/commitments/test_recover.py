"""A promise to make it right: kept, the client is asked next day whether it is; taken back, nobody is asked."""

from datetime import date, timedelta

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.invitations.models import Invitation
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.responses.asking import a_survey, ask
from tests.responses.test_answering import answer
from tests.touches import a_customer, a_promise


def asked() -> list[tuple[str, date]]:
    db.session.rollback()
    return [(each.cause, each.send_on) for each in db.session.scalars(select(Invitation).order_by(Invitation.id))][1:]


def test_kept_it_asks_whether_it_is_right_now(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    after = a_survey("csat", "Is it right now?", occasion="after_recovery")
    answer(ask(cast, a_survey()), 2, "Two legs wobble")
    with queries as seen:
        support.post("/commitments/1/keep?place=today", fragment=True)
    assert len(seen) <= 12
    once = [("recovery:1", clock.today() + timedelta(days=1))]
    assert asked() == once
    invitation = db.session.scalars(select(Invitation).order_by(Invitation.id.desc())).first()
    assert invitation is not None
    assert (invitation.survey_id, invitation.sent_at, invitation.contact_id) == (after.id, None, 1)
    support.post("/commitments/1/keep")
    assert asked() == once
    support.post("/commitments/1/reopen")
    assert asked() == []
    support.post("/commitments/1/keep")
    assert asked() == once


def test_without_such_a_survey_and_for_other_promises_nobody_is_asked(support: Browser, cast: Cast) -> None:
    answer(ask(cast), 2, "Two legs wobble")
    a_promise(a_customer(cast), clock.today())
    db.session.commit()
    for id in (1, 2):
        assert support.post(f"/commitments/{id}/keep").status_code == 303
    assert asked() == []
