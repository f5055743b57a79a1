"""Exact statistics of a sample: extremes, mean, spread, percentiles, and what is done with outliers first.

Mean and spread are taken from values of at most 40 digits, which facts always are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from assessment.scoring.digits import INNER, inner, outer, stored
from indicators.rubric.relative import Deviation, OutlierRule, Outliers, PercentileMethod


@dataclass(frozen=True)
class Statistics:
    """A sample after its outliers were treated.

    Args:
        values: ascending.
        lower, upper: beyond these, a value counts as if it were them; None: as it is.
        treated: how many values of the sample were changed or left out.
    """

    values: tuple[Fraction, ...]
    lower: Fraction | None = None
    upper: Fraction | None = None
    treated: int = 0

    @property
    def count(self) -> int:
        return len(self.values)

    def held(self, value: Fraction) -> Fraction:
        """A value as it counts after the treatment of outliers."""
        above = value if self.lower is None else max(value, self.lower)
        return above if self.upper is None else min(above, self.upper)

    @cached_property
    def mean(self) -> Fraction:
        """Raises:
        ZeroDivisionError: for an empty sample.
        """
        return self._sum / self.count

    @cached_property
    def _sum(self) -> Fraction:
        return total(self.values)

    def variance(self, divisor: Deviation) -> Fraction | None:
        """None where there are too few values for one."""
        degrees = self.count - 1 if divisor is Deviation.SAMPLE else self.count
        if degrees < 1:
            return None
        return self._squares / degrees

    @cached_property
    def _squares(self) -> Fraction:
        """Σ(x − mean)²"""
        return total([value * value for value in map(short, self.values)]) - self._sum * self._sum / self.count

    def deviation(self, divisor: Deviation) -> Fraction | None:
        """The square root of the variance, 40 digits."""
        variance = self.variance(divisor)
        return None if variance is None else outer(INNER.sqrt(inner(variance)))

    @cached_property
    def distinct(self) -> tuple[Fraction, ...]:
        return tuple(value for value, _ in itertools.groupby(self.values))

    def as_json(self) -> dict[str, Any]:
        """Every value as a fraction in lowest terms, `3` or `1/3`, so that it can be read back to the same figures."""
        return {
            "values": [str(value) for value in self.values],
            "lower": None if self.lower is None else str(self.lower),
            "upper": None if self.upper is None else str(self.upper),
            "treated": str(self.treated),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises:
        ValueError, KeyError, TypeError: for anything that is not the form of `as_json`.
        """
        lower, upper = data["lower"], data["upper"]
        return cls(
            tuple(Fraction(value) for value in data["values"]),
            None if lower is None else Fraction(lower),
            None if upper is None else Fraction(upper),
            int(data["treated"]),
        )


def statistics_of(values: Iterable[Fraction], outliers: Outliers | None) -> Statistics:
    """A sample, its outliers treated as declared; the order of values does not matter."""
    ordered = sorted(values)
    if outliers is None or len(ordered) < 2:
        return Statistics(tuple(ordered))
    match outliers.rule:
        case OutlierRule.WINSORISE:
            return _held_between(ordered, *_ends(ordered, outliers, outliers.lower, outliers.upper))
        case OutlierRule.TRIM:
            lower, upper = _ends(ordered, outliers, outliers.lower, outliers.upper)
            kept = tuple(value for value in ordered if lower <= value <= upper)
            return Statistics(kept, treated=len(ordered) - len(kept))
        case OutlierRule.FENCES:
            first, third = _ends(ordered, outliers, Decimal(25), Decimal(75))
            reach = Fraction(outliers.factor) * (third - first)
            return _held_between(ordered, first - reach, third + reach)
        case OutlierRule.SKEW_KURTOSIS:
            return _until_even(ordered, outliers)


def percentile(ordered: Sequence[Fraction], percent: Decimal, method: PercentileMethod) -> Fraction:
    """Of ascending values, at least one."""
    part = Fraction(percent) / 100
    if method is PercentileMethod.NEAREST:
        return ordered[max(math.ceil(part * len(ordered)), 1) - 1]
    position = part * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def total(values: Sequence[Fraction]) -> Fraction:
    """An exact sum in whole numbers of the smallest decimal unit; quicker by far than adding fractions."""
    shorts = [short(value) for value in values]
    unit = math.lcm(*{value.denominator for value in shorts}) if shorts else 1
    return Fraction(sum(value.numerator * (unit // value.denominator) for value in shorts), unit)


def short(value: Fraction) -> Fraction:
    """A value of at most 40 digits, so that sums of thirds and sevenths do not grow without end."""
    return Fraction(stored(value)) if _is_endless(value.denominator) else value


def skewness_squared(values: Sequence[Fraction]) -> Fraction:
    """The square of the sample skewness G1 = √(n(n−1)) ÷ (n−2) · m3 ÷ m2^1.5 (as Excel SKEW); 0 without spread."""
    n = len(values)
    if n < 3:
        return Fraction(0)
    second, third, _ = _moments(values)
    return Fraction(n * (n - 1), (n - 2) ** 2) * third**2 / second**3 if second else Fraction(0)


def kurtosis(values: Sequence[Fraction]) -> Fraction:
    """The sample excess kurtosis G2 (as Excel KURT); 0 without spread."""
    n = len(values)
    if n < 4:
        return Fraction(0)
    second, _, fourth = _moments(values)
    if not second:
        return Fraction(0)
    excess = fourth / second**2 - 3
    return Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * excess + 6)


def _moments(values: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Central moments 2, 3 and 4."""
    shorts = [short(value) for value in values]
    unit = math.lcm(*{value.denominator for value in shorts})
    whole = [value.numerator * (unit // value.denominator) * len(shorts) for value in shorts]
    middle = sum(whole) // len(shorts)  # exact: every part is a multiple of the count
    scale = unit * len(shorts)
    second, third, fourth = (
        Fraction(sum((value - middle) ** power for value in whole), len(shorts) * scale**power) for power in (2, 3, 4)
    )
    return second, third, fourth


def _ends(ordered: Sequence[Fraction], outliers: Outliers, lower: Decimal, upper: Decimal) -> tuple[Fraction, Fraction]:
    return percentile(ordered, lower, outliers.method), percentile(ordered, upper, outliers.method)


def _held_between(ordered: Sequence[Fraction], lower: Fraction, upper: Fraction) -> Statistics:
    treated = sum(value < lower or value > upper for value in ordered)
    return Statistics(tuple(min(max(value, lower), upper) for value in ordered), lower, upper, treated)


def _until_even(ordered: list[Fraction], outliers: Outliers) -> Statistics:
    """While skewness and kurtosis are both too large, the most extreme value on the long side becomes the next one."""
    values = list(ordered)
    low, high = 0, len(values) - 1  # the outermost values not treated
    for treated in range(outliers.most + 1):
        uneven = skewness_squared(values) > Fraction(outliers.skewness) ** 2 and kurtosis(values) > outliers.kurtosis
        if not uneven or treated == outliers.most or high - low < 2:
            return Statistics(tuple(values), values[0], values[-1], treated) if treated else Statistics(tuple(values))
        _, third, _ = _moments(values)
        if third > 0:
            high -= 1
            values[high + 1 :] = [values[high]] * (len(values) - high - 1)
        else:
            low += 1
            values[:low] = [values[low]] * low
    raise AssertionError("the loop ends by itself")


def _is_endless(denominator: int) -> bool:
    """Whether a fraction has no finite decimal."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator != 1
