"""Curves for values that chance has moved: plain floats, no care for ties, as fast as columns go.

A moved value of a scale of levels (judged, yes or no) is the level next to it. Checklists are counted, not measured:
they are never moved.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assessment.scoring.columns.population import Floats
from indicators.rubric.curve import Anchor, Bands, Boolean, Checklist, Closed, Curve, Judged, Linear
from indicators.rubric.model import Grades

MOST_SEGMENTS = 8  # beyond them a search is quicker than a pass per segment
MOST_STEPS = 16


class DrawnCurve(Protocol):
    def points(self, values: Floats) -> Floats:
        """Points of values of any shape; the values may be overwritten."""


def drawn_curve(curve: Curve) -> DrawnCurve | None:
    """None: a checklist."""
    match curve:
        case Linear(anchors=anchors, logarithmic=logarithmic):
            return _Lines.of(anchors, logarithmic=logarithmic)
        case Bands(bands=bands, closed=closed):
            starts = [float(band.start) for band in bands[1:] if band.start is not None]
            return _Steps(tuple(starts), tuple(float(band.points) for band in bands), closed is Closed.LEFT)
        case Boolean(yes=yes, no=no):
            return _Steps((0.5,), (float(no), float(yes)), closed_left=True)
        case Judged(levels=levels):
            known = [float(level.level) for level in levels]
            middles = tuple((left + right) / 2 for left, right in itertools.pairwise(known))
            return _Steps(middles, tuple(float(level.points) for level in levels), closed_left=True)
        case Checklist():
            return None
        case _:
            raise ValueError("a curve that columns do not follow; such editions are not drawn")


def levelled(grades: Grades, lowest: float, highest: float) -> DrawnCurve:
    """From points to the middle of the grade they fall in; the lowest and all points stay what they are."""
    lines = [float(grade.at_least) for grade in grades.grades if float(grade.at_least) < highest]
    middles = [(low + high) / 2 for low, high in itertools.pairwise([*lines, highest])]
    above_none, nearly_all = float(np.nextafter(lowest, np.inf)), highest - 1e-9 * abs(highest)
    return _Steps((above_none, *lines[1:], nearly_all), (lowest, *middles, highest), closed_left=True)


@dataclass(frozen=True, slots=True)
class _Lines:
    """`lowest points + Σ |slope| · (part of the value inside the segment)`, counted from the worse end.

    So no term is negative, and the points of the worse end are exact: a 0 there is a 0 in a geometric mean.
    """

    at: tuple[float, ...]
    to: tuple[float, ...]
    logarithmic: bool
    start: float  # the first anchor's value, before any logarithm

    @classmethod
    def of(cls, anchors: Sequence[Anchor], *, logarithmic: bool) -> _Lines:
        at = [float(anchor.value) for anchor in anchors]
        return cls(
            at=tuple(np.log(at).tolist() if logarithmic else at),
            to=tuple(float(anchor.points) for anchor in anchors),
            logarithmic=logarithmic,
            start=at[0],
        )

    def points(self, values: Floats) -> Floats:
        if self.logarithmic:
            values = np.log(np.maximum(values, self.start))
        rises, falls = self.to == tuple(sorted(self.to)), self.to == tuple(sorted(self.to, reverse=True))
        if len(self.at) > MOST_SEGMENTS + 1 or not (rises or falls):
            interpolated: Floats = np.interp(values, self.at, self.to)
            return interpolated
        points = np.full(values.shape, self.to[0] if rises else self.to[-1])
        part = np.empty_like(values)
        for (left, right), (low, high) in zip(itertools.pairwise(self.at), itertools.pairwise(self.to), strict=True):
            if low == high:
                continue
            np.maximum(values, left, out=part)
            np.minimum(part, right, out=part)
            part -= left if rises else right
            part *= (high - low) / (right - left)
            points += part
        return points


@dataclass(frozen=True, slots=True)
class _Steps:
    starts: tuple[float, ...]
    to: tuple[float, ...]
    closed_left: bool

    def points(self, values: Floats) -> Floats:
        reaches = np.greater_equal if self.closed_left else np.greater
        if len(self.starts) > MOST_STEPS:
            found = np.searchsorted(self.starts, values, side="right" if self.closed_left else "left")
            return np.array(self.to)[found]
        reached = np.zeros(values.shape, dtype=np.uint8)
        for start in self.starts:
            reached += reaches(values, start).view(np.uint8)
        return np.array(self.to).take(reached)
