"""Closing the books of a million customers and five million purchases, and what its pages cost then.

The refresh runs in a process of its own (`python -m bench.retention refresh`), in turns with one UPDATE of every
row of the table that it fills. Both are measured in CPU time of the process and the database together, and in seconds
on the clock. Nothing else of the portal runs then. `python -m bench.retention fill CUSTOMERS` fills the portal that
the environment names.
"""

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, text

from bench.measure import cpu_of_each, family, in_turns, spent
from bench.pages import WARM_UP, page
from bench.portals import Bench, Measured
from portal.lists.catalogue import LISTS
from tests.runtime.portal_process import ROOT, Portal

PURCHASES_EACH = 5
FEW = 1_000
PAGES = ("/retention", *(f"/retention/{each.name}" for each in LISTS))
CHANGED = (10, 1_000)
"""How many customers have changed, for the incremental run."""
TURNS = 3
"""Refresh and UPDATE; the first turn is not counted."""
AT_ONCE = 500_000
"""Rows poured at a time."""


def compare(bench: Bench, customers: int, rounds: int, requests: int) -> dict[str, Any]:
    """The refresh of so many customers against one UPDATE of all, and the pages against those of a thousand."""
    few, many = bench.furnished("books-few", 20), bench.furnished("books-many", 20)
    started = time.monotonic()
    run(few, "fill", str(FEW))
    run(few, "refresh")
    found = {"customers": customers, **run(many, "fill", str(customers)), **refreshed(many, bench)}
    found["judging"] = run(many, "judge")
    found["changed"] = {str(count): run(many, "change", str(count)) for count in CHANGED}
    found["queries"] = {size: run(portal, "ask", portal.cookie) for size, portal in (("few", few), ("many", many))}
    with bench.served(few) as few_served, bench.served(many) as many_served:
        found["pages"] = pages(few_served, many_served, rounds, requests)
    return found | {"took_s": round(time.monotonic() - started)}


def refreshed(portal: Portal, bench: Bench) -> dict[str, Any]:
    """The refresh and the UPDATE in turns, the first of each not counted."""
    engine = create_engine(portal.database_url or f"sqlite:///{portal.instance / 'portal.db'}")
    database = lambda: family(bench.server.pid) if bench.server else [os.getpid()]  # noqa: E731
    turns: list[dict[str, Any]] = []
    for _ in range(TURNS):
        before = cpu_of_each(database())
        ours = run(portal, "refresh")
        ours["cpu_s"] += spent(before, cpu_of_each(database()))
        before, started = cpu_of_each(database()), time.monotonic()
        with engine.begin() as connection:
            rows = connection.execute(text("UPDATE standings SET year_minor = year_minor + 1")).rowcount
        update = {"seconds": time.monotonic() - started, "cpu_s": spent(before, cpu_of_each(database()))}
        turns.append({"refresh": ours, "update": update, "rows": rows})
    engine.dispose()
    best = {
        name: {unit: round(min(turn[name][unit] for turn in turns[1:]), 2) for unit in ("seconds", "cpu_s")}
        for name in ("refresh", "update")
    }
    return {
        **best,
        "ratio": round(best["refresh"]["seconds"] / best["update"]["seconds"], 2),
        "cpu_ratio": round(best["refresh"]["cpu_s"] / max(best["update"]["cpu_s"], 0.01), 2),
        "memory_mb": max(turn["refresh"]["memory_mb"] for turn in turns),
        "rows": turns[-1]["rows"],
        "turns": turns,
    }


def pages(few: Measured, many: Measured, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """Per page: milliseconds of CPU with few and with many customers, their ratio, and that of both to the bare pages
    of the same two.
    """
    asks = {
        (path, size): (page(measured.visitor(), path), measured.portal_processes)
        for path in PAGES
        for size, measured in (("few", few), ("many", many))
    }
    for size, measured in (("few", few), ("many", many)):
        asks["bare page", size] = (page(measured.stranger(), "/"), measured.bare_processes)
    served = in_turns(asks, rounds, requests, WARM_UP)
    bare = served["bare page", "few"].milliseconds + served["bare page", "many"].milliseconds
    found: dict[str, dict[str, float]] = {}
    for path in PAGES:
        small, large = served[path, "few"].milliseconds, served[path, "many"].milliseconds
        found[path] = {
            "few_ms": round(small, 2), "many_ms": round(large, 2), "many_to_few": round(large / small, 2),
            "to_bare": round((small + large) / bare, 2),
        }  # fmt: skip
    return found


def run(portal: Portal, *words: str) -> dict[str, Any]:
    """One of the commands below, on that portal; what it reports."""
    command = [sys.executable, "-m", "bench.retention", *words]
    done = subprocess.run(command, cwd=ROOT, env=portal.environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(found: dict[str, Any]) -> str:
    """Markdown: a line per figure, a column per database; nothing, where none was measured."""
    names = [name for name in ("SQLite", "PostgreSQL") if "retention" in (found.get(name) or {})]
    if not names:
        return ""
    columns = [lines(found[name]["retention"]) for name in names]
    rows = [["", "goal", *names], ["---"] * (2 + len(names))]
    rows += [[*same[0][:2], *(line[2] for line in same)] for same in zip(*columns, strict=True)]
    return "\n".join(["", *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def lines(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was measured, its goal, and the figure."""
    of, cost, update = f"{data['customers']:,} customers", data["refresh"], data["update"]
    against = f"{data['cpu_ratio']} × of CPU time ({cost['cpu_s']:.1f} s against {update['cpu_s']:.1f} s)"
    on_the_clock = f"{data['ratio']} × on the clock ({cost['seconds']:.1f} s)"
    judging = "{learn_s:.2f} s and {judge_s:.2f} s".format(**data["judging"])
    most = max(max(each.values()) for each in data["queries"].values())
    told = [
        (f"the whole refresh of {of} against one UPDATE of as many rows", "≤ 5 ×", f"{against}, {on_the_clock}"),
        ("its memory", "≤ 1 GB", f"{data['memory_mb']} MB"),
        (f"fitting and scoring {of}, out of what was read", "≤ 2 s", judging),
    ]
    for count, each in data["changed"].items():
        told.append((f"{count} customers changed", "", f"{each['judged']} judged anew in {each['seconds']} s"))
    told.append(("queries of these pages, at most", "≤ 6", str(most)))
    for path, each in data["pages"].items():
        sizes = f"{each['many_to_few']} × ({each['many_ms']} ms)"
        told.append((f"`{path}`: {of} against {FEW:,}", "≤ 1.25 ×", sizes))
        told.append((f"`{path}`: CPU time against the bare page", "≤ 1.5 ×", f"{each['to_bare']} ×"))
    return told


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
    _pour(Customer.__table__, people, postgresql)
    _pour(Purchase.__table__, sold, postgresql)
    db.session.commit()
    return {"customers": customers, "purchases": len(whose)}


def _pour(table: Any, columns: dict[str, Any], postgresql: bool) -> None:
    """A piece at a time; on PostgreSQL the database fills in when it was."""
    from portal.retention.pouring import pour

    count = len(columns["version"])
    for start in range(0, count, AT_ONCE):
        some = {name: values[start : start + AT_ONCE] for name, values in columns.items()}
        here = len(some["version"])
        if not postgresql:
            import numpy as np

            some["created_at"] = np.full(here, datetime.now(UTC) - LONG_AGO, dtype=object)
        pour(table, here, some)


def empty(postgresql: bool) -> None:
    """Nobody there, nothing that looks after searching, and instants filled in by the database."""
    from portal.extensions import db

    tables = _of_customers()
    if not postgresql:
        for name in db.session.scalars(text(TRIGGERS)).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in tables:
            db.session.execute(table.delete())
        return
    db.session.execute(text("SET session_replication_role = replica"))
    db.session.execute(text("SET statement_timeout = 0"))
    names = ", ".join(table.name for table in tables)
    db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    index = "SELECT indexname FROM pg_indexes WHERE tablename = 'customers' AND indexdef LIKE '%gin%'"
    for name in db.session.scalars(text(index)).all():
        db.session.execute(text(f"DROP INDEX {name}"))
    made_at = (datetime.now(UTC) - LONG_AGO).isoformat()
    for name in ("customers", "purchases"):
        db.session.execute(text(f"ALTER TABLE {name} ALTER created_at SET DEFAULT '{made_at}'"))


def _of_customers() -> list[Any]:
    """The tables whose rows hang on customers, and those of the books."""
    from portal.tables import metadata

    found = {metadata.tables[name] for name in ("customers", "books", "events", "standings", "list_entries")}
    while (
        more := {
            table for table in metadata.tables.values() if any(key.column.table in found for key in table.foreign_keys)
        }
        - found
    ):
        found |= more
    return list(found)


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


def judge() -> dict[str, Any]:
    """What is learned of everybody, and everybody judged by it: seconds of CPU, the best of three."""
    from portal import clock
    from portal.retention import judging, learning, reading

    known = reading.known(clock.today())
    best: dict[str, float] = {}
    for _ in range(3):
        started = time.process_time()
        learned = learning.learn(known)
        between = time.process_time()
        judging.judge(known, learned)
        took = {"learn_s": between - started, "judge_s": time.process_time() - between}
        best = min(best or took, took, key=lambda each: sum(each.values()))
    return {**best, "customers": len(known.id), "method": learned.method}


def ask(cookie: str) -> dict[str, int]:
    """How many queries each page makes."""
    from flask import current_app

    from portal.extensions import db
    from tests.recorder import QueryRecorder

    app: Any = current_app
    visitor, recorder, found = app.test_client(use_cookies=False), QueryRecorder(db.engine), {}
    with ThreadPoolExecutor(1) as apart:  # where no request before it has left anything
        for path in PAGES:
            with recorder:
                answer = apart.submit(visitor.get, path, headers={"Cookie": cookie}).result()
            assert answer.status_code == 200, (path, answer.status)
            found[path] = len(recorder)
    return found


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
        found = COMMANDS[words[0]](*words[1:])
    print(json.dumps(found))


TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'customers'"
LONG_AGO = timedelta(days=800)
COMMANDS: dict[str, Any] = {
    "fill": lambda count: filled(int(count)), "refresh": refresh, "judge": judge, "ask": ask,
    "change": lambda count: change(int(count)),
}  # fmt: skip


def filled(customers: int) -> dict[str, Any]:
    """The portal, filled, and looked at by its database for plans to be made by it."""
    from portal.extensions import db

    found = fill(customers)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
