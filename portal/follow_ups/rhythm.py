"""The job that brings all customers' clocks in step with the firm's rhythm, after it was changed in the settings."""

from portal.extensions import db
from portal.follow_ups.clocks import AT_ONCE, set_clocks_of
from portal.follow_ups.queries import out_of_step
from portal.jobs import job, leaving


@job("customers.rhythm")
def follow_rhythm() -> None:
    """Whoever's clock is out of step."""
    keep_step()


def keep_step() -> None:
    """Some hundreds of customers at a time, each batch in a transaction of its own, so that nobody waits for long. What
    a worker leaves when it is stopped is found again by the next one, since it is out of step still.
    """
    after = 0
    while not leaving() and (ids := out_of_step(after, AT_ONCE)):
        set_clocks_of(ids)
        db.session.commit()
        after = ids[-1]
    db.session.rollback()
