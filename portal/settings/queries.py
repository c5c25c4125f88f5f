"""Reading the firm."""

from sqlalchemy import func, select

from portal.extensions import db
from portal.settings.models import FIRM_ID, Firm

RHYTHM = func.coalesce(select(Firm.touch_every_days).where(Firm.id == FIRM_ID).scalar_subquery(), 90)
"""The days from one touch to the next, as part of a statement."""


def the_firm() -> Firm | None:
    """The firm, or None before the first visit has made it. By primary key."""
    return db.session.get(Firm, FIRM_ID)


def firm_for_change() -> Firm | None:
    """The firm as it is now, locked until the transaction ends. By primary key."""
    query = select(Firm).where(Firm.id == FIRM_ID).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))
