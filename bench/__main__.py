"""`make bench`: measures the portal against the bare page and writes the table of the README.

Everything is served on loopback by processes of its own, from data that the demo command makes. A ratio compares CPU
time per request (user and system, of server and database processes, from /proc) within one run, in interleaved
rounds. `--quick` takes smaller data and fewer rounds, for looking while working.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import (
    answering,
    importing,
    invitations,
    pages,
    playbooks,
    prediction,
    relay,
    report,
    retention,
    surveys,
    weight,
)
from bench.portals import Bench, on_postgresql, on_sqlite

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run it all and print the table."""
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("--quick", action="store_true", help="10,000 customers instead of 100,000, fewer rounds")
    words.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parts = [
        "pages",
        "import",
        "invitations",
        "weight",
        "answers",
        "results",
        "prediction",
        "retention",
        "relay",
        "playbooks",
    ]
    words.add_argument("--only", choices=parts, help="one part")
    words.add_argument("--customers", type=int, help="so many in the part of retention, instead of a million")
    asked = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what has been started is stopped on the way out
    small, large = 1_000, 10_000 if asked.quick else 100_000
    rounds, requests = (10, 60) if asked.quick else (12, 100)
    started = time.monotonic()
    found: dict[str, Any] = {"small": small, "large": large}
    if asked.only in (None, "prediction", "retention"):
        found["prediction"] = prediction.figures(asked.quick)
    databases = [] if asked.only == "prediction" else [on_sqlite] if asked.sqlite_only else [on_sqlite, on_postgresql]
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        for where in databases:
            with where(Path(folder)) as bench:
                found[bench.name] = measured(bench, asked.only, small, large, rounds, requests)
                if asked.only in (None, "retention"):
                    books = asked.customers or 10 * large
                    found[bench.name]["retention"] = retention.compare(bench, books, rounds // 2, requests)
    found["seconds"] = round(time.monotonic() - started)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "bench.json").write_text(json.dumps(found, indent=2))
    table = report.table(found) if databases and asked.only not in ("retention", "relay") else ""
    table += prediction.table(found.get("prediction")) + retention.table(found) + relay.table(found)
    (RESULTS / "bench.md").write_text(table)
    print(table)


def measured(bench: Bench, only: str | None, small: int, large: int, rounds: int, requests: int) -> dict[str, object]:
    """All figures on one database."""
    found: dict[str, object] = {}
    if only in (None, "pages", "weight"):
        with bench.portal("small", small) as few:
            if only != "weight":
                with bench.portal("large", large) as many:
                    found["pages"] = pages.compare(few, many, rounds, requests)
            found["weight"] = weight.of(few)
            found["memory"] = weight.memory(few)
    if only in (None, "answers"):
        found["answers"] = answering.measured(bench, rounds, requests)
    if only in (None, "import"):
        found["import"] = importing.ratio(bench)
    if only in (None, "results"):
        found["results"] = surveys.compare(bench, 10 * large, rounds, requests)
    if only in (None, "relay"):
        found["relay"] = relay.compare(bench, 10 * large, rounds, requests)
    if only in (None, "invitations"):
        found["invitations"] = invitations.queued(bench, large)
    if only in (None, "playbooks"):
        found["playbooks"] = playbooks.started(bench, large)
    return found


if __name__ == "__main__":
    main()
