"""Every measure there is, by name, and the one way to compute them all.

A refusal of a measure becomes an outcome with its reason; anything else is a bug and stays an exception.
"""

from __future__ import annotations

from core.errors import InsufficientData, InvalidEvidence, UserFacingError
from core.outcome import Outcome, Reason
from indicators.measures.base import CentreEvidence, Measure, Measurement
from indicators.measures.catalogue import (
    cluster_stability,
    compute_effectiveness,
    green_and_low_carbon,
    service_usability,
)
from indicators.measures.findings import NoEvidence, NoFigure, NotApplicable, told
from indicators.measures.left_out import with_rows_left_out
from indicators.measures.rejections import rejection_behind

MEASURES: tuple[Measure, ...] = (
    *compute_effectiveness.MEASURES,
    *cluster_stability.MEASURES,
    *green_and_low_carbon.MEASURES,
    *service_usability.MEASURES,
)

MEASURE_BY_NAME: dict[str, Measure] = {measure.name: measure for measure in MEASURES}


def measure_versions() -> dict[str, str]:
    """Name and version of every measure, for the identity of a result."""
    return {measure.name: measure.version for measure in MEASURES}


_OUTCOMES: tuple[tuple[type[NoFigure | UserFacingError], Outcome], ...] = (
    (NoEvidence, Outcome.NO_EVIDENCE),
    (NotApplicable, Outcome.NOT_APPLICABLE),
    (InsufficientData, Outcome.NOT_ASSESSABLE),
    (InvalidEvidence, Outcome.INVALID),
)


def measure_all(evidence: CentreEvidence) -> dict[str, Measurement]:
    """Every measure of one centre: a value with what it rests on, or the reason why there is none."""
    return {measure.name: measure_one(measure, evidence) for measure in MEASURES}


def measure_one(measure: Measure, evidence: CentreEvidence) -> Measurement:
    """One measure; its refusals become outcomes."""
    try:
        return with_rows_left_out(measure.compute(evidence), measure=measure, evidence=evidence)
    except (NoEvidence, NotApplicable, InsufficientData, InvalidEvidence) as refusal:
        outcome = next(outcome for kind, outcome in _OUTCOMES if isinstance(refusal, kind))
        rejection = rejection_behind(refusal, measure=measure, evidence=evidence)
        return Measurement(
            measure=measure.name,
            outcome=outcome,
            unit=measure.unit,
            reason=rejection.reason or Reason(refusal.code, told(refusal)),
            notes=rejection.notes,
            rests_on=rejection.rests_on,
        )
