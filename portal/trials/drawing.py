"""Who of a trial's customers is left untouched: drawn by lot, once, so that everybody can check it afterwards.

A secret seed of 128 random bits is mixed with each customer's number by SHA-256, and the lowest of the outcomes are
left untouched: exactly as many as the share asks for. Whoever knows the seed draws the same lot again; who does not,
can't tell it. The seal is a hash of the seed together with what the trial is about and with whom. It is shown from the
first day and gives nothing away; once the seed is known, it proves that neither share, days nor customers have changed.
"""

import secrets
from collections.abc import Collection
from datetime import date
from hashlib import sha256


def seed() -> str:
    """A new one: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def how_many(customers: int, share: int) -> int:
    """How many of so many are left untouched, by a share in per cent: rounded, and somebody in each group."""
    return max(1, min(customers - 1, (customers * share + 50) // 100))


def untouched(seed: str, ids: Collection[int], share: int) -> set[int]:
    """Whom of these the seed leaves untouched, in no order."""
    drawn = sorted(ids, key=lambda id: (_lot(seed, id), id))
    return set(drawn[: how_many(len(drawn), share)])


def _lot(seed: str, id: int) -> bytes:
    return sha256(f"{seed}:{id}".encode()).digest()


def seal(seed: str, about: tuple[str, int, date, date], ids: Collection[int]) -> str:
    """The hash of all that must not change: the seed; the list, the share, the first and the last day; the customers.

    SHA-256 of `seed|list|share|first day|last day|1,2,3`, days as 2026-11-21, numbers ascending.
    """
    name, share, first, last = about
    numbers = ",".join(map(str, sorted(ids)))
    return sha256(f"{seed}|{name}|{share}|{first.isoformat()}|{last.isoformat()}|{numbers}".encode()).hexdigest()
