"""The weekly review on paper, as it lies on the table of those who talk about it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.extensions import db
from portal.review import counting
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
