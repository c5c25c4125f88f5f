"""Who is left untouched is a fair lot, exactly as large as it is to be, and the same for whoever draws it again."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr, chdtri

from portal.trials import drawing

ABOUT = ("overdue", 20, date(2026, 11, 21), date(2027, 2, 19))
SEEDS = [f"{number:032x}" for number in range(400)]


@settings(deadline=None)
@given(st.sets(st.integers(1, 2**62), min_size=2, max_size=300), st.integers(10, 50), st.randoms())
def test_it_is_exact_and_the_same_in_any_order(ids: set[int], share: int, chance) -> None:
    drawn = drawing.untouched(SEEDS[7], ids, share)
    assert drawn < ids
    assert len(drawn) == drawing.how_many(len(ids), share)
    assert abs(len(drawn) - len(ids) * share / 100) <= 0.5 or len(drawn) in (1, len(ids) - 1)
    mixed = list(ids)
    chance.shuffle(mixed)
    assert drawing.untouched(SEEDS[7], mixed, share) == drawn


def test_everybody_is_as_likely_as_everybody_else() -> None:
    ids, share = range(1001, 1051), 30
    often = dict.fromkeys(ids, 0)
    together = 0
    for seed in SEEDS:
        drawn = drawing.untouched(seed, ids, share)
        together += {1001, 1002} <= drawn
        for id in drawn:
            often[id] += 1
    expected = len(SEEDS) * 15 / 50
    found = sum((count - expected) ** 2 / expected for count in often.values()) / (1 - 15 / 50)
    assert chdtri(49, 0.999) < found < chdtri(49, 0.001)  # by chance, 998 times in a thousand
    # Neighbours are not drawn together more often than others:
    assert 0.001 < bdtr(together, len(SEEDS), 15 * 14 / (50 * 49)) < 0.999


def test_the_seal_holds_all_that_must_not_change() -> None:
    seal = drawing.seal(SEEDS[0], ABOUT, [3, 1, 2])
    assert seal == drawing.seal(SEEDS[0], ABOUT, {1, 2, 3})
    changed = [
        (SEEDS[1], ABOUT, [1, 2, 3]),
        (SEEDS[0], ABOUT, [1, 2, 4]),
        (SEEDS[0], ("due", *ABOUT[1:]), [1, 2, 3]),
        (SEEDS[0], (ABOUT[0], 21, *ABOUT[2:]), [1, 2, 3]),
        (SEEDS[0], (*ABOUT[:3], date(2027, 2, 18)), [1, 2, 3]),
    ]
    assert seal not in {drawing.seal(*each) for each in changed}
    assert len({drawing.seed() for _ in range(100)}) == 100
