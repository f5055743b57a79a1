"""A change to the evidence of one indicator, what it earns, and the measurements with it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.outcome import Outcome, Quality
from core.text import Text
from indicators.measures.base import Measurement


@dataclass(frozen=True, slots=True)
class Step:
    """One change to one indicator.

    Args:
        measure: of the indicator, or of the alternative that is to be used.
        before, after: the value, in the measure's unit; equal where only the evidence must be better, None where items
            of a checklist are to be met.
        items: titles of the checklist items to meet, by id.
        quality: evidence grade needed at least, where the present one holds the points back or there is none.
        measured_better: the place of measurement caps the points below what is needed.
        handed_in: nothing usable was measured so far; evidence must come first.
        points: exact points of the indicator now.
        earned: exact points of the indicator after the step.
    """

    code: str
    title: Text
    measure: str
    measure_title: Text
    unit: str
    before: Decimal | None
    after: Decimal | None
    items: Mapping[str, Text]
    quality: Quality | None
    measured_better: bool
    handed_in: bool
    points: Fraction
    earned: Fraction

    @property
    def cost(self) -> Fraction:
        """The declared cost of a step: the points it earns on the indicator's own scale."""
        return self.earned - self.points


def taken(steps: Sequence[Step], measurements: Mapping[str, Measurement]) -> dict[str, Measurement]:
    """The measurements with these steps taken; everything else stays as it is."""
    changed = dict(measurements)
    for step in steps:
        present = None if step.handed_in else changed.get(step.measure)
        if step.handed_in:
            changed.pop(step.measure, None)
        for item in step.items:
            name = f"{step.measure}.{item}"
            changed[name] = Measurement(name, Outcome.SCORED, value=Decimal(1))
        if step.after is not None:
            new = Measurement(step.measure, Outcome.SCORED, unit=step.unit, value=step.after)
            present = replace(present, value=step.after) if present is not None else new
        if present is not None:
            cap = None if step.measured_better else present.cap
            changed[step.measure] = replace(present, quality=step.quality or present.quality, cap=cap)
    return changed


def merged(steps: Sequence[Step]) -> tuple[Step, ...]:
    """One step for each measure of an indicator: what several ask for together, the later value where both name one."""
    found: dict[tuple[str, str], Step] = {}
    for step in steps:
        key = (step.code, step.measure)
        earlier = found.get(key)
        found[key] = step if earlier is None else _both(earlier, step)
    return tuple(found.values())


def _both(earlier: Step, later: Step) -> Step:
    grades = [grade for grade in (earlier.quality, later.quality) if grade is not None]
    return replace(
        later,
        before=earlier.before,
        after=earlier.after if later.after is None else later.after,
        items={**earlier.items, **later.items},
        quality=min(grades, default=None),
        measured_better=earlier.measured_better or later.measured_better,
        handed_in=earlier.handed_in,
        points=earlier.points,
    )
