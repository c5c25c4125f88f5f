"""The figures behind the owner's page, as a page, as files, and weighed against the firm's own."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook

from portal import clock
from portal.extensions import db
from portal.retention import exporting
from portal.retention.economics import weigh
from portal.retention.models import Economics
from portal.settings.accent import CARD, DARK_CARD, HEAT, contrast, heat, readable
from portal.timeline.models import Event
from tests.browser import Browser
from tests.cast import Cast
from tests.recorder import QueryRecorder
from tests.retention.closed import figures, the_books
from tests.surveys.answers import a_survey, an_answer
from tests.touches import a_customer


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


SAID = {"winning": "30,000", "keeping": "10000.50", "margin_percent": "40", "new_offer_percent": "20",
        "loyal_offer_percent": "5", "version": "0"}  # fmt: skip


def test_every_table_with_its_n(owner: Browser, cast: Cast, queries: QueryRecorder) -> None:
    the_books()
    survey, customer = a_survey(), a_customer(cast)
    for score, ago in ((9, 3), (4, 3), (10, 40), (0, 800)):
        an_answer(survey, customer, score, at=clock.now() - timedelta(days=ago))
    db.session.commit()
    with queries as seen:
        page = text(owner.get("/retention/measures"))
    assert len(seen) <= 6
    for said in (
        "Half of them had come back after 55 days",
        "390 of 800 customers (48.8\N{NO-BREAK SPACE}%)", "33.2\N{NO-BREAK SPACE}%" , "Champions",
        "Can't lose", "41 days ago", "MXN 780,000", "78\N{NO-BREAK SPACE}%", "Say your figures", "Still watched",
    ):  # fmt: skip
        assert said in page, said
    assert "lost" not in page.lower()
    ways = re.findall(r'class="pass" href="#([\w-]+)"', page)
    assert ways == ["after-cohorts", "after-windows", "after-rfm", "after-segments"]
    assert all(f'id="{way}" tabindex="-1"' in page for way in ways)
    nps = page.split('<table class="sheet cards-on-phone" id="nps">')[1].split("</table>")[0]
    assert re.findall(r'data-value="([^"]+)".*?data-n="(\d+)"', nps) == [("0.0", "2"), ("100.0", "1")]
    assert 'id="csat"' not in page
    active = text(owner.get("/retention/measures?reading=active"))
    assert "in the …th month after" in active
    assert "/measures/activity/export.csv" in active
    assert "in the …th month after" not in text(owner.get("/retention/measures?reading=<b>"))


@pytest.mark.parametrize("table", exporting.TABLES)
def test_every_table_is_a_file(table: str, support: Browser) -> None:
    assert support.get(f"/retention/measures/{table}/export.csv").status_code == 404  # there are no books yet
    the_books()
    answer = support.get(f"/retention/measures/{table}/export.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(support.get(f"/retention/measures/{table}/export.xlsx").get_data())
    ).get_sheet_by_index(0)
    assert [str(cell) for cell in sheet.to_python()[0]] == rows[0]
    assert len(sheet.to_python()) == len(rows) > 2
    assert all(len(row) == len(rows[0]) for row in rows)


def test_no_other_table(owner: Browser, stranger: Browser) -> None:
    the_books()
    assert owner.get("/retention/measures/customers/export.csv").status_code == 404
    assert "/sign-in" in stranger.get("/retention/measures/lists/export.xlsx").location


def test_winning_is_weighed_against_keeping(owner: Browser) -> None:
    the_books()
    assert 'name="winning"' in text(owner.get("/retention/economics"))
    answer = owner.post("/retention/economics", data=SAID)
    assert (answer.status_code, answer.location) == (303, "/retention/measures#economics")
    said = db.session.get_one(Economics, 1)
    assert (said.winning_minor, said.keeping_minor, said.margin_percent, said.version) == (3_000_000, 1_000_050, 40, 1)
    assert db.session.query(Event).filter_by(kind="firm.economics_changed").count() == 1
    page = text(owner.get("/retention/measures"))
    for told in ("MXN 150.00", "3.8 times", "is offered 20 %, a loyal client gets 5 %", "MXN 150,000", "MXN 600.00"):
        assert told in page, told
    trail = text(owner.get("/timeline?family=firm"))
    assert "figures changed" in trail
    assert re.search(r"spent on winning: <del>–</del> → <ins>MXN\s30,000</ins>", trail)


def test_two_who_weigh_at_once(owner: Browser) -> None:
    owner.post("/retention/economics", data=SAID)
    answer = owner.post("/retention/economics", data=SAID | {"winning": "99"})
    assert answer.status_code == 409
    assert "Saved meanwhile: 30000.00" in text(answer)
    assert 'value="99"' in text(answer)
    assert db.session.get_one(Economics, 1).winning_minor == 3_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"winning": "NaN"}, {"winning": "-5"}, {"keeping": "0.005"}, {"keeping": "1e400"}, {"winning": "USD 5"},
        {"margin_percent": "100"}, {"new_offer_percent": "-1"}, {"loyal_offer_percent": "a lot"},
    ],
)  # fmt: skip
def test_what_cannot_be_weighed(wrong: dict[str, str], owner: Browser, support: Browser) -> None:
    answer = owner.post("/retention/economics", data=SAID | wrong)
    assert answer.status_code == 422
    assert next(iter(wrong.values())) in text(answer)
    assert db.session.get(Economics, 1) is None
    assert support.post("/retention/economics", data=SAID).status_code == 403


def test_no_warning_where_loyalty_pays() -> None:
    found = figures(date(2026, 5, 15))["economics"]
    said = Economics(new_offer_percent=10, loyal_offer_percent=10)
    scales = weigh(said, found, same_currency=True)
    assert (scales.warning, scales.times, scales.winning.left_minor) == (None, None, None)
    said = Economics(winning_minor=100, keeping_minor=0, margin_percent=50)
    scales = weigh(said, found | {"new_customers": 0, "new_paying": 0}, same_currency=True)
    assert (scales.winning.cost_minor, scales.winning.brought_minor, scales.times) == (None, None, None)
    assert scales.keeping.left_minor == 190_000
    assert weigh(said, found, same_currency=False).keeping.left_minor is None


@pytest.mark.parametrize("colour", ["#0b6e62", "#b3261e", "#000000", "#2b5793", "#6b6b00", "#7a3cff"])
def test_every_step_of_a_heat_map_can_be_read(colour: str) -> None:
    for accent, ground in ((colour, CARD), (readable(colour, "#222222", "#ffffff"), DARK_CARD)):
        steps = heat(accent, ground)
        assert len(steps) == HEAT
        assert min(contrast(under, ink) for under, ink in steps) >= 4.5
