"""Reads what a rubric counts with: its measures, handed in or derived by a formula, and its parameters."""

from __future__ import annotations

from decimal import Decimal

import re2

from indicators.rubric.fields import Fields
from indicators.rubric.model import DatedValue, Direction, MeasureDeclaration, Parameter

_DAY = re2.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


def read_measures(fields: Fields) -> dict[str, MeasureDeclaration]:
    """The measures by name."""
    if "measures" not in fields:
        fields.fault("missing_key", zh="缺少“measures”。", en="“measures” is missing.")
    declared: dict[str, MeasureDeclaration] = {}
    for name, entry in fields.by_name("measures"):
        declared[name] = MeasureDeclaration(
            name=name,
            title=entry.bilingual("title"),
            unit=entry.quoted("unit") or "",
            direction=entry.choice("direction", Direction),
            lowest=entry.maybe_decimal("lowest"),
            highest=entry.maybe_decimal("highest"),
            computed=entry.name("computed") if "computed" in entry else None,
            where=entry.where,
            formula=entry.formula("formula") if "formula" in entry else None,
            categories=_categories(entry),
        )
        if declared[name].formula is not None and (declared[name].computed or declared[name].categories):
            entry.fault(
                "formula_and_facts",
                zh="有 formula 的度量不写 computed 或 categories。",
                en="A measure with a formula has neither computed nor categories.",
            )
        entry.done()
    return declared


def _categories(entry: Fields) -> dict[str, Decimal]:
    """Words of a facts file and the value each stands for."""
    value = entry.raw("categories", "numbers_by_name")
    own = Fields(value, entry.faults) if value is not None else None
    return {} if own is None else {word: own.decimal(word) for word in own.all_keys()}


def read_parameters(fields: Fields) -> dict[str, Parameter]:
    """The parameters by name: one value, or several that begin on declared days."""
    declared: dict[str, Parameter] = {}
    for name, entry in fields.by_name("parameters"):
        title, unit = entry.bilingual("title"), entry.quoted("unit") or ""
        by = entry.name("by") if "by" in entry else None
        value = entry.maybe_decimal("value")
        dated = _dated(entry)
        if (value is None) == (not dated) or bool(dated) != (by is not None):
            entry.fault(
                "bad_parameter",
                zh="参数需要 value，或者 values 与 by。",
                en="A parameter has a value, or values together with by.",
            )
        if not dated:
            dated = (DatedValue(None, value or Decimal(0)),)
        declared[name] = Parameter(name, title, unit, dated, by, entry.where)
        entry.done()
    return declared


def _dated(entry: Fields) -> tuple[DatedValue, ...]:
    dated: list[DatedValue] = []
    for one in entry.each("values"):
        since = one.quoted("from") or ""
        if since and not _DAY.fullmatch(since):
            one.fault(
                "bad_date",
                at=one.place("from"),
                zh="日期写作 YYYY、YYYY-MM 或 YYYY-MM-DD。",
                en="A date is written YYYY, YYYY-MM or YYYY-MM-DD.",
            )
        dated.append(DatedValue(since, one.decimal("value")))
        for key in ("clause", "source"):
            one.quoted(key, required=False)
        one.done()
    days = [day_of(one.since or "") for one in dated]
    if days != sorted(set(days)):
        entry.fault(
            "wrong_order", at=entry.place("values"), zh="日期必须从早到晚且不重复。", en="Dates must ascend, each once."
        )
    return tuple(dated)


def day_of(written: str) -> str:
    """A year or month as its first day, so that dates compare as text."""
    return written + "-01" * (2 - written.count("-")) if written else written


def is_day(written: str) -> bool:
    return bool(_DAY.fullmatch(written))
