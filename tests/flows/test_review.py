"""The weekly review on paper, as it lies on the table of those who talk about it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.extensions import db
from portal.review import counting
from portal.review.models import RelayWeek
from tests.cast import Cast

pytestmark = pytest.mark.browser

A4 = {"width": 703, "height": 1000}
"""What a sheet leaves between its margins, in the units of a screen."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_prints_as_a_table_on_light_paper(dark: bool, open_page: Callable[..., Page], cast: Cast) -> None:
    counting.keep_up()
    db.session.commit()
    page = open_page("/relay/review", cast.owner, viewport=A4, dark=dark)
    expect(page.get_by_role("navigation", name="Relay")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark" if dark else "light")
    expect(page.get_by_role("navigation", name="Relay")).to_be_hidden()
    expect(page.get_by_role("button", name="Write it down")).to_be_hidden()
    heads = [page.get_by_role("columnheader", name=name).bounding_box() for name in ("Step", "In", "Drops")]
    assert all(heads)
    assert len({box["y"] for box in heads if box}) == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.relay-week td')).display") == "table-cell"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 35, 39)"


def test_a_busy_week_fits_on_the_sheet(open_page: Callable[..., Page], cast: Cast) -> None:
    cast.owner.locale = "es"
    counting.keep_up()
    for row in db.session.scalars(select(RelayWeek)):
        row.entries, row.onward, row.gone, row.dropped, row.wait_days = 12345, 11000, 1300, 170, 352.5
    db.session.commit()
    page = open_page("/relay/review", cast.owner, viewport=A4, language="es")
    page.emulate_media(media="print")
    expect(page.get_by_text("1300 perdidos, 170 entregas sin respuesta").first).to_be_visible()
    assert page.evaluate("document.querySelector('.sheet-wrap').scrollWidth <= innerWidth")
