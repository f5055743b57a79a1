"""What follows from figures: missed minima, caps, blocks and the grade. Points are never changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.appraisal import items_of
from assessment.scoring.conditions import holds
from assessment.scoring.digits import stored
from assessment.scoring.result import Consequence
from core.outcome import Outcome, Reason
from core.quantity import plain, rounded, shortest
from core.text import Text
from core.units import with_unit
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition, Grades, Group, Indicator, Minimum, TreeNode

BLOCK, CAP, FINDING = "block", "cap", "finding"


def missed_minima(
    node: TreeNode,
    *,
    measurement: Measurement | None,
    points: Fraction | None,
    profile: Mapping[str, Any],
    measurements: Mapping[str, Measurement],
    parameters: Mapping[str, Decimal] | None = None,
) -> tuple[Consequence, ...]:
    """The consequences of every mandatory line of a node that is missed; what was not measured is not missed."""
    found: list[Consequence] = []
    for declared in node.minima:
        minimum = _in_force(declared, parameters or {})
        if minimum.when is not None and not holds(minimum.when, profile=profile, measurements=measurements):
            continue
        actual = _actual(node, minimum, measurement, points, measurements)
        if actual is not None and _missed(minimum, actual):
            unit = _unit(node, minimum, measurement)
            reason = Reason("minimum_missed", _minimum_said(node, minimum, actual, unit=unit))
            found.append(Consequence(node.code, minimum.on_miss.value, minimum.cap_at, reason))
    return tuple(found)


def _in_force(minimum: Minimum, parameters: Mapping[str, Decimal]) -> Minimum:
    """The line as it is for this facility, where a parameter gives it."""
    if minimum.parameter is None:
        return minimum
    line = parameters[minimum.parameter]
    if minimum.at_least is not None:
        return replace(minimum, at_least=line, parameter=None)
    return replace(minimum, at_most=line, parameter=None)


def _actual(
    node: TreeNode,
    minimum: Minimum,
    measurement: Measurement | None,
    points: Fraction | None,
    measurements: Mapping[str, Measurement],
) -> Decimal | None:
    if isinstance(node, Group):
        return stored(points) if points is not None else None
    if minimum.item is not None:
        lone = measurements.get(f"{node.measure}.{minimum.item}")
        if measurement is None:
            return lone.value if lone else None
        return items_of(measurement, measurements).get(minimum.item)
    if measurement is None or measurement.outcome is not Outcome.SCORED:
        return None
    return measurement.value


def _missed(minimum: Minimum, actual: Decimal) -> bool:
    below = minimum.at_least is not None and actual < minimum.at_least
    above = minimum.at_most is not None and actual > minimum.at_most
    return below or above


def _unit(node: TreeNode, minimum: Minimum, measurement: Measurement | None) -> str:
    """Of the figure a line is held against: points of a group, the measure's unit, or that of one of its items."""
    if isinstance(node, Group):
        return "point"
    if measurement is None:
        return ""
    if minimum.item is None:
        return measurement.unit
    return next((item.unit for item in measurement.inputs if item.name == minimum.item), "")


def _minimum_said(node: TreeNode, minimum: Minimum, actual: Decimal, *, unit: str) -> Text:
    title, name = minimum.title, node.title
    if minimum.item is not None and title is not None:
        return Text(zh=f"{title.zh}：未满足。", en=f"{title.en}: not met.")
    if minimum.at_least is not None:
        line, zh, en = minimum.at_least, "低于下限", "below the limit of"
    else:
        line, zh, en = minimum.at_most or Decimal(0), "高于上限", "above the limit of"
    found, limit = with_unit(_shown(actual, line), unit), with_unit(plain(line), unit)
    return Text(
        zh=(f"{title.zh}：" if title else "") + f"{_set_off(name.zh)}为 {found.zh}，{zh} {limit.zh}。",
        en=(f"{title.en}: " if title else "") + f"{name.en} is {found.en}, {en} {limit.en}.",
    )


def _shown(actual: Decimal, line: Decimal) -> str:
    """A missed figure with two decimals, or as many more as it takes to tell it from the line."""
    for decimals in range(2, 13):
        if (near := rounded(actual, decimals)) != line:
            return shortest(near)
    return shortest(actual)


def missing_blocks(indicator: Indicator, reason: Reason | None) -> Consequence:
    """An indicator whose absence forbids a grade."""
    why = reason.message if reason else Text(zh="没有证据。", en="There is no evidence.")
    message = Text(
        zh=f"{indicator.title.zh}为必备指标：{why.zh}",
        en=f"{indicator.title.en} is indispensable: {why.en}",
    )
    return Consequence(indicator.code, BLOCK, None, Reason("indispensable_missing", message))


def invalid_blocks(indicator: Indicator, reason: Reason | None) -> Consequence:
    """An indispensable indicator whose evidence failed validation: as bad as having none."""
    why = reason.message if reason else Text(zh="证据未通过检验。", en="The evidence failed validation.")
    message = Text(
        zh=f"{indicator.title.zh}为必备指标，其证据无效：{why.zh}",
        en=f"{indicator.title.en} is indispensable, and its evidence is invalid: {why.en}",
    )
    return Consequence(indicator.code, BLOCK, None, Reason("indispensable_invalid", message))


def invalid_finding(indicator: Indicator, reason: Reason | None) -> Consequence:
    why = reason.message if reason else Text(zh="证据未通过检验。", en="The evidence failed validation.")
    message = Text(
        zh=f"{indicator.title.zh}的证据无效，计 0 分：{why.zh}",
        en=f"The evidence of {indicator.title.en} is invalid and counts 0 points: {why.en}",
    )
    return Consequence(indicator.code, FINDING, None, Reason("invalid_evidence", message))


def too_few(group: Group, *, found: int, needed: str, of: int) -> Consequence:
    """A group with fewer measured parts than the rubric asks for."""
    message = Text(
        zh=f"{group.title.zh}：{of} 项中只有 {found} 项有数值，至少需要 {needed}，无法评价。",
        en=f"{group.title.en}: {found} of {of} parts are measured, at least {needed} are needed; it is not assessable.",
    )
    return Consequence(group.code, BLOCK, None, Reason("too_few_measured", message))


def share_exceeded(group: Group, *, code: str, share: Fraction, most: Decimal) -> Consequence:
    """A pillar resting too much on defaults or approvals; `code` is `default_share` or `not_applicable_share`."""
    shown = shortest(stored(share * 100).quantize(Decimal("0.1")))
    what = _SHARES[code]
    message = Text(
        zh=f"{group.title.zh}：{what.zh}占权重 {shown}%，超过 {shortest(most * 100)}%，无法评价。",
        en=f"{group.title.en}: {what.en} carries {shown} % of the weight, above {shortest(most * 100)} %; "
        "it is not assessable.",
    )
    return Consequence(group.code, BLOCK, None, Reason(code, message))


_SHARES = {
    "default_share": Text(zh="保守默认值", en="the conservative default"),
    "not_applicable_share": Text(zh="经批准的不适用", en="what was approved as not applicable"),
}


def grade_of(
    edition: Edition,
    *,
    score: Decimal,
    pillars: Sequence[tuple[str, Text, Decimal]],
    consequences: Iterable[Consequence],
) -> tuple[str | None, tuple[Consequence, ...]]:
    """The grade of a facility nothing blocks, and the caps that weak pillars add.

    Args:
        score: published.
        pillars: code, title and published points of each counting child of the root.
        consequences: those of the tree; caps among them count, the lowest holds.
    """
    grades = edition.grades
    if grades is None:
        return None, ()
    reached = grades.rank(grades.of(score).id)
    by_pillars = tuple(cap for pillar in pillars if (cap := _pillar_cap(grades, reached, *pillar)) is not None)
    caps = [grades.rank(one.grade) for one in (*consequences, *by_pillars) if one.effect == CAP and one.grade]
    return grades.grades[min([reached, *caps])].id, by_pillars


def _pillar_cap(grades: Grades, reached: int, code: str, title: Text, points: Decimal) -> Consequence | None:
    """The highest grade whose line, less the margin, a pillar reaches; None when that holds nothing back."""
    margin = grades.pillar_margin
    if margin is None:
        return None
    allowed = max(rank for rank, grade in enumerate(grades.grades) if rank == 0 or points >= grade.at_least - margin)
    if allowed >= reached:
        return None
    needed = grades.grades[allowed + 1].at_least - margin
    grade = grades.grades[allowed]
    message = Text(
        zh=f"{title.zh} {points} 分，低于更高等级要求的支柱最低分 {shortest(needed)}；最高为{grade.title.zh}。",
        en=f"{title.en} has {points} points, below the {shortest(needed)} a higher grade asks of every pillar; "
        f"at most {grade.title.en}.",
    )
    return Consequence(code, CAP, grade.id, Reason("pillar_floor", message))


def _set_off(title: str) -> str:
    """Chinese after Latin letters or figures is set off by a space."""
    return f"{title} " if title[-1:].isascii() else title
