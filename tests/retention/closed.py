"""Books that are done, written by hand: what pages show without anything being computed."""

from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.extensions import db
from portal.lists.catalogue import LISTS
from portal.retention.models import Books
from portal.retention.segments import SEGMENTS

GRADE = {"on": "2026-02-14", "until": "2026-05-15", "named": 40, "bought": 28, "others": 500, "others_bought": 100}


def figures(as_of: date, **more: Any) -> dict[str, Any]:
    """What `measuring.measures` would find of a firm of 800 customers, with what else is said here in its place."""
    months = [(as_of.replace(day=1) - timedelta(days=28 * back)).isoformat()[:7] for back in range(14)]
    return {
        "customers": 800, "buyers": 390, "clients": 410, "newest_on": as_of.isoformat(), "currency": "MXN",
        "other_currencies": 3,
        "repeat": {"customers": 800, "again": 410, "share": 0.5125},
        "repeat_before": {"customers": 700, "again": 340, "share": 340 / 700},
        "windows": [
            {"days": days, "customers": 800 - days, "again": (800 - days) // 3} for days in (30, 60, 90, 180, 365)
        ],
        "second": {
            "median": 55, "still_waiting": 390, "customers": 800, "days": [0, 30, 60], "waiting": [1.0, 0.7, 0.5],
            "low": [1.0, 0.65, 0.45], "high": [1.0, 0.74, 0.55], "watched": [800, 500, 300],
        },
        "revenue": {"months": 12, "clients_minor": 780_000_00, "buyers_minor": 220_000_00},
        "cohorts": [
            {
                "month": month, "customers": 50 + at, "again": [_over(at, n, 5 + 3 * n) for n in range(12)],
                "active": [_over(at, n, 12 - n) for n in range(12)],
            }
            for at, month in enumerate(months)
        ],
        "rfm": {
            "cells": [[32 + r * f for f in range(5)] for r in range(5)],
            "segments": [
                {"name": each.name, "customers": 70, "revenue_minor": 90_000_00, "median_days_since": 41.0}
                for each in SEGMENTS
            ],
        },
        "economics": {
            "new_customers": 200, "kept_clients": 250, "new_revenue_minor": 400_000_00,
            "kept_revenue_minor": 950_000_00, "new_paying": 200, "kept_paying": 250,
        },
        "holdout": {
            "on": "2026-02-14", "until": "2026-05-15", "expected": 131.2, "came": 138,
            "by_earlier": [[0, 400, 0.1, 0.12], [7, 20, 3.2, 3.5]],
            "weeks": [[week, week * 10.1, week * 10 + week % 3] for week in range(1, 14)],
        },
    } | more  # fmt: skip


def _over(at: int, month: int, count: int) -> int | None:
    return count if month < at else None


def _list() -> dict[str, Any]:
    return {"customers": 42, "at_stake_minor": 610_240_00, "grade": dict(GRADE)}


def the_books(as_of: date | None = None, **more: Any) -> Books:
    """The books of that day, done; today's if none is said. What is measured otherwise goes in as `measures`."""
    day = as_of or clock.today()
    usual: dict[str, Any] = {
        "method": "bgnbd", "why": "fits", "customers": 800, "lists": {each.name: _list() for each in LISTS},
        "learned": {"numbers": {"customers": 800, "repeat_buyers": 410}, "params": None, "rhythm": "irregular"},
        "measures": figures(day, **more.pop("measures", {})),
    }  # fmt: skip
    now = clock.now()
    books = Books(as_of=day, state="done", share=100, created_at=now, ended_at=now, seconds=1.0, **usual | more)
    db.session.add(books)
    db.session.commit()
    return books
