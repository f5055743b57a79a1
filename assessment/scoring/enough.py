"""Whether enough of a group is known: measured parts, and not too much that rests on defaults or approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assessment.scoring.decision import share_exceeded, too_few
from assessment.scoring.result import Consequence, Node
from core.outcome import Outcome
from core.quantity import shortest
from indicators.rubric.model import Group, Limits, Needs, TooFew


@dataclass(frozen=True, slots=True)
class Scored:
    """A node with its exact points, and what its ancestors must know.

    Args:
        stops: an indispensable part is missing, so no ancestor has points.
        defaulted: share of the node's points that rests on conservative defaults.
        approved_away: share of its nominal weight set aside by an assessor's approval.
        measured, applying: indicators below with a figure of their own, and all that apply.
    """

    node: Node
    points: Fraction | None = None
    stops: bool = False
    defaulted: Fraction = Fraction(0)
    approved_away: Fraction = Fraction(0)
    consequences: tuple[Consequence, ...] = ()
    measured: int = 0
    applying: int = 0


def with_enough(group: Group, scored: Scored, children: Sequence[Scored]) -> Scored:
    """A group of which too little is measured is not assessable; it stops its ancestors, or leaves the tree."""
    needs = group.needs
    if needs is None or scored.applying == 0:
        return scored
    found, of = scored.measured, scored.applying
    if not needs.of_indicators:
        found = sum(child.measured > 0 for child in children)
        of = sum(child.applying > 0 for child in children)
    if found >= _least(needs, of):
        return scored
    consequence = too_few(group, found=found, needed=_said(needs), of=of)
    stops = needs.otherwise is TooFew.BLOCK
    return replace(
        _not_assessable(scored, consequence, counts=stops),
        stops=stops,
        measured=0,
        defaulted=Fraction(0),
        consequences=(*scored.consequences, consequence) if stops else scored.consequences,
    )


def within_limits(pillar: Group, scored: Scored, limits: Limits) -> Scored:
    """A pillar that rests too much on defaults or approvals is not assessable."""
    for code, share, most in (
        ("default_share", scored.defaulted, limits.default_share),
        ("not_applicable_share", scored.approved_away, limits.not_applicable_share),
    ):
        if most is not None and share > Fraction(most):
            consequence = share_exceeded(pillar, code=code, share=share, most=most)
            return replace(
                _not_assessable(scored, consequence, counts=True),
                stops=True,
                consequences=(*scored.consequences, consequence),
            )
    return scored


def _not_assessable(scored: Scored, why: Consequence, *, counts: bool) -> Scored:
    node = replace(
        scored.node,
        outcome=Outcome.NOT_ASSESSABLE,
        points=None,
        published=None,
        grade=None,
        counts=counts,
        reason=why.reason,
    )
    return replace(scored, node=node, points=None)


def _least(needs: Needs, of: int) -> Fraction:
    return Fraction(needs.at_least) if needs.at_least is not None else Fraction(needs.share or 0) * of


def _said(needs: Needs) -> str:
    return str(needs.at_least) if needs.at_least is not None else f"{shortest(100 * (needs.share or Decimal(0)))}%"
