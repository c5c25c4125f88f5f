"""What a survey's answers add up to, as staff see it."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from portal import clock
from portal.commitments.promising import Promise, promise
from portal.customers.models import Customer
from portal.extensions import db
from portal.surveys import tallies
from portal.surveys.models import Survey
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.surveys.answers import a_survey, an_answer, an_invitation
from tests.touches import a_contact, a_customer


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def fill(cast: Cast) -> None:
    """15 promoters, 10 passives, 5 detractors, of 60 asked; two of them on the phone, over three months."""
    survey, customer = a_survey(), a_customer(cast)
    ana = a_contact(customer)
    for n, score in enumerate([10] * 15 + [8] * 10 + [2] * 5):
        at = clock.now() - timedelta(days=2 + 30 * (n % 3))
        an_answer(survey, customer, score, f"comment {n}." if n % 2 else "", at, contact_id=ana.id)
        an_invitation(survey, customer, at)
    an_answer(survey, a_customer(cast, "Notaría 32", cast.sales), 0, "Said aloud", source="staff")
    db.session.commit()


def test_says_the_score_with_n_interval_and_rate(support: Browser, cast: Cast, queries: QueryRecorder) -> None:
    fill(cast)
    for _ in range(2):
        with queries as seen:
            page = text(support.get("/surveys/1"))
        assert len(seen) <= 5
        for words in (
            "+33.3",
            "95 % interval 4.8 to 55.8",
            "50\N{NO-BREAK SPACE}%",
            "of 60 delivered invitations",
            "Lucía Support",
            "4.8 – 55.8",
        ):
            assert words in page, words
        assert "and 1 taken by us, which does not count" in page
        behind = [unescape(each) for each in re.findall(r'href="(/surveys/responses\?[^"]+)"', page)]
        for part, n in (("&score=10", 15), (f"&whose={cast.support.id}", 30), ("&feeling=unhappy", 5)):
            (address,) = [each for each in behind if part in each]
            with queries as seen:
                assert text(support.get(address)).count('id="response-') == n, "the answers behind a number"
            assert len(seen) <= 6
        assert "on the phone, to us" in page
        assert "Hotel Sierra Azul" in page
        assert page.count("data-value=") == len({(clock.today() - timedelta(days=2 + 30 * n)).month for n in range(3)})
        with queries as seen:
            listed = text(support.get("/surveys"))
        assert len(seen) <= 4
        assert "+33.3" in listed
        assert "since <time" not in listed
        tallies.gather()
    long_ago = clock.now() - timedelta(days=200)
    an_answer(db.session.get_one(Survey, 1), db.session.get_one(Customer, 1), 10, at=long_ago)
    db.session.commit()
    assert "+33.3, n = 30" in text(support.get("/surveys")), "how it has gone lately"


def test_comments_are_paged(support: Browser, cast: Cast) -> None:
    survey, customer = a_survey("csat"), a_customer(cast)
    for n in range(45):
        an_answer(survey, customer, 1 + n % 5, f"comment {n}.", clock.now() - timedelta(days=n // 7))
    an_answer(survey, customer, 1, "not counted", state="quarantined")
    db.session.commit()
    path, seen = "/surveys/1", []
    while path:
        page = text(support.get(path))
        assert "not counted" not in page
        seen += [n for n in range(45) if f"comment {n}." in page]
        path = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert sorted(seen) == list(range(45))
    assert "No further comments" not in text(support.get("/surveys/1?after=%25"))


def test_every_answer_as_a_file(support: Browser, cast: Cast) -> None:
    survey, customer = a_survey("csat"), a_customer(cast, "=cmd()")
    an_answer(survey, customer, 2, "@SUM(1)\nand more", answers=[{"id": 1, "question": "Why?", "answer": "=1"}])
    an_answer(survey, customer, 5, "", source="staff", quote="name", quote_places="social", may_call=True)
    db.session.commit()
    answer = support.get("/surveys/1/export?format=csv")
    assert "after-a-purchase-csat-2" in answer.headers["Content-Disposition"]
    rows = sorted(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))), key=lambda row: row["Score"])
    assert (rows[0]["Customer"], rows[0]["Feeling"], rows[0]["Comment"]) == ("'=cmd()", "unhappy", "'@SUM(1)\nand more")
    assert (rows[0]["Further answers"], rows[0]["Taken by us"]) == ("Why? =1", "")
    assert (rows[1]["Taken by us"], rows[1]["May be quoted"], rows[1]["May be called"]) == (
        "yes",
        "with the name: social networks, sales talks",
        "yes",
    )
    survey.name = "𝓛" * 40  # more than the name of a sheet holds
    db.session.commit()
    file = io.BytesIO(support.get("/surveys/1/export?format=xlsx").get_data())
    assert len(CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()) == 3
    assert b'<col min="1" ' in ZipFile(file).read("xl/worksheets/sheet1.xml")  # room for a day


def test_who_is_unhappy_stands_first(support: Browser, cast: Cast) -> None:
    survey, customer = a_survey(), a_customer(cast)
    today = clock.today()
    for n, due in enumerate((today + timedelta(days=2), today - timedelta(days=1))):
        made = promise(customer, Promise(f"Make it right {n}", today, origin="recovery"), None)
        made.due_on = due
        db.session.flush()
        an_answer(survey, customer, n, f"unhappy {n}.", commitment_id=made.id)
    db.session.commit()
    page = text(support.get("/surveys"))
    assert page.index("Unhappy, to be made right") < page.index("unhappy 1.") < page.index("unhappy 0.")
    assert "1 day late" in page


def test_nothing_yet_is_said(support: Browser, owner: Browser, cast: Cast) -> None:
    assert "An owner writes the first survey" in text(support.get("/surveys"))
    assert "Begin with one that is ready" in text(owner.get("/surveys"))
    survey = a_survey()
    db.session.commit()
    assert "nobody asked yet" in text(support.get("/surveys"))
    assert "Nobody has answered yet" in text(support.get("/surveys/1"))
    survey.pause(cast.owner)
    db.session.commit()
    assert "Nobody has written anything yet" in text(support.get("/surveys/1"))
    an_invitation(survey, a_customer(cast))
    db.session.commit()
    assert "1 person asked, no answer yet" in text(support.get("/surveys"))
