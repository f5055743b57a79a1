"""Curves for many values at once: points as floats with an error bound, and the denominators of the exact points."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

import numpy as np

from assessment.scoring.columns.aggregate import TINY
from assessment.scoring.columns.guard_band import (
    UNIT,
    UNKNOWN,
    Whole,
    bounded,
    common_multiple,
    power_of_ten,
    product,
)
from assessment.scoring.columns.population import Bools, Floats, is_told_by_double
from indicators.rubric.curve import Anchor, Bands, Boolean, Checklist, Closed, Curve, Judged, Linear


class CurveColumns(Protocol):
    """A curve as arrays.

    Attributes:
        error: bound of |float points − exact points|.
    """

    @property
    def error(self) -> float: ...

    def points(self, values: Floats) -> tuple[Floats, Bools | None]:
        """Points ≥ 0, and where a value is not on the scale (None: nowhere)."""

    def multiples(self, values: Floats) -> Whole:
        """A multiple of the denominator of each exact figure, `UNKNOWN` where there is none."""


@functools.lru_cache(maxsize=1024)  # an edition is scored by again and again
def columns_of(curve: Curve) -> CurveColumns | None:
    """None: the curve is not one that doubles can tell exactly, or of another kind than these."""
    match curve:
        case Linear(anchors=anchors, logarithmic=logarithmic):
            if not all(is_told_by_double(anchor.value) and is_told_by_double(anchor.points) for anchor in anchors):
                return None
            if len(anchors) < 2:
                return None
            return _Logarithmic.of(anchors) if logarithmic else _Straight.of(anchors)
        case Bands(bands=bands, closed=closed):
            return _steps([band.start for band in bands[1:]], [band.points for band in bands], closed)
        case Boolean(yes=yes, no=no):
            return _choices({Decimal(0): no, Decimal(1): yes})
        case Judged(levels=levels):
            return _choices({level.level: level.points for level in levels})
    return None


# --- lines between anchors --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Straight:
    """`slope · value + offset` on each segment, exact slope n/m and offset r/q."""

    at: Floats
    to: Floats
    error: float
    decimals: int  # a multiple of the denominators of the anchors' points
    rises: Whole  # n
    runs: Whole  # m
    offsets: Whole  # q

    @classmethod
    def of(cls, anchors: tuple[Anchor, ...]) -> _Straight:
        slopes = [_slope(left, right) for left, right in itertools.pairwise(anchors)]
        offsets = [
            Fraction(left.points) - slope * Fraction(left.value)
            for (left, _), slope in zip(itertools.pairwise(anchors), slopes, strict=True)
        ]
        error = max(
            UNIT * (16 * abs(float(slope)) * _reach(left, right) + 16 * float(max(left.points, right.points)))
            for (left, right), slope in zip(itertools.pairwise(anchors), slopes, strict=True)
        )
        known = [max(abs(slope.numerator), slope.denominator, offset.denominator) < 2**40
                 for slope, offset in zip(slopes, offsets, strict=True)]  # fmt: skip
        return cls(
            at=np.array([float(anchor.value) for anchor in anchors]),
            to=np.array([float(anchor.points) for anchor in anchors]),
            error=error,
            decimals=_common(anchor.points for anchor in anchors),
            rises=np.array([abs(s.numerator) if ok else 0 for s, ok in zip(slopes, known, strict=True)]),
            runs=np.array([s.denominator if ok else 0 for s, ok in zip(slopes, known, strict=True)]),
            offsets=np.array([o.denominator if ok else 0 for o, ok in zip(offsets, known, strict=True)]),
        )

    def points(self, values: Floats) -> tuple[Floats, Bools | None]:
        points = np.interp(values, self.at, self.to)
        _no_false_zero(points, values, self.at, self.to)
        return points, None

    def multiples(self, values: Floats) -> Whole:
        outside = (values <= self.at[0]) | (values >= self.at[-1])
        segment = np.clip(np.searchsorted(self.at, values, side="right") - 1, 0, len(self.at) - 2)
        tens = power_of_ten(values)
        rises, runs = self.rises[segment], product(self.runs[segment], tens)
        scaled = np.abs(np.rint(values * tens))
        fits = scaled * rises < 2.0**62
        whole = np.where(fits, scaled, 0).astype(np.int64) * np.where(fits, rises, 0)
        reduced = np.where(fits, runs // np.maximum(np.gcd(whole, runs), 1), runs)
        inside = common_multiple(reduced, self.offsets[segment])
        return np.where(outside, self.decimals, inside)


def _slope(left: Anchor, right: Anchor) -> Fraction:
    return (Fraction(right.points) - Fraction(left.points)) / (Fraction(right.value) - Fraction(left.value))


def _reach(left: Anchor, right: Anchor) -> float:
    return float(max(abs(left.value), abs(right.value)))


def _no_false_zero(points: Floats, values: Floats, at: Floats, to: Floats) -> None:
    """Inside a segment that ends at 0 a float may round to 0, or below; exact points there are above."""
    low = points <= 0
    if not low.any():
        return
    rows = np.flatnonzero(low)
    here = values[rows]
    left = np.clip(np.searchsorted(at, here, side="right") - 1, 0, len(at) - 1)
    right = np.minimum(left + 1, len(at) - 1)
    zero = ((here <= at[0]) & (to[0] == 0)) | ((here >= at[-1]) & (to[-1] == 0))
    zero |= (at[left] == here) & (to[left] == 0)
    zero |= (to[left] == 0) & (to[right] == 0)
    points[rows] = np.where(zero, 0.0, TINY)


@dataclass(frozen=True, slots=True)
class _Logarithmic:
    at: Floats
    to: Floats
    logs: Floats
    error: float
    decimals: int

    @classmethod
    def of(cls, anchors: tuple[Anchor, ...]) -> _Logarithmic | None:
        at = np.array([float(anchor.value) for anchor in anchors])
        to = np.array([float(anchor.points) for anchor in anchors])
        logs = np.log(at)
        steps = np.diff(logs)
        if not (steps > 1e-9).all():
            return None
        reach = 1 + float(np.abs(logs).max())
        error = UNIT * (64 * reach * float(np.abs(np.diff(to) / steps).max()) + 64 * float(to.max()))
        return cls(at, to, logs, error, _common(anchor.points for anchor in anchors))

    def points(self, values: Floats) -> tuple[Floats, Bools | None]:
        points = np.interp(np.log(np.maximum(values, self.at[0])), self.logs, self.to)
        points[values <= self.at[0]] = self.to[0]
        points[values >= self.at[-1]] = self.to[-1]
        for value in self.at[self.to == 0]:
            points[values == value] = 0.0
        _no_false_zero(points, values, self.at, self.to)
        return points, None

    def multiples(self, values: Floats) -> Whole:
        """Exact points are decimals of 40 digits, save on anchors, outside them, and on level segments."""
        left = np.clip(np.searchsorted(self.at, values, side="right") - 1, 0, len(self.at) - 1)
        right = np.minimum(left + 1, len(self.at) - 1)
        plain = (values <= self.at[0]) | (values == self.at[left]) | (self.to[left] == self.to[right])
        return np.where(plain, self.decimals, UNKNOWN)


# --- constant points --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Steps:
    starts: Floats
    to: Floats
    side: Literal["left", "right"]
    error: float
    decimals: int

    def points(self, values: Floats) -> tuple[Floats, Bools | None]:
        return self.to[np.searchsorted(self.starts, values, side=self.side)], None

    def multiples(self, values: Floats) -> Whole:
        return np.full(len(values), self.decimals, dtype=np.int64)


def _steps(starts: list[Decimal | None], points: list[Decimal], closed: Closed) -> _Steps | None:
    lines = [start for start in starts if start is not None]
    if len(lines) != len(starts) or not all(is_told_by_double(one) for one in (*lines, *points)):
        return None
    return _Steps(
        starts=np.array([float(line) for line in lines]),
        to=np.array([float(one) for one in points]),
        side="right" if closed is Closed.LEFT else "left",
        error=UNIT * float(max(points)),
        decimals=_common(points),
    )


@dataclass(frozen=True, slots=True)
class _Choices:
    known: Floats
    to: Floats
    error: float
    decimals: int

    def points(self, values: Floats) -> tuple[Floats, Bools | None]:
        found = np.minimum(np.searchsorted(self.known, values), len(self.known) - 1)
        return self.to[found], self.known[found] != values

    def multiples(self, values: Floats) -> Whole:
        return np.full(len(values), self.decimals, dtype=np.int64)


def _choices(points: dict[Decimal, Decimal]) -> _Choices | None:
    if not all(is_told_by_double(one) for pair in points.items() for one in pair):
        return None
    return _Choices(
        known=np.array([float(value) for value in points]),
        to=np.array([float(one) for one in points.values()]),
        error=UNIT * float(max(points.values())),
        decimals=_common(points.values()),
    )


# --- checklists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChecklistColumns:
    """Points of the items met ÷ all, from one array per item."""

    items: tuple[str, ...]
    weights: Floats  # whole numbers in proportion to the items' points
    total: float
    highest: float
    error: float
    multiple: int

    @classmethod
    def of(cls, curve: Checklist, highest: Decimal) -> ChecklistColumns | None:
        scale = math.lcm(*(Fraction(item.points).denominator for item in curve.items))
        weights = [int(Fraction(item.points) * scale) for item in curve.items]
        if sum(weights) > 2**50 or not is_told_by_double(highest):
            return None
        return cls(
            items=tuple(item.id for item in curve.items),
            weights=np.array(weights, dtype=np.float64),
            total=float(sum(weights)),
            highest=float(highest),
            error=UNIT * 4 * float(highest),
            multiple=bounded(sum(weights) * Fraction(highest).denominator),
        )

    def points(self, met: list[Bools]) -> Floats:
        counted = sum((weight * one for weight, one in zip(self.weights, met, strict=True)), np.zeros(len(met[0])))
        return counted * self.highest / self.total


def _common(points: Iterable[Decimal]) -> int:
    return bounded(math.lcm(*(Fraction(one).denominator for one in points)))
