"""kill -9 in the middle of an import, ten times: the ledger ends as if nobody had killed it.

The size keeps the suite quick; `PORTAL_KILL_ROWS=200000 pytest tests/imports/test_kill.py` is the full measure.
"""

import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal import bulk
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.imports import running, taking
from portal.imports.models import Import, ImportRefusal
from portal.purchases import figures
from portal.purchases.models import Purchase
from portal.timeline.models import Event
from tests.cast import Cast
from tests.dying import survives
from tests.imports.running import begin

ROWS = int(os.environ.get("PORTAL_KILL_ROWS", "3000"))
KILLS = 10
STEPS = [(bulk, "insert"), (bulk, "next_ids"), (running, "_ours"), (figures, "refresh"), (taking, "plan_reassurances")]
"""Where an import may die: before any of these, in any batch."""


def a_file(folder: Path) -> Path:
    """Sales of two years: orders over several lines that stand apart, repeated rows, refusals, cancelled orders."""
    chance = random.Random(5)
    path = folder / "sales.csv"
    lines = ["order,customer,email,date,amount,status"]
    for number in range(ROWS):
        who = chance.randrange(ROWS // 5 + 1)
        on = date(2026, 11, 20) - timedelta(days=chance.randrange(700))
        order = f"N{number // 2}" if number % 10 < 4 else ""
        if order:
            who, on = int(order[1:]) % 50, date(2026, 10, 1)
        amount = "x" if number % 97 == 0 else f"{chance.randrange(50)}.00"
        status = "cancelled" if number % 41 == 0 else "paid"
        lines.append(f"{order},C{who},c{who}@x.example,{on},{amount},{status}")
    late = range(0, ROWS // 10, 7)  # further lines of orders above
    lines += [f"N{number * 5},C{number * 5 % 50},,2026-10-01,1.00,paid" for number in late]
    path.write_text("\n".join(lines))
    return path


def content() -> dict[str, list[Any]]:
    """All that an import writes, but for instants and the ids that a killed transaction may have used up."""
    db.session.rollback()
    names = select(Customer.external_id, Customer.name, Customer.email, Customer.search_text)
    figures_ = [getattr(Customer, name) for name in figures.Figures._fields]
    bought = select(
        Customer.external_id, Purchase.purchased_on, Purchase.amount_minor, Purchase.currency, Purchase.number,
        Purchase.import_key,
    )  # fmt: skip
    counts = select(
        Import.state, Import.rows_done, Import.items_done, Import.purchases, Import.customers, Import.refused,
        Import.report["reassurances"].as_integer(),
    )  # fmt: skip
    queries = {
        "customers": names.add_columns(*figures_),
        "purchases": bought.join(Customer, Customer.id == Purchase.customer_id),
        "refusals": select(ImportRefusal.row_number, ImportRefusal.cells),
        "events": select(Event.kind, Event.happened_on, func.count()).group_by(Event.kind, Event.happened_on),
        "follow_ups": select(Customer.external_id, FollowUp.due_on).join(Customer, Customer.id == FollowUp.customer_id),
        "imports": counts,
    }
    return {name: sorted(map(repr, db.session.execute(query))) for name, query in queries.items()}


def start(folder: Path, path: Path) -> int:
    import_ = begin(folder, path, add_lines=True, today="2026-11-21")
    import_.start(None)
    db.session.commit()
    return import_.id


def let_the_lease_run_out(import_id: int) -> None:
    running._change(Import.id == import_id, claimed_until=None)
    db.session.commit()


@pytest.mark.long
def test_a_killed_import_ends_as_an_unkilled_one(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", max(ROWS // 40, 50))
    path = a_file(tmp_path)
    assert running.run(start(tmp_path, path), tmp_path)
    expected = content()
    assert len(expected["purchases"]) > ROWS // 2
    assert expected["refusals"]
    assert expected["follow_ups"]
    for model in (FollowUp, Event, ImportRefusal, Purchase, Customer, Import):
        db.session.execute(delete(model))
    db.session.commit()

    import_id = start(tmp_path, path)
    chance, deaths = random.Random(ROWS), 0
    while deaths < KILLS:
        assert not survives(lambda: running.run(import_id, tmp_path), chance.randrange(1, 45), *STEPS)
        deaths += 1
        assert db.session.get_one(Import, import_id).state == "running"
        let_the_lease_run_out(import_id)
    done_before = db.session.get_one(Import, import_id).items_done
    db.session.rollback()
    assert done_before > 0
    assert running.run(import_id, tmp_path)
    assert content() == expected
    assert figures.rebuild()[1] == 0
