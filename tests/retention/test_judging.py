"""What is said of customers where no model speaks: by the rhythm of a small firm's buyers."""

import numpy as np
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.retention import refreshing
from portal.retention.models import ListEntry, Standing
from tests.retention import ledger
from tests.retention.books import Log


def test_nobody_is_gone_for_one_long_gap(app: Flask) -> None:
    gaps = np.random.default_rng(1).integers(27, 34, (30, 8))
    pause = np.full(30, 10)
    pause[:2] = 36, 100  # a little over the usual thirty days, and beyond anything before
    ago = np.cumsum(np.column_stack([pause, gaps]), axis=1)
    who = np.repeat(np.arange(1, 31), ago.shape[1])
    ledger.pour(Log(who, clock.today().toordinal() - ago.ravel(), np.full(len(who), 10.0)))
    assert refreshing.refresh(clock.today()).method == "cadence"
    found = db.session.execute(select(Standing.risk, Standing.p_alive).order_by(Standing.customer_id)).all()
    assert [*map(tuple, found)] == [("due", None), ("slipping", None), *[("on_time", None)] * 28]
    named = select(ListEntry.customer_id, ListEntry.kind).where(ListEntry.list == "slipping")
    assert [*map(tuple, db.session.execute(named))] == [(2, "pause")]
