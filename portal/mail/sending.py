"""The job that sends mail: asked for after the commit of what wrote one, and by the clock every minute."""

from portal.jobs import job
from portal.mail import outbox

AT_ONCE = 50


@job("mail.deliver")
def deliver() -> None:
    """Send what is due, until nothing is or something could not be sent."""
    while outbox.deliver_due(AT_ONCE) == AT_ONCE:
        pass
