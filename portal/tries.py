"""How often something was tried: counted in Redis where there is one, else in the memory of each server process
(Flask-Limiter's storage). While Redis can't be reached, each process counts by itself.
"""

from functools import cache
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from portal.extensions import limiter


def hit(item: RateLimitItem, key: str) -> bool:
    """Count one more; is it still within the limit?"""
    try:
        return limiter.limiter.hit(item, key)
    except StorageError:
        return by_itself().hit(item, key)


def may(item: RateLimitItem, key: str) -> bool:
    """Would one more be within the limit? Without counting."""
    try:
        return limiter.limiter.test(item, key)
    except StorageError:
        return by_itself().test(item, key)


def forget(item: RateLimitItem, key: str) -> None:
    """Begin to count anew."""
    try:
        limiter.limiter.clear(item, key)
    except StorageError:
        by_itself().clear(item, key)


@cache
def by_itself() -> FixedWindowRateLimiter:
    """The counts of this process alone."""
    return FixedWindowRateLimiter(MemoryStorage())


def network_of(address: str | None) -> str:
    """The network that a customer of a provider holds whole: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else f"{int(found) >> 64:x}::/64"
    return str(found)
