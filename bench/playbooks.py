"""What an import of recent purchases starts: the playbooks' time beside the import's own, and for each of ten times as
many.

`python -m bench.playbooks N` does the work in a process of its own, on the database that its environment names.
Times are CPU seconds of that process; on PostgreSQL, whose server works beside it, they are those of a clock.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.portals import Bench
from tests.runtime.portal_process import ROOT, Portal


def started(bench: Bench, large: int) -> dict[str, Any]:
    """What a start costs against the import, for so many purchases and for a tenth of them."""
    found = {}
    for name, purchases in (("few", large // 10), ("many", large)):
        portal = bench.empty(f"playbooks_{name}")
        portal.command("demo", "load", "--customers", "1", "--locale", "en")
        found[name] = measured(portal, purchases)
    few, many = found["few"], found["many"]
    each = {name: figures["starting"] / figures["purchases"] for name, figures in found.items()}
    return {
        "purchases": large,
        "runs": many["runs"],
        "importing": many["importing"],
        "starting": many["starting"],
        "making": many["making"],
        "made": many["made"],
        "to_import": round(many["starting"] / many["importing"], 2),
        "all_to_import": round((many["starting"] + many["making"]) / many["importing"], 2),
        "many_to_few": round(each["many"] / each["few"], 2),
        "few": few,
    }


def measured(portal: Portal, purchases: int) -> dict[str, Any]:
    """Seconds of importing so many purchases, of starting what they start, and of making what is due of it at once."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.playbooks", str(purchases)],
        cwd=ROOT, env=portal.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def work(purchases: int, folder: Path) -> dict[str, Any]:
    """Import, start, make; every purchase is a customer's first, of the last four weeks."""
    from sqlalchemy import delete, func, select, update

    from portal import clock, followers
    from portal.extensions import db
    from portal.playbooks import jobs, ready
    from portal.playbooks.models import Playbook, PlaybookRun, RunStep
    from portal.settings.queries import the_firm
    from portal.timeline.following import follow
    from tests.imports.running import begin

    firm = the_firm()
    assert firm is not None
    clock.use_zone(firm.time_zone)
    follower = next(each for each in followers.FOLLOWERS if each.name == "playbooks")
    follow(follower.name, follower.kinds, follower.handle, follower.at_once)
    db.session.execute(update(Playbook).values(is_on=False))
    db.session.execute(delete(RunStep))
    db.session.execute(delete(PlaybookRun))
    standing = db.session.scalar(select(Playbook).where(Playbook.trigger == "first_purchase"))
    playbook = standing or ready.add(ready.FIRST.key, "en", None)
    playbook.is_on = True
    db.session.commit()
    path = folder / "recent.csv"
    today = clock.today()
    with path.open("w") as file:
        file.write("order,customer,email,date,amount\n")
        for number in range(purchases):
            on = today - timedelta(days=number % 28)
            file.write(f"N{number},C{number},c{number}@x.example,{on},{number % 900}.00\n")
    import_ = begin(folder, path)
    import_.start(None)
    db.session.commit()
    id = import_.id
    from portal.imports import running

    figures = {"purchases": purchases, "importing": seconds(lambda: running.run(id, folder))}
    figures["starting"] = seconds(lambda: follow(follower.name, follower.kinds, follower.handle, follower.at_once))
    runs = db.session.scalar(select(func.count()).select_from(PlaybookRun)) or 0
    assert runs == purchases, runs
    figures["making"] = seconds(jobs.make_due)
    figures["runs"] = runs
    settled = select(func.count()).select_from(RunStep).where(RunStep.state != "waiting")
    figures["made"] = db.session.scalar(settled) or 0
    return figures


def seconds(do: Callable[[], object]) -> float:
    """How long it takes: CPU time where the database is in this process."""
    from portal.extensions import db

    now = time.process_time if db.engine.dialect.name == "sqlite" else time.monotonic
    begun = now()
    do()
    return round(now() - begun, 2)


def main() -> None:
    """Do the work and print how long it took."""
    from portal import create_app

    app = create_app()
    with app.app_context():
        print(json.dumps(work(int(sys.argv[1]), Path(app.instance_path))))


if __name__ == "__main__":
    main()
