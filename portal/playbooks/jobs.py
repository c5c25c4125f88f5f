"""Playbooks in the background: anniversaries begin, and what falls due is made."""

import threading
from collections.abc import Callable
from typing import Any

from portal.extensions import db
from portal.invitations.inviting import Asking
from portal.invitations.jobs import alone, office
from portal.jobs import leaving
from portal.playbooks import making, starting
from portal.settings.models import Firm
from portal.settings.queries import the_firm

_making = threading.Lock()


def start_anniversaries() -> None:
    """Playbooks for whom first bought on a day like today."""
    _all(lambda firm: starting.start_anniversaries())


def make_due() -> None:
    """Steps of playbooks whose day has come."""
    with alone(_making) as free:
        if free:
            _all(lambda firm: making.make_due(Asking(firm, office().secret_keys[0])))


def _all(some: Callable[[Firm], Any]) -> None:
    """Some after the other, each in a transaction of its own, until there are none left."""
    while not leaving():
        firm = the_firm()
        if firm is None or not some(firm):
            break
        db.session.commit()
    db.session.commit()
