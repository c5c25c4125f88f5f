"""E-mail addresses in the one form in which they are stored and compared.

Only the shape is checked, and quickly: whether an address exists is known when a message comes back.
"""

import re
from functools import lru_cache

LONGEST = 254
_LOCAL = r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class EmailNotUnderstood(ValueError):
    """A text that cannot be an e-mail address; `text` is what was read, shortened."""

    def __init__(self, text: str) -> None:
        super().__init__("email_not_understood")
        self.text = text.strip()[:80]


@lru_cache(maxsize=20_000)
def normalise_email(text: str) -> str:
    """The address without surrounding space and in lower case; raises EmailNotUnderstood."""
    address = text.strip().lower().removeprefix("mailto:")
    local, _, domain = address.partition("@")
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address) or _HIDDEN.search(address):
        raise EmailNotUnderstood(text)
    if local[0] == "." or local[-1] == "." or ".." in local or domain.rpartition(".")[2].isdigit():
        raise EmailNotUnderstood(text)
    return address
