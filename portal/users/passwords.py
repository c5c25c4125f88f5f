"""Passwords: hashed with argon2id, checked in the same time whether or not there is a user."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.rules import N_, BrokenRule

SHORTEST = 10
LONGEST = 256


class WeakPassword(BrokenRule):
    """A password that can't be accepted."""

    message = N_("Use 10 to 256 characters for the password.")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def hashed(password: str) -> str:
    """The argon2id hash of an acceptable password; raises `WeakPassword`."""
    if not SHORTEST <= len(password) <= LONGEST or "\x00" in password:
        raise WeakPassword
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Is that the password behind the hash? With no hash the same work is done and the answer is no."""
    try:
        _hasher().verify(password_hash or _nobodys_hash(), password)
        return password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False
