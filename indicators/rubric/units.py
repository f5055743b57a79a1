"""The unit of a formula: units multiply and divide as their symbols do; nothing is converted.

`kWh/m2`, `USD/person`, `kg·m/s^2`. A bare number takes the unit of what it is added to or compared with; once a number
scales a figure, or a logarithm is taken, the author may name the unit, so the check ends there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import re2

from indicators.rubric.formula import Call, Choice, Expression, Formula, Name, Number, Operation

Powers = Mapping[str, Fraction]
PLAIN = ("", "1", "ratio")
_FACTOR = re2.compile(r"^(.*?)(?:\^(-?[0-9]+))?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """`powers` None: any unit, because only the author can name it. `number`: a bare number."""

    powers: tuple[tuple[str, Fraction], ...] | None
    number: bool = False


ANY = Unit(None)
ONE = Unit(())


class UnitFault(Exception):
    """Two units that do not go together."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right}")
        self.left, self.right = left, right


def unit_of(formula: Formula, units: Mapping[str, str]) -> Unit:
    """The unit a formula has, given those of its names.

    Raises:
        UnitFault: where figures of different units are added or compared.
        KeyError: for a name without unit.
    """
    return _unit(formula.expression, units)


def parsed(text: str) -> Unit:
    """A unit as it is written: factors by `·` or `*`, `/` before each one that divides."""
    if text in PLAIN:
        return ONE
    powers: dict[str, Fraction] = {}
    for at, side in enumerate(text.replace(" per ", "/").split("/")):
        for factor in side.replace("·", "*").split("*"):
            found = _FACTOR.match(factor.strip())
            symbol, power = (found.group(1), found.group(2)) if found else (factor.strip(), None)
            if symbol not in PLAIN:
                powers[symbol] = powers.get(symbol, Fraction(0)) + Fraction(power or 1) * (1 if at == 0 else -1)
    return _of(powers)


def alike(left: Unit, right: Unit) -> bool:
    return left.powers is None or right.powers is None or left.powers == right.powers


def written(unit: Unit) -> str:
    if unit.powers is None:
        return "?"
    above = [_factor(symbol, power) for symbol, power in unit.powers if power > 0]
    below = [_factor(symbol, -power) for symbol, power in unit.powers if power < 0]
    return "/".join(["·".join(above) or "1", *below])


def _unit(expression: Expression, units: Mapping[str, str]) -> Unit:
    match expression:
        case Number():
            return Unit((), number=True)
        case Name(name=name):
            return parsed(units[name])
        case Operation(sign="+" | "-", left=left, right=right):
            return _together(_unit(left, units), _unit(right, units))
        case Operation(sign="^", left=left, right=right):
            return _power(_unit(left, units), _unit(right, units), right)
        case Operation(sign=sign, left=left, right=right):
            return _product(_unit(left, units), _unit(right, units), -1 if sign == "/" else 1)
        case Call(function=function, arguments=arguments):
            return _called(function, [_unit(argument, units) for argument in arguments])
        case Choice(left=left, right=right, then=then, otherwise=otherwise):
            _together(_unit(left, units), _unit(right, units))
            return _together(_unit(then, units), _unit(otherwise, units))


def _called(function: str, arguments: list[Unit]) -> Unit:
    if function in ("min", "max", "sum", "mean", "first"):
        found = arguments[0]
        for other in arguments[1:]:
            found = _together(found, other)
        return found
    if function in ("abs", "round"):
        return arguments[0]
    if function == "sqrt":
        powers = arguments[0].powers
        return ANY if powers is None else Unit(tuple((symbol, power / 2) for symbol, power in powers))
    return ANY  # of logarithms and exponentials


def _together(left: Unit, right: Unit) -> Unit:
    """Of a sum or a comparison."""
    if left.number:
        return right
    if right.number:
        return left
    if not alike(left, right):
        raise UnitFault(written(left), written(right))
    return ANY if left.powers is None else right


def _product(left: Unit, right: Unit, sign: int) -> Unit:
    if left.number and right.number:
        return left
    if left.powers is None or right.powers is None or left.number or right.number:
        return ANY
    powers = dict(left.powers)
    for symbol, power in right.powers:
        powers[symbol] = powers.get(symbol, Fraction(0)) + sign * power
    return _of(powers)


def _power(base: Unit, exponent: Unit, written_as: Expression) -> Unit:
    if base.number and exponent.number:
        return base
    if base.powers == () and not base.number:
        return ONE
    if base.powers is None or not isinstance(written_as, Number):
        return ANY
    power = Fraction(written_as.value)
    return Unit(tuple((symbol, own * power) for symbol, own in base.powers))


def _of(powers: Mapping[str, Fraction]) -> Unit:
    return Unit(tuple(sorted((symbol, power) for symbol, power in powers.items() if power)))


def _factor(symbol: str, power: Fraction) -> str:
    return symbol if power == 1 else f"{symbol}^{power}"
