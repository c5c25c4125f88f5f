"""An answer that contradicts the first one is set aside, and a colleague decides which of the two counts."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.invitations.models import Invitation
from portal.responses import answering
from portal.responses import queries as found
from portal.responses.models import Response
from portal.surveys import tallies
from portal.surveys.models import SurveyTally
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.responses.asking import ask, responses
from tests.responses.test_answering import answer, kinds


def states() -> list[str]:
    return [response.state for response in responses()]


def promises() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.state, each.text) for each in db.session.scalars(select(Commitment).order_by(Commitment.id))]


def contradicted(cast: Cast, first: int = 9, then: int = 2) -> None:
    question = ask(cast)
    answer(question, first, "All well")
    answer(question, then, "Not at all")


def test_both_texts_stand_side_by_side(support: Browser, cast: Cast) -> None:
    contradicted(cast)
    for path in ("/surveys/responses?state=quarantined", "/surveys/responses/2"):
        page = support.get(path).get_data(as_text=True)
        for said in (
            "“All well”",
            "“Not at all”",
            "it contradicts the first one",
            "Let this one count",
            "Put it aside",
        ):
            assert said in page, (path, said)
    assert "To decide <b>1</b>" in support.get("/surveys/responses").get_data(as_text=True)


def test_the_other_one_counts_and_what_follows_from_it(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    contradicted(cast)
    with queries as seen:
        line = support.post("/surveys/responses/2/accept?place=list", fragment=True).get_data(as_text=True)
    assert len(seen) <= 16
    assert 'id="response-2"' in line
    assert "Unhappy <b>1</b>" in line  # the counts over the list come along
    assert "To decide" not in line
    assert "To be made right: in 2 days" in line
    assert states() == ["dismissed", "standing"]
    assert promises()[0][0] == "open"
    assert "Not at all" in promises()[0][1]
    assert kinds()[-4:] == ["response.quarantined", "response.dismissed", "commitment.made", "response.accepted"]
    support.post("/surveys/responses/2/accept")
    assert states() == ["dismissed", "standing"], "twice is once"
    support.post("/surveys/responses/1/accept")
    assert states() == ["standing", "dismissed"], "a mistake is taken back the same way"
    assert promises()[0][0] == "withdrawn"


def test_the_first_one_goes_on_counting(support: Browser, cast: Cast) -> None:
    contradicted(cast, 2, 9)
    answered = support.post("/surveys/responses/2/dismiss", headers={"Referer": "http://localhost/surveys/responses"})
    assert (answered.status_code, answered.location) == (303, "/surveys/responses")
    support.post("/surveys/responses/2/dismiss")
    assert states() == ["standing", "dismissed"]
    assert [state for state, _ in promises()] == ["open"]
    assert kinds().count("response.dismissed") == 1
    assert "Put aside" in support.get("/surveys/responses?state=dismissed").get_data(as_text=True)


def test_what_is_not_set_aside_is_refused(support: Browser, cast: Cast) -> None:
    question = ask(cast)
    answer(question, 9, "All well")
    assert support.post("/surveys/responses/1/dismiss").status_code == 422
    assert support.post("/surveys/responses/1/dismiss?place=list", fragment=True).status_code == 422
    asked = found.invited_for_change(question.invitation.id)
    assert asked is not None
    assert answering.disavow(asked)
    db.session.commit()
    assert support.post("/surveys/responses/1/accept").status_code == 422
    assert states() == ["disavowed"]
    assert "The client says: this was not me" in support.get("/surveys/responses/1").get_data(as_text=True)
    for verb in ("accept", "dismiss"):
        assert support.post(f"/surveys/responses/9/{verb}").status_code == 404


def test_after_a_disavowed_one_the_other_counts(support: Browser, cast: Cast) -> None:
    contradicted(cast)
    asked = found.invited_for_change(1)
    assert asked is not None
    assert answering.disavow(asked)
    db.session.commit()
    support.post("/surveys/responses/2/accept")
    assert states() == ["disavowed", "standing"]
    assert db.session.scalars(select(Invitation.answered_at)).one() is not None
    assert [state for state, _ in promises()] == ["open"]


def test_what_a_colleague_wrote_down_by_mistake_is_put_aside_with_its_promise(support: Browser, cast: Cast) -> None:
    answer(ask(cast), 2, "Meant for another customer", by=cast.support)
    assert "Put it aside" in support.get("/surveys/responses/1").get_data(as_text=True)
    assert support.post("/surveys/responses/1/dismiss").status_code == 303
    assert states() == ["dismissed"]
    assert [state for state, _ in promises()] == ["withdrawn"]
    assert db.session.scalars(select(Invitation)).one().answered_at is None
    support.post("/surveys/responses/1/accept")
    assert states() == ["standing"]
    assert [state for state, _ in promises()] == ["withdrawn", "open"]


def test_what_counts_no_longer_leaves_the_results(support: Browser, cast: Cast) -> None:
    contradicted(cast)
    db.session.get_one(Response, 1).answered_at = clock.now() - timedelta(days=2)
    db.session.commit()
    tallies.gather()
    assert counted() == {9: 1}
    support.post("/surveys/responses/2/accept")
    assert counted() == {}
    support.post("/surveys/responses/1/accept")
    tallies.gather()
    asked = found.invited_for_change(1)
    assert asked is not None
    assert answering.disavow(asked)
    db.session.commit()
    assert counted() == {}


def counted() -> dict[int, int]:
    db.session.rollback()
    rows = db.session.scalars(select(SurveyTally).where(SurveyTally.score >= 0, SurveyTally.count > 0))
    return {row.score: row.count for row in rows}
