"""Makes invitations for the bench, for customers with an address: prints a token and the nonce of a form of each.

Run as a module with the settings in the environment; its arguments are how many, and a word that tells these from
others.
"""

import json
import sys

from sqlalchemy import select

from portal import create_app
from portal.customers.models import Customer
from portal.extensions import db
from portal.invitations.inviting import Asking, invite
from portal.invitations.tokens import token_of
from portal.responses.proofs import new_nonce
from portal.settings.queries import the_firm
from portal.surveys.models import Survey
from portal.surveys.ready import READY
from portal.surveys.writing import write


def main() -> None:
    """See the module."""
    app = create_app()
    with app.app_context():
        key, firm = app.config["SECRET_KEY"], the_firm()
        assert firm is not None
        survey = db.session.scalar(select(Survey).where(Survey.kind == "nps")) or write(READY[0].as_written("en"), None)
        customers = db.session.scalars(select(Customer).where(Customer.email.is_not(None)).limit(500)).all()
        made = [
            invite(survey, customers[n % len(customers)], f"bench:{sys.argv[2]}:{n}", Asking(firm, key, channel="link"))
            for n in range(int(sys.argv[1]))
        ]
        db.session.commit()
        print(json.dumps([(token_of(each.seed, key), new_nonce(each.id, key)) for each in made]))


if __name__ == "__main__":
    main()
