"""The figures of a customer follow from the ledger, and stay true through any sequence of changes."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.customers.models import Customer
from portal.extensions import db
from portal.purchases import figures, ledger
from portal.purchases.figures import Figures
from portal.purchases.models import Purchase
from tests.cast import Cast
from tests.imports.running import import_text
from tests.touches import a_customer

JANUARY = date(2026, 1, 1)


def on(day: int) -> date:
    return JANUARY + timedelta(days=day)


def test_nobody_who_has_not_bought_is_more_than_a_prospect() -> None:
    assert figures.of([]) == Figures("prospect", 0, None, None, None, 0, None, None)


def test_a_day_counts_once() -> None:
    assert figures.of([(on(3), "MXN", 500, 2), (on(3), "MXN", 100, 1)]) == (
        "buyer", 1, on(3), None, on(3), 600, "MXN", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "median"), [([0, 10], 10.0), ([0, 10, 40], 20.0), ([0, 1, 3, 10], 2.0), ([5, 0, 3], 2.5)]
)
def test_the_median_interval(days: list[int], median: float) -> None:
    assert figures.of([(on(day), "MXN", 1, 1) for day in days]).median_interval_days == median


def test_revenue_is_in_the_currency_of_most_purchases() -> None:
    bought = [(on(0), "USD", 900, 1), (on(1), "MXN", 100, 2), (on(2), "USD", 50, 1), (on(3), "MXN", 1, 1)]
    assert figures.of(bought)[1:7] == (4, on(0), on(1), on(3), 101, "MXN")
    assert figures.of([(on(0), "USD", 900, 1), (on(1), "MXN", 100, 1)]).currency == "MXN"  # a draw: the last
    assert figures.of([(on(0), "USD", 900, 1), (on(0), "MXN", 100, 1)]).currency == "MXN"  # still: by name


def stored() -> dict[int, Any]:
    """The figures of all customers, as the database has them."""
    columns = [getattr(Customer, name) for name in Figures._fields]
    rows = db.session.execute(select(Customer.id, *columns))
    return {row[0]: tuple(row[1:]) for row in rows}


def test_they_follow_each_change(cast: Cast) -> None:
    customer = a_customer(cast)
    first = ledger.record(
        customer_id=customer.id, on=on(0), amount_minor=500, currency="MXN", by=cast.support, number="7"
    )
    assert stored()[customer.id] == ("buyer", 1, on(0), None, on(0), 500, "MXN", None)
    second = ledger.record(customer_id=customer.id, on=on(30), amount_minor=700, currency="MXN", by=cast.support)
    assert stored()[customer.id] == ("client", 2, on(0), on(30), on(30), 1200, "MXN", 30.0)
    ledger.correct(second, on=on(20), amount_minor=600, currency="MXN", number="", description="", by=cast.support)
    assert stored()[customer.id] == ("client", 2, on(0), on(20), on(20), 1100, "MXN", 20.0)
    ledger.void(first, by=cast.support)
    assert stored()[customer.id] == ("buyer", 1, on(20), None, on(20), 600, "MXN", None)
    ledger.restore(first, by=cast.support)
    assert stored()[customer.id] == ("client", 2, on(0), on(20), on(20), 1100, "MXN", 20.0)
    assert customer.revenue_minor == 1100  # also the customer that was at hand


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 2), st.integers(0, 60), st.integers(0, 99), st.sampled_from("MU")),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 60), st.integers(0, 99)),
        st.tuples(st.just("void"), st.integers(0, 9)),
        st.tuples(st.just("restore"), st.integers(0, 9)),
        st.tuples(st.just("archive"), st.integers(0, 2)),
        st.tuples(
            st.just("import"),
            st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(0, 99)), min_size=1, max_size=6),
        ),
    ),
    max_size=12,
)


def change(what: Any, customers: list[Customer], cast: Cast, folder: Path) -> None:
    """Do one of the above."""
    verb, *args = what
    purchases = db.session.scalars(select(Purchase).order_by(Purchase.id)).all()
    purchase = purchases[args[0] % len(purchases)] if purchases and isinstance(args[0], int) else None
    if verb == "record":
        which, day, amount, letter = args
        ledger.record(
            customer_id=customers[which].id, on=on(day), amount_minor=amount,
            currency={"M": "MXN", "U": "USD"}[letter], by=cast.sales,
        )  # fmt: skip
    elif verb == "archive":
        customer = customers[args[0]]
        customer.restore(cast.owner) if customer.is_archived else customer.archive(cast.owner)
    elif verb == "import":
        ids = [*(customer.external_id for customer in customers), "new3", "new4"]
        rows = [f"{ids[who]},{on(day)},{amount}" for who, day, amount in args[0]]
        import_text(folder, "\n".join(["customer,date,amount", *rows]))
    elif purchase is not None and verb == "correct" and not purchase.is_voided:
        ledger.correct(
            purchase, on=on(args[1]), amount_minor=args[2], currency="MXN", number="", description="", by=cast.sales
        )
    elif purchase is not None and verb in ("void", "restore"):
        getattr(ledger, verb)(purchase, by=cast.sales)
    db.session.commit()


@pytest.mark.long
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=CHANGES)
def test_kept_figures_are_those_that_a_rebuild_gives(changes: list[Any], cast: Cast, tmp_path: Path) -> None:
    names = (f"Customer {number}" for number in range(db.session.query(Customer).count(), 10_000))
    customers = [a_customer(cast, next(names)) for _ in range(3)]
    for customer in customers:
        customer.external_id = f"own{customer.id}"
        customer.status, customer.purchase_days = "prospect", 0
    db.session.commit()
    for each in changes:
        change(each, customers, cast, tmp_path)
    kept = stored()
    _, changed = figures.rebuild()
    assert stored() == kept
    assert changed == 0


def test_a_rebuild_mends_what_is_wrong(cast: Cast) -> None:
    customer = a_customer(cast)
    ledger.record(customer_id=customer.id, on=on(0), amount_minor=500, currency="MXN", by=cast.support)
    customer.revenue_minor = 1
    db.session.commit()
    assert figures.rebuild() == (1, 1)
    assert stored()[customer.id] == ("buyer", 1, on(0), None, on(0), 500, "MXN", None)
    assert figures.rebuild() == (1, 0)
