"""Reads `cases.yaml`: worked examples an assessor can write, run by `zhiheng rubric test`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from indicators.rubric.faults import Faults
from indicators.rubric.fields import Fields
from indicators.rubric.model import Case
from indicators.rubric.yaml_reader import Entries, Scalar, Value, authored

_EXPECT_KEYS = ("score", "grade", "verdict", "nodes", "outcomes", "consequences")
_FACT_KEYS = ("value", "unit", "outcome", "reason", "quality", "cap")


def read_cases(value: Value | None, faults: Faults) -> tuple[Case, ...]:
    """The worked examples of `cases.yaml`; none without the file. What is wrong with them goes to `faults`."""
    if value is None:
        return ()
    fields = Fields(value, faults)
    cases = []
    shared = fields.inner("profile")
    profile = _attributes(shared) if shared else {}
    for entry in fields.each("cases"):
        own = entry.inner("profile")
        expect = entry.raw("expect")
        if not isinstance(expect, Entries):
            entry.fault("missing_key", zh="缺少 expect。", en="“expect” is missing.")
        cases.append(
            Case(
                name=entry.quoted("name") or "",
                title=entry.maybe_bilingual("title"),
                profile=profile | (_attributes(own) if own else {}),
                facts=_facts(entry),
                expect=_expectations(Fields(expect, faults)) if expect is not None else {},
                where=entry.where,
            )
        )
        entry.done()
    fields.done()
    names = [case.name for case in cases]
    for case in cases:
        if names.count(case.name) > 1:
            faults.add("duplicate_id", case.where, zh=f"用例“{case.name}”重名。", en=f"Two cases “{case.name}”.")
    return tuple(cases)


def _expectations(fields: Fields) -> dict[str, Any]:
    """What must come out: the keys known here, as authored."""
    expected = {key: authored(value) for key in _EXPECT_KEYS if (value := fields.raw(key)) is not None}
    for key in _EXPECT_KEYS:
        if fields.has_null(key):
            expected[key] = None  # `grade: null` expects that there is none
    fields.done()
    return expected


def _attributes(fields: Fields) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for key in fields.all_keys():
        value = fields.raw(key)
        if isinstance(value, Scalar):
            attributes[key] = value.value
        elif value is not None:
            attributes[key] = authored(value)
    return attributes


def _facts(entry: Fields) -> dict[str, dict[str, Any]]:
    """`{measure: "1.2"}` or `{measure: {value: "1.2", quality: "C"}}`."""
    facts: dict[str, dict[str, Any]] = {}
    own = entry.inner("facts")
    if own is None:
        return facts
    for measure in own.all_keys():
        value = own.raw(measure)
        if isinstance(value, Entries):
            fact = Fields(value, entry.faults)
            facts[measure] = {key: written for key in _FACT_KEYS if (written := _plain(fact, key)) is not None}
            fact.done()
        elif value is not None:
            facts[measure] = {"value": format(own.number(value), "f")}
    return facts


def _plain(fact: Fields, key: str) -> str | None:
    value = fact.raw(key)
    if isinstance(value, Scalar) and isinstance(value.value, Decimal):
        return format(value.value, "f")
    return fact.plain(key)
