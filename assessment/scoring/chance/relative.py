"""Curves that compare, for values that chance has moved: the sample stays as it was published, its figures as doubles.

So a facility is moved against the others as they stand; the others are not moved with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from assessment.scoring.columns.population import Floats
from assessment.scoring.statistics import Statistics
from indicators.rubric.curve import Relative
from indicators.rubric.relative import Distance, MinMax, Percentile, PercentileRank, Rank, Ties, ZScore

NEAR = 1e-9  # of a figure of the sample: as near as that, a value is one of it


@dataclass(frozen=True, slots=True)
class DrawnRelative:
    """One curve and one sample, as `relative_points` has them.

    Args:
        higher: whether more of the measure is better.
        lowest, highest: what the rubric's points run from and to.
    """

    curve: Relative
    sample: Statistics
    higher: bool
    lowest: float
    highest: float

    def points(self, values: Floats) -> Floats:
        counted = _held(values, self.sample.lower, self.sample.upper)
        curve = self.curve
        if isinstance(curve, ZScore):
            return np.clip(self._z_points(curve, counted), self.lowest, self.highest)
        part = self._part(curve, counted)
        if part is None:
            return np.full(values.shape, float(curve.alike))
        worst, best = float(curve.worst), float(curve.best)
        points: Floats = worst + np.clip(part, 0.0, 1.0) * (best - worst)
        return points

    def _part(self, curve: MinMax | Rank | Percentile | Distance, values: Floats) -> Floats | None:
        """0 the worst, 1 the best; None: nothing to tell them apart."""
        match curve:
            case MinMax():
                low, high = self._end(curve.lowest, 0), self._end(curve.highest, -1)
                if low is None or high is None or low >= high:
                    return None
                part: Floats = (values - low) / (high - low)
                return part if self.higher else 1 - part
            case Rank():
                return self._ranked(curve, values)
            case Percentile():
                return self._percentile(curve, values)
            case Distance():
                return self._distance(curve, values)

    def _ranked(self, curve: Rank, values: Floats) -> Floats | None:
        if len(self.sample.distinct) < 2:
            return None
        among = self.sample.distinct if curve.ties is Ties.DENSE else self.sample.values
        _, equal, better = self._places(among, values)
        match curve.ties:
            case Ties.WORST:
                rank = better + np.maximum(equal, 1)
            case Ties.MEAN:
                rank = better + (np.maximum(equal, 1) + 1) / 2
            case _:
                rank = better + 1
        part: Floats = (len(among) - rank) / (len(among) - 1)
        return part

    def _percentile(self, curve: Percentile, values: Floats) -> Floats | None:
        if len(self.sample.distinct) < 2:
            return None
        worse, equal, _ = self._places(self.sample.values, values)
        count = self.sample.count
        match curve.method:
            case PercentileRank.INCLUSIVE:
                return worse / (count - 1)
            case PercentileRank.EXCLUSIVE:
                return (worse + 1) / (count + 1)
            case PercentileRank.MEAN:
                return (2 * worse + equal) / (2 * count)
            case PercentileRank.WEAK:
                return (worse + equal) / count
            case PercentileRank.STRICT:
                return worse / count

    def _distance(self, curve: Distance, values: Floats) -> Floats | None:
        target = self._end(curve.target, -1 if self.higher else 0)
        if target is None or (curve.by_ratio and target <= 0):
            return None
        if curve.by_ratio:
            part: Floats = values / target if self.higher else target / np.maximum(values, target)
            return part
        ends = [float(value) for value in (*self.sample.values[:1], *self.sample.values[-1:])]
        farthest = max((abs(end - target) for end in ends), default=0.0)
        if curve.farthest is not None:
            farthest = float(curve.farthest)
        return 1 - np.abs(values - target) / farthest if farthest else None

    def _z_points(self, curve: ZScore, values: Floats) -> Floats:
        mean: Decimal | Fraction | None = curve.mean
        if mean is None and self.sample.count:
            mean = self.sample.mean
        deviation = curve.deviation if curve.deviation is not None else self.sample.deviation(curve.divisor)
        if mean is None or not deviation:
            return np.full(values.shape, float(curve.alike))
        z = (values - float(mean)) / float(deviation)
        if curve.clamp is not None:
            z = np.clip(z, -float(curve.clamp), float(curve.clamp))
        points: Floats = float(curve.centre) + float(curve.spread) * (z if self.higher else -z)
        return points

    def _end(self, declared: Decimal | None, at: int) -> float | None:
        """A declared figure, or the first or last of the sample."""
        if declared is not None:
            return float(declared)
        return float(self.sample.values[at]) if self.sample.values else None

    def _places(self, among: tuple[Fraction, ...], values: Floats) -> tuple[Floats, Floats, Floats]:
        """How many are worse, equal and better."""
        known = np.array([float(value) for value in among])
        near = NEAR * max(1.0, float(np.abs(known).max(initial=0.0)))
        below = np.searchsorted(known, values - near, side="left").astype(np.float64)
        upto = np.searchsorted(known, values + near, side="right").astype(np.float64)
        equal, above = upto - below, len(known) - upto
        return (below, equal, above) if self.higher else (above, equal, below)


def _held(values: Floats, lower: Fraction | None, upper: Fraction | None) -> Floats:
    if lower is None and upper is None:
        return values
    return np.clip(values, None if lower is None else float(lower), None if upper is None else float(upper))
