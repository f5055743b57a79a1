"""Numbers: how they are read, kept and written.

Facts, weights and points are `Decimal`. A float becomes a fact in one place only,
`decimal_of_float`. Numbers in text follow one grammar, `read_number`.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from core.errors import InputError
from core.text import Text

FLOAT_DIGITS = 12
LONGEST_NUMBER = 40

# ASCII digits only: no separators, no blanks inside, no hexadecimal, no words. Python's own patterns, since every
# number of a JSON document passes here, of 40 characters at most, and this one cannot backtrack.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_FLOAT_CONTEXT = Context(prec=FLOAT_DIGITS, rounding=ROUND_HALF_UP)


PLAIN_NUMBER = Text(
    zh="请使用半角数字和小数点，例如 1234.5；不要使用千分位、百分号或单位。",
    en="Write plain digits and a decimal point, such as 1234.5; no separators, percent signs or units.",
)


def read_number(text: str) -> Decimal:
    """Read a decimal number from evidence or forms.

    Accepted: an optional sign, ASCII digits, optionally a point and digits, optionally an
    exponent of at most two digits; blanks around it. `1,234`, `98.5%`, `１２３`, `0x10`, `1_000`, `NaN`
    and the empty text are refused. −0 is 0.

    Raises:
        InputError: code `not_a_number`; `out_of_range` of more than 10⁴⁰, which is short to write (`1e99`) and too long
            to be rounded.
    """
    stripped = text.strip(" \t")
    if len(stripped) > LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        raise not_a_number(text)
    value = without_negative_zero(Decimal(stripped))
    if value.adjusted() > LONGEST_NUMBER:
        raise _too_large(stripped)
    return value


def bounded_decimal(digits: str) -> Decimal | None:
    """A number as JSON or a log prints it, digit by digit; None where it is no usable figure.

    That is: no number by the grammar of `read_number`, or short to write and long to hold (`1e99`).
    """
    stripped = digits.strip(" \t")
    if len(stripped) > LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        return None
    value = Decimal(stripped)
    return value if abs(value.adjusted()) <= LONGEST_NUMBER else None


def _too_large(number: str) -> InputError:
    return InputError(
        "out_of_range",
        Text(zh=f"数值过大：{number}。", en=f"The number is too large: {number}."),
        hint=Text(zh="请核对位数和单位。", en="Look at its digits and its unit again."),
    )


def not_a_number(text: str) -> InputError:
    shown = text if len(text) <= LONGEST_NUMBER else text[:LONGEST_NUMBER] + "…"
    return InputError(
        "not_a_number",
        Text(zh=f"“{shown}”不是数字。", en=f"“{shown}” is not a number."),
        hint=PLAIN_NUMBER,
    )


def decimal_of_float(value: float) -> Decimal:
    """The one place where a float becomes a fact: 12 significant digits, half-up.

    Raises:
        InputError: code `not_finite` for NaN and infinities.
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise InputError(
            "not_finite",
            Text(zh="计算结果不是有限数。", en="The computed figure is not a finite number."),
            hint=Text(
                zh="请检查所依据的数值：是否过大，或被零除。",
                en="Look at the figures it is made of: one is too large, or was divided by nothing.",
            ),
        )
    return without_negative_zero(_FLOAT_CONTEXT.create_decimal(repr(float(value))))


def decimal_of_fraction(value: Fraction, *, digits: int = 40) -> Decimal:
    """A fraction as a decimal of so many significant digits, half-up."""
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    return without_negative_zero(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


def measured(value: Fraction) -> Decimal:
    """A ratio of exact sums as a measured fact: 12 significant digits, half-up, as for floats."""
    return decimal_of_fraction(value, digits=FLOAT_DIGITS)


def without_negative_zero(value: Decimal) -> Decimal:
    return value.copy_abs() if value.is_zero() else value


def plain(value: Decimal) -> str:
    """A decimal as people and files write it: no exponent, its own trailing zeros kept."""
    return format(without_negative_zero(value), "f")


def shortest(value: Decimal) -> str:
    """A decimal without exponent and without superfluous trailing zeros."""
    text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half-up to so many decimals: the one rounding of published figures."""
    quantum = Decimal(1).scaleb(-decimals)
    return without_negative_zero(value.quantize(quantum, rounding=ROUND_HALF_UP, context=Context(prec=80)))
