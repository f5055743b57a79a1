"""A formula is worked out exactly, within bounds, or says why it cannot be."""

from __future__ import annotations

import math
import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.formulas import NotComputable, NotKnown, evaluate
from indicators.rubric.formula import FormulaFault, parse_formula
from indicators.rubric.units import UnitFault, parsed, unit_of, written

VALUES = {"a": Fraction(3), "b": Fraction(7), "zero": Fraction(0), "low": Fraction(-2)}


def worth(text: str) -> Fraction:
    def value_of(name: str) -> Fraction:
        if name not in VALUES:
            raise NotKnown(name)
        return VALUES[name]

    return evaluate(parse_formula(text).expression, value_of)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("-2 ^ 2", "-4"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ** -2", "1/4"),
        ("a / b + 1 / 7", "4/7"),
        ("a × b − 1 ÷ 2", "41/2"),
        ("min(a, b, 2)", "2"),
        ("max(a, b) - abs(low)", "5"),
        ("mean(a, b) * sum(1, 1)", "10"),
        ("if(a < b, 1, a / zero)", "1"),
        ("if(a >= 4, 1, if(b != 7, 2, 3))", "3"),
        ("first(unknown, a)", "3"),
        ("round(2.5)", "3"),
        ("round(-2.345, 2)", "-2.35"),
        ("sqrt(a * a)", "3"),
        ("ln(exp(0)) + log10(1000)", "3"),
        ("log(8, 2)", "3"),
        ("1 / 3 * 3", "1"),
    ],
)
def test_arithmetic_is_exact(text: str, expected: str) -> None:
    assert worth(text) == Fraction(expected)


def test_a_logarithm_is_natural_and_has_40_digits() -> None:
    assert worth("log(10)") == worth("ln(10)") == Fraction("2.302585092994045684017991454684364207601")


@pytest.mark.parametrize(
    "text",
    ["a / zero", "zero ^ -1", "ln(zero)", "ln(low)", "sqrt(low)", "low ^ 0.5", "log(a, 1)", "2 ^ 100000", "exp(9 ^ 9)",
     "round(a, 2.5)"],
)  # fmt: skip
def test_a_figure_that_does_not_exist_is_named_as_such(text: str) -> None:
    with pytest.raises(NotComputable) as refused:
        worth(text)
    assert refused.value.message.zh
    assert refused.value.message.en


@pytest.mark.torture("T25", "formula bombs")
@pytest.mark.parametrize(
    "text",
    ["9 ^ 9 ^ 9 ^ 9", "exp(1000000)", "exp(-1000000)", "(10 ^ 999) ^ 1000", "(10 ^ -999) ^ 1000",
     "round(exp(900000), 40)", "if((10 ^ 999) ^ 1000 > (10 ^ 999) ^ 999, 1, 2)", "+".join(["exp(1000000)"] * 90),
     "*".join(["exp(5000)"] * 90)],
)  # fmt: skip
def test_a_short_formula_of_an_enormous_figure_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(NotComputable):
        worth(text)
    assert time.process_time() - started < 1


def test_what_an_exact_figure_may_be_an_inexact_one_may_be_too() -> None:
    assert worth("10 ^ 999 * 10 ^ 999") == 10**1998
    assert 10**2171 < worth("exp(5000)") < 10**2172


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "a b", "2x", "A", "a ! b", "f(a)", "ln()", "min", "if(a, b, 1)", "__import__(1)", "a.b", "a[0]", "1e3",
     "(" * 60 + "a" + ")" * 60, "+".join("a" * 400), "a" * 3000, "lambda: 1", "'x'", "9" * 41],
)  # fmt: skip
def test_anything_but_the_small_language_is_refused_with_words(text: str) -> None:
    if text == "min":
        assert parse_formula(text).names == ("min",)  # a name like any other: the rubric does not declare it
        return
    with pytest.raises(FormulaFault) as refused:
        parse_formula(text)
    assert refused.value.message.zh
    assert refused.value.message.en


@given(st.text(alphabet="ab12.+-*/^(),<>= ifmnxl", max_size=40))
def test_any_text_is_a_formula_or_a_fault(text: str) -> None:
    try:
        formula = parse_formula(text)
    except FormulaFault:
        return
    assert set(formula.names) <= set("ab") | {name for name in formula.names if name.isidentifier()}


@given(
    st.decimals("-1000", "1000", places=3),
    st.decimals("0.001", "1000", places=3),
    st.sampled_from(["+", "-", "*", "/"]),
)
def test_a_formula_agrees_with_fractions(a: Decimal, b: Decimal, sign: str) -> None:
    values = {"a": Fraction(a), "b": Fraction(b)}
    found = evaluate(parse_formula(f"a {sign} b").expression, values.__getitem__)
    ours = {"+": values["a"] + values["b"], "-": values["a"] - values["b"], "*": values["a"] * values["b"]}
    assert found == ours.get(sign, values["a"] / values["b"])


@given(st.decimals("0.001", "1000", places=3))
def test_a_power_of_a_half_is_the_root(a: Decimal) -> None:
    value = {"a": Fraction(a)}
    root = evaluate(parse_formula("a ^ 0.5").expression, value.__getitem__)
    assert float(root) == pytest.approx(math.sqrt(float(a)), rel=1e-14)


UNITS = {"energy": "kWh", "more": "MWh", "cards": "card", "money": "USD", "people": "person", "share": "1"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("energy / cards", "kWh/card"),
        ("energy + 1", "kWh"),
        ("energy * share", "kWh"),
        ("energy / energy", "1"),
        ("energy ^ 2 / energy", "kWh"),
        ("max(money, 0) / people", "USD/person"),
        ("ln(money)", "?"),
        ("1000 * energy", "?"),
    ],
)
def test_units_multiply_and_divide_as_their_symbols_do(text: str, unit: str) -> None:
    assert written(unit_of(parse_formula(text), UNITS)) == unit


@pytest.mark.parametrize(
    "text", ["energy + more", "if(energy > more, 1, 2)", "min(money, people)", "energy / cards - energy"]
)
def test_different_units_are_not_added_or_compared(text: str) -> None:
    with pytest.raises(UnitFault):
        unit_of(parse_formula(text), UNITS)


def test_a_unit_is_read_in_the_ways_people_write_it() -> None:
    assert parsed("USD per person") == parsed("USD/person")
    assert parsed("kg·m/s^2") == parsed("m*kg/s/s")
    assert parsed("ratio") == parsed("1")
