"""Writing a survey with the client's page beside it, and reading its results."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal import clock
from portal.extensions import db
from tests.cast import Cast
from tests.flows.conftest import PHONE
from tests.flows.test_accessible import faults
from tests.surveys.answers import a_survey, an_answer
from tests.touches import a_customer

pytestmark = pytest.mark.browser


def test_the_preview_follows_every_word(cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/surveys/write?kind=csat", cast.owner)
    page.get_by_label("Question, in English", exact=True).fill("{name}, how was the sofa?")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Ana, how was the sofa?")
    preview.get_by_role("radio", name="2", exact=True).check()
    expect(preview.get_by_text("What went wrong?")).to_be_visible()
    page.get_by_label("Asked of the unhappy, in English").fill("What broke?")
    expect(preview.get_by_text("What broke?")).to_be_visible()
    expect(preview.get_by_role("radio", name="2", exact=True)).to_be_checked()
    page.get_by_label("Preview in").select_option("es")
    expect(preview).to_contain_text("Ana, ¿cómo te fue con tu compra?")
    page.get_by_label("Name", exact=True).fill("The sofa")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The sofa")


def test_without_script_a_button_shows_it(cast: Cast, open_page: Callable[..., Page]) -> None:
    page = open_page("/surveys/write?kind=ces", cast.owner, script=False, viewport=PHONE)
    page.get_by_label("Question, in English", exact=True).fill("Was it easy, {name}?")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Was it easy, Ana?")
    expect(page.get_by_label("Question, in English", exact=True)).to_have_value("Was it easy, {name}?")


@pytest.mark.parametrize("dark", [False, True])
def test_the_trend_is_drawn_from_its_table(dark: bool, cast: Cast, open_page: Callable[..., Page]) -> None:
    survey, customer = a_survey(), a_customer(cast)
    for n in range(12):
        an_answer(survey, customer, n % 11, f"\u202ecomment {n}", clock.now() - timedelta(days=31 * (n % 4) + 1))
    customer.name = "\u202eslaiceps"
    db.session.commit()
    page = open_page("/surveys/responses", cast.support, viewport=PHONE, dark=dark)
    for typed in (".line-name > a", ".as-typed"):
        each = page.locator(typed).first
        assert each.evaluate("each => getComputedStyle(each).unicodeBidi") == "plaintext", typed
    page.goto("/surveys/1")
    expect(page.get_by_role("img", name="Score by month")).to_be_visible()
    page.get_by_text("The months as a table").click()
    assert page.locator("#months tbody tr").count() in (4, 5)
    assert not faults(page)
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_on_a_phone_the_months_under_a_chart_stand_apart(cast: Cast, open_page: Callable[..., Page]) -> None:
    survey, customer = a_survey(), a_customer(cast)
    for n in range(21):
        an_answer(survey, customer, 9, "", clock.now() - timedelta(days=31 * n + 1))
    db.session.commit()
    page = open_page("/surveys/1", cast.support, viewport=PHONE)
    expect(page.get_by_role("img", name="Score by month")).to_be_visible()
    gaps = page.evaluate("""() => {
        const scale = Chart.getChart(document.querySelector("canvas")).scales.x;
        scale.ctx.font = `12px ${Chart.defaults.font.family}`;
        const half = (label) => scale.ctx.measureText(label).width / 2;
        const ends = scale.ticks.map(({ label }, at) => [scale.getPixelForTick(at), half(label)]);
        return ends.slice(1).map(([to, before], at) => to - before - ends[at][0] - ends[at][1]);
    }""")
    assert len(gaps) > 1
    assert min(gaps) > 12, gaps
