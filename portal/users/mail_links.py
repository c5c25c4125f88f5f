"""Links that come by mail and open a door once: an invitation, a new password.

Nothing is stored for them. A link is signed with the secret key and names the user and a mark of the
password as it was: once a password has been chosen, the mark no longer fits and the link is dead.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.rules import N_, BrokenRule
from portal.users.models import User

LASTS = {"invitation": timedelta(days=7), "reset": timedelta(hours=1)}


class DeadLink(BrokenRule):
    """A link that was altered, used, or is too old. Which of them is nobody's business."""

    message = N_("This link no longer works: it was used, it is too old, or a part of it is missing.")


def written(purpose: str, user: User, keys: Sequence[str]) -> str:
    """A new token for this user. `keys` are the secret keys, the present one last."""
    return str(_serializer(purpose, keys).dumps([user.id, _mark(user)]))


def read(purpose: str, token: str, keys: Sequence[str]) -> int:
    """The id of the user a token was written for; raises `DeadLink`. Look with `check` whether it still fits."""
    return _content(purpose, token, keys)[0]


def check(purpose: str, token: str, keys: Sequence[str], user: User | None) -> User:
    """The user, when the token still fits; raises `DeadLink`."""
    user_id, mark = _content(purpose, token, keys)
    if user is None or user.id != user_id or not user.is_active or mark != _mark(user):
        raise DeadLink
    return user


def _content(purpose: str, token: str, keys: Sequence[str]) -> tuple[int, str]:
    try:
        user_id, mark = _serializer(purpose, keys).loads(token, max_age=int(LASTS[purpose].total_seconds()))
    except (BadData, ValueError, TypeError) as error:
        raise DeadLink from error
    return int(user_id), str(mark)


def _serializer(purpose: str, keys: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(keys), salt=f"users.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def _mark(user: User) -> str:
    return hashlib.sha256(f"{user.id} {user.email} {user.password_hash}".encode()).hexdigest()[:20]
