"""How often somebody may try to get in, so that guessing is slow and nobody can lock a user out from elsewhere.

Counted are tries from one network with one e-mail, and failed tries from one network with any. Both are bound to the
network that the connection really comes from, so an attacker elsewhere only uses up tries of their own. A browser in
which the user has signed in before shows a signed cookie and has a count of its own: there the user gets in even while
somebody guesses from the same office. And a new password by mail opens the door whatever the counts say.

Where the counts are kept: see `portal.tries`.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from portal import tries
from portal.rules import N_, BrokenRule
from portal.users.models import User

PAIR = (RateLimitItemPerMinute(10, namespace="pair"), RateLimitItemPerHour(60, namespace="pair"))
NETWORK = (RateLimitItemPerMinute(30, namespace="network"), RateLimitItemPerHour(200, namespace="network"))
ASKED = RateLimitItemPerHour(20, namespace="asked")
MAILED = RateLimitItemPerHour(5, namespace="mailed")
WAIT_SECONDS = 60


class TooManyTries(BrokenRule):
    """Somebody is guessing."""

    message = N_("Too many tries. Wait a minute, then try again, or have a new password sent to you.")


@dataclass(frozen=True)
class Try:
    """One try to sign in: from where, as whom, and through a browser that is known to this user or not."""

    network: str
    email: str
    browser: str | None = None

    @property
    def pair(self) -> str:
        """What the narrow count is kept under."""
        return f"browser:{self.browser}" if self.browser else f"{self.network}:{_digest(self.email)}"

    def begin(self) -> None:
        """Count the try; raises `TooManyTries`."""
        tired = self.browser is None and not all(tries.may(item, self.network) for item in NETWORK)
        # What the minute refuses does not count towards the hour: a burst of guesses is over within a minute.
        if tired or not all(tries.hit(item, self.pair) for item in PAIR):
            raise TooManyTries

    def failed(self) -> None:
        """It was the wrong password, or nobody."""
        if self.browser is None:
            for item in NETWORK:
                tries.hit(item, self.network)

    def succeeded(self) -> None:
        """It was the user: earlier slips are forgotten."""
        for item in PAIR:
            tries.forget(item, self.pair)


def may_change_password(user: User) -> bool:
    """May this user's present password be tried once more? Somebody may sit at a screen that was left open."""
    return tries.hit(PAIR[0], f"user:{user.id}")


def may_ask(network: str) -> bool:
    """May somebody there ask for a mail once more?"""
    return tries.hit(ASKED, network)


def may_mail(email: str) -> bool:
    """May this address be sent one more link? The ones that it has been sent still work."""
    return tries.hit(MAILED, _digest(email))


def known_browser(cookie: str | None, user: User | None, keys: Sequence[str]) -> str | None:
    """The name of this browser, if this user has signed in with it before."""
    try:
        content = _serializer(keys).loads(cookie or "")
    except BadData:
        return None
    fits = isinstance(content, dict) and user is not None and str(user.id) in content.get("users", ())
    return str(content["name"]) if fits else None


def remembered(cookie: str | None, user: User, keys: Sequence[str]) -> str:
    """The cookie by which this browser is known to this user too, from now on."""
    try:
        content = dict(_serializer(keys).loads(cookie or ""))
        users = [str(known) for known in content["users"]]
    except (BadData, KeyError, TypeError, ValueError):
        content, users = {"name": secrets.token_urlsafe(12)}, []
    users = [known for known in users if known != str(user.id)][-9:]
    users.append(str(user.id))
    return str(_serializer(keys).dumps({"name": content["name"], "users": users}))


def _serializer(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt="users.known", signer_kwargs={"digest_method": hashlib.sha256})


def _digest(email: str) -> str:
    """Counts hold no addresses of people."""
    return hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()[:24]
