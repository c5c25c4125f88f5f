"""What the pages of the relay cost at a million customers against a thousand, and how long the clock takes to count.

The portals are filled with plain rows, past the story of the demo: customers of every phase and leg, held by somebody
or nobody, with hand-offs and promises that hold some of them. `python -m bench.relay fill CUSTOMERS` does it, in a
process of its own.
"""

import json
import os
import subprocess
import sys
from typing import Any

from bench.measure import in_turns
from bench.pages import WARM_UP, page
from bench.portals import Bench, Measured
from tests.runtime.portal_process import ROOT

FEW = 1_000
PAGES = {
    "board": "/relay",
    "one phase": "/relay?phase=loyalty",
    "hand-offs": "/relay/hand-offs?show=waiting",
    "weekly review": "/relay/review",
}


def compare(bench: Bench, customers: int, rounds: int, requests: int) -> dict[str, Any]:
    """Per page: milliseconds of CPU with few and with many customers, their ratio, and that to the bare page."""
    with bench.portal("relay-few", 20) as few, bench.portal("relay-many", 20) as many:
        run(few, "fill", str(FEW))
        run(many, "fill", str(customers))
        for each in (few, many):
            counted = json.loads(each.portal.command("relay", "refresh", "--json").stdout)
            weeks = json.loads(each.portal.command("relay", "weeks", "--json").stdout)
        return {
            "customers": customers,
            "counted_s": counted["seconds"],
            "weeks_s": weeks["seconds"],
            "pages": pages(few, many, rounds, requests),
        }


def pages(few: Measured, many: Measured, rounds: int, requests: int) -> dict[str, dict[str, float]]:
    """What they cost, in rounds that take turns."""
    asks = {
        (name, size): (page(measured.visitor(), path), measured.portal_processes)
        for name, path in PAGES.items()
        for size, measured in (("few", few), ("many", many))
    }
    asks["bare page", "few"] = (page(few.stranger(), "/"), few.bare_processes)
    served = in_turns(asks, rounds, requests, WARM_UP)
    bare = served["bare page", "few"].milliseconds
    found = {}
    for name in PAGES:
        small, large = served[name, "few"].milliseconds, served[name, "many"].milliseconds
        found[name] = {
            "few_ms": round(small, 2), "many_ms": round(large, 2), "many_to_few": round(large / small, 2),
            "to_bare": round((small + large) / 2 / bare, 2),
        }  # fmt: skip
    return found


def run(measured: Measured, *words: str) -> None:
    """One of the commands below, on that portal."""
    command = [sys.executable, "-m", "bench.relay", *words]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **measured.portal.environment}, check=True)


def table(found: dict[str, Any]) -> str:
    """Markdown: a line per figure, for each database that was measured."""
    databases = {name: found[name]["relay"] for name in ("SQLite", "PostgreSQL") if "relay" in found.get(name, {})}
    if not databases:
        return ""
    lines = [("", "goal", *databases), ("---",) * (2 + len(databases))]
    for name in PAGES:
        sizes = [
            f"{data['pages'][name]['many_to_few']} × ({data['pages'][name]['many_ms']} ms)"
            for data in databases.values()
        ]
        customers = next(iter(databases.values()))["customers"]
        lines.append((f"{name} of the relay: {customers:,} customers against {FEW:,}", "≤ 1.5 ×", *sizes))
    lines.append(("counting the board, by the clock", "", *(f"{data['counted_s']} s" for data in databases.values())))
    lines.append(("counting all weeks of two years", "", *(f"{data['weeks_s']} s" for data in databases.values())))
    return "\n".join(["", *(f"| {' | '.join(line)} |" for line in lines)]) + "\n"


# In a process of its own

AT_ONCE = 100_000


def fill(customers: int) -> None:
    """So many customers in all phases, some with a hand-off that waits or was dropped, some with a late promise."""
    from sqlalchemy import text

    from portal import clock
    from portal.extensions import db
    from portal.users.queries import active_users

    clock.use_zone("America/Mexico_City")
    today, now = clock.today(), clock.now()
    user_ids = [user.id for user in active_users()]
    for start in range(0, customers, AT_ONCE):
        _customers(range(start, min(customers, start + AT_ONCE)), user_ids, today, now)
        db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _customers(numbers: range, user_ids: list[int], today: Any, now: Any) -> None:
    from datetime import timedelta

    from portal import bulk
    from portal.commitments.models import Commitment
    from portal.customers.models import Customer
    from portal.relay.models import HandOff, Holding

    tables = Customer.metadata.tables
    ids = list(bulk.next_ids(tables["customers"], len(numbers)))

    def ago(number: int, most: int) -> Any:
        return today - timedelta(days=number * 7919 % most)

    status = [("prospect", "buyer", "client", "client")[n % 4] for n in numbers]
    names = [f"Bench {n:07}" for n in numbers]
    bulk.insert(
        tables["customers"], len(numbers),
        {
            "id": ids, "name": names, "sort_name": names, "search_text": names, "created_at": bulk.Same(now),
            "status": status, "leg": [(None, "marketing", "sales", "service", "service")[n % 5] for n in numbers],
            "leg_since": [ago(n, 700) for n in numbers],
            "first_purchase_on": [ago(n, 700) if n % 4 else None for n in numbers],
            "second_purchase_on": [ago(n, 600) if n % 4 > 1 else None for n in numbers],
            "last_touch_on": [ago(n, 120) for n in numbers],
            "revenue_minor": [n % 4 * 100_00 for n in numbers], "currency": bulk.Same("MXN"),
            "assignee_id": [user_ids[n % len(user_ids)] if n % 5 else None for n in numbers],
        },
    )  # fmt: skip
    held = [(n, id) for n, id in zip(numbers, ids, strict=True) if n % 5]
    bulk.insert(
        tables[Holding.__tablename__], len(held),
        {
            "customer_id": [id for _, id in held], "from_on": [ago(n, 700) for n, _ in held],
            "leg": [("marketing", "sales", "service", "service")[n % 5 - 1] for n, _ in held],
            "user_id": [user_ids[n % len(user_ids)] for n, _ in held],
        },
    )  # fmt: skip
    some = [(n, id) for n, id in zip(numbers, ids, strict=True) if n % 10 == 0]
    bulk.insert(
        tables[HandOff.__tablename__], len(some),
        {
            "customer_id": [id for _, id in some], "to_leg": bulk.Same("service"), "offered_on": bulk.Same(today),
            "due_on": bulk.Same(today + timedelta(days=2)), "created_at": bulk.Same(now),
            "state": ["dropped" if n % 20 else "offered" for n, _ in some],
            "dropped_on": [today if n % 20 else None for n, _ in some],
        },
    )  # fmt: skip
    bulk.insert(
        tables[Commitment.__tablename__], len(some),
        {
            "customer_id": [id for _, id in some], "side": bulk.Same("ours"), "text": bulk.Same("Send the invoice"),
            "due_on": [ago(n, 30) for n, _ in some], "original_due_on": [ago(n, 30) for n, _ in some],
            "created_at": bulk.Same(now),
        },
    )  # fmt: skip


if __name__ == "__main__":
    from portal import create_app

    with create_app().app_context():
        {"fill": fill}[sys.argv[1]](int(sys.argv[2]))
