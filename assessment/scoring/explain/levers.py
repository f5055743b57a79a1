"""What a centre could change about one indicator, and by how much, to earn so many points there.

A lever is the measured value, the items of a checklist, the evidence grade, or evidence handed in at last. Its answer
is the smallest `Step` that earns the points, within what is possible and within the mandatory lines on the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from assessment.scoring.appraisal import items_of
from assessment.scoring.curves import NotOnTheScale, points_of
from assessment.scoring.explain.checklist_items import items_for, worth_of
from assessment.scoring.explain.inverse import UNKNOWN_KIND, NotInvertible, nearest, reaching
from assessment.scoring.explain.steps import Step
from assessment.scoring.result import Node
from core.outcome import Outcome, Quality
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.curve import Bands, Boolean, Checklist, Curve, Judged, Linear
from indicators.rubric.model import Direction, Edition, Indicator


@dataclass(frozen=True)
class Lever:
    """One indicator of a facility, with its measurements."""

    indicator: Indicator
    node: Node
    edition: Edition
    measurements: Mapping[str, Measurement]

    def step(self, needed: Fraction) -> Step | None:
        """The smallest change that earns `needed` points here, by the measure in use or else by an alternative.

        Returns:
            None when no value, however good, earns them.

        Raises:
            NotInvertible: a curve of the indicator cannot be solved, and none of the others suffices.
        """
        unknown: NotInvertible | None = None
        for measure, curve in self._curves():
            try:
                if (found := self._by(measure, curve, needed)) is not None:
                    return found
            except NotInvertible as error:
                unknown = error
        if unknown is not None:
            raise unknown
        return None

    @cached_property
    def best(self) -> Step | None:
        """The step to the most points a solvable curve gives; None where the indicator has them already."""
        for points in sorted(set(self._worths()), reverse=True):
            if points <= Fraction(self.node.points or 0):
                return None
            if (step := self._maybe(points)) is not None:
                return step
        return None

    @cached_property
    def weakest(self) -> Step | None:
        """Evidence for an indicator without any, at a value that earns as little as the mandatory lines allow."""
        return next((step for points in sorted(set(self._worths())) if (step := self._maybe(points)) is not None), None)

    def to_value(self, value: Decimal) -> Step | None:
        """The step to one value of the indicator's own measure, whatever it earns; None for no curve over values."""
        curve = self.indicator.curve
        if not isinstance(curve, Linear | Bands | Boolean | Judged):
            return None
        measure = self.indicator.measure
        if self.edition.measures[measure].formula is not None:
            return None
        evidence = self._evidence(self._measurement(measure), Fraction(0))
        try:
            worth = points_of(curve, value, highest=self.edition.highest_points)
        except NotOnTheScale:
            return None
        return self._step(measure, evidence, value=value, worth=worth)

    def with_item(self, item: str) -> Step | None:
        """The step that meets one item of the indicator's own checklist."""
        curve = self.indicator.curve
        if not isinstance(curve, Checklist):
            return None
        measure = self.indicator.measure
        titles = {one.id: one.title for one in curve.items if one.id == item}
        worth = worth_of(curve, self._met(measure) | {item: Decimal(1)}, highest=self.edition.highest_points)
        evidence = self._evidence(self._measurement(measure), Fraction(0))
        return self._step(measure, evidence, items=titles, worth=worth) if titles else None

    # --- one measure and its curve ---------------------------------------------------------------------------------

    def _curves(self) -> list[tuple[str, Curve]]:
        """The measure in use first; the others in the rubric's order."""
        own = self.node.inputs.measure if self.node.inputs else self.indicator.measure
        return sorted(self.indicator.curves, key=lambda pair: pair[0] != own)

    def _by(self, measure: str, curve: Curve, needed: Fraction) -> Step | None:
        evidence = self._evidence(self._measurement(measure), needed)
        if evidence.cap is not None and needed > evidence.cap:
            return None
        highest = self.edition.highest_points
        if isinstance(curve, Checklist):
            met = self._met(measure)
            chosen = items_for(curve, met, needed, highest=highest)
            if chosen is None:
                return None
            worth = worth_of(curve, met | {item.id: Decimal(1) for item in chosen}, highest=highest)
            return self._step(measure, evidence, items={item.id: item.title for item in chosen}, worth=worth)
        declared = self.edition.measures[measure]
        if declared.formula is not None or not isinstance(curve, Linear | Bands | Boolean | Judged):
            raise NotInvertible(UNKNOWN_KIND)
        low, high = self._lines(declared.lowest, declared.highest)
        value = nearest(
            reaching(curve, needed),
            present=evidence.measurement.value if evidence.measurement is not None else None,
            downwards=declared.direction is Direction.LOWER,
            lowest=low,
            highest=high,
        )
        if value is None or (worth := points_of(curve, value, highest=highest)) < needed:
            return None
        return self._step(measure, evidence, value=value, worth=worth)

    def _measurement(self, measure: str) -> Measurement | None:
        """What is measured and usable; an invalid measurement is as good as none."""
        found = self.measurements.get(measure)
        if found is None and self.node.inputs is not None and self.node.inputs.measure == measure:
            found = self.node.inputs  # a checklist of which only the items were handed in
        if self.node.outcome is Outcome.INVALID or found is None or found.outcome is not Outcome.SCORED:
            return None
        return found

    def _met(self, measure: str) -> dict[str, Decimal]:
        own = self._measurement(measure) or Measurement(measure, Outcome.SCORED, value=Decimal(0))
        return items_of(own, self.measurements)

    def _evidence(self, measurement: Measurement | None, needed: Fraction) -> _Evidence:
        """What the evidence must be for `needed` points not to be capped, and the cap that stays."""
        caps = self.edition.quality_caps
        present = measurement.quality if measurement is not None else None
        quality = None
        if measurement is None or (present is not None and caps.get(present, needed) < needed):
            quality = max((grade for grade in Quality if caps.get(grade, needed) >= needed), default=Quality.A)
        held = quality or present
        by_grade = Fraction(caps[held]) if held is not None and held in caps else None
        by_place = Fraction(measurement.cap) if measurement is not None and measurement.cap is not None else None
        better = by_place is not None and by_place < needed
        left = [cap for cap in (by_grade, None if better else by_place) if cap is not None]
        return _Evidence(measurement, quality, better, min(left, default=None))

    def _lines(self, low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
        """What is possible, within the mandatory lines on the value: no advice crosses one."""
        for minimum in self.indicator.minima:
            if minimum.item is None:
                low, high = _tighter(low, minimum.at_least, max), _tighter(high, minimum.at_most, min)
        return low, high

    def _maybe(self, points: Fraction) -> Step | None:
        try:
            return self.step(points)
        except NotInvertible:
            return None

    def _worths(self) -> Iterator[Fraction]:
        """Points the curves may give, the most and the least of them among these."""
        for measure, curve in self.indicator.curves:
            declared = self.edition.measures[measure]
            match curve:
                case Linear(anchors=anchors):
                    yield from (Fraction(anchor.points) for anchor in anchors)
                    ends = self._lines(declared.lowest, declared.highest)
                    yield from (points_of(curve, end) for end in ends if end is not None)
                case Bands(bands=bands):
                    yield from (Fraction(band.points) for band in bands)
                case Judged(levels=levels):
                    yield from (Fraction(level.points) for level in levels)
                case Boolean(yes=yes, no=no):
                    yield from (Fraction(yes), Fraction(no))
                case Checklist():
                    yield from (Fraction(0), Fraction(self.edition.highest_points))
        yield from (Fraction(cap) for cap in self.edition.quality_caps.values())

    def _step(
        self,
        measure: str,
        evidence: _Evidence,
        *,
        worth: Fraction,
        value: Decimal | None = None,
        items: Mapping[str, Text] | None = None,
    ) -> Step:
        declared = self.edition.measures[measure]
        measured = evidence.measurement
        return Step(
            code=self.indicator.code,
            title=self.indicator.title,
            measure=measure,
            measure_title=declared.title,
            unit=declared.unit,
            before=measured.value if measured is not None and value is not None else None,
            after=value,
            items=items or {},
            quality=evidence.quality,
            measured_better=evidence.measured_better,
            handed_in=measured is None,
            points=Fraction(self.node.points or 0),
            earned=worth if evidence.cap is None else min(worth, evidence.cap),
        )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The measurement there is, and what would have to be better about it."""

    measurement: Measurement | None
    quality: Quality | None
    measured_better: bool
    cap: Fraction | None


def _tighter(
    present: Decimal | None, line: Decimal | None, choose: Callable[[Decimal, Decimal], Decimal]
) -> Decimal | None:
    if present is None or line is None:
        return line if present is None else present
    return choose(present, line)
