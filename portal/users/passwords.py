"""Passwords: hashed with argon2id, checked in the same time whether or not there is a user."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from portal.rules import N_, BrokenRule

SHORTEST = 10
LONGEST = 1024
"""In code points, of which one picture of a family takes seven: 64 of them are a password."""
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$zTeqLF36FLcAzVqzsQ9K4w$tuS4mNB+jGDEcGzcONcBXBsKmJPj1GENvV8huoi+p1k"
"""The hash of a password that nobody knows, with today's costs: what is checked when there is no user."""


class WeakPassword(BrokenRule):
    """A password that can't be accepted."""

    message = N_("Use at least 10 characters for the password.")


@cache
def hasher() -> PasswordHasher:
    """argon2id with the costs that OWASP asks for at least: 19 MiB, two rounds."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash of an acceptable password; raises `WeakPassword`."""
    if len(password) < SHORTEST:
        raise WeakPassword
    if len(password) > LONGEST:
        raise WeakPassword(N_("Use at most 1024 characters for the password."))
    if _unfit(password):
        raise WeakPassword(N_("The password holds characters that can't be typed again everywhere."))
    return hasher().hash(_same_everywhere(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Is that the password behind the hash? With no hash the same work is done and the answer is no."""
    typed = "" if _unfit(password) or len(password) > LONGEST else password
    try:
        hasher().verify(password_hash or NOBODYS_HASH, _same_everywhere(typed))
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def _unfit(password: str) -> bool:
    """NUL and its like, and what is left of broken text: some keyboards or databases would lose it."""
    return any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 or c == "\ufffd" for c in password)


def _same_everywhere(password: str) -> str:
    """An ñ is an ñ, however the keyboard composes it."""
    return unicodedata.normalize("NFC", password)
