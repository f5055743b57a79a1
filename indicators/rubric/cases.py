"""Reads `cases.yaml`: worked examples an assessor can write, run by `zhiheng rubric test`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from indicators.rubric.faults import Faults
from indicators.rubric.fields import Fields
from indicators.rubric.model import Case, Other
from indicators.rubric.yaml_reader import Entries, Scalar, Value, authored

_EXPECT_KEYS = ("score", "grade", "verdict", "nodes", "outcomes", "consequences")
_FACT_KEYS = ("value", "unit", "outcome", "reason", "quality", "cap")


def read_cases(value: Value | None, faults: Faults) -> tuple[Case, ...]:
    """The worked examples of `cases.yaml`; none without the file. What is wrong with them goes to `faults`."""
    return () if value is None else cases_of(Fields(value, faults))


def cases_of(fields: Fields) -> tuple[Case, ...]:
    cases = []
    profile = _profile(fields)
    others = _others(fields)
    for entry in fields.each("cases"):
        expect = entry.raw("expect", "expect")
        if not isinstance(expect, Entries):
            entry.fault("missing_key", zh="缺少 expect。", en="“expect” is missing.")
        cases.append(
            Case(
                name=entry.quoted("name") or "",
                title=entry.maybe_bilingual("title"),
                profile=profile | _profile(entry),
                facts=_facts(entry),
                expect=expectations_of(Fields(expect, fields.faults)) if expect is not None else {},
                where=entry.where,
                others=(*others, *_others(entry)),
            )
        )
        entry.done()
    fields.done()
    names = [case.name for case in cases]
    for case in cases:
        if names.count(case.name) > 1:
            fields.faults.add("duplicate_id", case.where, zh=f"用例“{case.name}”重名。", en=f"Two cases “{case.name}”.")
    return tuple(cases)


def _others(fields: Fields) -> tuple[Other, ...]:
    """Facilities beside the case's own: with it, they are the sample that relative curves compare with."""
    others = []
    for entry in fields.each("others"):
        others.append(Other(entry.quoted("name") or "", _profile(entry), _facts(entry)))
        entry.done()
    return tuple(others)


def _profile(fields: Fields) -> dict[str, Any]:
    value = fields.raw("profile", "attributes")
    return {} if value is None else _attributes(Fields(value, fields.faults))


def expectations_of(fields: Fields) -> dict[str, Any]:
    """What must come out: the keys known here, as authored."""
    expected = {key: authored(value) for key in _EXPECT_KEYS if (value := fields.raw(key, "anything")) is not None}
    for key in _EXPECT_KEYS:
        if fields.has_null(key):
            expected[key] = None  # `grade: null` expects that there is none
    fields.done()
    return expected


def _attributes(fields: Fields) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for key in fields.all_keys():
        value = fields.raw(key, "anything")
        if isinstance(value, Scalar):
            attributes[key] = value.value
        elif value is not None:
            attributes[key] = authored(value)
    return attributes


def _facts(entry: Fields) -> dict[str, dict[str, Any]]:
    """`{measure: "1.2"}` or `{measure: {value: "1.2", quality: "C"}}`."""
    facts: dict[str, dict[str, Any]] = {}
    given = entry.raw("facts", "facts")
    if given is None:
        return facts
    own = Fields(given, entry.faults)
    for measure in own.all_keys():
        value = own.raw(measure, "fact")
        if isinstance(value, Entries):
            facts[measure] = fact_of(Fields(value, entry.faults))
        elif value is not None:
            facts[measure] = {"value": _value(own, value)}
    return facts


def fact_of(fact: Fields) -> dict[str, Any]:
    written = {key: value for key in _FACT_KEYS if (value := _plain(fact, key)) is not None}
    fact.done()
    return written


def _value(own: Fields, value: Value) -> str:
    """A number, or a word the measure may declare as a category; which it is, is found when the case is run."""
    if isinstance(value, Scalar) and isinstance(value.value, str) and value.value[:1].isalpha():
        return value.value
    return format(own.number(value), "f")


def _plain(fact: Fields, key: str) -> str | None:
    value = fact.raw(key, "text_or_number")
    if isinstance(value, Scalar) and isinstance(value.value, Decimal):
        return format(value.value, "f")
    return fact.plain(key)
