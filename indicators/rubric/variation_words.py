"""What is varied when ranks are tried, in words: what stands beside every interval."""

from __future__ import annotations

from core.quantity import shortest
from core.text import Text
from indicators.rubric.curve import ByFormula
from indicators.rubric.model import Aggregation, Edition, Group, Variation
from indicators.rubric.relative import needs_sample
from indicators.rubric.varied import Distribution, Normalisation
from indicators.rubric.words import AGGREGATIONS

_DISTRIBUTIONS = {
    Distribution.UNIFORM: Text(zh="均匀分布", en="uniform"),
    Distribution.TRIANGULAR: Text(zh="三角分布", en="triangular"),
}
_NORMALISATIONS = {Normalisation.LEVELS: Text(zh="各等级的中点", en="the middle of the level reached")}


def variation_words(variation: Variation, *, seed: int, with_errors: bool, edition: Edition | None = None) -> Text:
    """One sentence: draws, seed, and what each draw moves; what is not moved is said too.

    Args:
        edition: whose rules may keep more from being moved: comparisons and formulas.
    """
    parts = [_errors(with_errors), _weights(variation), *_normalisations(variation), *_aggregations(variation)]
    if edition is not None:
        parts += _held(edition, with_errors=with_errors)
    return Text(
        zh=f"区间为 {variation.draws} 次抽样（种子 {seed}）的第 5 至第 95 百分位："
        f"{'；'.join(part.zh for part in parts)}。",
        en=f"Intervals span the 5th to 95th percentile of {variation.draws} draws (seed {seed}): "
        f"{'; '.join(part.en for part in parts)}.",
    )


def _errors(with_errors: bool) -> Text:
    if with_errors:
        return Text(zh="测量值按其误差变动", en="values by their errors")
    return Text(zh="没有给出测量误差，测量值视为准确", en="no value has an error, so all count as exact")


def _held(edition: Edition, *, with_errors: bool) -> list[Text]:
    """What stays as it was published although the rubric derives it from values that move."""
    held: list[Text] = []
    curves = [curve for indicator in edition.indicators for _, curve in indicator.curves]
    groups = [node.rescale for node in edition.root.walk() if isinstance(node, Group)]
    if any(needs_sample(rule) for rule in (*curves, *groups)):
        held.append(Text(zh="用于比较的样本保持公布时的数值", en="each compared with the sample as it was published"))
    derived = any(declared.formula is not None for declared in edition.measures.values())
    if with_errors and (derived or any(isinstance(curve, ByFormula) for curve in curves)):
        held.append(Text(zh="公式所得的数值视为准确", en="figures of formulas count as exact"))
    return held


def _weights(variation: Variation) -> Text:
    if variation.weight_spread == 0:
        return Text(zh="权重不变", en="weights as declared")
    percent = shortest(variation.weight_spread * 100)
    how = _DISTRIBUTIONS[variation.weight_distribution]
    return Text(zh=f"权重 ±{percent} %（{how.zh}）", en=f"weights ±{percent} % ({how.en})")


def _normalisations(variation: Variation) -> list[Text]:
    return [
        Text(zh=f"得分按曲线或取{_NORMALISATIONS[one].zh}", en=f"points by the curve or {_NORMALISATIONS[one].en}")
        for one in variation.normalisations
    ]


def _aggregations(variation: Variation) -> list[Text]:
    others = [_aggregation(one) for one in variation.aggregations]
    if not others:
        return []
    zh, en = "、".join(one.zh for one in others), ", ".join(one.en for one in others)
    return [Text(zh=f"总体按规定合成或{zh}", en=f"the total as declared or by {en}")]


def _aggregation(rule: Aggregation) -> Text:
    said = AGGREGATIONS[rule.kind.value].sentence
    name = Text(zh=said.zh.split("：", 1)[0], en=said.en.split(":", 1)[0])
    if rule.exponent is not None:
        exponent = shortest(rule.exponent)
        name = Text(zh=f"{name.zh}（指数 {exponent}）", en=f"{name.en} (exponent {exponent})")
    return name
