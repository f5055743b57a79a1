"""Curves that compare a facility with others: which sample, which figures of it, and how they become points.

The figures are worked out by `assessment.scoring.samples`, the points by `assessment.scoring.relative_points`. In all
of them the measure's direction tells which end is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from indicators.rubric.condition import Condition


class Deviation(StrEnum):
    """What the sum of squares is divided by: n − 1, or n."""

    SAMPLE = "sample"
    POPULATION = "population"


class OutlierRule(StrEnum):
    WINSORISE = "winsorise"  # values beyond two percentiles become these
    TRIM = "trim"  # values beyond two percentiles are left out of the sample
    FENCES = "fences"  # values beyond Q1 − k·IQR and Q3 + k·IQR become these fences
    SKEW_KURTOSIS = "skew_kurtosis"  # while both are too large, the most extreme values become the next one


class PercentileMethod(StrEnum):
    LINEAR = "linear"  # between the two neighbours of position (n − 1)·p (Excel PERCENTILE.INC, NumPy default)
    NEAREST = "nearest"  # the value at position ⌈n·p⌉


class Ties(StrEnum):
    BEST = "best"  # 1 2 2 4
    WORST = "worst"  # 1 3 3 4
    MEAN = "mean"  # 1 2.5 2.5 4
    DENSE = "dense"  # 1 2 2 3


class PercentileRank(StrEnum):
    """Share of the sample a value stands above; w are worse, e equal, of n."""

    INCLUSIVE = "inclusive"  # w ÷ (n − 1), Excel PERCENTRANK.INC
    EXCLUSIVE = "exclusive"  # (w + 1) ÷ (n + 1), Excel PERCENTRANK.EXC
    MEAN = "mean"  # (w + e/2) ÷ n
    WEAK = "weak"  # (w + e) ÷ n
    STRICT = "strict"  # w ÷ n


@dataclass(frozen=True, slots=True)
class Outliers:
    """`lower`, `upper`: percentiles from 0 to 100, for winsorise and trim; the rest for the other two rules."""

    rule: OutlierRule
    lower: Decimal = Decimal(0)
    upper: Decimal = Decimal(100)
    method: PercentileMethod = PercentileMethod.LINEAR
    factor: Decimal = Decimal("1.5")
    skewness: Decimal = Decimal(2)
    kurtosis: Decimal = Decimal("3.5")
    most: int = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Who is compared: all with a value, or those alike in `within`, or those for whom `where` holds."""

    where: Condition | None = None
    within: tuple[str, ...] = ()
    outliers: Outliers | None = None


@dataclass(frozen=True, slots=True)
class MinMax:
    """`worst` points at the worst value, `best` at the best; `lowest` and `highest` are declared ends of the values."""

    sample: Sample
    worst: Decimal
    best: Decimal
    alike: Decimal  # points where there is no spread to compare by
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ZScore:
    """`centre` + `spread` · z points; `mean` and `deviation` are declared instead of the sample's."""

    sample: Sample
    centre: Decimal
    spread: Decimal
    divisor: Deviation
    alike: Decimal
    clamp: Decimal | None = None  # z counts from −clamp to clamp
    mean: Decimal | None = None
    deviation: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """From `best` points for the first to `worst` for the last of the sample, in equal steps."""

    sample: Sample
    worst: Decimal
    best: Decimal
    ties: Ties
    alike: Decimal


@dataclass(frozen=True, slots=True)
class Percentile:
    sample: Sample
    worst: Decimal
    best: Decimal
    method: PercentileRank
    alike: Decimal


@dataclass(frozen=True, slots=True)
class Distance:
    """How near a value is to a target, or to the sample's best where `target` is None.

    By ratio: value ÷ target, for a measure where lower is better target ÷ value. By gap: 1 − |value − target| ÷ the
    largest such distance in the sample, or `farthest`.
    """

    sample: Sample
    worst: Decimal
    best: Decimal
    by_ratio: bool
    alike: Decimal
    target: Decimal | None = None
    farthest: Decimal | None = None


def needs_sample(curve: object) -> bool:
    """Whether figures of other facilities are needed: not where every one of them is declared."""
    match curve:
        case MinMax(lowest=lowest, highest=highest):
            return lowest is None or highest is None
        case ZScore(mean=mean, deviation=deviation):
            return mean is None or deviation is None
        case Distance(target=target, by_ratio=by_ratio, farthest=farthest):
            return target is None or (not by_ratio and farthest is None)
        case Rank() | Percentile():
            return True
    return False
