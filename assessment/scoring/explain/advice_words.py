"""Advice in words: what stands in the way, what to change by how much, and what that earns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assessment.scoring.decision import BLOCK
from assessment.scoring.explain.advice import Advice, Suggestion
from assessment.scoring.explain.obstacles import Obstacle
from assessment.scoring.explain.phrases import ended, with_unit
from assessment.scoring.explain.steps import Step
from core.quantity import decimal_of_fraction, plain, rounded
from core.text import Text
from indicators.rubric.grade_words import grade_title
from indicators.rubric.model import Edition, Grades

COST = Text(
    zh="代价按各指标自身分值增加之和计；组合由逐步取效果最大者求得，曲线有跳跃时未必最省。所有建议均已重新计分验证。",
    en="Cost is the sum of the points gained on the indicators' own scales; the combination takes the most effective "
    "step first and may not be the cheapest where curves jump. Every suggestion was scored again.",
)


def advice_words(advice: Advice, edition: Edition) -> Iterator[Text]:
    """The advice as lines to read: aim, obstacles, single suggestions, combination, or why there is none."""
    if advice.target is not None and advice.line is not None:
        yield Text(
            zh=f"目标：{advice.target.title.zh}，总分至少 {plain(advice.line)}。",
            en=f"Aim: {advice.target.title.en}, at least {plain(advice.line)} points in all.",
        )
    for one in advice.obstacles:
        yield obstacle_words(one)
    for suggestion in advice.single:
        yield suggestion_words(suggestion, edition)
    if advice.combination is not None:
        yield suggestion_words(advice.combination, edition)
    if advice.reason is not None:
        yield advice.reason
    score, grade = advice.at_most or (None, None)
    if score is not None:
        given = _grade(grade, edition.grades) if grade else Text(zh="不评级", en="no grade")
        yield Text(
            zh=f"各项都达到最好时为 {plain(score)} 分，{given.zh}。",
            en=f"With all of them at their best: {plain(score)} points, {given.en}.",
        )
    for code, why in advice.unsolved:
        yield Text(zh=f"{code}：{why.zh}", en=f"{code}: {why.en}")


def obstacle_words(obstacle: Obstacle) -> Text:
    """The cause of a block or cap, and what clears it."""
    said = ended(obstacle.reason.message)
    effect = Text(zh="否决", en="block") if obstacle.effect == BLOCK else Text(zh="封顶", en="cap")
    if obstacle.step is not None:
        step = step_words(obstacle.step)
        clears = Text(zh=f"{step.zh}。", en=f"{step.en}.")
    elif obstacle.line is not None:
        line = plain(rounded(decimal_of_fraction(obstacle.line), 2))
        clears = Text(zh=f"该部分至少要 {line} 分。", en=f"The part needs at least {line} points.")
    else:
        clears = Text(zh="仅提高测得值不能消除。", en="A better measured value alone does not clear it.")
    return Text(
        zh=f"先解决{effect.zh}（{obstacle.code}）：{said.zh}{clears.zh}",
        en=f"First the {effect.en} ({obstacle.code}): {said.en} {clears.en}",
    )


def suggestion_words(suggestion: Suggestion, edition: Edition) -> Text:
    """“A and B: then 75.00 points, level 4”."""
    steps = [step_words(step) for step in suggestion.steps]
    grade = _grade(suggestion.grade, edition.grades)
    score = plain(suggestion.score)
    return Text(
        zh=f"{'；并且'.join(step.zh for step in steps)}：总分 {score}，{grade.zh}。",
        en=f"{'; and '.join(step.en for step in steps)}: then {score} points, {grade.en}.",
    )


def step_words(step: Step) -> Text:
    """“PUE (GR-1.1) from 1.27 to 1.18, 69.00 → 94.00 points”."""
    called = Text(zh=f"{step.measure_title.zh}（{step.code}）", en=f"{step.measure_title.en} ({step.code})")
    change = named_change(step, called=called)
    now, then = (plain(rounded(decimal_of_fraction(points), 2)) for points in (step.points, step.earned))
    return Text(
        zh=f"{change.zh}，本指标 {now} → {then} 分",
        en=f"{change.en}, {now} → {then} points here",
    )


def named_change(step: Step, *, called: Text) -> Text:
    """The indicator with what to do about it: “PUE from 1.27 to 1.18”, “PUE: hand in valid evidence, …”."""
    change = change_words(step)
    if not step.handed_in and None not in (step.before, step.after) and step.before != step.after:
        return Text(zh=f"{called.zh}{change.zh}", en=f"{called.en} {change.en}")
    return Text(zh=f"{called.zh}：{change.zh}", en=f"{called.en}: {change.en}")


def change_words(step: Step) -> Text:
    """What to do about one indicator: “from 1.27 to 1.18”, “hand in valid evidence, …”."""
    zh, en = [], []
    if step.handed_in:
        zh.append("提交有效证据")
        en.append("hand in valid evidence")
    if step.after is not None and step.after != step.before:
        after = with_unit(step.after, step.unit)
        if step.before is None:
            zh.append(f"测得值达到 {after.zh}")
            en.append(f"a measured value of {after.en}")
        else:
            before = with_unit(_as_fine(step.before, step.after), step.unit)
            zh.append(f"由 {before.zh} 变为 {after.zh}")
            en.append(f"from {before.en} to {after.en}")
    if step.items:
        zh.append("满足清单项：" + "、".join(title.zh for title in step.items.values()))
        en.append("meet " + "; ".join(title.en for title in step.items.values()))
    if step.quality is not None:
        zh.append(f"证据等级至少 {step.quality.value}")
        en.append(f"evidence of grade {step.quality.value} or better")
    if step.measured_better:
        zh.append("改在不封顶的位置计量")
        en.append("measured at a place without a cap")
    return Text(zh="，".join(zh), en=", ".join(en))


def _as_fine(value: Decimal, beside: Decimal) -> Decimal:
    """A measured value with about as many decimals as the figure beside it, where that does not make them equal."""
    exponent = beside.as_tuple().exponent
    decimals = max(2, 1 - exponent) if isinstance(exponent, int) else 2
    near = rounded(value, decimals)
    return near if near != beside else value


def _grade(grade: str | None, grades: Grades | None) -> Text:
    if grades is None or not grade:
        return Text(zh=grade or "", en=grade or "")
    return grade_title(grade, otherwise=grades.grades[grades.rank(grade)].title)
