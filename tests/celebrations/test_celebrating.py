"""What goes well is put on the wall once; what is old, or not true any more, is not there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.celebrations import celebrating, queries
from portal.celebrations.models import Celebration
from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import ledger
from portal.purchases.models import Purchase
from tests.advocacy.given import DAY, a_purchase, look
from tests.cast import Cast
from tests.touches import a_customer, a_promise


def wall() -> list[tuple[str, int, date]]:
    """(kind, number, day) of what the wall shows, the newest first."""
    db.session.rollback()
    return [(row.kind, row.number, row.happened_on) for row in queries.wall(None).rows]


def a_prospect(cast: Cast, days: int = 90, name: str = "Hotel Sierra Azul") -> Customer:
    """Somebody whom we have known for so many days, and who has not bought."""
    customer = a_customer(cast, name)
    customer.status, customer.purchase_days, customer.created_at = "prospect", 0, clock.now() - timedelta(days=days)
    db.session.commit()
    return customer


def test_a_sale_and_a_client_once_and_only_while_it_is_true(cast: Cast) -> None:
    today, id = clock.today(), a_prospect(cast).id
    first = a_purchase(id, today - 3 * DAY).id
    a_purchase(id, today - 3 * DAY)
    for _ in range(2):
        look()
    assert wall() == [("sale", 0, today - 3 * DAY)]
    second = a_purchase(id, today).id
    look()
    assert wall() == [("client", 0, today), ("sale", 0, today - 3 * DAY)]
    a_purchase(id, today - DAY)
    look()
    assert wall() == [("client", 0, today - DAY), ("sale", 0, today - 3 * DAY)], "it goes to its day"
    for purchase in db.session.scalars(select(Purchase).where(Purchase.id.not_in([first, second]))).all():
        ledger.void(purchase, by=cast.owner)
    ledger.void(db.session.get_one(Purchase, first), by=cast.owner)
    db.session.commit()
    assert wall() == [], "what is left is one purchase, of today"
    ledger.restore(db.session.get_one(Purchase, first), by=cast.owner)
    db.session.commit()
    look()
    assert wall() == [("client", 0, today), ("sale", 0, today - 3 * DAY)]
    assert len(db.session.scalars(select(Celebration)).all()) == 2


def test_old_history_celebrates_nothing(cast: Cast) -> None:
    today = clock.today()
    long_ago, just_known = a_prospect(cast, 400), a_prospect(cast, 0, "Notaría 32")
    for days in (300, 40):
        a_purchase(long_ago.id, today - days * DAY)
        a_purchase(just_known.id, today - days * DAY)
    newcomer = a_prospect(cast, 0, "Clínica Obregón")
    a_purchase(newcomer.id, today - 5 * DAY)  # as from a shop's file: bought before we knew them
    look()
    assert wall() == []
    a_purchase(newcomer.id, today)
    look()
    assert wall() == [("client", 0, today)]


def test_promises_kept_in_a_row(cast: Cast) -> None:
    customer, today = a_customer(cast), clock.today()
    for n in range(12):
        promise = a_promise(customer, today)
        promise.break_(cast.support) if n == 0 else promise.keep(cast.support)
        if n < 2:
            promise.settled_on = today - DAY
    db.session.commit()
    look()
    assert wall() == [("streak", 10, today)], "of eleven kept, ten since the day of the broken one"
    a_promise(customer, today).keep(cast.support)
    db.session.commit()
    look()
    assert len(wall()) == 1


def test_of_two_milestones_at_once_the_higher_is_celebrated(cast: Cast) -> None:
    customer = a_customer(cast)
    for _ in range(26):
        a_promise(customer, clock.today()).keep(cast.support)
    db.session.commit()
    look()
    assert wall() == [("streak", 25, clock.today())]


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (date(2026, 11, 22), 5, [date(2021, 11, 22)]),
        (date(2025, 2, 28), 1, [date(2024, 2, 28), date(2024, 2, 29)]),
        (date(2028, 2, 28), 2, [date(2026, 2, 28)]),
        (date(2028, 2, 29), 5, []),
        (date(2028, 2, 28), 4, [date(2024, 2, 28)]),
        (date(2028, 2, 29), 4, [date(2024, 2, 29)]),
    ],
)
def test_which_day_it_was(day: date, years: int, first: list[date]) -> None:
    assert celebrating._years_before(day, years) == first


def test_years_of_clients_by_the_clock(cast: Cast) -> None:
    with clock.as_of(datetime(2026, 11, 22, 18, tzinfo=UTC)):
        today = clock.today()
        for n, (years, days) in enumerate(((1, 0), (2, 1), (3, 0), (5, 9), (10, 0))):
            client = a_prospect(cast, 5000, f"Hotel {n}")
            a_purchase(client.id, (today - days * DAY).replace(year=today.year - years))
            if years < 10:  # the last one never came back
                a_purchase(client.id, today - 40 * DAY)
        assert celebrating.anniversaries() == 2
        assert celebrating.anniversaries() == 0
        assert wall() == [("anniversary", 1, today), ("anniversary", 2, today - DAY)]
