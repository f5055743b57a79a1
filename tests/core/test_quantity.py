from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.quantity import (
    bounded_decimal,
    decimal_of_float,
    decimal_of_fraction,
    measured,
    plain,
    read_number,
    rounded,
    shortest,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", "12"), (" 3.50 ", "3.50"), ("-0", "0"), ("+7", "7"), ("1e-4", "0.0001"), ("2.5E3", "2500"), ("010", "10")],
)
def test_plain_numbers_are_read_exactly(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


OTHER_FORMS = [
    "",
    "-",
    "无",
    "NaN",
    "Infinity",
    "1_000",
    "１２３",
    "٣",
    "1,234",
    "98.5%",
    "0x10",
    ".5",
    "5.",
    "1e400",
    "1e-400",
    "9" * 41,
]


@pytest.mark.torture("T15", "1e-400")
@pytest.mark.parametrize("text", OTHER_FORMS)
def test_every_other_form_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_number(text)
    assert refusal.value.code == "not_a_number"
    assert refusal.value.hint is not None


@pytest.mark.parametrize("text", ["1e99", "-1e99", "9" * 38 + "e9"])
def test_a_number_that_is_short_to_write_and_too_long_to_round_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="too large") as refusal:
        read_number(text)
    assert refusal.value.code == "out_of_range"


@pytest.mark.parametrize("text", ["1e40", "9" * 40, "-1e-99"])
def test_every_number_that_is_read_can_be_rounded(text: str) -> None:
    assert rounded(read_number(text), 12) == read_number(text).quantize(Decimal("1e-12"), context=Context(prec=80))


@pytest.mark.torture("T15", "figures out of JSON and logs")
@pytest.mark.parametrize("text", [*OTHER_FORMS, "1e99", "-1e-99", "\n7"])
def test_what_a_tool_prints_follows_the_same_grammar(text: str) -> None:
    assert bounded_decimal(text) is None


@pytest.mark.parametrize("text", ["12", " 3.50 ", "+7", "1e-4", "2.5E3", "010"])
def test_what_a_tool_prints_is_read_digit_by_digit(text: str) -> None:
    assert str(bounded_decimal(text)) == str(read_number(text))


@pytest.mark.torture("T15", "none in facts")
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_is_not_finite_never_becomes_a_fact(value: float) -> None:
    with pytest.raises(InputError, match="not a finite"):
        decimal_of_float(value)


def test_a_float_becomes_a_fact_at_twelve_digits() -> None:
    assert decimal_of_float(0.1 + 0.2) == Decimal("0.3")
    assert decimal_of_float(-0.0) == 0
    assert not decimal_of_float(-0.0).is_signed()


def test_ratios_of_exact_sums_are_measured_at_twelve_digits() -> None:
    assert measured(Fraction(1, 3)) == Decimal("0.333333333333")
    assert decimal_of_fraction(Fraction(2, 3), digits=5) == Decimal("0.66667")


@pytest.mark.parametrize(
    ("value", "shown"), [("74.995", "75.00"), ("74.99499", "74.99"), ("-0.001", "0.00"), ("0.125", "0.13")]
)
def test_published_figures_are_rounded_half_up(value: str, shown: str) -> None:
    assert plain(rounded(Decimal(value), 2)) == shown


def test_figures_are_written_without_exponent() -> None:
    assert plain(Decimal("1E+3")) == "1000"
    assert shortest(Decimal("1.2500")) == "1.25"
    assert shortest(Decimal("100")) == "100"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_what_is_written_is_read_back(value: Decimal) -> None:
    assert read_number(plain(value)) == value
