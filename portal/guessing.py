"""How often somebody may try a link to a public page that does not exist.

A token has 128 random bits, so nobody finds one by trying; what is limited is the noise. Only misses are counted, by
network, and far above what an office full of broken links could need. A link that exists is answered at any time,
unless its network has gone past the wide limit.
"""

from limits import RateLimitItemPerMinute

from portal import tries

MISSES = RateLimitItemPerMinute(60, namespace="links missed")
MANY_MISSES = RateLimitItemPerMinute(600, namespace="links missed a lot")
WAIT_SECONDS = 60


def missed(network: str) -> bool:
    """Note a link that does not exist; may it still be answered as a page?"""
    return tries.hit(MANY_MISSES, network) and tries.hit(MISSES, network)


def may_look(network: str) -> bool:
    """May links from this network still be looked up?"""
    return tries.may(MANY_MISSES, network)
