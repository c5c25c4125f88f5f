"""The link under a digest by which its reader has no more of them, without signing in.

Nothing is stored for it: it is signed with the secret key, names the user, and can do this one thing for as long as the
mail lies about.
"""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

LONGEST = 120


def address(user_id: int, public_url: str, keys: Sequence[str]) -> str:
    """Where this user switches the digest off. `keys` are the secret keys, the present one last."""
    return f"{public_url}/d/{_serializer(keys).dumps(user_id)}"


def reader_of(token: str, keys: Sequence[str]) -> int | None:
    """The id of the user a token was written for; None when it was altered or is none."""
    try:
        found = _serializer(keys).loads(token) if len(token) <= LONGEST else None
    except BadData:
        return None
    return found if isinstance(found, int) else None


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt="digests.off", signer_kwargs={"digest_method": hashlib.sha256})
