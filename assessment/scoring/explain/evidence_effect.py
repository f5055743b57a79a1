"""What another version of the evidence does: to each measure, and through them to the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessment.scoring.explain.difference import Difference, difference
from assessment.scoring.explain.report import difference_json
from assessment.scoring.explain.situation import Situation
from assessment.scoring.inputs import scored_attributes
from core.canonical import jsonable
from core.text import Text
from indicators.measures.base import CentreEvidence, Measurement
from indicators.measures.registry import MEASURE_BY_NAME, measure_all
from indicators.rubric.model import Edition


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure that comes out otherwise: its value, or why it has none, on both sides."""

    title: Text
    before: Measurement
    after: Measurement

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.after.measure,
            "title": self.title.as_json(),
            "before": _side(self.before),
            "after": _side(self.after),
        }


@dataclass(frozen=True, slots=True)
class EvidenceEffect:
    """Two pools of evidence of one centre, measured and scored.

    Args:
        measures: those whose value, outcome, reason or grade differ; lines alone do not count.
        difference: of the two scores; None without an edition.
    """

    measures: tuple[MeasureChange, ...]
    difference: Difference | None

    def as_json(self) -> dict[str, Any]:
        return {
            "measures": [one.as_json() for one in self.measures],
            "difference": difference_json(self.difference) if self.difference is not None else None,
        }


def evidence_effect(before: CentreEvidence, after: CentreEvidence, *, edition: Edition | None) -> EvidenceEffect:
    """What leads from one pool to the other; both are of one centre with one profile.

    Raises:
        UserFacingError: the edition cannot score the profile at all.
    """
    olds, news = measure_all(before), measure_all(after)
    changed = tuple(
        MeasureChange(MEASURE_BY_NAME[name].title, olds[name], news[name])
        for name in sorted(news)
        if _side(olds[name]) != _side(news[name])
    )
    if edition is None:
        return EvidenceEffect(changed, None)
    sides = [
        Situation(
            edition,
            pool.profile.centre.id,
            scored_attributes(pool.profile),
            measurements,
            edition.semantics,
        )
        for pool, measurements in ((before, olds), (after, news))
    ]
    return EvidenceEffect(changed, difference(*sides))


def _side(measurement: Measurement) -> dict[str, Any]:
    names = ("outcome", "value", "unit", "coverage", "quality", "cap", "error", "reason")
    return {name: jsonable(getattr(measurement, name)) for name in names}
