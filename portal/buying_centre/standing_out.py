"""Customers whose buying centre has something that stands out, kept for the page that lists them all.

What stands out is worked out as on the customer's own page (`picture`). Here it is only noted for which customers: soon
after a touch or a word about a person, and a few times a day, since touches grow old by themselves.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert

from portal import clock
from portal.buying_centre import queries
from portal.buying_centre.models import StandOut
from portal.buying_centre.picture import Picture, picture
from portal.contacts.models import Contact
from portal.extensions import db, reading_only
from portal.follow_ups.queries import A_YEAR
from portal.settings.queries import the_firm

AT_ONCE = 500
KINDS_OF_EVENTS = (
    "follow_up.logged", "follow_up.undone", "contact.added", "contact.placed", "contact.left", "contact.archived",
    "contact.restored", "contact.merged", "customer.merged", "customer.archived", "customer.restored",
    "user.level_changed",
)  # fmt: skip
LOOKED_BACK = timedelta(days=7)
"""Touches that fell out of what counts so long ago are looked at again, for a worker that stood still."""


def follow(events: Sequence[Any]) -> None:
    """What has happened to customers, and whose level is another now: look at these customers. Does not commit."""
    ids = {event.customer_id for event in events if event.customer_id}
    users = {event.subject_id for event in events if event.kind == "user.level_changed"}
    look(ids | set(queries.touched_by(users)) if users else ids)


def look_again() -> int:
    """Look at those who stand out, and at those for whom a touch has just grown too old; how many. Commits in between.

    A touch grows old for a thread after 180 days, and for levels after a year. Whoever is against us is looked at each
    time, since an answer to them holds for as long as the firm says.
    """
    ids = _whom_to_look_at()
    for start in range(0, len(ids), AT_ONCE):
        look(ids[start : start + AT_ONCE])
        db.session.commit()
    return len(ids)


def _whom_to_look_at() -> list[int]:
    """It takes a while among millions of touches, so nobody who writes waits for it."""
    db.session.rollback()
    before = reading_only.set(True)
    try:
        ago = [(days + LOOKED_BACK, days) for days in (queries.THREAD, A_YEAR)]
        return sorted(queries.standing_out() | queries.touched_between(ago))
    finally:
        db.session.rollback()
        reading_only.reset(before)


def look(customer_ids: Collection[int]) -> None:
    """Bring what is noted of these customers up to date. Does not commit."""
    db.session.flush()
    firm, ids = the_firm(), sorted(customer_ids)
    for start in range(0, len(ids) if firm else 0, AT_ONCE):
        some = ids[start : start + AT_ONCE]
        shown = pictures(queries.living(some), firm.silent_after_days) if firm else {}
        _write(some, {(id, kind) for id, found in shown.items() for kind in found.kinds})


def pictures(customer_ids: Collection[int], patience: int) -> dict[int, Picture]:
    """The pictures of these customers, without the rhythms; `patience` is how many days an answer to a sceptic holds.
    Two queries.
    """
    people: dict[int, list[Contact]] = {id: [] for id in customer_ids}
    touches: dict[int, list[Any]] = {id: [] for id in customer_ids}
    for contact in queries.people_of(*customer_ids):
        people[contact.customer_id].append(contact)
    for row in queries.touches_of(*customer_ids):
        touches[row.customer_id].append(row)
    return {id: picture(people[id], touches[id], (), patience) for id in customer_ids}


def _write(ids: Collection[int], found: set[tuple[int, str]]) -> None:
    noted = {(row.customer_id, row.kind): row.id for row in queries.noted_of(ids)}
    gone = [id for key, id in noted.items() if key not in found]
    if gone:
        db.session.execute(delete(StandOut).where(StandOut.id.in_(gone)))
    new = [
        {"customer_id": id, "kind": kind, "found_on": clock.today()}
        for id, kind in sorted(found)
        if (id, kind) not in noted
    ]
    if new:
        db.session.execute(insert(StandOut), new)
