"""The relay by the clock."""

from portal.jobs import job
from portal.relay import counting, handing


@job("relay.count")
def count() -> None:
    """What the board says, since the firm has decided otherwise."""
    counting.count()


def keep_board() -> None:
    """What has happened since the board was counted."""
    counting.keep()


def drop_due() -> None:
    """Hand-offs that nobody has answered within the firm's limit."""
    handing.drop_due()
