"""What customers say, as staff read it: those still to be made right first, each with the customer beside it."""

from datetime import timedelta

import pytest

from portal import clock
from portal.commitments.models import Commitment
from portal.extensions import db
from portal.responses.models import Response
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.known import HOSTILE
from tests.recorder import QueryRecorder
from tests.responses.asking import a_survey, ask
from tests.responses.test_answering import answer

DAY = timedelta(days=1)


def some_answers(cast: Cast) -> None:
    """Six hotels: happy yesterday; neutral; unhappy three times, of which one is late and one made right; by phone."""
    nps, csat = a_survey(), a_survey("csat", "After the purchase")
    for n, (survey, score, comment) in enumerate(
        [
            (nps, 10, "Lovely"),
            (nps, 8, ""),
            (nps, 3, "Two legs wobble"),
            (csat, 1, "It came late"),
            (nps, 0, "Never again"),
        ],
        start=1,
    ):
        answer(ask(cast, survey, n), score, comment)
    answer(ask(cast, nps, 6), 9, "Said on the phone", by=cast.support)
    late, made_right = db.session.get_one(Commitment, 2), db.session.get_one(Commitment, 3)
    late.due_on = clock.today() - 3 * DAY
    made_right.keep(cast.sales)
    db.session.commit()


def order(page: str, *sentences: str) -> bool:
    places = [page.index(sentence) for sentence in sentences]
    return places == sorted(places)


def test_those_to_be_made_right_stand_first_then_the_newest(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    some_answers(cast)
    with queries as seen:
        page = support.get("/surveys/responses").get_data(as_text=True)
    assert len(seen) <= 6
    assert order(
        page, "It came late", "Two legs wobble", "Said on the phone", "Never again", "Neutral, 8 of 10", "Lovely"
    )
    for said in (
        "Unhappy, 1 of 5", "To be made right: 3 days late", "To be made right: in 2 days", "Made right",
        "Happy, 10 of 10", 'href="/customers/4"', "<bdi>Ana Torres</bdi> · After the purchase · ",
        "on the phone, written down by Lucía Support", "Unhappy <b>2</b>",
    ):  # fmt: skip
        assert said in page, said


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("feeling=unhappy", {"It came late", "Two legs wobble", "Never again"}),
        ("feeling=neutral", {"Neutral, 8 of 10"}),
        ("feeling=happy", {"Lovely", "Said on the phone"}),
        ("feeling=happy&source=client", {"Lovely"}),
        ("source=staff", {"Said on the phone"}),
        ("survey=2", {"It came late"}),
        ("customer=3", {"Two legs wobble"}),
        ("comments=1&feeling=neutral", set()),
        ("score=8", {"Neutral, 8 of 10"}),
        ("score=10&whose=nobody", set()),
        ("month=2019-02", set()),
        ("state=quarantined", set()),
        ("state=<b>&feeling=x&survey=٣&source=1&customer=-1", {"Lovely", "Neutral, 8 of 10", "It came late"}),
    ],
)
def test_is_narrowed(asked: str, shown: set[str], support: Browser, cast: Cast) -> None:
    some_answers(cast)
    everything = {"It came late", "Two legs wobble", "Never again", "Neutral, 8 of 10", "Lovely", "Said on the phone"}
    for fragment in (False, True):
        page = support.get(f"/surveys/responses?{asked}", fragment=fragment).get_data(as_text=True)
        found = {each for each in everything if each in page}
        assert found == shown or (len(shown) == 3 and "state=<b>" in asked and found == everything)


def test_pages_by_key_through_both_parts(support: Browser, cast: Cast) -> None:
    nps = a_survey()
    for n in range(1, 71):
        answer(ask(cast, nps, n), 2 if n <= 55 else 9, f"number {n}.")
    path, seen = "/surveys/responses", []
    while path:
        page = support.get(path).get_data(as_text=True)
        seen += [f"number {n}." for n in range(1, 71) if f"“number {n}.”" in page]
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert len(seen) == len(set(seen)) == 70
    assert "Unhappy <b>55</b>" in page


def test_says_what_will_stand_here(support: Browser, cast: Cast) -> None:
    assert "No answers yet" in support.get("/surveys/responses").get_data(as_text=True)
    assert "No answer like that" in support.get("/surveys/responses?feeling=happy").get_data(as_text=True)


def test_what_somebody_wrote_stays_letters(support: Browser, cast: Cast) -> None:
    question = ask(cast, a_survey(name=HOSTILE))
    question.customer.name = question.contact.name = HOSTILE
    answer(question, 2, HOSTILE)
    answer(question, 9, HOSTILE + "!")
    for path in (
        "/surveys/responses",
        "/surveys/responses?state=quarantined",
        "/surveys/responses/1",
        "/commitments/1",
        "/",
    ):
        page = support.get(path).get_data(as_text=True)
        for live in ("<script>alert", "<b hx-get", "<iframe", ">49<"):
            assert live not in page, path


def test_one_answer_with_every_word_and_the_way_to_its_promise(
    support: Browser, cast: Cast, queries: QueryRecorder
) -> None:
    question = ask(cast)
    answer(question, 3, "Two legs wobble", may_call=True)
    response = db.session.get_one(Response, 1)
    response.answers, response.quote = (
        [{"id": 1, "question": "Which chair?", "answer": "The one by the door"}],
        "anonymous",
    )
    db.session.commit()
    with queries as seen:
        page = support.get("/surveys/responses/1").get_data(as_text=True)
    assert len(seen) <= 4
    for said in (
        "Hotel 1", "Unhappy, 3 of 10", "“Two legs wobble”", "Which chair?", "The one by the door",
        "may be called about it",
        "may be quoted without a name", "To be made right: in 2 days", 'action="/commitments/1/keep"',
    ):  # fmt: skip
        assert said in page, said
    assert "/surveys/responses/1" in support.get("/commitments/1").get_data(as_text=True)
    for path in ("/surveys/responses/2", f"/surveys/responses/{2**63}", "/surveys/responses/0"):
        assert support.get(path).status_code == 404
