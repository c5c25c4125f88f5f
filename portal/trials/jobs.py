"""Trials in the background: each ends once, when its last day has gone by."""

from portal import clock
from portal.extensions import db
from portal.trials import queries, trying


def end_due() -> None:
    """Count what became of the trials that are over, each in a transaction of its own."""
    ids = queries.over(clock.today())
    db.session.rollback()
    for id in ids:
        trial = queries.trial_for_change(id)
        if trial is not None and trial.is_running and trial.ends_on < clock.today():
            trying.finish(trial)
        db.session.commit()
