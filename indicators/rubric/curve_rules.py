"""Reads a curve: `kind` decides which other keys it has. Those that compare facilities are in `relative_rules`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from core.text import Text
from indicators.rubric.curve import (
    Anchor,
    Band,
    Bands,
    Boolean,
    ByFormula,
    Checklist,
    Closed,
    Curve,
    Item,
    Judged,
    Level,
    Linear,
    Relative,
)
from indicators.rubric.fields import Fields, Span
from indicators.rubric.relative_rules import RELATIVE
from indicators.rubric.yaml_reader import Items, Value


def read_curve(fields: Fields, *, span: Span) -> Curve | None:
    """A curve whose points lie within the span; None after a fault in its kind."""
    reader = _reader(fields, CURVES)
    if reader is None:
        return None
    curve = reader(fields, span)
    fields.done()
    return curve


def read_relative(fields: Fields, *, span: Span) -> Relative | None:
    """A curve that compares, for the points of a group; None after a fault in its kind."""
    reader = _reader(fields, RELATIVE)
    if reader is None:
        return None
    curve = reader(fields, span)
    fields.done()
    return curve


Reader = TypeVar("Reader")


def _reader(fields: Fields, readers: Mapping[str, Reader]) -> Reader | None:
    kind = fields.word("kind", *readers) if "kind" in fields else None
    if kind is None:
        words = ", ".join(readers)
        fields.fault(
            "unknown_choice",
            at=fields.place("kind"),
            zh=f"曲线类型只能是：{words}。",
            en=f"The kind of a curve must be one of: {words}.",
        )
    return readers.get(kind or "")


def _linear(fields: Fields, span: Span) -> Linear:
    axis = fields.word("axis", "linear", "log") or "linear"
    anchors = _pairs(fields, "points", span)
    if len(anchors) < 2:
        fields.fault("too_few_anchors", zh="至少需要两个锚点。", en="At least two anchors are needed.")
    if axis == "log" and any(anchor.value <= 0 for anchor in anchors):
        fields.fault(
            "log_of_nothing",
            at=fields.place("points"),
            zh="对数坐标的锚点必须大于 0。",
            en="Anchors on a log axis must be greater than 0.",
        )
    ordered = _in_order(fields, anchors)
    return Linear(anchors=ordered, logarithmic=axis == "log")


def _step(fields: Fields, span: Span) -> Bands:
    """`below` points before the first threshold, then each threshold's points."""
    closed = fields.choice("closed", Closed)
    below = _points(fields, fields.decimal("below"), span)
    anchors = _pairs(fields, "points", span)
    if not anchors:
        fields.fault("too_few_anchors", zh="至少需要一个阈值。", en="At least one threshold is needed.")
    if anchors and list(anchors) != list(_in_order(fields, anchors)):
        fields.fault(
            "wrong_order",
            at=fields.place("points"),
            zh="阈值必须从小到大。",
            en="Thresholds must ascend.",
        )
    starts: list[Decimal | None] = [None, *(anchor.value for anchor in anchors)]
    ends: list[Decimal | None] = [*(anchor.value for anchor in anchors), None]
    points = [below, *(anchor.points for anchor in anchors)]
    return Bands(tuple(Band(*band) for band in zip(starts, ends, points, strict=True)), closed)


def _bands(fields: Fields, span: Span) -> Bands:
    closed = fields.choice("closed", Closed)
    bands: list[Band] = []
    for band in fields.each("bands"):
        start, end = band.maybe_decimal("from"), band.maybe_decimal("to")
        bands.append(Band(start, end, _points(band, band.decimal("points"), span)))
        band.done()
    if not bands:
        fields.fault("too_few_anchors", zh="至少需要一个区间。", en="At least one band is needed.")
    for lower, upper in itertools.pairwise(bands):
        _adjoin(fields, lower, upper)
    if bands and (bands[0].start is not None or bands[-1].end is not None):
        fields.fault(
            "band_gap",
            at=fields.place("bands"),
            zh="首个区间不写 from，末个区间不写 to，使每个值都落在一个区间内。",
            en="Leave out `from` of the first band and `to` of the last, so that every value falls into one.",
        )
    return Bands(tuple(bands), closed)


def _adjoin(fields: Fields, lower: Band, upper: Band) -> None:
    at = fields.place("bands")
    if lower.end is None or upper.start is None:
        fields.fault("band_order", at=at, zh="只有首尾区间可以敞开。", en="Only the outer bands may be open.")
    elif lower.start is not None and lower.start >= lower.end:
        fields.fault(
            "band_order",
            at=at,
            zh=f"区间 {lower.start}–{lower.end} 颠倒。",
            en=f"The band {lower.start}–{lower.end} runs backwards.",
        )
    elif lower.end < upper.start:
        fields.fault(
            "band_gap",
            at=at,
            zh=f"{lower.end} 与 {upper.start} 之间有空隙。",
            en=f"There is a gap between {lower.end} and {upper.start}.",
        )
    elif lower.end > upper.start:
        fields.fault(
            "band_overlap",
            at=at,
            zh=f"区间在 {upper.start} 与 {lower.end} 之间重叠。",
            en=f"Bands overlap between {upper.start} and {lower.end}.",
        )


def _boolean(fields: Fields, span: Span) -> Boolean:
    return Boolean(
        yes=_points(fields, fields.decimal("yes", default=span.highest), span),
        no=_points(fields, fields.decimal("no", default=span.lowest), span),
    )


def _checklist(fields: Fields, span: Span) -> Checklist:
    items: list[Item] = []
    for entry in fields.each("items"):
        points = entry.decimal("points", default=Decimal(1))
        if points <= 0:
            entry.fault("not_positive", at=entry.place("points"), zh="分值必须为正。", en="Points must be positive.")
        items.append(Item(entry.name("id"), entry.bilingual("title"), points))
        entry.done()
    ids = [item.id for item in items]
    if not items or len(set(ids)) != len(ids):
        fields.fault(
            "bad_items",
            at=fields.place("items"),
            zh="清单项不能为空或重复。",
            en="A checklist needs items, each with its own id.",
        )
    return Checklist(tuple(items))


def _judged(fields: Fields, span: Span) -> Judged:
    levels: list[Level] = []
    for entry in fields.each("levels"):
        points = _points(entry, entry.decimal("points"), span)
        levels.append(Level(entry.decimal("level"), points, entry.bilingual("title")))
        entry.done()
    numbers = [level.level for level in levels]
    if not levels or numbers != sorted(set(numbers)):
        fields.fault(
            "wrong_order",
            at=fields.place("levels"),
            zh="等级必须从小到大且不重复。",
            en="Levels must ascend, each once.",
        )
    return Judged(tuple(levels))


def _table(fields: Fields, span: Span) -> Judged:
    """A value looked up: `points: [[value, points], …]` in any order."""
    anchors = sorted(_pairs(fields, "points", span), key=lambda anchor: anchor.value)
    values = [anchor.value for anchor in anchors]
    if not anchors or len(set(values)) != len(values):
        fields.fault(
            "wrong_order",
            at=fields.place("points"),
            zh="查找表不能为空，每个值只能出现一次。",
            en="A table needs values, each once.",
        )
    otherwise = fields.maybe_decimal("otherwise")
    if otherwise is not None:
        span.check(fields, otherwise, at=fields.place("otherwise"))
    levels = (Level(one.value, one.points, Text(zh=str(one.value), en=str(one.value))) for one in anchors)
    return Judged(tuple(levels), otherwise)


def _formula(fields: Fields, span: Span) -> ByFormula:
    return ByFormula(fields.formula("formula"))


CURVES: dict[str, Callable[[Fields, Span], Curve]] = {
    "linear": _linear,
    "step": _step,
    "bands": _bands,
    "boolean": _boolean,
    "checklist": _checklist,
    "judged": _judged,
    "table": _table,
    "formula": _formula,
    **RELATIVE,
}


def _pairs(fields: Fields, key: str, span: Span) -> tuple[Anchor, ...]:
    anchors: list[Anchor] = []
    for value in fields.items(key, "pair"):
        if not isinstance(value, Items) or len(value.items) != 2:
            fields.fault(
                "bad_anchor", at=value.where, zh="锚点写作 [值, 分]。", en="An anchor is written [value, points]."
            )
            continue
        x, points = (fields.number(item) for item in value.items)
        anchors.append(Anchor(x, _points(fields, points, span, value)))
    return tuple(anchors)


def _in_order(fields: Fields, anchors: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    """Anchors by ascending value; the author may write them ascending or descending, but not mixed."""
    values = [anchor.value for anchor in anchors]
    ascending = sorted(set(values))
    if values == ascending:
        return anchors
    if values == ascending[::-1]:
        return anchors[::-1]
    fields.fault(
        "wrong_order",
        at=fields.place("points"),
        zh="锚点的值必须单调且不重复。",
        en="The values of anchors must ascend or descend, each once.",
    )
    return tuple(dict(sorted(zip(values, anchors, strict=True), key=lambda p: p[0])).values())


def _points(fields: Fields, points: Decimal, span: Span, at: Value | None = None) -> Decimal:
    return span.check(fields, points, at=at.where if at else fields.place("points"))
