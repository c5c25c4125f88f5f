"""Furnishes a portal for tests that run it in processes of their own: schema, firm, one user's session, customers.

Run as a module with the settings in the environment; prints the session's cookie, its CSRF token and the ids of the
customers.
"""

import json
import sys

from flask_migrate import upgrade

from portal import clock, create_app
from portal.customers.models import Customer
from portal.extensions import db
from portal.settings.models import Firm
from portal.users.models import User
from tests.runtime.sign_in import cookie_of


def furnish(customers: int) -> dict[str, object]:
    """See the module."""
    app = create_app()
    with app.app_context():
        upgrade()
        db.session.add(Firm(name="Muebles Montaña", locale="en", created_at=clock.now()))
        user = User(name="Lucía Support", email="support@firm.example", role="support", created_at=clock.now())
        made = [Customer(name=f"Customer {n}", created_at=clock.now()) for n in range(customers)]
        for customer in made:
            customer.index_words([])
        db.session.add_all([user, *made])
        db.session.flush()
        ids = [customer.id for customer in made]
        cookie, csrf = cookie_of(app, user)
        return {"cookie": cookie, "csrf": csrf, "customers": ids}


if __name__ == "__main__":
    print(json.dumps(furnish(int(sys.argv[1]))))
