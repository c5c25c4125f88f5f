"""Asking a whole list: how many invitations are queued per second, and whether a tenfold list costs as much for each.

`python -m bench.invitations N` does the work in a process of its own, on the database that its environment names.
"""

import json
import subprocess
import sys
import time
from uuid import uuid4

from bench.portals import Bench
from tests.runtime.portal_process import ROOT, Portal


def queued(bench: Bench, large: int) -> dict[str, float]:
    """Invitations per second for that many customers and for a tenth of them, each on a database of its own."""
    per_second = {}
    for name, customers in (("few", large // 10), ("many", large)):
        portal = bench.empty(f"invitations_{name}")
        portal.command("demo", "load", "--customers", "1", "--locale", "en")
        per_second[name] = customers / seconds(portal, customers)
    return {
        "customers": large,
        "per_second": round(per_second["many"]),
        "many_to_few": round(per_second["few"] / per_second["many"], 2),
    }


def seconds(portal: Portal, customers: int) -> float:
    """From the wish to ask so many customers until every invitation waits to be sent."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.invitations", str(customers)],
        cwd=ROOT, env=portal.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return float(json.loads(done.stdout)["seconds"])


def ask_everybody(count: int) -> float:
    """Make customers, half of them with a contact, and ask them all; seconds of the asking."""
    from sqlalchemy import select

    from portal import bulk, clock
    from portal.contacts.models import Contact
    from portal.customers.filters import CustomerFilter
    from portal.customers.models import Customer
    from portal.extensions import db
    from portal.invitations import batches
    from portal.invitations.models import SurveyBatch
    from portal.settings.queries import the_firm
    from portal.surveys.models import Survey
    from portal.users.models import User

    made = bulk.Same(clock.now())
    named = [f"Customer {number:07}" for number in range(count)]
    addresses = [f"c{number}@customer.example" for number in range(count)]
    columns = {"name": named, "sort_name": named, "search_text": named, "email": addresses, "created_at": made}
    bulk.insert(Customer.metadata.tables["customers"], count, columns)
    ids = list(db.session.scalars(select(Customer.id).where(Customer.sort_name >= "Customer").limit(count)))[::2]
    persons = {"customer_id": ids, "name": bulk.Same("Ana Robles"), "created_at": made}
    emails = [f"ana{id}@customer.example" for id in ids]
    bulk.insert(Contact.metadata.tables["contacts"], len(ids), {**persons, "email": emails})
    survey, by, firm = db.session.get_one(Survey, 1), db.session.scalars(select(User)).first(), the_firm()
    assert by is not None
    assert firm is not None
    survey.state = "active"
    db.session.commit()
    started = time.monotonic()
    batch = batches.start(survey, CustomerFilter(), "", by, str(uuid4()))
    db.session.commit()
    batches.run(batch.id, firm, "a key that only this bench knows")
    took = time.monotonic() - started
    assert db.session.get_one(SurveyBatch, batch.id).asked >= count
    return took


def main() -> None:
    """Do the work and print how long it took."""
    from portal import create_app

    with create_app().app_context():
        print(json.dumps({"seconds": ask_everybody(int(sys.argv[1]))}))


if __name__ == "__main__":
    main()
