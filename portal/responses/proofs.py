"""What a public form proves without a session: that it is ours, for whom it was made, when, and what browser sent it.

A form carries a nonce, made for one invitation (or for what else has a link, with a purpose of its own) and signed.
Whoever sends it back holds that form; from its nonce follows what its browser is given to correct the answer with, so
the same form sent twice is one browser.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from portal import clock
from portal.invitations.tokens import hash_of

_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_LONGEST = 64


def new_nonce(invitation_id: int, secret_key: str, purpose: str = "nonce") -> str:
    """A nonce for one form of this invitation's page, or of what has that id for another purpose."""
    moment = (clock.now() - _BEGIN) // timedelta(microseconds=1)
    content = f"{moment:x}.{secrets.token_urlsafe(9)}"
    return f"{content}.{_signature(content, invitation_id, secret_key, purpose)}"


def issued_at(nonce: str, invitation_id: int, secret_keys: Sequence[str], purpose: str = "nonce") -> datetime | None:
    """When the form was made; None when it is not one of this invitation's."""
    content, _, signature = nonce.rpartition(".")
    if not nonce.isascii() or len(nonce) > _LONGEST:
        return None
    if not any(hmac.compare_digest(signature, _signature(content, invitation_id, key, purpose)) for key in secret_keys):
        return None
    return _BEGIN + timedelta(microseconds=int(content.partition(".")[0], 16))


def editor_of(nonce: str, secret_key: str) -> str:
    """What the browser that has sent this form holds, to correct the answer with."""
    return _digest(f"editor:{nonce}", secret_key)


def is_editor(editor: str | None, editor_hash: str | None) -> bool:
    """Does this browser hold what belongs to the hash?"""
    return bool(editor and editor_hash) and hmac.compare_digest(hash_of(str(editor)), str(editor_hash))


def _signature(content: str, invitation_id: int, secret_key: str, purpose: str) -> str:
    return _digest(f"{purpose}:{invitation_id}:{content}", secret_key)


def _digest(text: str, secret_key: str) -> str:
    """132 bits of HMAC-SHA256, as 22 characters."""
    return urlsafe_b64encode(hmac.digest(secret_key.encode(), text.encode(), hashlib.sha256))[:22].decode()
