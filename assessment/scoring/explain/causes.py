"""Why an indicator has not all points: the curve, a cap, missing or invalid evidence; they add up to what it lost."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assessment.scoring.explain.sharing import runway
from assessment.scoring.result import Node
from core.outcome import Outcome
from core.text import Text


class Cause(StrEnum):
    MEASURED = "measured"
    EVIDENCE_GRADE = "evidence_grade"
    EVIDENCE_CAP = "evidence_cap"
    DEFAULT = "default"
    NO_EVIDENCE = "no_evidence"
    NOT_ASSESSABLE = "not_assessable"
    INVALID = "invalid"

    @property
    def words(self) -> Text:
        return _TITLES[self]


_TITLES = {
    Cause.MEASURED: Text(zh="测得值未达满分", en="the measured value is below full points"),
    Cause.EVIDENCE_GRADE: Text(zh="证据等级封顶", en="cap by the evidence grade"),
    Cause.EVIDENCE_CAP: Text(zh="计量位置封顶", en="cap by the place of measurement"),
    Cause.DEFAULT: Text(zh="缺证据，按保守默认值计分", en="no evidence, the conservative default counts"),
    Cause.NO_EVIDENCE: Text(zh="无证据，计 0 分", en="no evidence, 0 points count"),
    Cause.NOT_ASSESSABLE: Text(zh="无法评价，计 0 分", en="not assessable, 0 points count"),
    Cause.INVALID: Text(zh="证据无效，计 0 分", en="invalid evidence, 0 points count"),
}
_CAPS = {"quality_cap": Cause.EVIDENCE_GRADE, "evidence_cap": Cause.EVIDENCE_CAP}


def causes_of(node: Node, *, lowest: Decimal, highest: Decimal) -> dict[Cause, Fraction]:
    """What an indicator lost, by cause, on its own scale; two caps share what both take away.

    Args:
        node: an indicator of the result tree, with points.
        lowest: points below which no cap reaches.
        highest: points of a full node.

    Returns:
        Causes that took something, adding up to `highest` less the points exactly; empty for full points.
    """
    if node.points is None:
        raise ValueError(f"{node.code} has no points to lose")
    lost = Fraction(highest) - Fraction(node.points)
    applied = node.rule.get("applied", {})
    if node.outcome is not Outcome.SCORED or node.defaulted or "curve_points" not in applied:
        return {_without_value(node): lost} if lost else {}
    curve_points = Fraction(Decimal(applied["curve_points"]))
    taken = [(cause, max(Fraction(0), curve_points - Fraction(Decimal(applied[name]))))
             for name, cause in _CAPS.items() if name in applied]  # fmt: skip
    # A cap below the lowest points takes no more than all of them.
    shares = runway([min(loss, curve_points - Fraction(lowest)) for _, loss in taken])
    found = {Cause.MEASURED: Fraction(highest) - curve_points}
    found |= {cause: share for (cause, _), share in zip(taken, shares, strict=True)}
    return {cause: points for cause, points in _up_to(lost, found).items() if points}


def _up_to(lost: Fraction, found: dict[Cause, Fraction]) -> dict[Cause, Fraction]:
    """The causes as they add up to what was lost, which a level that rounds its points makes a little more or less.

    Each bears the rounding in proportion: so no cause gains points by it, and none is named that took nothing.
    """
    before = sum(found.values(), Fraction(0))
    if not before:
        return {Cause.MEASURED: lost}
    return {cause: points * lost / before for cause, points in found.items()}


def _without_value(node: Node) -> Cause:
    if node.defaulted:
        return Cause.DEFAULT
    match node.outcome:
        case Outcome.INVALID:
            return Cause.INVALID
        case Outcome.NOT_ASSESSABLE:
            return Cause.NOT_ASSESSABLE
        case Outcome.SCORED:
            return Cause.MEASURED
    return Cause.NO_EVIDENCE
