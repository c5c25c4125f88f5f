"""How often somebody may try a link that does not exist.

A token has 128 random bits, so nobody finds one by trying; what is limited is the noise. Only misses are counted, by
network, and far above what an office full of broken links could need. A link that exists is answered at any time,
unless its network has gone past the wide limit.
"""

from functools import cache

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from portal.extensions import limiter

MISSES = RateLimitItemPerMinute(60, namespace="links missed")
MANY_MISSES = RateLimitItemPerMinute(600, namespace="links missed a lot")
WAIT_SECONDS = 60


def missed(network: str) -> bool:
    """Note a link that does not exist; may it still be answered as a page?"""
    return _hit(MANY_MISSES, network) and _hit(MISSES, network)


def may_look(network: str) -> bool:
    """May links from this network still be looked up?"""
    try:
        return limiter.limiter.test(MANY_MISSES, network)
    except StorageError:
        return _by_itself().test(MANY_MISSES, network)


def _hit(item: RateLimitItem, network: str) -> bool:
    try:
        return limiter.limiter.hit(item, network)
    except StorageError:
        return _by_itself().hit(item, network)


@cache
def _by_itself() -> FixedWindowRateLimiter:
    """While Redis can't be reached, each process counts by itself."""
    return FixedWindowRateLimiter(MemoryStorage())
