"""The importer against the least that could be done: the csv module and executemany into the same table."""

import csv
import json
import random
import sqlite3
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.portals import Bench
from tests.runtime.portal_process import ROOT, Portal

CDNOW = ROOT.parent / "shared" / "data" / "cdnow.csv"
NOW = "2026-01-01 00:00:00"


def ratio(bench: Bench) -> dict[str, Any]:
    """Seconds of both and how many times longer the importer takes. Best of two each, on databases of their own."""
    file = CDNOW if CDNOW.exists() else invented(bench.folder / "purchases.csv")
    bare = min(by_hand(bench.empty(f"by_hand_{n}"), file) for n in range(2))
    ours = min(by_importer(bench.empty(f"by_importer_{n}"), file) for n in range(2))
    return {"rows": sum(1 for _ in file.open()) - 1, "bare_s": bare, "ours_s": ours, "ratio": round(ours / bare, 1)}


def by_importer(portal: Portal, file: Path) -> float:
    """Seconds of `purchases import`, from the command to its report."""
    portal.command("demo", "load", "--customers", "1", "--locale", "en")
    mapping = "customer=customer,date=date,amount=amount_usd"
    report = portal.command("purchases", "import", str(file), "--map", mapping, "--currency", "USD", "--json")
    return float(json.loads(report.stdout)["seconds"])


def by_hand(portal: Portal, file: Path) -> float:
    """Seconds of reading the file and inserting its rows as they are, every one to the same customer."""
    portal.command("demo", "load", "--customers", "1", "--locale", "en")
    started = time.monotonic()
    with file.open(newline="") as lines:
        rows = [(1, row["date"], round(float(row["amount_usd"]) * 100), "USD", NOW) for row in csv.DictReader(lines)]
    columns = "(customer_id, purchased_on, amount_minor, currency, number, description, version, created_at)"
    mark = "%s" if portal.database_url else "?"
    values = f"({mark}, {mark}, {mark}, {mark}, '', '', 1, {mark})"
    connection = connect(portal)
    cursor = connection.cursor()
    cursor.executemany(f"INSERT INTO purchases {columns} VALUES {values}", rows)
    connection.commit()
    connection.close()
    return round(time.monotonic() - started, 2)


def connect(portal: Portal) -> Any:
    """The database's own driver."""
    if portal.database_url:
        import psycopg

        return psycopg.connect(portal.database_url.replace("+psycopg", ""))
    connection = sqlite3.connect(portal.instance / "portal.db")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def invented(path: Path) -> Path:
    """A file like CDNOW's, where that is not at hand."""
    chance = random.Random(7)
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["customer", "date", "cds", "amount_usd"])
        for _ in range(70_000):
            on = date(1997, 1, 1) + timedelta(days=chance.randrange(540))
            amount = f"{chance.uniform(5, 200):.2f}"
            writer.writerow([chance.randrange(1, 23_000), on.isoformat(), chance.randrange(1, 9), amount])
    return path
