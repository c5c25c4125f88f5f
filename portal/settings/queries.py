"""Reading the firm."""

from portal.extensions import db
from portal.settings.models import FIRM_ID, Firm


def the_firm() -> Firm | None:
    """The firm, or None before the first visit has made it. By primary key."""
    return db.session.get(Firm, FIRM_ID)
