"""Closing the books of a million customers and five million purchases, and what its pages cost then.

The refresh runs in a process of its own (`python -m bench.retention refresh`), in turns with one UPDATE of every
row of the table that it fills. Both are measured in CPU time of the process and the database together, and in seconds
on the clock. `python -m bench.retention fill CUSTOMERS` fills the portal that the environment names.
"""

import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, text

from bench.measure import cpu_seconds, family, in_turns
from bench.pages import WARM_UP, page
from bench.portals import Bench, Measured
from tests.runtime.portal_process import ROOT

PURCHASES_EACH = 5
FEW = 1_000
PAGES = {"/retention": "/retention", "a list": "/retention/overdue"}
CHANGED = (10, 1_000)
"""How many customers have changed, for the incremental run."""
TABLES = ("customers", "purchases")


def compare(bench: Bench, customers: int, rounds: int, requests: int) -> dict[str, Any]:
    """The refresh of so many customers against one UPDATE of all, and the pages against those of a thousand."""
    with bench.portal("books-few", 20) as few, bench.portal("books-many", 20) as many:
        run(few, "fill", str(FEW))
        run(few, "refresh")
        run(many, "fill", str(customers))
        found = {"customers": customers, **refreshed(many, bench), "pages": pages(few, many, rounds, requests)}
        found["changed"] = {str(count): run(many, "change", str(count)) for count in CHANGED}
    return found


def refreshed(measured: Measured, bench: Bench) -> dict[str, Any]:
    """The refresh and the UPDATE in turns, the first of each not counted."""
    engine = create_engine(measured.portal.database_url or f"sqlite:///{measured.portal.instance / 'portal.db'}")
    database = lambda: family(bench.server.pid) if bench.server else [os.getpid()]  # noqa: E731
    turns: list[dict[str, Any]] = []
    for _ in range(3):
        before = cpu_seconds(database())
        ours = run(measured, "refresh")
        ours["cpu_s"] += cpu_seconds(database()) - before
        before, started = cpu_seconds(database()), time.monotonic()
        with engine.begin() as connection:
            rows = connection.execute(text("UPDATE standings SET year_minor = year_minor + 1")).rowcount
        update = {"seconds": time.monotonic() - started, "cpu_s": cpu_seconds(database()) - before}
        turns.append({"refresh": ours, "update": update, "rows": rows})
    engine.dispose()
    best = {
        name: {unit: round(min(turn[name][unit] for turn in turns[1:]), 2) for unit in ("seconds", "cpu_s")}
        for name in ("refresh", "update")
    }
    return {
        **best,
        "ratio": round(best["refresh"]["seconds"] / best["update"]["seconds"], 2),
        "cpu_ratio": round(best["refresh"]["cpu_s"] / best["update"]["cpu_s"], 2),
        "memory_mb": max(turn["refresh"]["memory_mb"] for turn in turns),
        "rows": turns[-1]["rows"],
        "turns": turns,
    }


def pages(few: Measured, many: Measured, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """Per page: milliseconds of CPU with few and with many customers, their ratio, and that to the bare page."""
    asks = {
        (name, size): (page(measured.visitor(), path), measured.portal_processes)
        for name, path in PAGES.items()
        for size, measured in (("few", few), ("many", many))
    }
    asks["bare page", "few"] = (page(few.stranger(), "/"), few.bare_processes)
    served = in_turns(asks, rounds, requests, WARM_UP)
    bare = served["bare page", "few"].milliseconds
    found: dict[str, dict[str, float]] = {}
    for name in PAGES:
        small, large = served[name, "few"].milliseconds, served[name, "many"].milliseconds
        found[name] = {
            "few_ms": round(small, 2), "many_ms": round(large, 2), "many_to_few": round(large / small, 2),
            "to_bare": round((small + large) / 2 / bare, 2),
        }  # fmt: skip
    return found


def run(measured: Measured, *words: str) -> dict[str, Any]:
    """One of the commands below, on that portal; what it reports."""
    command = [sys.executable, "-m", "bench.retention", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **measured.portal.environment}, check=True, stdout=subprocess.PIPE
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(found: Any) -> str:
    """Markdown: a line per figure."""
    if not found or "retention" not in found:
        return ""
    data = found["retention"]
    lines = [
        ("", "goal", "PostgreSQL"),
        ("---", "---", "---"),
        (
            f"the whole refresh of {data['customers']:,} customers against one UPDATE of as many rows",
            "≤ 5 ×",
            "{cpu_ratio} × of CPU time, {ratio} × on the clock ({seconds:.1f} s)".format(
                **data, seconds=data["refresh"]["seconds"]
            ),
        ),
        ("its memory", "≤ 1 GB", f"{data['memory_mb']} MB"),
        *(
            (f"{count} customers changed", "", f"{each['judged']} judged anew in {each['seconds']} s")
            for count, each in data["changed"].items()
        ),
    ]
    for name, each in data["pages"].items():
        sizes, bare = f"{each['many_to_few']} ×", f"{each['to_bare']} × ({each['many_ms']} ms)"
        lines.append((f"{name}: {data['customers']:,} customers against {FEW:,}", "≤ 1.25 ×", sizes))
        lines.append((f"{name}: CPU time against the bare page", "≤ 1.5 ×", bare))
    return "\n".join(["", *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"


# In processes of their own


def fill(customers: int) -> dict[str, Any]:
    """So many customers with their purchases over two years up to today, poured past all checks.

    The index that searches names by their parts is left out: nothing here searches.
    """
    import numpy as np

    from bench import buying
    from portal import clock
    from portal.customers.models import Customer
    from portal.extensions import db
    from portal.purchases.models import Purchase
    from portal.retention import figures
    from portal.retention.figures import Ledger
    from portal.retention.pouring import pour
    from portal.retention.queries import DAYS

    today = clock.today().toordinal()
    postgresql = db.engine.dialect.name == "postgresql"
    empty(postgresql)
    whose, when = buying.purchases(customers, PURCHASES_EACH)
    whose, when = whose + 1, when + today - buying.DAYS
    ids = np.arange(1, customers + 1)
    chance = np.random.default_rng(7)
    amount = chance.integers(100, 1_000, len(whose)) * (whose % 97 + 3)
    known = figures.of(ids, Ledger.of(whose * DAYS + when, amount, np.zeros_like(whose), ["MXN"]))
    names = np.char.add("Customer ", ids.astype(np.str_))
    words = {name: np.full(customers, "") for name in ("city", "notes")}
    people = {
        "id": ids, "name": names, "sort_name": np.char.lower(names), "search_text": np.char.lower(names), **words,
        "assignee_id": chance.integers(0, 5, customers), "version": np.ones_like(ids),
        "status": np.where(known["purchase_days"] > 1, "client", "buyer"), "purchase_days": known["purchase_days"],
        "first_purchase_on": known["first"], "second_purchase_on": known["second"], "last_purchase_on": known["last"],
        "revenue_minor": known["revenue"],
        "currency": np.full(customers, "MXN"), "median_interval_days": known["median_gap"],
        "last_touch_on": np.minimum(known["first"] + chance.integers(0, 700, customers), today),
        "next_touch_on": np.full(customers, today + 30),
    }  # fmt: skip
    sold = {
        "customer_id": whose, "purchased_on": when, "amount_minor": amount, "currency": np.full(len(whose), "MXN"),
        "number": np.full(len(whose), ""), "description": np.full(len(whose), ""), "version": np.ones_like(whose),
    }  # fmt: skip
    for model, columns in ((Customer, people), (Purchase, sold)):
        made_at = {} if postgresql else {"created_at": np.full(len(columns["version"]), None)}
        pour(model.__table__, len(columns["version"]), columns | made_at)  # type: ignore[arg-type]
    db.session.commit()
    return {"customers": customers, "purchases": len(whose)}


def empty(postgresql: bool) -> None:
    """Nobody there, and instants filled in by the database."""
    from portal.extensions import db

    made_at = datetime.now(UTC) - timedelta(days=800)
    if not postgresql:
        raise SystemExit("The retention bench fills PostgreSQL.")
    tables = "customers, purchases, follow_ups, commitments, contacts, events, standings, list_entries, books"
    db.session.execute(text("SET session_replication_role = replica"))
    db.session.execute(text("SET statement_timeout = 0"))
    db.session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    index = "SELECT indexname FROM pg_indexes WHERE tablename = 'customers' AND indexdef LIKE '%gin%'"
    for name in db.session.scalars(text(index)).all():
        db.session.execute(text(f"DROP INDEX {name}"))
    for table in TABLES:
        db.session.execute(text(f"ALTER TABLE {table} ALTER created_at SET DEFAULT '{made_at.isoformat()}'"))


def refresh() -> dict[str, Any]:
    """The books of today, and what they cost this process."""
    from portal import clock
    from portal.retention import refreshing

    started = time.perf_counter()
    books = refreshing.refresh(clock.today(), tell=lambda step, share: print(step, file=sys.stderr))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - started,
        "cpu_s": used.ru_utime + used.ru_stime,
        "memory_mb": round(used.ru_maxrss / 1024),
        "method": books.method,
        "customers": books.customers,
        "entries": sum(each["customers"] for each in books.lists.values()),
    }


def change(count: int) -> dict[str, Any]:
    """So many customers change hands, and today's books are brought up to date; what that costs, and what it wrote."""
    from sqlalchemy import select

    from portal.customers.models import Customer
    from portal.extensions import db
    from portal.retention import keeping_up

    for customer in db.session.scalars(select(Customer).where(Customer.id <= count)):
        customer.assign(None, by=None)  # type: ignore[arg-type]
    db.session.commit()
    started = time.perf_counter()
    judged = keeping_up.keep_up()
    seconds = time.perf_counter() - started
    return {"judged": judged, "seconds": round(seconds, 3)}


def main(words: list[str]) -> None:
    """Run one of the commands in the app's context."""
    from portal import clock, create_app
    from portal.extensions import db
    from portal.settings.queries import the_firm

    with create_app().app_context():
        firm = the_firm()
        clock.use_zone(firm.time_zone if firm else "UTC")
        db.session.rollback()
        if words[0] == "fill":
            found = fill(int(words[1]))
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text("VACUUM ANALYZE"))
        else:
            found = refresh() if words[0] == "refresh" else change(int(words[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
