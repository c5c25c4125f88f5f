"""The tokens of public pages: made anew from a stored seed and the portal's secret key, found by their hash.

The database alone opens no page, and a reminder can carry the same link as the mail before it.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence

LENGTH = 22
"""Characters of a token: 132 bits of HMAC-SHA256, of which the seed gives 128."""


def new_seed() -> str:
    """128 random bits, as 22 characters."""
    return secrets.token_urlsafe(16)


def token_of(seed: str, secret_key: str, purpose: str = "survey") -> str:
    """The token that belongs to the seed, for one purpose: those of two purposes say nothing about each other."""
    digest = hmac.digest(secret_key.encode(), f"{purpose}:{seed}".encode(), "sha256")
    return urlsafe_b64encode(digest)[:LENGTH].decode()


def hash_of(token: str) -> str:
    """What is stored of a token, and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_again(seed: str, token_hash: str, secret_keys: Sequence[str], purpose: str = "survey") -> str | None:
    """The token that was handed out, whichever of these keys it was made with; None when none of them fits."""
    tokens = (token_of(seed, key, purpose) for key in secret_keys)
    return next((token for token in tokens if hash_of(token) == token_hash), None)
