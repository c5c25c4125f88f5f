"""The weeks of the relay in the background: the running one through the day, those just gone by at night."""

from portal.extensions import db
from portal.review import counting


def keep_up() -> None:
    """Count the running week, if something has happened."""
    counting.keep_up()
    db.session.commit()


def count_recent() -> None:
    """Count the running week and the last ones, in which something may have been entered late."""
    counting.count_recent()
    db.session.commit()
