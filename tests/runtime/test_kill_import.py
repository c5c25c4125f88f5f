"""kill -9 of the whole portal while its worker takes a file in: it goes on after the start, and the ledger is whole.

That an import can be killed at any of its steps is tested in tests/imports/test_kill.py; here the processes are those
that run in earnest.
"""

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.runtime.portal_process import ROOT, Portal

ROWS = 20_000
CUSTOMERS = 900


def a_file(folder: Path) -> tuple[Path, int]:
    """Sales without a fault, and what they are worth in minor units."""
    chance, worth = random.Random(3), 0
    path = folder / "sales.csv"
    with path.open("w") as file:
        file.write("order,customer,date,amount\n")
        for number in range(ROWS):
            cents = chance.randrange(100, 90_000)
            worth += cents
            day = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            file.write(f"N{number},C{chance.randrange(CUSTOMERS)},{day},{cents // 100}.{cents % 100:02}\n")
    return path, worth


def one(engine: Engine, query: str) -> tuple[Any, ...]:
    """The one row of a query."""
    with engine.begin() as connection:
        return tuple(connection.execute(text(query)).one())


@pytest.mark.long
def test_an_import_goes_on_after_the_server_was_killed(portal: Portal, tmp_path: Path) -> None:
    path, worth = a_file(tmp_path)
    engine = create_engine(portal.database_url or f"sqlite:///{portal.instance / 'portal.db'}")
    subprocess.run(
        [sys.executable, "-m", "tests.runtime.begin_import", str(path)],
        cwd=ROOT, env=portal.environment, capture_output=True, check=True,
    )  # fmt: skip
    progress = "SELECT state, items_done FROM imports"
    portal.wait_for(lambda: one(engine, progress)[1] > 0)
    portal.kill()
    state, done = one(engine, progress)
    assert state == "running"
    assert 0 < done < ROWS
    with engine.begin() as connection:  # as if its half minute were over
        connection.execute(text("UPDATE imports SET claimed_until = NULL"))
    portal.start()
    portal.wait_for(lambda: one(engine, progress)[0] == "done")
    assert one(engine, "SELECT count(*), sum(amount_minor) FROM purchases") == (ROWS, worth)
    assert one(engine, "SELECT purchases, refused FROM imports") == (ROWS, 0)
    days = "SELECT count(*) FROM (SELECT DISTINCT customer_id, purchased_on FROM purchases) AS days"
    figures = "SELECT sum(purchase_days), sum(revenue_minor) FROM customers"
    assert one(engine, figures) == (*one(engine, days), worth)
    engine.dispose()
