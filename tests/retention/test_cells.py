"""From a figure of the measures to the customers whom it was counted of."""

import html
import re
from datetime import date

import numpy as np
from flask import Flask

from portal import clock
from portal.extensions import db
from portal.retention import refreshing
from tests.browser import Browser
from tests.cast import Cast
from tests.customers.test_index import names
from tests.recorder import QueryRecorder
from tests.retention import ledger
from tests.retention.books import Log

HEAT = re.compile(r'title="(\d+) of \d+, [^"]*"><a href="([^"]*)"')
COUNTED = re.compile(r'<a (?:class="plain-link" )?href="(/customers\?[^"]*)">(\d+)<')


def forty(today: date) -> Log:
    """Forty customers of two years, of whom some came back soon, some late, and some never."""
    chance = np.random.default_rng(4)
    who = np.repeat(np.arange(1, 41), chance.integers(1, 7, 40))
    first = chance.integers(1, 700, 40)[who - 1]
    ago = np.maximum(first - np.where(np.diff(who, prepend=0), 0, chance.integers(1, 400, len(who))), 0)
    return Log(who, today.toordinal() - ago, np.full(len(who), 10.0))


def counted(page: str) -> dict[str, int]:
    """What the page leads to, and how many it says they are."""
    found = {html.unescape(address): int(count) for address, count in COUNTED.findall(page)}
    return found | {html.unescape(address): int(count) for count, address in HEAT.findall(page)}


def test_every_cell_leads_to_its_customers(app: Flask, cast: Cast, owner: Browser, queries: QueryRecorder) -> None:
    ledger.pour(forty(clock.today()), cast.sales.id)
    refreshing.refresh(clock.today())
    db.session.rollback()
    found: dict[str, int] = {}
    for reading in ("again", "active"):
        found |= counted(owner.get(f"/retention/measures?reading={reading}").get_data(as_text=True))
    kinds = {
        name: sum(name in address for address in found) for name in ("first=", "again=", "month=", "rfm=", "first_by=")
    }
    assert min(kinds.values()) >= 5, kinds
    for address, count in found.items():
        assert len(names(owner, address.removeprefix("/customers"))) == count, address
    with queries as seen:
        page = owner.get("/customers?rfm=champions&status=client").get_data(as_text=True)
    assert len(seen) <= 6
    assert "status client · Champions." in page
    assert "As of" in page
    assert '<input type="hidden" name="rfm" value="champions">' in page


def test_cells_are_said_in_words(owner: Browser) -> None:
    address = "/customers?first=2025-11&first_by=2026-01-31&again=91&again_by=2026-02-01&month=3&rfm=54"
    page = " ".join(re.sub("<[^>]*>", "", owner.get(address).get_data(as_text=True)).split())
    assert (
        "first bought in Nov 2025 · first bought by 31 Jan · came back within 91 days · came back by 1 Feb"
        " · bought in month 3 after the first purchase · Champions (recent 5, often 4)." in page
    )
    odd = "/customers?first=2025-13&first_by=20260131&again=x&again_by=2026-02-30&month=13&rfm=60"
    assert "Show everybody" not in owner.get(odd).get_data(as_text=True)
