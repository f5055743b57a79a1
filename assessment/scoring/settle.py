"""How an appraised indicator enters its parent: the missing policy, and what invalid evidence counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessment.scoring.appraisal import Appraisal
from assessment.scoring.decision import invalid_blocks, invalid_finding, missing_blocks
from assessment.scoring.result import Consequence
from core.outcome import Outcome
from indicators.rubric.model import Edition, Indicator, Invalid, Missing


@dataclass(frozen=True, slots=True)
class Settled:
    """`stops`: an indispensable part is missing, so no ancestor has points."""

    points: Fraction | None
    counts: bool = True
    stops: bool = False
    defaulted: bool = False
    consequences: tuple[Consequence, ...] = ()


def settle(
    indicator: Indicator, appraisal: Appraisal, *, edition: Edition, appraisals: Mapping[str, Appraisal]
) -> Settled:
    """Apply the policies; display-only indicators never count.

    Args:
        appraisals: of all indicators in the facility's tree; a block may be lifted by one that is scored.
    """
    if indicator.display:
        return Settled(points=appraisal.points, counts=False)
    match appraisal.outcome:
        case Outcome.SCORED:
            return Settled(points=appraisal.points)
        case Outcome.NOT_APPLICABLE:
            return Settled(points=None, counts=False)
        case Outcome.INVALID:
            return _invalid(indicator, appraisal, edition, appraisals)
    match indicator.missing.policy:
        case Missing.ZERO:
            return Settled(points=Fraction(edition.lowest_points))
        case Missing.DEFAULT:
            own = indicator.missing.points
            return Settled(points=Fraction(edition.limits.default_points if own is None else own), defaulted=True)
        case Missing.EXCLUDE:
            return Settled(points=None, counts=False)
        case Missing.BLOCK:
            if _another_is_scored(indicator, appraisals):
                return Settled(points=Fraction(edition.lowest_points))
            return Settled(points=None, stops=True, consequences=(missing_blocks(indicator, appraisal.reason),))


def _invalid(
    indicator: Indicator, appraisal: Appraisal, edition: Edition, appraisals: Mapping[str, Appraisal]
) -> Settled:
    if indicator.invalid is Invalid.BLOCK and not _another_is_scored(indicator, appraisals):
        return Settled(points=None, stops=True, consequences=(invalid_blocks(indicator, appraisal.reason),))
    return Settled(points=Fraction(edition.lowest_points), consequences=(invalid_finding(indicator, appraisal.reason),))


def _another_is_scored(indicator: Indicator, appraisals: Mapping[str, Appraisal]) -> bool:
    others = [appraisals.get(code) for code in indicator.missing.unless_scored]
    return any(other is not None and other.outcome is Outcome.SCORED for other in others)
