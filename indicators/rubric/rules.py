"""Reads the rules of a node: curve, condition, minimum, missing policy, weight, aggregation."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

from core.text import Text
from indicators.rubric.condition import Comparison, Condition, Junction, Negation, Test
from indicators.rubric.curve import Anchor, Band, Bands, Boolean, Checklist, Closed, Curve, Item, Judged, Level, Linear
from indicators.rubric.fields import Fields
from indicators.rubric.model import Aggregate, Aggregation, Minimum, Missing, MissingRule, OnMiss, Weight
from indicators.rubric.yaml_reader import Entries, Items, Scalar, Value

ZERO = Decimal(0)


# --- curves -----------------------------------------------------------------------------------------------------------


def read_curve(fields: Fields, *, highest: Decimal) -> Curve | None:
    """A curve; `kind` decides which other keys it has. A kind of formula comes with the complete edition."""
    kind = fields.plain("kind")
    reader = _CURVES.get(kind or "")
    if reader is None:
        words = ", ".join(_CURVES)
        fields.fault(
            "unknown_choice",
            at=fields.place("kind"),
            zh=f"曲线类型只能是：{words}。",
            en=f"The kind of a curve must be one of: {words}.",
        )
        return None
    curve = reader(fields, highest)
    fields.done()
    return curve


def _linear(fields: Fields, highest: Decimal) -> Linear:
    axis = fields.plain("axis") or "linear"
    if axis not in ("linear", "log"):
        fields.fault(
            "unknown_choice",
            at=fields.place("axis"),
            zh="坐标轴只能是 linear 或 log。",
            en="The axis must be linear or log.",
        )
    anchors = _pairs(fields, "points", highest)
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


def _step(fields: Fields, highest: Decimal) -> Bands:
    """`below` points before the first threshold, then each threshold's points."""
    closed = fields.choice("closed", Closed)
    below = _points(fields, fields.decimal("below"), highest)
    anchors = _pairs(fields, "points", highest)
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


def _bands(fields: Fields, highest: Decimal) -> Bands:
    closed = fields.choice("closed", Closed)
    bands: list[Band] = []
    for band in fields.each("bands"):
        start, end = band.maybe_decimal("from"), band.maybe_decimal("to")
        bands.append(Band(start, end, _points(band, band.decimal("points"), highest)))
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


def _boolean(fields: Fields, highest: Decimal) -> Boolean:
    return Boolean(
        yes=_points(fields, fields.decimal("yes", default=highest), highest),
        no=_points(fields, fields.decimal("no", default=ZERO), highest),
    )


def _checklist(fields: Fields, highest: Decimal) -> Checklist:
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


def _judged(fields: Fields, highest: Decimal) -> Judged:
    levels: list[Level] = []
    for entry in fields.each("levels"):
        points = _points(entry, entry.decimal("points"), highest)
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


_CURVES: dict[str, Callable[[Fields, Decimal], Curve]] = {
    "linear": _linear,
    "step": _step,
    "bands": _bands,
    "boolean": _boolean,
    "checklist": _checklist,
    "judged": _judged,
}


def _pairs(fields: Fields, key: str, highest: Decimal) -> tuple[Anchor, ...]:
    anchors: list[Anchor] = []
    for value in fields.items(key):
        if not isinstance(value, Items) or len(value.items) != 2:
            fields.fault(
                "bad_anchor", at=value.where, zh="锚点写作 [值, 分]。", en="An anchor is written [value, points]."
            )
            continue
        x, points = (fields.number(item) for item in value.items)
        anchors.append(Anchor(x, _points(fields, points, highest, value)))
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


def _points(fields: Fields, points: Decimal, highest: Decimal, at: Value | None = None) -> Decimal:
    if not ZERO <= points <= highest:
        fields.fault(
            "points_out_of_range",
            at=at.where if at else fields.place("points"),
            zh=f"分值 {points} 不在 0 到 {highest} 之间。",
            en=f"{points} points are not between 0 and {highest}.",
        )
    return points


# --- conditions -------------------------------------------------------------------------------------------------------


def read_condition(value: Value, fields: Fields) -> Condition:
    """`{all: […]}`, `{any: […]}`, `{not: …}`, or one attribute or measure with one test."""
    own = Fields(value, fields.faults)
    condition: Condition
    if "all" in own or "any" in own:
        key = "all" if "all" in own else "any"
        parts = tuple(read_condition(part, own) for part in own.items(key))
        if not parts:
            own.fault("empty_condition", zh="条件列表为空。", en="The list of conditions is empty.")
        condition = Junction(all_of=key == "all", conditions=parts)
    elif (negated := own.raw("not")) is not None:
        condition = Negation(read_condition(negated, own))
    else:
        condition = _comparison(own)
    own.done()
    return condition


def _comparison(own: Fields) -> Comparison:
    subjects = [key for key in ("attribute", "measure") if key in own]
    if len(subjects) != 1:
        own.fault(
            "bad_condition",
            zh="条件需要 attribute 或 measure 之一。",
            en="A condition names one attribute or one measure.",
        )
    subject = subjects[0] if subjects else "attribute"
    name = own.name(subject)
    tests = [test for test in Test if test.value in own]
    if len(tests) != 1:
        words = ", ".join(Test)
        own.fault(
            "bad_condition", zh=f"条件需要且只需要一种比较：{words}。", en=f"A condition has exactly one test: {words}."
        )
    test = tests[0] if tests else Test.IS
    raw = own.raw(test.value)
    return Comparison(subject, name, test, _against(own, test, raw))


def _against(own: Fields, test: Test, value: Value | None) -> Decimal | str | bool | tuple[str | bool, ...]:
    if value is None:
        own.fault("bad_condition", zh="条件缺少比较值。", en="The condition has nothing to compare with.")
        return ""
    if test is Test.IN:
        parts = value.items if isinstance(value, Items) else ()
        if not parts:
            own.fault("not_a_list", at=value.where, zh="“in”应为列表。", en="“in” must be a list.")
        return tuple(_plain(own, part) for part in parts)
    if test in (Test.AT_LEAST, Test.AT_MOST, Test.ABOVE, Test.BELOW):
        return own.number(value)
    return _plain(own, value)


def _plain(own: Fields, value: Value) -> str | bool:
    """Numbers are kept as text too: attributes come from files that know text only, and are compared by meaning."""
    if isinstance(value, Scalar) and value.value is not None:
        return format(value.value, "f") if isinstance(value.value, Decimal) else value.value
    own.fault("bad_condition", at=value.where, zh="比较值应为单个值。", en="A single value is expected.")
    return ""


# --- minima, missing, weight, aggregation -----------------------------------------------------------------------------


def read_minima(fields: Fields) -> tuple[Minimum, ...]:
    """`minimum: {…}` or a list of them."""
    value = fields.raw("minimum")
    if value is None:
        return ()
    parts = value.items if isinstance(value, Items) else (value,)
    return tuple(_minimum(Fields(part, fields.faults)) for part in parts)


def _minimum(own: Fields) -> Minimum:
    at_least, at_most = own.maybe_decimal("at_least"), own.maybe_decimal("at_most")
    if (at_least is None) == (at_most is None):
        own.fault("bad_minimum", zh="需要 at_least 或 at_most 之一。", en="Give either at_least or at_most.")
    on_miss = own.choice("on_miss", OnMiss)
    cap_at = own.quoted("cap_at", required=False)
    if (on_miss is OnMiss.CAP) != (cap_at is not None):
        own.fault("bad_minimum", zh="on_miss: cap 与 cap_at 必须一起出现。", en="on_miss: cap and cap_at go together.")
    item = own.name("item") if "item" in own else None
    when = own.raw("when")
    condition = read_condition(when, own) if when is not None else None
    title = own.maybe_bilingual("title")
    own.done()
    return Minimum(at_least, at_most, on_miss, cap_at, item, condition, title)


def read_missing(fields: Fields) -> MissingRule:
    """`missing: zero`, or `missing: {policy: block, unless_scored: [CODE]}`."""
    value = fields.raw("missing")
    if not isinstance(value, Entries):
        return MissingRule(fields.choice("missing", Missing))
    own = Fields(value, fields.faults)
    rule = MissingRule(own.choice("policy", Missing), own.maybe_decimal("points"), own.names("unless_scored"))
    if rule.points is not None and rule.policy is not Missing.DEFAULT:
        own.fault("bad_missing", zh="points 只用于 default。", en="points go with default only.")
    if rule.unless_scored and rule.policy is not Missing.BLOCK:
        own.fault("bad_missing", zh="unless_scored 只用于 block。", en="unless_scored goes with block only.")
    own.done()
    return rule


def read_weight(fields: Fields, key: str = "weight") -> Weight | None:
    """One positive decimal, or one per class; an empty class is outside the tree."""
    value = fields.raw(key)
    if value is None:
        return None
    if not isinstance(value, Entries):
        return Weight(_positive(fields, value))
    own = Fields(value, fields.faults)
    by_class: dict[str, Decimal | None] = {}
    for name in own.all_keys():
        one = own.raw(name)
        by_class[name] = None if one is None else _positive(own, one)
    if all(weight is None for weight in by_class.values()):
        own.fault("not_positive", zh="至少一个类别要有权重。", en="At least one class needs a weight.")
    return Weight(None, by_class)


def _positive(fields: Fields, value: Value) -> Decimal:
    number = fields.number(value)
    if number <= 0:
        fields.fault(
            "not_positive", at=value.where, zh=f"权重 {number} 必须为正。", en=f"The weight {number} must be positive."
        )
        return Decimal(1)
    return number


def read_aggregation(fields: Fields, *, default: Aggregation) -> Aggregation:
    """`aggregation: geometric`, or `{kind: power, exponent: "0.5", floor: "1"}`."""
    value = fields.raw("aggregation")
    if value is None:
        return default
    if not isinstance(value, Entries):
        return _aggregation(fields, fields.choice("aggregation", Aggregate), None, None)
    own = Fields(value, fields.faults)
    kind = own.choice("kind", Aggregate)
    read = _aggregation(own, kind, own.maybe_decimal("exponent"), own.maybe_decimal("floor"))
    own.done()
    return read


def _aggregation(fields: Fields, kind: Aggregate, exponent: Decimal | None, floor: Decimal | None) -> Aggregation:
    if (kind is Aggregate.POWER) != (exponent is not None) or exponent == 0 or (exponent and abs(exponent) > 100):
        fields.fault(
            "bad_exponent",
            zh="power 需要 exponent（−100 到 100，非零），其他方式不需要。",
            en="power needs an exponent (−100 to 100, not 0); the others have none.",
            hint=Text(zh="指数 0 即 geometric。", en="An exponent of 0 is geometric."),
        )
        return Aggregation(Aggregate.ARITHMETIC)
    if floor is not None and floor < 0:
        fields.fault("not_positive", at=fields.place("floor"), zh="floor 不能为负。", en="floor must not be negative.")
    return Aggregation(kind, exponent, floor)
