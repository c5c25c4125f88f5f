"""Withholding: a mail that waited for the mail server, while its reader said that they do not want to be asked, is not
sent. What it carried waits on and says why, like all that waited when they said so.
"""

from portal import clock
from portal.invitations import queries
from portal.invitations.models import LOOK_AGAIN
from portal.invitations.tokens import hash_of
from portal.mail.models import OutboxMessage
from portal.timeline.models import record


def withhold(message: OutboxMessage) -> None:
    """Settle it as not sent, and let its invitation, or the reminder, wait. Does not commit."""
    token = str((message.about or {}).get("link", "")).rpartition("/")[2]
    found = queries.asking_for_change(hash_of(token))
    message.withhold()
    if found is None or not found.Invitation.was_not_sent(
        "opted_out", clock.today() + LOOK_AGAIN, reminder=message.kind == "survey_reminder"
    ):
        return
    record(
        "survey.withheld", by=None, customer_id=found.Invitation.customer_id, subject=found.Invitation,
        name=found.survey_name, contact=found.contact_name or "",
    )  # fmt: skip
