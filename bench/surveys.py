"""What a survey's results cost with a million answers, against a thousand.

`python -m bench.surveys 1000000` fills the portal that the environment names with that many answers to its first
survey; those of the last week are counted by the tally job.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, text

from bench.measure import in_turns
from bench.pages import WARM_UP, page
from bench.portals import Bench, Measured
from tests.runtime.portal_process import ROOT

FEW = 1_000
CUSTOMERS = 1_000
DAYS = 730
AT_ONCE = 20_000
NEW = timedelta(days=7)
PAGES = {"results of a survey": "/surveys/1", "all surveys": "/surveys"}
COMMENTS = ("All arrived on the day that was promised.", "Nobody called back for a week.", "", "", "")


def compare(bench: Bench, many: int, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """Per page: milliseconds of CPU with few and with many answers, and their ratio. Rounds alternate."""
    with bench.portal("answers-few", CUSTOMERS) as few, bench.portal("answers-many", CUSTOMERS) as lots:
        fill(few, FEW)
        fill(lots, many)
        asks = {
            (name, size): (page(measured.visitor(), path), measured.portal_processes)
            for name, path in PAGES.items()
            for size, measured in (("few", few), ("many", lots))
        }
        served = in_turns(asks, rounds, requests, WARM_UP)
    found: dict[str, dict[str, float]] = {}
    for name in PAGES:
        small, large = served[name, "few"].milliseconds, served[name, "many"].milliseconds
        found[name] = {"few_ms": round(small, 2), "many_ms": round(large, 2), "many_to_few": round(large / small, 2)}
    return found


def fill(measured: Measured, count: int) -> None:
    """Fill that portal."""
    words = [sys.executable, "-m", "bench.surveys", str(count)]
    subprocess.run(words, cwd=ROOT, env={**os.environ, **measured.portal.environment}, check=True)


def pour(count: int) -> None:
    """Write so many answers, each with its invitation, over two years up to now; the job counts the last week's."""
    from portal import bulk
    from portal.customers.models import Customer
    from portal.extensions import db
    from portal.invitations.models import Invitation
    from portal.responses.models import Response
    from portal.surveys import tallies
    from portal.users.models import User

    chance, now = Random(7), datetime.now(UTC)
    customers = list(db.session.scalars(select(Customer.id)))
    users = list(db.session.scalars(select(User.id)))
    asked: Any = Invitation.__table__
    answered: Any = Response.__table__
    for start in range(0, count, AT_ONCE):
        n = min(AT_ONCE, count - start)
        at = [now - timedelta(days=DAYS * (start + k + 1) / count) for k in range(n)]
        days, counted = [moment.date() for moment in at], [moment < now - NEW for moment in at]
        shared = {
            "survey_id": bulk.Same(1), "locale": bulk.Same("en"), "customer_id": chance.choices(customers, k=n),
            "assignee_id": chance.choices(users, k=n),
        }  # fmt: skip
        ids = bulk.next_ids(asked, n)
        seeds = [f"{start + k:022d}" for k in range(n)]
        bulk.insert(
            asked, n,
            {
                **shared, "id": ids, "cause": [f"bench:{seed}" for seed in seeds], "channel": bulk.Same("link"),
                "seed": seeds, "token_hash": seeds, "send_on": days, "sent_on": days, "sent_at": at,
                "delivered_at": at, "answered_at": at, "expires_on": days, "created_at": at, "tallied": counted,
            },
        )  # fmt: skip
        bulk.insert(
            answered, n,
            {
                **shared, "invitation_id": ids, "score": chance.choices(range(11), range(1, 12), k=n),
                "comment": chance.choices(COMMENTS, k=n), "answered_at": at, "answered_on": days,
                "answers": bulk.Stored(["[]"] * n), "tallied": counted,
            },
        )  # fmt: skip
        db.session.commit()
    tallies.rebuild()
    tallies.gather()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


if __name__ == "__main__":
    from portal import create_app

    with create_app().app_context():
        pour(int(sys.argv[1]))
