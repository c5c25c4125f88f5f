"""Every SELECT about digests."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, func, literal_column, select

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.digests.models import Digest
from portal.extensions import db, rows_of
from portal.responses.models import Response
from portal.surveys.models import Survey
from portal.users.models import User

MOST_ANSWERS = 100
LONGEST_COMMENT = 200
"""Characters of a comment that a digest tells."""
_SEEN_UNTIL = select(func.max(Digest.seen_until)).where(Digest.user_id == User.id).correlate(User).scalar_subquery()
_WRITTEN = exists().where(Digest.user_id == User.id)


def users_to_write_to(day: date) -> Sequence[int]:
    """Ids of the users who want a digest, can sign in, and whose morning of that day has not been looked at. A firm has
    tens of users; rides on uq_digests_user_id_written_on.
    """
    query = (
        select(User.id)
        .where(User.digest, User.disabled_at.is_(None), User.password_hash.is_not(None))
        .where(~_WRITTEN.where(Digest.written_on == day))
        .order_by(User.id)
    )
    return db.session.scalars(query).all()


def user_with_last_digest(user_id: int) -> tuple[User, datetime | None] | None:
    """The user, and until when answers were told in the last digest; or None. By primary key, and by
    uq_digests_user_id_written_on.
    """
    found = db.session.execute(select(User, _SEEN_UNTIL).where(User.id == user_id)).one_or_none()
    return (found[0], found[1]) if found is not None else None


def answers_between(assignee_id: int | None, after: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Answers that stand, of one user's customers or, without one, of everybody's, after one instant and up to another,
    the newest first; no more than 101. Rides on ix_survey_responses_answered_on_id.
    """
    query = (
        select(
            Response.score, func.substr(Response.comment, 1, LONGEST_COMMENT + 1).label("comment"),
            Response.customer_id, Survey.kind, Customer.name.label("customer_name"),
            Contact.name.label("contact_name"),
        )
        .join(Survey, Survey.id == Response.survey_id)
        .join(Customer, Customer.id == Response.customer_id)
        .outerjoin(Contact, Contact.id == Response.contact_id)
        .where(Response.answered_on.between(clock.day_of(after), clock.day_of(until)))
        .where(Response.answered_at > after, Response.answered_at <= until)
        .where(Response.state == literal_column("'standing'"), Customer.archived_at.is_(None))
        .order_by(Response.answered_on.desc(), Response.id.desc())
        .limit(MOST_ANSWERS + 1)
    )  # fmt: skip
    return rows_of(query if assignee_id is None else query.where(Customer.assignee_id == assignee_id)).all()
