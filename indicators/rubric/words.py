"""An authored rule in words: what pages and reports say about a curve, a minimum, a missing policy, a source.

Works on the authored mapping (as a result node and a stored edition carry it), so that old results keep speaking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.text import Text
from core.units import with_unit
from indicators.rubric.grade_words import grade_title

Authored = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One line of a curve's table: a value, band, item or level, and its points."""

    condition: Text
    points: Decimal


@dataclass(frozen=True, slots=True)
class CurveWords:
    """A curve as a sentence and a table."""

    sentence: Text
    head: Text
    rows: tuple[CurveRow, ...]
    anchors: tuple[tuple[Decimal, Decimal], ...] = ()  # of a linear curve: value and points, values ascending


@dataclass(frozen=True, slots=True)
class AggregationWords:
    sentence: Text
    formula: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A source with its clause; `confidence` says how well it was read, `says` what is taken from it."""

    title: Text
    clause: str
    url: str
    says: Text | None
    confidence: Text | None


MISSING = {
    "zero": Text(zh="无证据时计 0 分", en="without evidence: 0 points"),
    "default": Text(
        zh="无证据时计保守默认值，并公布其占比", en="without evidence: the conservative default, its share printed"
    ),
    "exclude": Text(
        zh="无证据时不计入，权重由同级指标分担", en="without evidence: left out, its weight shared by its siblings"
    ),
    "block": Text(zh="无证据时不评级、不发证", en="without evidence: no grade and no certificate"),
}
ON_MISS = {
    "block": Text(zh="否决项：不满足则不评级、不发证", en="mandatory: if missed, no grade and no certificate"),
    "cap": Text(zh="封顶项：不满足则等级不高于{grade}", en="cap: if missed, the grade is at most {grade}"),
    "finding": Text(zh="不满足则记为不符合项", en="if missed, it is recorded as a finding"),
}
AGGREGATIONS = {
    "arithmetic": AggregationWords(Text(zh="加权算术平均", en="weighted arithmetic mean"), "Σ w·s ÷ Σ w"),
    "geometric": AggregationWords(
        Text(
            zh="加权几何平均：短板不能由其他部分弥补", en="weighted geometric mean: a weak part cannot be bought back"
        ),
        "exp( Σ w·ln s ÷ Σ w )",
    ),
    "harmonic": AggregationWords(Text(zh="加权调和平均", en="weighted harmonic mean"), "Σ w ÷ Σ (w ÷ s)"),
    "power": AggregationWords(Text(zh="加权幂平均", en="weighted power mean"), "( Σ w·s^p ÷ Σ w )^(1/p)"),
    "minimum": AggregationWords(Text(zh="取最小值", en="the least of the parts"), "min s"),
}
CONFIDENCE = {
    "H": Text(zh="原文可查", en="read in the source itself"),
    "M": Text(zh="经转引", en="as reported by others"),
    "L": Text(zh="待核实", en="to be verified"),
}
PROPOSAL = Text(
    zh="阈值为本版细则的建议值，征求意见中",
    en="the thresholds are this edition's own proposal, open for comment",
)


def curve_words(rule: Authored) -> CurveWords | None:
    """None for a node without curve (a group, or an indicator only shown)."""
    curve = rule.get("curve")
    if not isinstance(curve, Mapping):
        return None
    reader = _CURVES.get(str(curve.get("kind")))
    return reader(curve) if reader else None


def minimum_words(rule: Authored, *, unit: str = "") -> tuple[Text, ...]:
    """Each mandatory line of a rule as a sentence; `unit` is that of the measure the line is drawn on."""
    minima = rule.get("minimum") or ()
    return tuple(_minimum(one, unit) for one in ([minima] if isinstance(minima, Mapping) else minima))


def missing_words(rule: Authored) -> Text | None:
    missing = rule.get("missing")
    policy = missing.get("policy") if isinstance(missing, Mapping) else missing
    return MISSING.get(str(policy)) if policy else None


def aggregation_words(rule: Authored, *, default: str = "arithmetic") -> AggregationWords:
    """How a group's points come from its parts; `default` where the edition does not say."""
    aggregation = rule.get("aggregation") or rule.get("aggregate") or default
    if not isinstance(aggregation, Mapping):
        return AGGREGATIONS.get(str(aggregation), AGGREGATIONS[default])
    words = AGGREGATIONS.get(str(aggregation.get("kind")), AGGREGATIONS[default])
    floor = aggregation.get("floor")
    if floor is None:
        return words
    return AggregationWords(
        Text(
            zh=f"{words.sentence.zh}；低于 {floor} 分的部分按 {floor} 分计",
            en=f"{words.sentence.en}; a part below {floor} counts as {floor}",
        ),
        words.formula.replace("ln s", f"ln max(s, {floor})"),
    )


def references(rule: Authored) -> tuple[Reference, ...]:
    """The cited sources in the author's order."""
    return tuple(_reference(one) for one in rule.get("references") or ())


def standing_words(rule: Authored) -> Text | None:
    """Said of a rule whose thresholds are the edition's own proposal."""
    return PROPOSAL if rule.get("proposal") is True else None


def _linear(curve: Authored) -> CurveWords:
    logarithmic = curve.get("axis") == "log"
    anchors = tuple(_pairs(curve))
    return CurveWords(
        Text(
            zh="锚点之间线性内插" + ("（按对数）" if logarithmic else "") + "；锚点之外取端点分值",
            en="Straight lines between the anchors"
            + (" on a log axis" if logarithmic else "")
            + "; beyond them the end points hold",
        ),
        Text(zh="测得值", en="Measured"),
        tuple(CurveRow(_same(x), y) for x, y in anchors),
        anchors,
    )


def _step(curve: Authored) -> CurveWords:
    sign = "≥" if curve.get("closed") == "left" else ">"
    rows = [CurveRow(_same(f"{sign} {x}"), y) for x, y in _pairs(curve)]
    below = CurveRow(Text(zh="以下", en="below"), Decimal(str(curve.get("below", 0))))
    return CurveWords(
        Text(zh="按阈值分级计分", en="Points by threshold"), Text(zh="测得值", en="Measured"), (below, *rows)
    )


def _bands(curve: Authored) -> CurveWords:
    left = curve.get("closed") == "left"
    rows = []
    for band in curve.get("bands", ()):
        start, end = band.get("from"), band.get("to")
        low = "" if start is None else f"{start} {'≤' if left else '<'} "
        high = "" if end is None else f" {'<' if left else '≤'} {end}"
        rows.append(CurveRow(_same(f"{low}x{high}"), Decimal(str(band["points"]))))
    return CurveWords(
        Text(zh="按区间计分", en="Points by band"), Text(zh="测得值 x", en="Measured value x"), tuple(rows)
    )


def _boolean(curve: Authored) -> CurveWords:
    return CurveWords(
        Text(zh="是或否", en="Yes or no"),
        Text(zh="回答", en="Answer"),
        (
            CurveRow(Text(zh="是", en="yes"), Decimal(str(curve.get("yes", 100)))),
            CurveRow(Text(zh="否", en="no"), Decimal(str(curve.get("no", 0)))),
        ),
    )


def _checklist(curve: Authored) -> CurveWords:
    rows = [CurveRow(Text(**item["title"]), Decimal(str(item.get("points", 1)))) for item in curve.get("items", ())]
    return CurveWords(
        Text(zh="清单：满足项的分值之和", en="Checklist: the points of the items met, added up"),
        Text(zh="清单项", en="Item"),
        tuple(rows),
    )


def _judged(curve: Authored) -> CurveWords:
    rows = [
        CurveRow(
            Text(zh=f"{level['level']}：{level['title']['zh']}", en=f"{level['level']}: {level['title']['en']}"),
            Decimal(str(level["points"])),
        )
        for level in curve.get("levels", ())
    ]
    return CurveWords(
        Text(zh="由审查员按描述判定等级", en="An assessor picks the level that fits"),
        Text(zh="等级", en="Level"),
        tuple(rows),
    )


def _table(curve: Authored) -> CurveWords:
    rows = [CurveRow(_same(x), y) for x, y in _pairs(curve)]
    if curve.get("otherwise") is not None:
        rows.append(CurveRow(Text(zh="其他值", en="any other"), Decimal(str(curve["otherwise"]))))
    return CurveWords(Text(zh="按表取分", en="Points by table"), Text(zh="测得值", en="Measured"), tuple(rows))


def _formula(curve: Authored) -> CurveWords:
    formula = curve.get("formula", "")
    return CurveWords(
        Text(zh=f"按公式计分：{formula}", en=f"Points by formula: {formula}"), Text(zh="测得值", en="Measured"), ()
    )


def _relative(curve: Authored) -> CurveWords:
    """What is compared; the figures of the sample stand with each result."""
    ends = (("best", Text(zh="最好", en="best")), ("worst", Text(zh="最差", en="worst")))
    rows = tuple(CurveRow(title, Decimal(str(curve[end]))) for end, title in ends if curve.get(end) is not None)
    return CurveWords(RELATIVE[str(curve["kind"])], Text(zh="在样本中", en="In the sample"), rows)


RELATIVE = {
    "min_max": Text(
        zh="与全体样本比较：按最小值与最大值之间的位置计分",
        en="Compared: points by the place between least and greatest",
    ),
    "z_score": Text(zh="与全体样本比较：按标准分数计分", en="Compared: points by the z-score"),
    "rank": Text(zh="与全体样本比较：按名次计分", en="Compared: points by rank"),
    "percentile": Text(zh="与全体样本比较：按百分位计分", en="Compared: points by percentile"),
    "distance_to_best": Text(zh="与样本最优值比较", en="Compared with the best of the sample"),
    "distance_to_target": Text(zh="与目标值比较", en="Compared with the target"),
}
_CURVES = {
    **dict.fromkeys(RELATIVE, _relative),
    "table": _table,
    "formula": _formula,
    "linear": _linear,
    "step": _step,
    "bands": _bands,
    "boolean": _boolean,
    "checklist": _checklist,
    "judged": _judged,
}


def _pairs(curve: Authored) -> list[tuple[Decimal, Decimal]]:
    return sorted((Decimal(str(x)), Decimal(str(y))) for x, y in curve.get("points", ()))


def _minimum(minimum: Authored, unit: str) -> Text:
    at_least = minimum.get("at_least")
    against = at_least if at_least is not None else minimum["at_most"]
    figure = against["parameter"] if isinstance(against, Mapping) else against
    line = f"{'≥' if at_least is not None else '≤'} {figure}"
    measured = with_unit(line, unit)
    consequence = ON_MISS[str(minimum.get("on_miss"))].filled(grade=grade_title(str(minimum.get("cap_at", ""))))
    title = minimum.get("title")
    named = Text(**title) if isinstance(title, Mapping) else Text(zh="测得值", en="measured value")
    if item := minimum.get("item"):
        # A line on an item has a title that says the line; without one the item's name has to do.
        said = named if title else Text(zh=f"{named.zh} {item} {line}", en=f"{named.en} {item} {line}")
    else:
        said = Text(zh=f"{named.zh} {measured.zh}", en=f"{named.en} {measured.en}")
    return Text(zh=f"{said.zh}（{consequence.zh}）", en=f"{said.en} ({consequence.en})")


def _reference(reference: Authored) -> Reference:
    title = reference.get("title") or reference.get("source") or ""
    says = reference.get("says")
    return Reference(
        title=Text(**title) if isinstance(title, Mapping) else _same(title),
        clause=_plain(reference.get("clause")),
        url=_plain(reference.get("url")),
        says=Text(**says) if isinstance(says, Mapping) else None,
        confidence=CONFIDENCE.get(str(reference.get("confidence"))),
    )


def _plain(words: Any) -> str:
    return "" if words is None else str(words)


def _same(words: Any) -> Text:
    return Text(zh=str(words), en=str(words))
