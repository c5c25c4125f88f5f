"""Writing the digests of a morning: each user's once, whoever else is at it and however often it is asked for.

A morning is claimed by its row, which is written in one transaction with the mail: two workers, a kill between the two,
or a clock that runs twice leave one digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.digests import queries, switching
from portal.digests.composing import compose
from portal.digests.models import Digest
from portal.extensions import db
from portal.mail import outbox
from portal.settings.models import Firm
from portal.users.models import User

HOURS = 6
"""For so many hours a morning that was missed, by a worker that stood still, is made up for; after that it is over."""
SETTLED = timedelta(minutes=1)
"""An answer is told once it is older than any transaction: none can come in behind it any more."""
FIRST, FARTHEST = timedelta(days=1), timedelta(days=7)
"""How far back answers are told: in a first digest, and in any."""


@dataclass(frozen=True)
class Post:
    """What a digest needs to leave the house: the public address, and the secret keys, the present one last."""

    public_url: str
    keys: Sequence[str]


def is_due(firm: Firm, now: datetime) -> bool:
    """Is it morning at the firm: one of its days, and its hour or one of the next five?

    Asked of the hour that its clock shows, so that an hour that a change of the clock leaves out is made up for by the
    next one, and one that comes twice is one.
    """
    local = clock.local(now)
    return local.weekday() < firm.digest_days and firm.digest_hour <= local.hour < firm.digest_hour + HOURS


def write_due(firm: Firm, post: Post) -> int:
    """Write the digests that are due; how many mails that were. Commits after each."""
    if not is_due(firm, clock.now()):
        return 0
    ids = queries.users_to_write_to(clock.today())
    written = 0
    for user_id in ids:
        db.session.rollback()
        written += write(user_id, firm, post)
        db.session.commit()
    return written


def write(user_id: int, firm: Firm, post: Post) -> bool:
    """Write this user's digest of today, if nobody has and there is something to say. Does not commit."""
    until = clock.now() - SETTLED
    found = queries.user_with_last_digest(user_id)
    if found is None or not found[0].is_active or not found[0].digest or not _claim(user_id, until):
        return False
    user, seen = found
    locale = user.locale or firm.locale
    about = compose(user, locale, window(seen, until), until, post.public_url)
    if about is None:
        return False
    off = switching.address(user_id, post.public_url, post.keys)
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    outbox_id = outbox.post("digest", user.email, locale, headers, off=off, **about)
    mine = update(Digest).where(Digest.user_id == user_id, Digest.written_on == clock.today())
    db.session.execute(mine.values(outbox_id=outbox_id).execution_options(synchronize_session=False))
    return True


def window(seen: datetime | None, until: datetime) -> datetime:
    """The instant after which answers are told, up to `until`: where the last digest ended, within a week."""
    return max(seen, until - FARTHEST) if seen is not None else until - FIRST


def preview(user: User, firm: Firm, public_url: str) -> dict[str, Any] | None:
    """What the user's next digest would be made of, if it were written now; or None. Writes nothing."""
    until = clock.now()
    found = queries.user_with_last_digest(user.id)
    return compose(user, user.locale or firm.locale, window(found[1] if found else None, until), until, public_url)


def _claim(user_id: int, until: datetime) -> bool:
    """Take the user's morning, unless somebody has it: another worker's transaction is waited for."""
    dialect: Any = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"user_id": user_id, "written_on": clock.today(), "seen_until": until}
    taken = dialect.insert(Digest).values(row).on_conflict_do_nothing(index_elements=["user_id", "written_on"])
    return db.session.execute(taken.returning(Digest.id)).first() is not None
