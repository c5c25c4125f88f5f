"""Tallies: what results are read from, exact whoever counts and whenever."""

import threading
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.responses.models import Response
from portal.surveys import queries, tallies
from portal.surveys.models import DELIVERED, FROM_STAFF, Survey, SurveyTally
from portal.surveys.results import Results, of_each, results
from tests.cast import Cast
from tests.surveys.answers import a_survey, an_answer, an_invitation
from tests.touches import a_customer


def read(survey: Survey) -> Results:
    return results(survey.kind, queries.counts_of(survey.id), queries.names_of_users())


def tallied() -> dict[int, int]:
    counts: Counter[int] = Counter()
    for tally in db.session.scalars(select(SurveyTally)):
        counts[tally.score] += tally.count
    return dict(counts)


def some_answers(cast: Cast) -> Survey:
    """Three promoters, a passive and a detractor; one of them still to be corrected; one silent; one on the phone."""
    survey, mine, saul = a_survey(), a_customer(cast), a_customer(cast, "Notaría 32", cast.sales)
    nobodys = a_customer(cast, "Taller Luna")
    nobodys.assignee_id = None
    for customer, score in ((mine, 9), (mine, 10), (saul, 7), (nobodys, 2)):
        an_answer(survey, customer, score)
    an_answer(survey, mine, 10, at=clock.now())
    an_invitation(survey, mine, clock.now())
    an_answer(survey, saul, 0, source="staff")
    an_answer(survey, saul, 0, state="quarantined")
    db.session.commit()
    return survey


def test_counting_changes_no_result(cast: Cast) -> None:
    survey = some_answers(cast)
    before = read(survey)
    assert (before.whole.n, before.whole.delivered, before.whole.from_staff) == (5, 7, 1)
    assert before.whole.by_score == {9: 1, 10: 2, 7: 1, 2: 1}
    assert [name for _id, name, _answers in before.assignees] == ["Lucía Support", "Saúl Sales", ""]
    assert before.whole.score is not None
    assert before.whole.score.value == 40
    tallies.gather()
    assert tallied() == {2: 1, 7: 1, 9: 1, 10: 1, DELIVERED: 7, FROM_STAFF: 1}
    assert read(survey) == before
    assert tallies.gather() == 0
    assert tallies.rebuild() == len(db.session.scalars(select(SurveyTally)).all())
    assert read(survey) == before
    ((each, lately),) = of_each({survey.id: survey.kind}, queries.counts_of_each(clock.today())).values()
    assert each == before.whole
    assert lately.n == 1


def test_what_is_taken_back_counts_no_longer(cast: Cast) -> None:
    survey = some_answers(cast)
    tallies.gather()
    response = db.session.scalars(select(Response).where(Response.score == 2)).one()
    for _ in range(2):
        tallies.take_out(response)
        response.state = "disavowed"
        db.session.commit()
    assert read(survey).whole.by_score == Counter({9: 1, 10: 2, 7: 1})
    response.state = "standing"
    db.session.commit()
    tallies.gather()
    assert read(survey).whole.by_score[2] == 1


def test_two_workers_count_nothing_twice(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "AT_ONCE", 7)
    survey, customer = a_survey(), a_customer(cast)
    for n in range(60):
        an_answer(survey, customer, n % 11)
    db.session.commit()

    def work() -> None:
        with app.app_context():
            tallies.gather()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    db.session.rollback()
    assert sum(count for score, count in tallied().items() if score >= 0) == 60
    assert tallied()[DELIVERED] == 60


def test_a_worker_killed_on_the_way_leaves_nothing_half_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = some_answers(cast)

    def die(counts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tallies, "add", die)
        with pytest.raises(KeyboardInterrupt):
            tallies.gather()
    db.session.rollback()
    assert tallied() == {}
    tallies.gather()
    assert sum(count for score, count in tallied().items() if score >= 0) == 4
    assert read(survey).whole.n == 5
