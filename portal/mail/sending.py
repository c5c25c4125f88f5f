"""The job that sends mail: asked for after the commit of what wrote one, and by the clock every minute."""

from portal.jobs import job
from portal.mail import outbox


@job("mail.deliver")
def deliver() -> None:
    """Send what is due."""
    outbox.deliver_due()
