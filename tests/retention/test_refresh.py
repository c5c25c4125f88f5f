"""The books of a day: through the tables, CDNOW's sample gives the published answers; what comes later is not known."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.retention import queries
from portal.retention.models import ListEntry, Standing
from portal.settings.models import Firm
from tests.retention import books, ledger


def run(app: Flask, *words: str) -> Any:
    done = app.test_cli_runner().invoke(args=["retention", "refresh", *words])
    assert done.exit_code == 0, done.output
    db.session.rollback()
    return done


def test_the_sample_gives_the_published_answers(app: Flask, firm: Firm) -> None:
    log = books.read("cdnow_sample")
    if log is None:
        pytest.skip("the sample is not at hand")
    ledger.pour(log)
    told = json.loads(run(app, "--as-of", "1997-09-30", "--json").output)
    assert list(told) == ["as_of", "method", "why", "params", "customers", "seconds"]
    assert (told["as_of"], told["method"], told["why"], told["customers"]) == ("1997-09-30", "bgnbd", "fits", 2357)
    params = {name: round(value, 3) for name, value in told["params"].items()}
    assert params == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "log_likelihood": pytest.approx(-9582.429)}
    shown = queries.the_books()
    assert shown is not None
    assert shown.as_of == date(1997, 9, 30)
    counts = {name: each["customers"] for name, each in shown.lists.items()}
    assert counts == dict.fromkeys(shown.lists, 0) | dict(
        db.session.execute(select(ListEntry.list, func.count()).group_by(ListEntry.list)).tuples().all()
    )
    assert min(counts[name] for name in ("due", "overdue", "second-purchase", "slipping", "silent", "nobodys")) > 10
    assert db.session.scalar(select(func.count()).select_from(Standing)) == 2357
    assert db.session.scalar(select(func.max(Standing.last_on))) == date(1997, 9, 30)
    firm_now = db.session.get_one(Firm, 1)
    assert firm_now.books_on == date(1997, 9, 30)
    run(app, "--as-of", "today")
    db.session.refresh(firm_now)
    assert firm_now.books_on is None
