"""The defining engine: one facility against one edition, walked node by node into the explained tree.

Rational arithmetic where it stays rational; elsewhere 60 digits, quantised to 40 (`digits`). One rounding, half-up, at
the rubric's decimals; the total comes from unrounded pillars, the grade from the published score and the caps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.aggregate import aggregate
from assessment.scoring.appraisal import Appraisal, appraise
from assessment.scoring.conditions import holds
from assessment.scoring.decision import BLOCK, FINDING, grade_of, missed_minima, share_exceeded, too_few
from assessment.scoring.digits import published, stored
from assessment.scoring.known import Known, known_of
from assessment.scoring.result import Consequence, Node, Result, Verdict
from assessment.scoring.samples import Samples, compares
from assessment.scoring.settle import settle
from assessment.scoring.weights import ClassWeights, class_weights
from core.errors import InputError
from core.outcome import Outcome, Reason
from core.quantity import shortest
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.condition import Condition
from indicators.rubric.model import Edition, Group, Indicator, TooFew, TreeNode


def score(
    edition: Edition,
    *,
    facility: str,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    inputs_digest: str,
    samples: Samples | None = None,
) -> Result:
    """Score one facility.

    Args:
        profile: attributes the rubric's classes and conditions name (see `inputs.profile_attributes`).
        measurements: by measure; measures the rubric does not ask for are left aside.
        inputs_digest: of everything behind them (see `inputs.inputs_digest`).
        samples: of all facilities scored together (see `samples.samples_of`); needed where the edition compares them.

    Returns:
        The explained tree. A blocked facility keeps its figures but has no grade; it has no score where an
        indispensable evidence is missing.

    Raises:
        InputError: the profile lacks the class, the share or the date the rubric needs, or there are no samples.
    """
    if samples is None and compares(edition):
        raise InputError("no_sample", _NO_SAMPLE)
    weights = class_weights(edition, facility=facility, profile=profile)
    known = known_of(edition, facility=facility, profile=profile, measurements=measurements)
    walk = _Walk(edition, weights, known, samples or Samples())
    root = walk.group(edition.root, weight=Decimal(1), depth=0)
    consequences = (*_class_assumed(edition, weights), *root.consequences)
    total = root.node.published
    blocked = total is None or any(one.effect == BLOCK for one in consequences)
    if total is None and not any(one.effect == BLOCK for one in consequences):
        consequences = (*consequences, _nothing_to_score(edition))
    grade: str | None = None
    if total is not None and not blocked:
        pillars = [(n.code, n.title, n.published) for n in root.node.children if n.counts and n.published is not None]
        grade, caps = grade_of(edition, score=total, pillars=pillars, consequences=consequences)
        consequences = (*consequences, *caps)
    return Result(
        facility=facility,
        rubric=edition.rubric,
        edition=edition.edition,
        edition_digest=edition.digest,
        inputs_digest=inputs_digest,
        scoring=edition.semantics,
        verdict=Verdict.BLOCKED if blocked else Verdict.SCORED,
        score=total,
        grade=grade,
        consequences=consequences,
        root=replace(root.node, share=Decimal(1)),
    )


@dataclass(frozen=True, slots=True)
class _Scored:
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


@dataclass(frozen=True)
class _Walk:
    edition: Edition
    weights: ClassWeights
    known: Known
    samples: Samples
    appraisals: dict[str, Appraisal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Appraise every indicator of the class first: a missing policy may look at other indicators."""
        for indicator in self._indicators(self.edition.root):
            self.appraisals[indicator.code] = appraise(
                indicator, edition=self.edition, known=self.known, samples=self.samples
            )

    def _indicators(self, group: Group) -> Iterator[Indicator]:
        for child in group.children:
            if self.weights.weight(child.weight) is None:
                continue
            if isinstance(child, Group):
                yield from self._indicators(child)
            else:
                yield child

    # --- groups ----------------------------------------------------------------------------------------------------

    def group(self, group: Group, *, weight: Decimal, depth: int) -> _Scored:
        children = [
            self._child(child, weight=own, depth=depth + 1)
            for child in group.children
            if (own := self.weights.weight(child.weight)) is not None
        ]
        counting = [child for child in children if child.node.counts]
        total = sum((Fraction(child.node.weight) for child in counting), Fraction(0))
        nominal = sum((Fraction(child.node.weight) for child in children), Fraction(0))
        shares = {child.node.code: Fraction(child.node.weight) / total for child in counting}
        stops = any(child.stops for child in counting)
        points = None
        if counting and not stops:
            points = self._rounded(
                self.edition.level(depth)[0],
                aggregate(group.aggregation, [(Fraction(c.node.weight), c.points or Fraction(0)) for c in counting]),
            )
        scored = _Scored(
            node=self._node(
                group,
                weight=weight,
                depth=depth,
                outcome=self._group_outcome(children, counting, stops),
                points=points,
                counts=bool(counting),
                children=tuple(_with_share(child.node, shares.get(child.node.code)) for child in children),
                rule={"aggregation": {"kind": group.aggregation.kind.value}} | dict(group.authored),
                reason=_STOPPED if stops else None,
            ),
            points=points,
            stops=stops,
            defaulted=sum((shares[c.node.code] * c.defaulted for c in counting), Fraction(0)),
            approved_away=sum(
                (Fraction(c.node.weight) / nominal * c.approved_away for c in children if nominal), Fraction(0)
            ),
            consequences=tuple(consequence for child in children for consequence in child.consequences),
            measured=sum(child.measured for child in children),
            applying=sum(child.applying for child in children),
        )
        scored = self._with_enough(group, scored, children) if group.needs is not None else scored
        scored = self._within_limits(group, scored) if depth == 1 else scored
        return self._with_minima(group, scored, measurement=None)

    def _child(self, node: TreeNode, *, weight: Decimal, depth: int) -> _Scored:
        if isinstance(node, Indicator):
            return self._indicator(node, weight=weight, depth=depth)
        condition = node.applies_when
        if condition is not None and self._does_not_hold(condition):
            emptied = self.group(node, weight=weight, depth=depth)
            away = replace(
                emptied.node,
                counts=False,
                outcome=Outcome.NOT_APPLICABLE,
                points=None,
                published=None,
                grade=None,
                reason=_GROUP_BY_RULE,
            )
            return _Scored(away)
        return self.group(node, weight=weight, depth=depth)

    def _does_not_hold(self, condition: Condition) -> bool:
        return holds(condition, profile=self.known.profile, measurements=self.known.measurements) is False

    def _group_outcome(self, children: list[_Scored], counting: list[_Scored], stops: bool) -> Outcome:
        if stops:
            return Outcome.NOT_ASSESSABLE
        if counting:
            return Outcome.SCORED
        empty = any(child.node.outcome is Outcome.NO_EVIDENCE for child in children)
        return Outcome.NO_EVIDENCE if empty else Outcome.NOT_APPLICABLE

    def _with_enough(self, group: Group, scored: _Scored, children: list[_Scored]) -> _Scored:
        """A group of which too little is measured is not assessable; it stops its ancestors, or leaves the tree."""
        needs = group.needs
        if needs is None or scored.applying == 0:
            return scored
        found, of = scored.measured, scored.applying
        if not needs.of_indicators:
            found = sum(child.measured > 0 for child in children)
            of = sum(child.applying > 0 for child in children)
        least = Fraction(needs.at_least) if needs.at_least is not None else Fraction(needs.share or Decimal(0)) * of
        if found >= least:
            return scored
        needed = (
            str(needs.at_least) if needs.at_least is not None else f"{shortest(100 * (needs.share or Decimal(0)))}%"
        )
        consequence = too_few(group, found=found, needed=needed, of=of)
        stops = needs.otherwise is TooFew.BLOCK
        node = replace(
            scored.node,
            outcome=Outcome.NOT_ASSESSABLE,
            points=None,
            published=None,
            grade=None,
            counts=stops,
            reason=consequence.reason,
        )
        consequences = (*scored.consequences, consequence) if stops else scored.consequences
        return replace(
            scored, node=node, points=None, stops=stops, measured=0, consequences=consequences, defaulted=Fraction(0)
        )

    def _rounded(self, level: str, points: Fraction) -> Fraction:
        """Points as they enter the next level: exact, unless the rubric rounds those of this level."""
        decimals = self.edition.level_decimals.get(level)
        return points if decimals is None else Fraction(published(points, decimals))

    def _within_limits(self, pillar: Group, scored: _Scored) -> _Scored:
        """A pillar that rests too much on defaults or approvals is not assessable."""
        limits = self.edition.limits
        for code, share, most in (
            ("default_share", scored.defaulted, limits.default_share),
            ("not_applicable_share", scored.approved_away, limits.not_applicable_share),
        ):
            if most is not None and share > Fraction(most):
                consequence = share_exceeded(pillar, code=code, share=share, most=most)
                node = replace(
                    scored.node,
                    outcome=Outcome.NOT_ASSESSABLE,
                    points=None,
                    published=None,
                    grade=None,
                    counts=True,
                    reason=consequence.reason,
                )
                return replace(
                    scored, node=node, points=None, stops=True, consequences=(*scored.consequences, consequence)
                )
        return scored

    # --- indicators ------------------------------------------------------------------------------------------------

    def _indicator(self, indicator: Indicator, *, weight: Decimal, depth: int) -> _Scored:
        appraisal = self.appraisals[indicator.code]
        settled = settle(indicator, appraisal, edition=self.edition, appraisals=self.appraisals)
        rule = self._rule(indicator, appraisal)
        points = settled.points
        if points is not None:
            points = self._rounded(self.edition.levels[-1][0], points)
        counted = not indicator.display and appraisal.outcome is not Outcome.NOT_APPLICABLE
        node = self._node(
            indicator,
            weight=weight,
            depth=depth,
            outcome=appraisal.outcome,
            points=points,
            counts=settled.counts,
            rule=rule,
            inputs=appraisal.measurement,
            reason=appraisal.reason,
            defaulted=settled.defaulted,
        )
        approved = appraisal.outcome is Outcome.NOT_APPLICABLE and not appraisal.by_rule and not indicator.display
        scored = _Scored(
            node=node,
            points=points,
            stops=settled.stops,
            defaulted=Fraction(1 if settled.defaulted else 0),
            approved_away=Fraction(1 if approved else 0),
            consequences=settled.consequences,
            measured=int(counted and appraisal.outcome is Outcome.SCORED),
            applying=int(counted),
        )
        applies = appraisal.outcome is not Outcome.NOT_APPLICABLE
        return self._with_minima(indicator, scored, measurement=appraisal.measurement) if applies else scored

    def _rule(self, indicator: Indicator, appraisal: Appraisal) -> dict[str, Any]:
        """What the edition says about the indicator, and how it was applied."""
        measure = self.edition.measures[indicator.measure]
        declared = {"name": measure.name, "unit": measure.unit, "direction": measure.direction.value}
        return (
            {key: value for key, value in indicator.authored.items() if key != "measure"}
            | {"measure": declared | {"title": measure.title.as_json()}}
            | ({"applied": dict(appraisal.applied)} if appraisal.applied else {})
        )

    # --- shared ----------------------------------------------------------------------------------------------------

    def _with_minima(self, node: TreeNode, scored: _Scored, *, measurement: Measurement | None) -> _Scored:
        missed = missed_minima(
            node,
            measurement=measurement,
            points=scored.points,
            profile=self.known.profile,
            measurements=self.known.measurements,
            parameters=self.known.parameters,
        )
        return replace(scored, consequences=(*scored.consequences, *missed)) if missed else scored

    def _node(
        self,
        node: TreeNode,
        *,
        weight: Decimal,
        depth: int,
        outcome: Outcome,
        points: Fraction | None,
        counts: bool,
        rule: Mapping[str, Any],
        inputs: Measurement | None = None,
        reason: Reason | None = None,
        defaulted: bool = False,
        children: tuple[Node, ...] = (),
    ) -> Node:
        shown = None if points is None else published(points, self.edition.decimals)
        grades = self.edition.grades
        level = self.edition.levels[-1][0] if isinstance(node, Indicator) else self.edition.level(depth)[0]
        return Node(
            code=node.code,
            id=node.id,
            level=level,
            title=node.title,
            outcome=outcome,
            points=None if points is None else stored(points),
            published=shown,
            weight=weight,
            share=None,
            counts=counts,
            rule=rule,
            inputs=inputs,
            reason=reason,
            grade=grades.of(shown).id if grades and shown is not None else None,
            defaulted=defaulted,
            tags=node.tags,
            children=children,
        )


def _with_share(node: Node, share: Fraction | None) -> Node:
    return node if share is None else replace(node, share=stored(share))


def _class_assumed(edition: Edition, weights: ClassWeights) -> tuple[Consequence, ...]:
    if not weights.assumed or weights.rule is None:
        return ()
    title = weights.rule.title
    message = Text(
        zh=f"未声明类别，按评价细则的默认类别“{title.zh}”计分。",
        en=f"No class is declared; scored as the rubric's default class “{title.en}”.",
    )
    return (Consequence(edition.root.code, FINDING, None, Reason("class_assumed", message)),)


def _nothing_to_score(edition: Edition) -> Consequence:
    message = Text(zh="没有任何可计分的指标。", en="There is nothing to score.")
    return Consequence(edition.root.code, BLOCK, None, Reason("nothing_to_score", message))


_NO_SAMPLE = Text(
    zh="此细则把机构相互比较，须与其他机构一起计分。",
    en="This rubric compares facilities; they are scored together, with `samples_of` all of them.",
)
_STOPPED = Reason(
    "indispensable_missing",
    Text(zh="缺少必备指标的证据，无法评价。", en="Evidence of an indispensable indicator is missing; not assessable."),
)
_GROUP_BY_RULE = Reason(
    "not_applicable_by_rule",
    Text(zh="按评价细则，此部分在这里不适用。", en="By a rule of the rubric this part does not apply here."),
)
