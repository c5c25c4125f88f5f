"""What followed, in words."""

from markupsafe import Markup

from portal.commitments import wording as promises
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.objections.models import EDITORS
from portal.objections.queries import WITHIN, Tally
from portal.users.models import User

nothing = Tally()
"""Of an answer that nobody has heard."""


def may_keep(user: User) -> bool:
    """May this user change the library? Owners, sales and marketing may; everybody reads it."""
    return user.role in EDITORS


def times(tally: Tally) -> Markup:
    """How often it was heard: "12 times"."""
    return ngettext("%(num)d time", "%(num)d times", tally.rate.n)


def followed(tally: Tally) -> Markup:
    """How many were followed: "7 of 12 followed"; nothing of none."""
    return _("%(hits)s of %(n)s followed", hits=tally.rate.kept, n=tally.rate.n) if tally.rate.n else Markup("")


def share(tally: Tally) -> Markup:
    """The share that was followed, with its interval where few say little; and how many may still be followed."""
    if not tally.rate.n:
        return Markup("")
    said = promises.share(tally.rate)
    if tally.waiting:
        said += Markup("; ") + ngettext("%(num)d may still follow", "%(num)d may still follow", tally.waiting)
    return said


def days_within() -> int:
    """So many days after an objection, what happens counts as following it."""
    return WITHIN.days
