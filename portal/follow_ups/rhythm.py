"""The job that brings all customers' clocks in step with the firm's rhythm, after it was changed in the settings."""

from portal.customers.queries import touched_ids_for_change
from portal.extensions import db
from portal.follow_ups.clocks import AT_ONCE, set_clocks_of
from portal.jobs import job, leaving


@job("customers.rhythm")
def follow_rhythm(after: int = 0) -> None:
    """Some hundreds of customers at a time, each batch in a transaction of its own, so that nobody waits for long."""
    while ids := touched_ids_for_change(after, AT_ONCE):
        set_clocks_of(ids)
        db.session.commit()
        after = ids[-1]
        if leaving():
            follow_rhythm(after)  # the next worker goes on from here
            return
