"""What a formula is worth, exactly: rational where it stays rational, else 60 digits, quantised to 40 (`digits`)."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.digits import INNER, inner, outer, published
from core.text import Text
from indicators.rubric.formula import Call, Choice, Expression, Name, Number, Operation

LARGEST_EXPONENT = 1000
MOST_BITS = 8192  # of numerator and denominator; beyond them a figure is kept with 40 digits
FURTHEST = 2500  # decimal exponent of a figure, upwards and downwards: about as far as exact ones go
MOST_DECIMALS = 40


class NotComputable(Exception):
    """There is no such figure, as of a division by zero."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Text(zh=zh, en=en)


class NotKnown(Exception):
    """An input has no value; raised by the function that looks names up."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def evaluate(expression: Expression, value_of: Callable[[str], Fraction]) -> Fraction:
    """Work out a formula.

    Args:
        value_of: of each name; may raise `NotKnown`, which only `first` passes over.

    Raises:
        NotComputable: division by zero, a root or logarithm that does not exist, a figure beyond all bounds.
        NotKnown: for the first name without value the formula comes to.
    """
    try:
        return _worth(expression, value_of)
    except decimal.DecimalException:
        raise _beyond_bounds() from None


def _worth(expression: Expression, value_of: Callable[[str], Fraction]) -> Fraction:
    match expression:
        case Number(value=value):
            return Fraction(value)
        case Name(name=name):
            return value_of(name)
        case Operation(sign=sign, left=left, right=right):
            return _bounded(_operation(sign, _worth(left, value_of), _worth(right, value_of)))
        case Choice(sign=sign, left=left, right=right, then=then, otherwise=otherwise):
            holds = _compared(sign, _worth(left, value_of), _worth(right, value_of))
            return _worth(then if holds else otherwise, value_of)
        case Call(function="first", arguments=arguments):
            return _first(arguments, value_of)
        case Call(function=function, arguments=arguments):
            return _bounded(_called(function, [_worth(argument, value_of) for argument in arguments]))


def _first(arguments: Sequence[Expression], value_of: Callable[[str], Fraction]) -> Fraction:
    for argument in arguments[:-1]:
        try:
            return _worth(argument, value_of)
        except NotKnown:
            continue
    return _worth(arguments[-1], value_of)


def _operation(sign: str, left: Fraction, right: Fraction) -> Fraction:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if right == 0:
                raise NotComputable(zh="除数为零。", en="Division by zero.")
            return left / right
    return _power(left, right)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if abs(exponent) > LARGEST_EXPONENT:
        raise NotComputable(zh="指数过大。", en="The exponent is too large.")
    if base == 0 and exponent < 0:
        raise NotComputable(zh="除数为零。", en="Division by zero.")
    if exponent.denominator == 1:
        if _bits(base) * abs(exponent.numerator) <= MOST_BITS:
            return base**exponent.numerator
        return _kept(INNER.power(inner(base), exponent.numerator))
    if base < 0:
        raise NotComputable(zh="负数的非整数次幂不存在。", en="A negative figure has no such power.")
    return _kept(INNER.power(inner(base), inner(exponent))) if base else Fraction(0)


def _compared(sign: str, left: Fraction, right: Fraction) -> bool:
    match sign:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
    return left != right


def _called(function: str, values: list[Fraction]) -> Fraction:
    match function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "sum":
            return sum(values, Fraction(0))
        case "mean":
            return sum(values, Fraction(0)) / len(values)
        case "abs":
            return abs(values[0])
        case "sqrt":
            return _root(values[0])
        case "exp":
            return _kept(INNER.exp(inner(values[0])))
        case "round":
            return _rounded(values[0], values[1] if len(values) > 1 else Fraction(0))
        case "log10":
            return _kept(INNER.log10(_positive(values[0])))
    return _logarithm(*values)


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise NotComputable(zh="负数没有平方根。", en="A negative figure has no square root.")
    return _kept(INNER.sqrt(inner(value)))


def _logarithm(value: Fraction, base: Fraction | None = None) -> Fraction:
    """Natural, or to a base."""
    natural = INNER.ln(_positive(value))
    if base is None:
        return _kept(natural)
    below = INNER.ln(_positive(base))
    if below == 0:
        raise NotComputable(zh="对数的底不能为 1。", en="A logarithm has no base 1.")
    return _kept(INNER.divide(natural, below))


def _positive(value: Fraction) -> Decimal:
    if value <= 0:
        raise NotComputable(zh="零和负数没有对数。", en="Only a positive figure has a logarithm.")
    return inner(value)


def _rounded(value: Fraction, decimals: Fraction) -> Fraction:
    if decimals.denominator != 1 or not 0 <= decimals <= MOST_DECIMALS:
        raise NotComputable(
            zh=f"round 的小数位数应为 0 到 {MOST_DECIMALS} 的整数。", en=f"round takes 0 to {MOST_DECIMALS} decimals."
        )
    return Fraction(published(value, decimals.numerator))


def _bounded(value: Fraction) -> Fraction:
    return value if _bits(value) <= MOST_BITS else _kept(inner(value))


def _kept(value: Decimal) -> Fraction:
    """With 40 digits; refused where the fraction alone would fill memory, as of `exp(1000000)`."""
    if value and abs(value.adjusted()) > FURTHEST:
        raise _beyond_bounds()
    return outer(value)


def _beyond_bounds() -> NotComputable:
    return NotComputable(zh="结果超出可计算的范围。", en="The figure is beyond all bounds.")


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()
