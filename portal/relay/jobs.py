"""The relay by the clock."""

from portal.relay import handing


def drop_due() -> None:
    """Hand-offs that nobody has answered within the firm's limit."""
    handing.drop_due()
