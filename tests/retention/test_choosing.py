"""Which method speaks, and why."""

import numpy as np

from portal.retention.choosing import choose
from portal.retention.regularity import Regularity, of_purchases
from portal.retention.statistics import Grouped, group, purchase_days
from tests.retention import books

CLOCKWORK = Regularity(80, 12.0, 9.0, 17.0)
CHANCE = Regularity(80, 1.1, 0.8, 1.5)


def shop(customers: int | None = None) -> Grouped:
    log = books.needed("shop")
    found = log.histories()
    return group(found.frequency[:customers], found.recency_days[:customers], found.age_days[:customers])


def test_bgnbd_speaks_of_enough_customers() -> None:
    found = choose(shop(), CLOCKWORK)
    assert (found.method, found.why, found.rhythm) == ("bgnbd", "fits", "regular")
    assert found.parameters
    assert found.numbers["customers"] == 300
    assert found.numbers["shape"] == 12.0


def test_249_customers_are_too_few() -> None:
    found = choose(shop(249), CLOCKWORK)
    assert (found.method, found.why, found.parameters) == ("cadence", "few_customers", None)
    assert choose(shop(249), CHANCE).method == "recency"
    assert choose(shop(250), CHANCE).method == "bgnbd"


def test_a_degenerate_fit_does_not_speak() -> None:
    once = group([0] * 400, [0] * 400, [50] * 400)
    found = choose(once, Regularity(0))
    assert (found.method, found.why, found.rhythm) == ("recency", "no_repeats", "unknown")
    clockwork = np.repeat(np.arange(300), 6), np.tile(np.arange(6) * 30, 300)
    alike = group([5] * 300, [150] * 300, [160] * 300)
    found = choose(alike, of_purchases(*clockwork))
    assert (found.method, found.rhythm) == ("cadence", "regular")
    assert found.why in {"ran_away", "flat", "not_found"}


def test_no_customers_at_all() -> None:
    found = choose(group([], [], []), Regularity(0))
    assert (found.method, found.why) == ("recency", "no_customers")


def test_cdnows_buyers_keep_no_rhythm() -> None:
    log = books.needed("cdnow_sample")
    found = choose(log.grouped(), of_purchases(*purchase_days(log.customer, log.day, books.CLOSED)))
    assert (found.method, found.rhythm) == ("bgnbd", "irregular")
