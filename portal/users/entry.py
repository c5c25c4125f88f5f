"""Ways in and out that concern more than one record: ending sessions, invitations and new passwords by mail."""

from uuid import uuid4

from portal import clock
from portal.extensions import db
from portal.mail import outbox
from portal.rules import N_, BrokenRule
from portal.timeline.models import record
from portal.users import queries
from portal.users.models import User, UserSession


class AddressTaken(BrokenRule):
    """Two users can't share an address: it is how they sign in."""

    message = N_("A user with this e-mail is already there.")


class AlreadyIn(BrokenRule):
    """Only who has not come in yet, and may, is invited again."""

    message = N_("This user has signed in already, or may not sign in.")


class NoSuchRole(BrokenRule):
    """There are four roles."""

    message = N_("There is no such role.")


class NoSuchLevel(BrokenRule):
    """There are three levels."""

    message = N_("There is no such level.")


def end_sessions(user: User, by: User, *, but: UserSession | None = None) -> int:
    """End all the user's sessions, or all but one; returns how many that were."""
    ended = [session for session in queries.living_sessions(user) if but is None or session.id != but.id]
    for session in ended:
        session.end(by)
    return len(ended)


def invited(name: str, email: str, role: str, *, by: User, form_id: str | None = None) -> User:
    """A new user, who comes in by the link of `send_invitation` only; raises `AddressTaken`."""
    if queries.user_by_email(email) is not None:
        raise AddressTaken
    user = User(name=name, email=email, role=role, form_id=form_id or str(uuid4()), created_at=clock.now())
    db.session.add(user)
    record("user.invited", by=by, subject=user, name=name, role=role)
    return user


def send_invitation(user: User, link: str, *, by: User, locale: str) -> None:
    """Write the mail that invites; `link` is whole, and good until `LASTS` has passed. Raises `AlreadyIn`."""
    if user.password_hash is not None or not user.is_active:
        raise AlreadyIn
    outbox.post("invitation", user.email, locale, name=user.name, by=by.name, link=link)


def send_reset(email: str, user: User | None, link: str, locale: str) -> None:
    """Write the mail with a link to choose a new password.

    When there is no such user, the same is written and taken back in the same transaction, so that the
    answer takes as long and nobody learns who is a user here.
    """
    message = outbox.post("reset", email, locale, name=user.name if user else "", link=link)
    if user is not None:
        record("user.reset_asked", by=None, subject=user, name=user.name)
    else:
        outbox.take_back(message)


def note_second_invitation(user: User, by: User) -> None:
    """Write down that the invitation was sent once more."""
    record("user.invited_again", by=by, subject=user, name=user.name)


def tell_of_new_password(user: User, locale: str) -> None:
    """Tell the user by mail that the password was changed, in case it was somebody else."""
    outbox.post("password_changed", user.email, locale, name=user.name, at=clock.now().isoformat())
