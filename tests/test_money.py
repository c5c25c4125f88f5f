"""Amounts: whole minor units, exactly, or a named refusal."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import money


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("12.00", ".", 1200),
        ("1.234,56", ".", 123456),  # only one reading, whatever the habit
        ("1.234,56", ",", 123456),
        ("1,234.56", None, 123456),
        ("1,234", ".", 123400),
        ("1.234", ",", 123400),
        ("1 234,50", None, 123450),
        ("1'234.50", None, 123450),
        ("$ 1,234.50", ".", 123450),
        ("MX$5", None, 500),
        ("$1,200.00 M.N.", ".", 120000),
        ("1.200,50 mn", None, 120050),
        ("12.50 MXN", None, 1250),
        ("(12.5)", ".", -1250),
        ("-$5.00", ".", -500),
        ("3-", ".", -300),
        ("\u22123", ".", -300),
        ("0.10000", ".", 10),
        (".5", ".", 50),
        ("0", None, 0),
    ],
)
def test_amounts_are_read_as_they_are_written(text: str, decimal: str | None, minor: int) -> None:
    assert money.parse(text, "MXN", decimal) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_missing"),
        ("  ", "amount_missing"),
        ("NaN", "amount_not_a_number"),
        ("Infinity", "amount_not_a_number"),
        ("1e400", "amount_not_a_number"),
        ("doce", "amount_not_a_number"),
        ("--5", "amount_not_a_number"),
        ("(-5)", "amount_not_a_number"),
        ("٣", "amount_not_a_number"),
        ("0.005", "amount_too_precise"),
        ("1.23.4", "amount_grouping"),
        ("1,23,456.00", "amount_grouping"),
        ("1,234", "amount_ambiguous"),
        ("99999999999999999999", "amount_too_large"),
        ("USD 5", "currency_differs"),
        ("5 €", "currency_differs"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(money.NotMoney) as refused:
        money.parse(text, "MXN", None)
    assert refused.value.code == code


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1e400", "0.005", "1e-400"])
def test_no_decimal_is_rounded(amount: str) -> None:
    with pytest.raises(money.NotMoney):
        money.to_minor(Decimal(amount), "MXN")


def test_each_currency_has_its_own_decimals() -> None:
    assert money.parse("1500", "JPY") == 1500
    assert money.parse("1.234", "KWD") == 1234
    assert money.from_minor(1234, "KWD") == Decimal("1.234")
    with pytest.raises(money.NotMoney):
        money.parse("15.5", "JPY")
    with pytest.raises(money.NotMoney):
        money.exponent("XYZ")


@given(st.integers(-money.LARGEST_MINOR, money.LARGEST_MINOR), st.sampled_from(["MXN", "JPY", "KWD", "CLF"]))
def test_what_is_written_plainly_is_read_back(minor: int, currency: str) -> None:
    assert money.parse(money.plain(minor, currency), currency) == minor


@given(st.text(max_size=30), st.sampled_from([".", ",", None]))
def test_any_text_is_an_amount_or_a_named_refusal(text: str, decimal: str | None) -> None:
    try:
        minor = money.parse(text, "MXN", decimal)
    except money.NotMoney as refused:
        minor = 0
        code = refused.code
    else:
        code = "amount_read"
    assert abs(minor) <= money.LARGEST_MINOR
    assert code.startswith(("amount_", "currency_"))


def test_a_column_shows_its_decimal_mark() -> None:
    assert money.decimal_mark(["1,234", "2,500.10"]) == (".", True)
    assert money.decimal_mark(["12,50", "1.200"]) == (",", True)
    assert money.decimal_mark(["1,234", "2,500"]) == (None, True)
    assert money.decimal_mark(["5", "600"]) == (None, False)


@pytest.mark.parametrize("sign", ["x", "$", "(", "e\u0301", "-", "9", ","])
def test_a_very_long_text_is_refused_at_once(sign: str) -> None:
    began = time.perf_counter()
    with pytest.raises(money.NotMoney):
        money.parse(sign * 100_000, "MXN")
    assert time.perf_counter() - began < 2
