"""What must hold between the parts of an edition; the readers have checked each part by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from indicators.rubric.check_formulas import check_formulas, named_by_curves
from indicators.rubric.condition import Comparison, Condition, Junction, Negation
from indicators.rubric.curve import Bands, Checklist, Curve, Linear
from indicators.rubric.faults import Faults
from indicators.rubric.model import (
    Aggregate,
    Classes,
    Direction,
    Edition,
    Grades,
    Group,
    Indicator,
    OnMiss,
    TooFew,
    TreeNode,
    Weight,
)
from indicators.rubric.relative import Distance, MinMax, Percentile, Rank, ZScore

RELATIVE = (MinMax, ZScore, Rank, Percentile, Distance)


def check_edition(edition: Edition, faults: Faults) -> None:
    """Note every contradiction between tree, measures, classes, grades and weights."""
    _codes(edition, faults)
    for node in edition.root.walk():
        _weights_by_class(node.weight, node, edition.classes, faults)
        _conditions(node, edition, faults)
        _minima(node, edition, faults)
        if isinstance(node, Group):
            _weights_sum(node, edition.classes, faults)
            _aggregation(node, edition, faults)
            _needs(node, edition, faults)
        else:
            _indicator(node, edition, faults)
    check_formulas(edition, faults)
    _measures_are_used(edition, faults)


def _codes(edition: Edition, faults: Faults) -> None:
    codes = Counter(code for node in edition.root.walk() for code in _codes_of(node))
    for node in edition.root.walk():
        for code in _codes_of(node):
            if codes[code] > 1:
                faults.add(
                    "duplicate_code",
                    node.where,
                    zh=f"编码“{code}”重复。",
                    en=f"The code “{code}” is not unique.",
                    hint=Text(
                        zh="请改用不同的 id，或另写 code。", en="Give one of them another id, or a code of its own."
                    ),
                )
    known = set(codes)
    for indicator in edition.indicators:
        for code in set(indicator.missing.unless_scored) - known:
            faults.add(
                "unknown_code",
                indicator.where,
                zh=f"unless_scored 中的“{code}”不存在。",
                en=f"“{code}” in unless_scored does not exist.",
            )


def _codes_of(node: TreeNode) -> tuple[str, ...]:
    others = (other.code for other in node.alternatives) if isinstance(node, Indicator) else ()
    return (node.code, *others)


def _weights_by_class(weight: Weight, node: TreeNode, classes: Classes | None, faults: Faults) -> None:
    if not weight.by_class:
        return
    pure = {rule.id for rule in classes.classes if rule.mixes is None} if classes else set()
    if set(weight.by_class) != pure:
        words = ", ".join(sorted(pure)) or "–"
        faults.add(
            "unknown_class",
            node.where,
            zh=f"“{node.code}”的权重必须恰好列出各类别：{words}。",
            en=f"The weights of “{node.code}” must name exactly the classes: {words}.",
            hint=Text(
                zh="混合类别由其两部分算出；不在某类别中的写 null。",
                en="Mixed classes follow from their parts; null: not in that class.",
            ),
        )


def _weights_sum(group: Group, classes: Classes | None, faults: Faults) -> None:
    """`weights_sum`, where declared, against the children's weights, class by class."""
    declared = group.weights_sum
    if declared is None:
        return
    _weights_by_class(declared, group, classes, faults)
    names = [rule.id for rule in classes.classes if rule.mixes is None] if classes else [""]
    for name in names:
        expected = _weight_in(declared, name)
        if expected is None:
            continue
        found = sum((_weight_in(child.weight, name) or Decimal(0) for child in group.children), Decimal(0))
        if found != expected:
            label = f"{group.code} {name}".strip()
            faults.add(
                "weights_sum",
                group.where,
                zh=f"“{label}”的下级权重之和为 {found}，声明为 {expected}。",
                en=f"The weights below “{label}” sum to {found}, declared are {expected}.",
            )


def _weight_in(weight: Weight, class_name: str) -> Decimal | None:
    return weight.by_class.get(class_name) if weight.by_class else weight.everywhere


def _aggregation(group: Group, edition: Edition, faults: Faults) -> None:
    rule = group.aggregation
    if edition.lowest_points < 0 and rule.floor is None and rule.kind not in (Aggregate.ARITHMETIC, Aggregate.MINIMUM):
        faults.add(
            "negative_points",
            group.where,
            zh=f"分值可为负时，“{group.code}”的 {rule.kind} 需要 floor。",
            en=f"Where points may be negative, {rule.kind} of “{group.code}” needs a floor.",
            hint=Text(zh="或用 arithmetic、minimum。", en="Or use arithmetic or minimum."),
        )
    weighted = [child for child in group.children if not (isinstance(child, Indicator) and child.display)]
    if not weighted and group.children:
        return  # a group of display-only indicators carries no points, which is allowed
    if group.aggregation.kind is Aggregate.POWER and group.aggregation.exponent is None:
        faults.add("bad_exponent", group.where, zh="power 缺少 exponent。", en="power lacks its exponent.")


def _needs(group: Group, edition: Edition, faults: Faults) -> None:
    needs = group.needs
    if needs is None:
        return
    below = [node for node in group.walk() if isinstance(node, Indicator)] if needs.of_indicators else group.children
    weighed = [node for node in below if not (isinstance(node, Indicator) and node.display)]
    if needs.at_least is not None and needs.at_least > len(weighed):
        faults.add(
            "bad_needs",
            group.where,
            zh=f"“{group.code}”要求 {needs.at_least} 个，却只有 {len(weighed)} 个。",
            en=f"“{group.code}” needs {needs.at_least} but has only {len(weighed)}.",
        )
    if group is edition.root and needs.otherwise is TooFew.EXCLUDE:
        faults.add(
            "bad_needs",
            group.where,
            zh="根节点没有同级可分担：请写 otherwise: block。",
            en="The root has no siblings to carry its weight: write otherwise: block.",
        )


def _indicator(indicator: Indicator, edition: Edition, faults: Faults) -> None:
    for measure in indicator.measures:
        if measure not in edition.measures:
            faults.add(
                "unknown_measure",
                indicator.where,
                zh=f"“{indicator.code}”使用未声明的度量“{measure}”。",
                en=f"“{indicator.code}” uses the measure “{measure}”, which is not declared.",
                hint=meant(
                    measure,
                    edition.measures,
                    otherwise=Text(
                        zh="请在 rubric.yaml 的 measures 中声明。", en="Declare it under measures in rubric.yaml."
                    ),
                ),
            )
    for measure, curve in indicator.curves:
        declared = edition.measures.get(measure)
        if declared is not None and declared.formula is not None and isinstance(curve, Checklist):
            faults.add(
                "formula_and_facts",
                indicator.where,
                zh=f"“{measure}”由公式得出，没有清单项。",
                en=f"“{measure}” follows from a formula and has no items to check.",
            )
        if declared is not None and not _runs_with(curve, declared.direction):
            faults.add(
                "wrong_direction",
                indicator.where,
                zh=f"“{indicator.code}”的曲线与度量方向“{declared.direction}”不符。",
                en=f"The curve of “{indicator.code}” runs against its measure ({declared.direction}).",
                hint=Text(
                    zh="越大越好用 higher，分值随数值上升；越小越好用 lower，分值随数值下降；"
                    "目标区间型曲线请声明 direction: target；相互比较的曲线需要 higher 或 lower，"
                    "或为 distance_to_target 与 by: gap。",
                    en="More is better: higher, points rise with the value. Less is better: lower, points fall. "
                    "A best value inside: target. Curves that compare facilities "
                    "need higher or lower, or are distance_to_target with by: gap.",
                ),
            )


def _runs_with(curve: Curve, direction: Direction) -> bool:
    match curve:
        case Linear(anchors=anchors):
            points = [anchor.points for anchor in anchors]
        case Bands(bands=bands):
            points = [band.points for band in bands]
        case MinMax() | ZScore() | Rank() | Percentile() | Distance(by_ratio=True) | Distance(target=None):
            return direction is not Direction.TARGET
        case _:
            return True
    if direction is Direction.HIGHER:
        return points == sorted(points)
    if direction is Direction.LOWER:
        return points == sorted(points, reverse=True)
    return True


def _conditions(node: TreeNode, edition: Edition, faults: Faults) -> None:
    conditions = [node.applies_when, *(minimum.when for minimum in node.minima)]
    conditions += [curve.sample.where for curve in _curves(node) if isinstance(curve, RELATIVE)]
    for condition in conditions:
        for comparison in _comparisons(condition):
            if comparison.subject == "measure" and comparison.name not in edition.measures:
                faults.add(
                    "unknown_measure",
                    node.where,
                    zh=f"条件使用未声明的度量“{comparison.name}”。",
                    en=f"A condition uses the measure “{comparison.name}”, which is not declared.",
                )


def _curves(node: TreeNode) -> tuple[Curve, ...]:
    if isinstance(node, Indicator):
        return tuple(curve for _, curve in node.curves)
    return () if node.rescale is None else (node.rescale,)


def _comparisons(condition: Condition | None) -> Iterator[Comparison]:
    match condition:
        case Comparison():
            yield condition
        case Junction(conditions=parts):
            for part in parts:
                yield from _comparisons(part)
        case Negation(condition=inner):
            yield from _comparisons(inner)


def _minima(node: TreeNode, edition: Edition, faults: Faults) -> None:
    for minimum in node.minima:
        if minimum.parameter is not None and minimum.parameter not in edition.parameters:
            faults.add(
                "unknown_parameter",
                node.where,
                zh=f"未声明的参数“{minimum.parameter}”。",
                en=f"The parameter “{minimum.parameter}” is not declared.",
            )
        if minimum.on_miss is OnMiss.CAP and minimum.cap_at not in _grade_ids(edition.grades):
            faults.add(
                "unknown_grade",
                node.where,
                zh=f"cap_at“{minimum.cap_at}”不是已声明的等级。",
                en=f"cap_at “{minimum.cap_at}” is not a declared grade.",
            )


def _grade_ids(grades: Grades | None) -> set[str]:
    return {grade.id for grade in grades.grades} if grades else set()


def _measures_are_used(edition: Edition, faults: Faults) -> None:
    used = {measure for indicator in edition.indicators for measure in indicator.measures} | named_by_curves(edition)
    used |= {name for measure in edition.measures.values() if measure.formula for name in measure.formula.names}
    for node in edition.root.walk():
        samples = (curve.sample.where for curve in _curves(node) if isinstance(curve, RELATIVE))
        for condition in (node.applies_when, *(minimum.when for minimum in node.minima), *samples):
            used |= {comparison.name for comparison in _comparisons(condition) if comparison.subject == "measure"}
    for name, measure in edition.measures.items():
        where: Where = measure.where
        if name not in used:
            faults.add(
                "unused_measure",
                where,
                zh=f"度量“{name}”未被任何指标使用。",
                en=f"No indicator uses the measure “{name}”.",
            )
        lowest, highest = measure.lowest, measure.highest
        if lowest is not None and highest is not None and lowest >= highest:
            faults.add(
                "bad_range",
                where,
                zh=f"“{name}”的 lowest 不小于 highest。",
                en=f"lowest of “{name}” is not below highest.",
            )
