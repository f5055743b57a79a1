"""A figure of a result in plain sentences, in both languages, from the tree that carries it.

Each names what a reader needs to check it: value and unit, the rule with clause and confidence of its source, points,
weight and share; why there is no score; which cap held; how exact points became published ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from assessment.scoring.appraisal import items_of
from assessment.scoring.explain.causes import Cause
from assessment.scoring.explain.curve_sentences import curve_sentence, next_bit
from assessment.scoring.explain.lost import Lost
from assessment.scoring.explain.phrases import (
    capital,
    ended,
    exact_words,
    percent_words,
    published_words,
    sources_words,
    with_unit,
)
from assessment.scoring.result import Node, Result
from core.outcome import Outcome
from core.quantity import plain, shortest
from core.text import Text
from indicators.rubric.curve import Curve
from indicators.rubric.grade_words import grade_title
from indicators.rubric.model import Edition, Group, Indicator
from indicators.rubric.words import aggregation_words, missing_words


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; its kind: value, group, next_bit, cap, missing, weight, lost, rounding, consequence or grade."""

    kind: str
    text: Text


@dataclass(frozen=True)
class Speaker:
    """Speaks about the nodes of one result."""

    result: Result
    edition: Edition
    lost: Lost

    def sentences(self, code: str) -> tuple[Sentence, ...]:
        """Everything to say about one node, the most important first.

        Raises:
            KeyError: when the tree has no such code.
        """
        node = self.result.node(code)
        rule = self.edition.node(code)
        found = [*(self._indicator(node, rule) if isinstance(rule, Indicator) else self._group(node, rule))]
        found += self._weight(node)
        found += self._lost(node)
        found += self._rounding(node)
        found += [
            Sentence("consequence", one.reason.message)
            for one in self.result.consequences
            if one.code == code and one.reason != node.reason
        ]
        if node is self.result.root:
            found += self._grade()
        return tuple(found)

    # --- what a node is about --------------------------------------------------------------------------------------

    def _indicator(self, node: Node, rule: Indicator) -> Iterator[Sentence]:
        measured = node.inputs
        curve = dict(rule.curves).get(measured.measure) if measured is not None else None
        if node.outcome is not Outcome.SCORED or measured is None or measured.value is None or curve is None:
            yield self._without_score(node, rule)
            return
        yield Sentence("value", self._value(node, rule, curve))
        yield from self._caps(node)
        held = any(cause is not Cause.MEASURED for cause in self._losses[node.code].causes)
        unit = measured.unit or self.edition.measures[measured.measure].unit
        bit = None if held else next_bit(curve, measured.value, unit=unit)
        if bit is not None:
            yield Sentence("next_bit", Text(zh=f"{bit.zh}。", en=f"{bit.en}."))

    def _value(self, node: Node, rule: Indicator, curve: Curve) -> Text:
        measured = node.inputs
        if measured is None or measured.value is None:
            raise ValueError(f"{node.code} has no measured value")
        declared = self.edition.measures[measured.measure]
        value = with_unit(measured.value, measured.unit or declared.unit)
        how = curve_sentence(curve, measured.value, items=items_of(measured, {}), unit=declared.unit)
        name = node.title if measured.measure == rule.measure else declared.title
        grade_zh = f"（证据等级 {measured.quality.value}）" if measured.quality else ""
        grade_en = f" (evidence grade {measured.quality.value})" if measured.quality else ""
        points = node.rule.get("applied", {}).get("curve_points", "0")
        capped = node.points is not None and Decimal(points) != node.points
        worth = exact_words(Decimal(points)) if capped else published_words(node)
        source, weight = sources_words(node.rule), self._weight_words(node)
        return Text(
            zh=f"{name.zh}（{node.code}）测得 {value.zh}{grade_zh}，{how.zh}，得 {worth} 分；{weight.zh}。{source.zh}",
            en=f"{name.en} ({node.code}) is measured as {value.en}{grade_en}: {how.en}, {worth} points; {weight.en}. "
            f"{source.en}",
        )

    def _group(self, node: Node, rule: Group) -> Iterator[Sentence]:
        words = aggregation_words(node.rule).sentence
        counting = [child for child in node.children if child.counts]
        if node.points is None:
            why = node.reason.message if node.reason else node.outcome.label
            yield Sentence(
                "missing",
                Text(zh=f"{node.title.zh}没有分值：{why.zh}", en=f"{node.title.en} has no points: {why.en}"),
            )
            return
        parts = [f"{child.code} {published_words(child)} × {shortest(child.weight)}" for child in counting]
        yield Sentence(
            "group",
            Text(
                zh=f"{node.title.zh}由 {len(counting)} 部分合成，{words.zh}：{'、'.join(parts)}（分值 × 权重），"
                f"得 {published_words(node)} 分。",
                en=f"{node.title.en} combines {len(counting)} part{'' if len(counting) == 1 else 's'} ({words.en}): "
                f"{', '.join(parts)} (points × weight); it has {published_words(node)} points.",
            ),
        )
        for part in self._losses[node.code].children:
            if part.floored:
                floor = shortest(rule.aggregation.floor or Decimal(0))
                yield Sentence(
                    "group",
                    Text(
                        zh=f"{part.title.zh}（{part.code}）低于 {floor} 分，合成时按 {floor} 分计。",
                        en=f"{part.title.en} ({part.code}) is below {floor} points and counts as {floor} here.",
                    ),
                )

    def _without_score(self, node: Node, rule: Indicator) -> Sentence:
        reason = ended(node.reason.message if node.reason else node.outcome.label)
        policy = missing_words(node.rule)
        weight, source = self._weight_words(node), sources_words(node.rule)
        label = node.outcome.label
        if node.outcome is Outcome.NOT_APPLICABLE:
            end = Text(
                zh=f"不计分，权重 {shortest(node.weight)} 由同级其余部分按比例分担",
                en=f"it has no points, the other parts share its weight of {shortest(node.weight)} in proportion",
            )
        elif rule.display or node.outcome is Outcome.SCORED:
            end = Text(zh="只展示，不计分", en="it is shown and has no points")
        elif node.points is None:
            end = policy or Text(zh="不计分", en="it has no points")
        else:
            kept = Text(zh=f"计 {published_words(node)} 分", en=f"{published_words(node)} points count")
            said = policy if node.outcome in (Outcome.NO_EVIDENCE, Outcome.NOT_ASSESSABLE) else None
            end = Text(
                zh=f"{kept.zh}（{said.zh}）；{weight.zh}" if said else f"{kept.zh}；{weight.zh}",
                en=f"{kept.en} ({said.en}); {weight.en}" if said else f"{kept.en}; {weight.en}",
            )
        return Sentence(
            "missing",
            Text(
                zh=f"{node.title.zh}（{node.code}）{label.zh}：{reason.zh}{end.zh}。{source.zh}",
                en=f"{node.title.en} ({node.code}), {label.en}: {reason.en} {capital(end.en)}. {source.en}",
            ),
        )

    # --- caps, weight, loss, rounding ------------------------------------------------------------------------------

    def _caps(self, node: Node) -> Iterator[Sentence]:
        lost = self._losses[node.code]
        applied = node.rule.get("applied", {})
        for cause, key in ((Cause.EVIDENCE_GRADE, "quality_cap"), (Cause.EVIDENCE_CAP, "evidence_cap")):
            if cause not in lost.causes or node.inputs is None:
                continue
            grade = node.inputs.quality.value if node.inputs.quality else ""
            what = (
                Text(zh=f"证据等级 {grade}", en=f"Evidence of grade {grade}")
                if cause is Cause.EVIDENCE_GRADE
                else Text(zh="计量位置", en="The place of measurement")
            )
            cap, curve_points = exact_words(Decimal(applied[key])), exact_words(Decimal(applied["curve_points"]))
            taken = plain(lost.causes[cause].published)
            yield Sentence(
                "cap",
                Text(
                    zh=f"{what.zh}的分值上限为 {cap} 分：曲线得 {curve_points} 分，计 {published_words(node)} 分，"
                    f"因此失 {taken} 分。",
                    en=f"{what.en} allows {cap} points at most: the curve gives {curve_points}, "
                    f"{published_words(node)} count, {taken} are lost to the cap.",
                ),
            )

    def _weight(self, node: Node) -> Iterator[Sentence]:
        """Weight taken over from parts that do not count, named."""
        parent = self._parent(node.code)
        taken = self._losses[node.code].taken_over
        if parent is None or not node.counts or not taken:
            return
        away = [
            child for child in parent.children
            if not child.counts and not getattr(self.edition.node(child.code), "display", False)
        ]  # fmt: skip
        names = Text(
            zh="、".join(f"{child.title.zh}（权重 {shortest(child.weight)}）" for child in away),
            en=", ".join(f"{child.title.en} (weight {shortest(child.weight)})" for child in away),
        )
        declared = sum((child.weight for child in (*away, *(c for c in parent.children if c.counts))), Decimal(0))
        nominal = percent_words(node.weight / declared)
        yield Sentence(
            "weight",
            Text(
                zh=f"{names.zh}不计入，同级按比例分担其权重：本项占比由 {nominal} 变为 {percent_words(node.share)}。",
                en=f"Without {names.en}, whose weight its siblings share, this part carries "
                f"{percent_words(node.share)} instead of {nominal}.",
            ),
        )

    def _lost(self, node: Node) -> Iterator[Sentence]:
        lost = self._losses[node.code]
        if lost.own is None or not lost.own.exact:
            return
        highest = shortest(self.edition.highest_points)
        of_total = (
            plain(lost.of_total.published) if lost.of_total is not None and node is not self.result.root else None
        )
        total = self.lost.own
        zh = f"，折合总分失 {of_total} 分（总分共失 {plain(total.published)} 分）" if of_total and total else ""
        en = (
            f"; of the total that is {of_total} of the {plain(total.published)} points lost"
            if of_total and total
            else ""
        )
        own = plain(lost.own.published)
        yield Sentence(
            "lost", Text(zh=f"距满分 {highest} 失 {own} 分{zh}。", en=f"{own} of {highest} points are lost here{en}.")
        )

    def _rounding(self, node: Node) -> Iterator[Sentence]:
        if node.points is None or node.published is None or node.points == node.published:
            return
        decimals = self.edition.decimals
        yield Sentence(
            "rounding",
            Text(
                zh=f"精确分值 {exact_words(node.points)}，四舍五入（恰为一半时进位）到 {decimals} 位小数，"
                f"公布为 {published_words(node)}；上级由精确分值计算。",
                en=f"The exact points are {exact_words(node.points)}; rounded half-up to {decimals} decimals they are "
                f"published as {published_words(node)}. What stands above is computed from the exact points.",
            ),
        )

    def _grade(self) -> Iterator[Sentence]:
        grades, score = self.edition.grades, self.result.score
        if grades is None or score is None or self.result.grade is None:
            return
        reached, given = grades.of(score), grades.grades[grades.rank(self.result.grade)]
        title, line = grade_title(reached.id, otherwise=reached.title), shortest(reached.at_least)
        zh = f"公布总分 {plain(score)} 达到{title.zh}的下限 {line}"
        en = f"The published score {plain(score)} reaches {title.en}, which begins at {line}"
        if reached != given:
            held = grade_title(self.result.grade, otherwise=given.title)
            zh, en = f"{zh}，因封顶定为{held.zh}", f"{en}; caps hold it at {held.en}"
        yield Sentence("grade", Text(zh=f"{zh}。", en=f"{en}."))

    # --- words -----------------------------------------------------------------------------------------------------

    def _weight_words(self, node: Node) -> Text:
        parent = self._parent(node.code)
        if parent is None or not node.counts:
            return Text(zh="不计入上级", en="it does not count in the node above")
        share = percent_words(node.share)
        return Text(
            zh=f"权重 {shortest(node.weight)}，占“{parent.title.zh}”的 {share}",
            en=f"weight {shortest(node.weight)}, {share} of “{parent.title.en}”",
        )

    def _parent(self, code: str) -> Node | None:
        return self._parents.get(code)

    @cached_property
    def _parents(self) -> dict[str, Node]:
        return {child.code: node for node in self.result.root.walk() for child in node.children}

    @cached_property
    def _losses(self) -> dict[str, Lost]:
        return {lost.code: lost for lost in self.lost.walk()}
