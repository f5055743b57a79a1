"""From a value and its sample to points. Where there is no spread to compare by, the declared `alike` points hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.digits import stored
from assessment.scoring.statistics import Statistics
from core.quantity import plain
from indicators.rubric.curve import Relative
from indicators.rubric.relative import Distance, MinMax, Percentile, PercentileRank, Rank, Ties, ZScore


def relative_points(
    curve: Relative, value: Fraction, *, sample: Statistics, higher: bool, lowest: Decimal, highest: Decimal
) -> tuple[Fraction, Mapping[str, Any]]:
    """Points of one value, and the figures they rest on, for the trace.

    Args:
        higher: whether more of the measure is better.
        lowest, highest: what the rubric's points run from and to; points are held between them.
    """
    counted = sample.held(value)
    match curve:
        case MinMax():
            part, figures = _min_max(curve, counted, sample, higher)
        case Rank():
            part, figures = _rank(curve, counted, sample, higher)
        case Percentile():
            part, figures = _percentile(curve, counted, sample, higher)
        case Distance():
            part, figures = _distance(curve, counted, sample, higher)
        case ZScore():
            points, figures = _z_score(curve, counted, sample, higher)
            held = min(max(points, Fraction(lowest)), Fraction(highest))
            return held, _said(sample, figures, value, counted)
    worst, best = Fraction(curve.worst), Fraction(curve.best)
    if part is None:
        return Fraction(curve.alike), _said(sample, figures, value, counted)
    points = worst + min(max(part, Fraction(0)), Fraction(1)) * (best - worst)
    return points, _said(sample, figures, value, counted)


Figures = dict[str, Fraction | int | None]
Part = tuple[Fraction | None, Figures]  # 0 the worst, 1 the best; None: nothing to tell them apart


def _min_max(curve: MinMax, value: Fraction, sample: Statistics, higher: bool) -> Part:
    low = Fraction(curve.lowest) if curve.lowest is not None else _first(sample)
    high = Fraction(curve.highest) if curve.highest is not None else _last(sample)
    figures: Figures = {"lowest": low, "highest": high}
    if low is None or high is None or low >= high:
        return None, figures
    part = (value - low) / (high - low)
    return part if higher else 1 - part, figures


def _rank(curve: Rank, value: Fraction, sample: Statistics, higher: bool) -> Part:
    values = sample.distinct if curve.ties is Ties.DENSE else sample.values
    _, equal, better = _places(values, value, higher)
    match curve.ties:
        case Ties.WORST:
            rank = Fraction(better + max(equal, 1))
        case Ties.MEAN:
            rank = better + Fraction(max(equal, 1) + 1, 2)
        case _:
            rank = Fraction(better + 1)
    figures: Figures = {"rank": rank, "of": len(values)}
    alike = len(sample.distinct) < 2
    return (None if alike else (len(values) - rank) / (len(values) - 1)), figures


def _percentile(curve: Percentile, value: Fraction, sample: Statistics, higher: bool) -> Part:
    worse, equal, _ = _places(sample.values, value, higher)
    count = sample.count
    figures: Figures = {"worse": worse, "equal": equal}
    if len(sample.distinct) < 2:
        return None, figures
    match curve.method:
        case PercentileRank.INCLUSIVE:
            return Fraction(worse, count - 1), figures
        case PercentileRank.EXCLUSIVE:
            return Fraction(worse + 1, count + 1), figures
        case PercentileRank.MEAN:
            return Fraction(2 * worse + equal, 2 * count), figures
        case PercentileRank.WEAK:
            return Fraction(worse + equal, count), figures
        case PercentileRank.STRICT:
            return Fraction(worse, count), figures


def _distance(curve: Distance, value: Fraction, sample: Statistics, higher: bool) -> Part:
    best = _last(sample) if higher else _first(sample)
    target = best if curve.target is None else Fraction(curve.target)
    figures: Figures = {"target": target}
    if target is None:
        return None, figures
    if curve.by_ratio:
        if target <= 0:
            return None, figures
        if higher:
            return value / target, figures
        return (target / value if value > target else Fraction(1)), figures
    farthest = (
        Fraction(curve.farthest)
        if curve.farthest is not None
        else max((abs(one - target) for one in sample.values[:1] + sample.values[-1:]), default=Fraction(0))
    )
    figures["farthest"] = farthest
    return (1 - abs(value - target) / farthest if farthest else None), figures


def _z_score(curve: ZScore, value: Fraction, sample: Statistics, higher: bool) -> tuple[Fraction, Figures]:
    mean = Fraction(curve.mean) if curve.mean is not None else (sample.mean if sample.count else None)
    deviation = Fraction(curve.deviation) if curve.deviation is not None else sample.deviation(curve.divisor)
    figures: Figures = {"mean": mean, "deviation": deviation}
    if mean is None or not deviation:
        return Fraction(curve.alike), figures
    z = (value - mean) / deviation if higher else (mean - value) / deviation
    if curve.clamp is not None:
        z = min(max(z, -Fraction(curve.clamp)), Fraction(curve.clamp))
    return Fraction(curve.centre) + Fraction(curve.spread) * z, figures | {"z": z}


def _places(values: tuple[Fraction, ...], value: Fraction, higher: bool) -> tuple[int, int, int]:
    """How many are worse, equal and better."""
    below, upto = bisect_left(values, value), bisect_right(values, value)
    above = len(values) - upto
    return (below, upto - below, above) if higher else (above, upto - below, below)


def _first(sample: Statistics) -> Fraction | None:
    return sample.values[0] if sample.values else None


def _last(sample: Statistics) -> Fraction | None:
    return sample.values[-1] if sample.values else None


def _said(sample: Statistics, figures: Figures, value: Fraction, counted: Fraction) -> dict[str, Any]:
    said = {name: plain(stored(figure)) if isinstance(figure, Fraction) else figure for name, figure in figures.items()}
    said |= {"count": sample.count}
    if sample.treated:
        said |= {"outliers": sample.treated}
    return said if counted == value else said | {"counted_as": plain(stored(counted))}
