"""Reads the rules of a node: condition, minimum, missing policy, weight, aggregation. Curves are read apart."""

from __future__ import annotations

from decimal import Decimal

from core.text import Text
from indicators.rubric.condition import Comparison, Condition, Junction, Negation, Test
from indicators.rubric.fields import Fields
from indicators.rubric.model import Aggregate, Aggregation, Minimum, Missing, MissingRule, Needs, OnMiss, TooFew, Weight
from indicators.rubric.yaml_reader import Entries, Items, Scalar, Value

# --- conditions -------------------------------------------------------------------------------------------------------


def read_condition(value: Value, fields: Fields) -> Condition:
    """`{all: […]}`, `{any: […]}`, `{not: …}`, or one attribute or measure with one test."""
    own = Fields(value, fields.faults)
    condition: Condition
    if "all" in own or "any" in own:
        key = "all" if "all" in own else "any"
        parts = tuple(read_condition(part, own) for part in own.items(key, "condition"))
        if not parts:
            own.fault("empty_condition", zh="条件列表为空。", en="The list of conditions is empty.")
        condition = Junction(all_of=key == "all", conditions=parts)
    elif (negated := own.raw("not", "condition")) is not None:
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
    raw = own.raw(test.value, "anything")
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
    value = fields.raw("minimum", "minimum")
    if value is None:
        return ()
    parts = value.items if isinstance(value, Items) else (value,)
    return tuple(minimum_of(Fields(part, fields.faults)) for part in parts)


def minimum_of(own: Fields) -> Minimum:
    """One mandatory line: a figure, or `{parameter: NAME}` for one that depends on the facility's date."""
    at_least, named_least = _line(own, "at_least")
    at_most, named_most = _line(own, "at_most")
    if (at_least is None) == (at_most is None):
        own.fault("bad_minimum", zh="需要 at_least 或 at_most 之一。", en="Give either at_least or at_most.")
    on_miss = own.choice("on_miss", OnMiss)
    cap_at = own.quoted("cap_at", required=False)
    if (on_miss is OnMiss.CAP) != (cap_at is not None):
        own.fault("bad_minimum", zh="on_miss: cap 与 cap_at 必须一起出现。", en="on_miss: cap and cap_at go together.")
    item = own.name("item") if "item" in own else None
    when = own.raw("when", "condition")
    condition = read_condition(when, own) if when is not None else None
    title = own.maybe_bilingual("title")
    own.done()
    return Minimum(at_least, at_most, on_miss, cap_at, item, condition, title, named_least or named_most)


def _line(own: Fields, key: str) -> tuple[Decimal | None, str | None]:
    """The line, and the name of the parameter it follows; such a line is 0 until the facility is known."""
    value = own.raw(key, "line")
    if value is None:
        return None, None
    if not isinstance(value, Entries):
        return own.number(value), None
    return Decimal(0), parameter_of(Fields(value, own.faults))


def parameter_of(own: Fields) -> str:
    name = own.name("parameter")
    own.done()
    return name


def read_missing(fields: Fields) -> MissingRule:
    """`missing: zero`, or `missing: {policy: block, unless_scored: [CODE]}`."""
    value = fields.raw("missing", "missing")
    if not isinstance(value, Entries):
        return MissingRule(fields.choice("missing", Missing))
    return missing_of(Fields(value, fields.faults))


def missing_of(own: Fields) -> MissingRule:
    rule = MissingRule(own.choice("policy", Missing), own.maybe_decimal("points"), own.names("unless_scored"))
    if rule.points is not None and rule.policy is not Missing.DEFAULT:
        own.fault("bad_missing", zh="points 只用于 default。", en="points go with default only.")
    if rule.unless_scored and rule.policy is not Missing.BLOCK:
        own.fault("bad_missing", zh="unless_scored 只用于 block。", en="unless_scored goes with block only.")
    own.done()
    return rule


def read_needs(fields: Fields) -> Needs | None:
    """`needs: {at_least: 2, of: children, otherwise: exclude}`, or a `share` of those that apply."""
    own = fields.inner("needs")
    if own is None:
        return None
    number, share = own.maybe_decimal("at_least"), own.maybe_decimal("share")
    if (number is None) == (share is None):
        own.fault("bad_needs", zh="需要 at_least 或 share 之一。", en="Give either at_least or share.")
    if number is not None and (number < 1 or number != number.to_integral_value()):
        own.fault(
            "not_a_count", at=own.place("at_least"), zh="应为正整数。", en="A whole number from 1 on is expected."
        )
    if share is not None and not 0 < share <= 1:
        own.fault(
            "share_out_of_range",
            at=own.place("share"),
            zh="份额应大于 0 且不超过 1。",
            en="The share is above 0, at most 1.",
        )
    needs = Needs(
        at_least=None if number is None else int(number),
        share=share,
        of_indicators=own.word("of", "children", "indicators") == "indicators",
        otherwise=own.choice("otherwise", TooFew),
    )
    own.done()
    return needs


def read_weight(fields: Fields, key: str = "weight") -> Weight | None:
    """One positive decimal, or one per class; an empty class is outside the tree."""
    value = fields.raw(key, "weight")
    if value is None:
        return None
    if not isinstance(value, Entries):
        return Weight(_positive(fields, value))
    own = Fields(value, fields.faults)
    by_class: dict[str, Decimal | None] = {}
    for name in own.all_keys():
        one = own.raw(name, "weight")
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
    value = fields.raw("aggregation", "aggregation")
    if value is None:
        return default
    if not isinstance(value, Entries):
        return _aggregation(fields, fields.choice("aggregation", Aggregate), None, None)
    return aggregation_of(Fields(value, fields.faults))


def aggregation_of(own: Fields) -> Aggregation:
    """One way to combine children, written as a mapping."""
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
