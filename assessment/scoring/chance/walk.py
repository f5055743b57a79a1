"""A few facilities in many trials: points, consequences and the key that decides the place, without care for ties.

The same rules as `exact` and `batch`, in plain floats. A figure that lies on a rounding line within a millionth of the
last published decimal counts as on it, so that a trial in which nothing is varied gives the published score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.chance.curves import DrawnCurve, levelled
from assessment.scoring.chance.layout import LaidGroup, LaidIndicator, LaidMeasure, LaidMinimum, LaidNode, Layout
from assessment.scoring.chance.means import Part, mean_of, total_of
from assessment.scoring.chance.streams import Streams
from assessment.scoring.chance.trials import Trials
from assessment.scoring.columns.population import Bools, Floats
from indicators.rubric.model import Edition, Variation
from indicators.rubric.varied import CommonError

Keys = NDArray[np.signedinteger[Any]]

NEAR = 1e-6  # published units


@dataclass(frozen=True, slots=True)
class KeyCode:
    """How grade and published score are one whole number, the greater the better; blocked ones are below 0."""

    stride: int
    start: int = 0  # units counted from here: the lowest points where they lie below 0

    @classmethod
    def of(cls, edition: Edition) -> KeyCode:
        start = min(0, int(edition.lowest_points * 10**edition.decimals))
        return cls(int(edition.highest_points * 10**edition.decimals) - start + 2, start)

    def keys(self, grades: NDArray[np.int64], units: NDArray[np.int64], blocked: Bools) -> Keys:
        counted = units - self.start
        return np.where(blocked, -1 - counted, grades * self.stride + counted)

    def units(self, keys: Keys) -> NDArray[np.int64]:
        return np.where(keys < 0, -1 - keys, keys % self.stride) + self.start

    def grades(self, keys: Keys) -> NDArray[np.int64]:
        """−1 for blocked ones."""
        return np.where(keys < 0, -1, keys // self.stride)


class DrawnWalk:
    """Facilities `rows` of a layout in all trials."""

    def __init__(self, layout: Layout, rows: slice, *, trials: Trials, variation: Variation, streams: Streams) -> None:
        self._ruler = layout.ruler
        self._facilities = layout.facilities[rows]
        self._rows = rows
        self._trials = trials
        self._variation = variation
        self._streams = streams
        edition = layout.ruler.edition
        self._levels: DrawnCurve | None = None
        self._levelled: Bools | None = None
        if trials.normalisations is not None and trials.normalisations.any() and edition.grades is not None:
            self._levels = levelled(edition.grades, float(edition.lowest_points), float(edition.highest_points))
            self._levelled = trials.normalisations > 0
        self._common: Mapping[str, CommonError] = {
            measure: common for common in variation.common_errors for measure in common.measures
        }
        self._deviates: dict[str, Floats] = {}
        shape = (len(self._facilities), trials.size)
        self._blocked = np.zeros(shape, dtype=np.bool_)
        self._cap = np.full(shape, len(layout.ruler.grade_lines), dtype=np.int8)
        self._root = layout.root

    def keys(self) -> Keys:
        """Facilities × trials."""
        everyone = np.ones((len(self._facilities), 1), dtype=np.bool_)
        pillars = [self._child(child, everyone) for child in self._root.children]
        total = total_of(pillars)
        points = self._root_points(pillars, total)
        self._group_minima(self._root, points, total, everyone)
        units = self._units(points)
        blocked = np.broadcast_to(self._blocked | (total <= 0), units.shape)
        return KeyCode.of(self._ruler.edition).keys(self._grades(units, pillars), units, blocked)

    def _root_points(self, pillars: list[Part], total: Floats) -> Floats:
        declared = mean_of(self._root.aggregation, pillars, total)
        points = np.array(np.broadcast_to(declared, self._blocked.shape))
        picks = self._trials.aggregations
        for at, rule in enumerate(self._variation.aggregations, start=1):
            if picks is not None and (here := picks == at).any():
                np.copyto(points, mean_of(rule, pillars, total), where=here)
        return _known_by(self._root, points)

    def _units(self, points: Floats) -> NDArray[np.int64]:
        units: NDArray[np.int64] = np.floor(points * self._ruler.scale + (0.5 + NEAR)).astype(np.int64)
        return units

    def _grades(self, units: NDArray[np.int64], pillars: list[Part]) -> NDArray[np.int64]:
        """As the engines have it: read off the published total, the weakest pillar and the caps."""
        if self._ruler.edition.grades is None:
            return np.zeros_like(units)
        reached = _position(self._ruler.grade_lines, units)
        if self._ruler.pillar_lines is not None:
            for pillar in pillars:
                allowed = np.maximum(_position(self._ruler.pillar_lines, self._units(pillar.points)), 0)
                reached = np.where(pillar.weight > 0, np.minimum(reached, allowed), reached)
        return np.minimum(reached, self._cap)

    # --- nodes -----------------------------------------------------------------------------------------------------

    def _child(self, node: LaidNode, heard: Bools) -> Part:
        return self._indicator(node, heard) if isinstance(node, LaidIndicator) else self._group(node, heard)

    def _group(self, group: LaidGroup, heard: Bools) -> Part:
        if not group.children:  # none of this class
            return Part(np.zeros((1, 1)), np.zeros((1, 1)))
        heard = heard & self._column(group.heard)
        parts = [self._child(child, heard) for child in group.children]
        total = total_of(parts)
        points = _known_by(group, mean_of(group.aggregation, parts, total))
        self._group_minima(group, points, total, heard)
        weight = self._weight(group.code, group.weight)
        return Part(weight if (total > 0).all() else np.where(total > 0, weight, 0.0), points)

    def _indicator(self, indicator: LaidIndicator, heard: Bools) -> Part:
        if not indicator.minima and not indicator.weight.any():
            return Part(np.zeros((1, 1)), np.zeros((1, 1)))
        points, values = self._points(indicator)
        for minimum in indicator.minima:
            missed: Bools = self._column(minimum.missed)
            if values is not None and minimum.on_value:
                moved, drawn = values
                line = self._sized(minimum.line)
                below = moved < line if minimum.at_least else moved > line
                missed = np.where(drawn, below & self._column(minimum.applies), missed)
            self._consequence(minimum, missed & heard)
        given = self._trials.points.get(indicator.code)
        if given is not None:
            points = np.where(np.isnan(given), points, np.nan_to_num(given))
        if indicator.decimals is not None:
            points = _rounded(points, indicator.decimals)
        return Part(self._weight(indicator.code, indicator.weight), points)

    def _weight(self, code: str, weight: Floats) -> Floats:
        own = self._sized(weight)
        factor = self._trials.weights.get(code)
        return own if factor is None else own * factor

    def _sized(self, values: Floats) -> Floats:
        return values[:, None] if values.size == 1 else values[self._rows, None]

    def _column(self, values: Bools) -> Bools:
        return values[self._rows, None]

    # --- indicators ------------------------------------------------------------------------------------------------

    def _points(self, indicator: LaidIndicator) -> tuple[Floats, tuple[Floats, Bools] | None]:
        """Points, and the drawn values behind them with the facilities that have any."""
        if not indicator.measures:
            return indicator.settled[self._rows, None], None
        found = [self._measured(measure) for measure in indicator.measures]
        points, values = found[0]
        scored = indicator.measures[0].scored[self._rows]
        for measure, (others, other_values) in zip(indicator.measures[1:], found[1:], strict=True):
            values = self._chosen(points, values, others, other_values)
            points = np.maximum(points, others)
            scored = scored | measure.scored[self._rows]
        if self._levels is not None and self._levelled is not None:
            moved = self._levels.points(points)
            points = np.where(self._levelled, moved, points)
        if not scored.all():
            points = np.where(scored[:, None], points, indicator.settled[self._rows, None])
        return points, values

    def _chosen(
        self,
        points: Floats,
        values: tuple[Floats, Bools] | None,
        others: Floats,
        other_values: tuple[Floats, Bools] | None,
    ) -> tuple[Floats, Bools] | None:
        """Values of the better-scored measure; the first when they are equal."""
        if values is None and other_values is None:
            return None
        nothing = np.zeros((len(self._facilities), 1)), np.zeros((len(self._facilities), 1), dtype=np.bool_)
        own, drawn = values or nothing
        theirs, theirs_drawn = other_values or nothing
        better = others > points
        return np.where(better, theirs, own), np.where(better, theirs_drawn, drawn)

    def _measured(self, measure: LaidMeasure) -> tuple[Floats, tuple[Floats, Bools] | None]:
        """Points of one measure, below all others where it has none; drawn where it has an error."""
        points: Floats = measure.points[self._rows, None]
        scored = measure.scored[self._rows]
        errors = measure.errors[self._rows]
        drawn = errors > 0
        values: tuple[Floats, Bools] | None = None
        if self._trials.errors is not None and measure.curve is not None and drawn.any():
            some = slice(None) if drawn.all() else np.flatnonzero(drawn)
            moved = self._deviate(measure.name)[some] * errors[some, None]
            moved += measure.values[self._rows][some, None]
            if measure.lowest is not None:
                np.maximum(moved, measure.lowest, out=moved)
            if measure.highest is not None:
                np.minimum(moved, measure.highest, out=moved)
            caps = measure.caps[self._rows][some]
            moved_points = measure.curve.points(moved)
            if np.isfinite(caps).any():
                np.minimum(moved_points, caps[:, None], out=moved_points)
            if isinstance(some, slice):
                points, values = moved_points, (moved, drawn[:, None])
            else:
                points = np.array(np.broadcast_to(points, self._blocked.shape))
                points[some] = moved_points
                whole = np.zeros(self._blocked.shape)
                whole[some] = moved
                values = whole, drawn[:, None]
        return (points if scored.all() else np.where(scored[:, None], points, -np.inf)), values

    def _deviate(self, measure: str) -> Floats:
        """Standard normal deviates of a measure's errors; those of one meter have a part in common."""
        assert self._trials.errors is not None  # noqa: S101 – asked by the caller
        common = self._common.get(measure)
        share = float(common.share) if common else 0.0
        if common is None or share == 0:
            return self._streams.normals(("error", measure), self._facilities, self._trials.errors)
        if common.id not in self._deviates:
            drawn = self._streams.normals(("common error", common.id), self._facilities, self._trials.errors)
            self._deviates[common.id] = drawn
        deviates: Floats = np.sqrt(share) * self._deviates[common.id]
        if share < 1:
            own = self._streams.normals(("error", measure), self._facilities, self._trials.errors)
            deviates += np.sqrt(1 - share) * own
        return deviates

    # --- consequences ----------------------------------------------------------------------------------------------

    def _group_minima(self, group: LaidGroup, points: Floats, total: Floats, heard: Bools) -> None:
        for minimum in group.minima:
            line, near = self._sized(minimum.line), NEAR / self._ruler.scale
            missed = points < line - near if minimum.at_least else points > line + near
            self._consequence(minimum, missed & (total > 0) & self._column(minimum.applies) & heard)

    def _consequence(self, minimum: LaidMinimum, missed: Bools) -> None:
        if not missed.any():
            return
        if minimum.blocks:
            self._blocked |= missed
        elif minimum.cap is not None:
            np.minimum(self._cap, np.int8(minimum.cap), out=self._cap, where=missed)


def _known_by(group: LaidGroup, points: Floats) -> Floats:
    """Points compared with those of the published sample, then rounded, as the level says."""
    if group.rescale is not None:
        points = group.rescale.points(points)
    return points if group.decimals is None else _rounded(points, group.decimals)


def _rounded(points: Floats, decimals: int) -> Floats:
    scale = 10.0**decimals
    rounded: Floats = np.floor(points * scale + (0.5 + NEAR)) / scale
    return rounded


def _position(lines: Floats, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last line that is reached, −1 for none; a pass per line beats a search for the few lines there are."""
    position = np.full(units.shape, -1, dtype=np.int64)
    for line in lines:
        position += units >= line
    return position
