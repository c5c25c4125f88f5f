"""The job that sends mail: asked for after the commit of what wrote one, and by the clock every minute."""

import time

from portal.jobs import job, leaving
from portal.mail import outbox

AT_ONCE = 50
MOST_OF_A_MINUTE = 50
"""Seconds: the next minute finds the worker free again."""


@job("mail.deliver")
def deliver() -> None:
    """Send what is due."""
    deliver_due()


def deliver_due() -> None:
    """Send what is due, until nothing is, something could not be sent, or most of a minute is over."""
    until = time.monotonic() + MOST_OF_A_MINUTE
    while outbox.deliver_due(AT_ONCE) == AT_ONCE and time.monotonic() < until and not leaving():
        pass
