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
from assessment.scoring.decision import BLOCK, FINDING, grade_of, missed_minima
from assessment.scoring.digits import published, stored
from assessment.scoring.enough import Scored, with_enough, within_limits
from assessment.scoring.known import Known, known_of
from assessment.scoring.relative_points import relative_points
from assessment.scoring.result import Consequence, Node, Result, Verdict
from assessment.scoring.samples import Samples, compares
from assessment.scoring.settle import settle
from assessment.scoring.weights import ClassWeights, class_weights
from core.errors import InputError
from core.outcome import Outcome, Reason
from core.quantity import plain
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.condition import Condition
from indicators.rubric.curve import Relative
from indicators.rubric.model import Edition, Group, Indicator, TreeNode
from indicators.rubric.relative import needs_sample


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
        raise InputError("no_sample", _NO_SAMPLE, hint=_SCORE_TOGETHER)
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


def group_points(
    edition: Edition,
    *,
    facility: str,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    samples: Samples,
) -> Mapping[str, Fraction]:
    """Points of the groups that are rescaled over the sample and whose sample is not among `samples` yet."""
    weights = class_weights(edition, facility=facility, profile=profile)
    known = known_of(edition, facility=facility, profile=profile, measurements=measurements)
    walk = _Walk(edition, weights, known, samples)
    walk.group(edition.root, weight=Decimal(1), depth=0)
    return walk.unscaled


@dataclass(frozen=True)
class _Walk:
    edition: Edition
    weights: ClassWeights
    known: Known
    samples: Samples
    appraisals: dict[str, Appraisal] = field(default_factory=dict)
    unscaled: dict[str, Fraction] = field(default_factory=dict)  # points of groups whose sample is not known yet

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

    def group(self, group: Group, *, weight: Decimal, depth: int) -> Scored:
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
        rule: dict[str, Any] = {"aggregation": {"kind": group.aggregation.kind.value}} | dict(group.authored)
        if counting and not stops:
            points = aggregate(
                group.aggregation, [(Fraction(c.node.weight), c.points or Fraction(0)) for c in counting]
            )
            if group.rescale is not None:
                points, rule["applied"] = self._rescaled(group, group.rescale, points)
            points = self._rounded(self.edition.level(depth)[0], points)
        scored = Scored(
            node=self._node(
                group,
                weight=weight,
                depth=depth,
                outcome=self._group_outcome(children, counting, stops),
                points=points,
                counts=bool(counting),
                children=tuple(_with_share(child.node, shares.get(child.node.code)) for child in children),
                rule=rule,
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
        scored = with_enough(group, scored, children)
        scored = within_limits(group, scored, self.edition.limits) if depth == 1 else scored
        if scored.points is None:
            self.unscaled.pop(group.code, None)
        return self._with_minima(group, scored, measurement=None)

    def _child(self, node: TreeNode, *, weight: Decimal, depth: int) -> Scored:
        if isinstance(node, Indicator):
            return self._indicator(node, weight=weight, depth=depth)
        condition = node.applies_when
        if condition is not None and self._does_not_hold(condition):
            emptied = self.group(node, weight=weight, depth=depth)
            for below in node.walk():
                self.unscaled.pop(below.code, None)
            away = replace(
                emptied.node,
                counts=False,
                outcome=Outcome.NOT_APPLICABLE,
                points=None,
                published=None,
                grade=None,
                reason=GROUP_BY_RULE,
            )
            return Scored(away)
        return self.group(node, weight=weight, depth=depth)

    def _does_not_hold(self, condition: Condition) -> bool:
        return holds(condition, profile=self.known.profile, measurements=self.known.measurements) is False

    def _group_outcome(self, children: list[Scored], counting: list[Scored], stops: bool) -> Outcome:
        if stops:
            return Outcome.NOT_ASSESSABLE
        if counting:
            return Outcome.SCORED
        empty = any(child.node.outcome is Outcome.NO_EVIDENCE for child in children)
        return Outcome.NO_EVIDENCE if empty else Outcome.NOT_APPLICABLE

    def _rescaled(self, group: Group, rule: Relative, points: Fraction) -> tuple[Fraction, dict[str, Any]]:
        """Points compared with those of the sample; as they are while the sample is still being gathered."""
        if needs_sample(rule) and group.code not in self.samples.by_curve:
            self.unscaled[group.code] = points
            return points, {}
        found, figures = relative_points(
            rule,
            points,
            sample=self.samples.of(group.code, rule, self.known.profile),
            higher=True,
            lowest=self.edition.lowest_points,
            highest=self.edition.highest_points,
        )
        return found, {"points_before": plain(stored(points)), "sample": figures}

    def _rounded(self, level: str, points: Fraction) -> Fraction:
        """Points as they enter the next level: exact, unless the rubric rounds those of this level."""
        decimals = self.edition.level_decimals.get(level)
        return points if decimals is None else Fraction(published(points, decimals))

    # --- indicators ------------------------------------------------------------------------------------------------

    def _indicator(self, indicator: Indicator, *, weight: Decimal, depth: int) -> Scored:
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
        scored = Scored(
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

    def _with_minima(self, node: TreeNode, scored: Scored, *, measurement: Measurement | None) -> Scored:
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
    zh="此细则把机构相互比较，不能单独计分。", en="This rubric compares facilities: none is scored alone."
)
_SCORE_TOGETHER = Text(
    zh="请与其他机构一起计分（samples_of）。", en="Score all of them together, with `samples_of` all of them."
)
_STOPPED = Reason(
    "indispensable_missing",
    Text(zh="缺少必备指标的证据，无法评价。", en="Evidence of an indispensable indicator is missing; not assessable."),
)
GROUP_BY_RULE = Reason(
    "not_applicable_by_rule",
    Text(zh="按评价细则，此部分在这里不适用。", en="By a rule of the rubric this part does not apply here."),
)
