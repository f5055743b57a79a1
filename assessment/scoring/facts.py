"""The facts file: one row per facility and measure, from which `zhiheng score` and `zhiheng rank` work alone.

Every fault is reported with its line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from assessment.scoring.facts_rows import FactsError, fault, rows_of
from core.errors import InputError, UserFacingError
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Where
from core.quantity import read_number
from core.suggestion import meant
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition
from indicators.rubric.yaml_reader import authored, read_yaml

Choice = TypeVar("Choice", bound=StrEnum)

PROFILE_PREFIX = "profile."


@dataclass
class Facility:
    """What the file says about one facility."""

    name: str
    profile: dict[str, Any] = field(default_factory=dict)
    measurements: dict[str, Measurement] = field(default_factory=dict)


Categories = Mapping[str, Mapping[str, Decimal]]


def categories(edition: Edition) -> Categories:
    """By measure: the words facts may give instead of a number."""
    return {name: declared.categories for name, declared in edition.measures.items() if declared.categories}


def read_facts(content: bytes, *, file: str, categories: Categories | None = None) -> dict[str, Facility]:
    """Facilities by name, in the order of their names.

    Args:
        content: UTF-8 CSV or JSON; JSON when it starts with `[` or `{`.
        file: its name, for messages.
        categories: words that stand for a value, by measure (see `categories`).

    Raises:
        FactsError: all faults with their lines: unknown columns, bad numbers, a facility × measure given twice, …
    """
    faults: list[UserFacingError] = []
    facilities: dict[str, Facility] = {}
    seen: dict[tuple[str, str], int] = {}
    try:
        for line, row in rows_of(content, file):
            where = Where(file=file, line=line)
            try:
                _take(row, facilities, seen, line, categories or {})
            except InputError as error:
                faults.append(error.retold(where=where))
    except FactsError as error:
        faults.extend(error.faults)
    if not facilities and not faults:
        faults.append(
            fault("no_rows", "文件没有数据行。", "The file has no data rows.", Where(file=file), hint=_ONE_ROW)
        )
    if faults:
        raise FactsError(tuple(faults))
    return dict(sorted(facilities.items()))


def read_profiles(content: bytes, *, file: str) -> dict[str, dict[str, Any]]:
    """Attributes by facility from YAML or JSON: `{facility: {class: mixed, training_share: "0.60"}}`.

    Raises:
        RubricError: YAML that cannot be read.
        InputError: another shape.
    """
    value = authored(read_yaml(content, file=file))
    if not isinstance(value, dict) or not all(isinstance(attributes, dict) for attributes in value.values()):
        zh, en = "应为：机构: {属性: 值}。", "Expected: facility: {attribute: value}."
        raise fault("bad_profiles", zh, en, Where(file=file, line=1), hint=_PROFILES)
    return value


def unknown_measures(edition: Edition, facilities: Iterable[Facility]) -> tuple[str, ...]:
    """Measures of the file the rubric does not ask for; items (`measure.item`) belong to their measure."""
    given = {measure for facility in facilities for measure in facility.measurements}
    known = set(edition.measures)
    return tuple(sorted(name for name in given if name not in known and name.split(".", 1)[0] not in known))


def unit_faults(edition: Edition, facilities: Iterable[Facility], *, file: str) -> tuple[UserFacingError, ...]:
    """Facts in another unit than the rubric's measure; nothing is converted or guessed."""
    return tuple(
        fault(
            "unit_mismatch",
            f"{facility.name} 的“{name}”单位为“{given.unit}”，应为“{edition.measures[name].unit}”。",
            f"“{name}” of {facility.name} is in “{given.unit}”; “{edition.measures[name].unit}” is expected.",
            Where(file=file, field=f"{facility.name} {name}"),
            hint=Text(
                zh="单位不会自动换算：请换算数值，或更正 unit 一列。",
                en="Nothing is converted: convert the value, or mend its unit.",
            ),
        )
        for facility in facilities
        for name, given in facility.measurements.items()
        if name in edition.measures and given.unit and given.unit != edition.measures[name].unit
    )


def derived_faults(edition: Edition, facilities: Iterable[Facility], *, file: str) -> tuple[UserFacingError, ...]:
    """Facts of measures the rubric derives by a formula: they follow from others and cannot be given."""
    return tuple(
        fault(
            "derived_measure",
            f"{facility.name} 的“{name}”由公式得出，不能填报。",
            f"“{name}” of {facility.name} follows from a formula and cannot be given.",
            Where(file=file, field=f"{facility.name} {name}"),
            hint=_DERIVED,
        )
        for facility in facilities
        for name in facility.measurements
        if name in edition.measures and edition.measures[name].formula is not None
    )


def add_profiles(facilities: Mapping[str, Facility], profiles: Mapping[str, Mapping[str, Any]]) -> None:
    """Attributes from a profiles file; a row `profile.<key>` in the facts file wins over them."""
    for name, attributes in profiles.items():
        if name in facilities:
            facilities[name].profile = {**attributes, **facilities[name].profile}


# --- one row ----------------------------------------------------------------------------------------------------------


def _take(
    row: Mapping[str, str],
    facilities: dict[str, Facility],
    seen: dict[tuple[str, str], int],
    line: int,
    words: Categories,
) -> None:
    name, measure = row.get("facility", ""), row.get("measure", "")
    if not name or not measure:
        zh, en = "缺少 facility 或 measure。", "The facility or the measure is missing."
        raise InputError("missing_cell", Text(zh=zh, en=en), hint=_FILL_DOWN)
    if (first := seen.setdefault((name, measure), line)) != line:
        raise InputError(
            "duplicate_fact",
            Text(
                zh=f"{name} 的“{measure}”出现两次：第 {first} 行和第 {line} 行。",
                en=f"“{measure}” of {name} is given twice: on line {first} and on line {line}.",
            ),
            hint=Text(zh="每个机构的每个度量只保留一行。", en="Keep one row per facility and measure."),
        )
    facility = facilities.setdefault(name, Facility(name))
    if measure.startswith(PROFILE_PREFIX):
        facility.profile[measure.removeprefix(PROFILE_PREFIX)] = row.get("value", "")
    else:
        facility.measurements[measure] = measurement_of(measure, row, categories=words)


def measurement_of(measure: str, row: Mapping[str, str], *, categories: Categories | None = None) -> Measurement:
    """One row as a measurement; an empty outcome with a value is `scored`, without one `no_evidence`.

    Raises:
        InputError: a bad number, outcome, grade or period, or a value beside another outcome.
    """
    value = _value(row.get("value"), (categories or {}).get(measure, {}))
    outcome = _choice(Outcome, row.get("outcome"), "outcome")
    if outcome is None:
        outcome = Outcome.NO_EVIDENCE if value is None else Outcome.SCORED
    if (outcome is Outcome.SCORED) != (value is not None):
        raise InputError(
            "value_and_outcome",
            Text(
                zh=f"结果为 {outcome} 时{'需要' if outcome is Outcome.SCORED else '不应有'}数值。",
                en=f"The outcome {outcome} {'needs a' if outcome is Outcome.SCORED else 'has no'} value.",
            ),
            hint=_VALUE_OR_OUTCOME,
        )
    return Measurement(
        measure,
        outcome,
        unit=row.get("unit", ""),
        value=value,
        period=_period(row),
        quality=_choice(Quality, row.get("quality"), "quality"),
        cap=_non_negative(row, "cap"),
        error=_non_negative(row, "error"),
        reason=None if outcome is Outcome.SCORED else _reason(outcome, row.get("reason", "")),
    )


def _value(written: str | None, words: Mapping[str, Decimal]) -> Decimal | None:
    """A number, or a word the measure declares."""
    if not written:
        return None
    if written in words:
        return words[written]
    try:
        return read_number(written)
    except InputError as error:
        if not words and not any(sign.isdigit() for sign in written):
            raise InputError(error.code, error.message, hint=_NO_VALUE) from None
        if not words or error.code != "not_a_number":
            raise
        known = ", ".join(words)
        raise InputError(
            "unknown_category",
            Text(
                zh=f"“{written[:40]}”不是数字，也不是：{known}。",
                en=f"“{written[:40]}” is neither a number nor: {known}.",
            ),
            hint=meant(written, words, otherwise=_NO_VALUE),
        ) from error


def _reason(outcome: Outcome, code: str) -> Reason:
    if not code:
        return Reason(outcome.value, outcome.label)
    return Reason(code, Text(zh=f"{outcome.label.zh}（{code}）", en=f"{outcome.label.en} ({code})"))


def _choice(kind: type[Choice], word: str | None, column: str) -> Choice | None:
    if not word:
        return None
    try:
        return kind(word)
    except ValueError:
        words = ", ".join(kind)
        raise InputError(
            "unknown_choice",
            Text(zh=f"{column} 为“{word}”，应为：{words}。", en=f"{column} is “{word}”; it must be one of: {words}."),
            hint=meant(word, tuple(kind), otherwise=Text(zh="请使用所列的词之一。", en="Write one of these words.")),
        ) from None


def _non_negative(row: Mapping[str, str], column: str) -> Decimal | None:
    if not row.get(column):
        return None
    number = read_number(row[column])
    if number < 0:
        raise InputError(
            "negative", Text(zh=f"{column} 不能为负。", en=f"{column} must not be negative."), hint=_FROM_NOTHING_ON
        )
    return number


def _period(row: Mapping[str, str]) -> Period | None:
    start, end = row.get("period_start"), row.get("period_end")
    if not start and not end:
        return None
    try:
        instants = [dt.datetime.fromisoformat(moment or "") for moment in (start, end)]
        return Period(*(moment.astimezone(dt.UTC) if moment.tzinfo else moment for moment in instants))
    except ValueError:
        raise InputError(
            "bad_period",
            Text(
                zh="period_start 和 period_end 应为带时区的 ISO 8601 时刻，且先后有序。",
                en="period_start and period_end must be ISO 8601 instants with a zone, in order.",
            ),
            hint=Text(
                zh="例如 2025-04-01T00:00:00+08:00 和 2026-04-01T00:00:00+08:00。",
                en="Write, for example, 2025-04-01T00:00:00+08:00 and 2026-04-01T00:00:00+08:00.",
            ),
        ) from None


_FILL_DOWN = Text(
    zh="每一行都要写明机构和度量；合并的单元格请填满。",
    en="Every row names both; fill merged cells down.",
)
_ONE_ROW = Text(
    zh="请在表头之下为每个机构的每个度量写一行。", en="Below the header goes one row per facility and measure."
)
_PROFILES = Text(
    zh='例如 demo-1: {class: mixed, training_share: "0.60"}。',
    en='Write, for example, demo-1: {class: mixed, training_share: "0.60"}.',
)
_DERIVED = Text(
    zh="请删去这一行，并填报公式所用的度量。", en="Leave the row out, and give the measures its formula uses."
)
_VALUE_OR_OUTCOME = Text(
    zh="有数值时 outcome 写 scored 或留空；没有数值时写明原因，例如 no_evidence。",
    en="With a value say scored or leave the outcome empty; without one say why, such as no_evidence.",
)
_FROM_NOTHING_ON = Text(zh="请填写不小于 0 的数值，或留空。", en="Write a figure from 0 on, or leave it empty.")
_NO_VALUE = Text(
    zh="没有数值时请留空，或在 outcome 列写 no_evidence 或 not_applicable。",
    en="Where there is no value leave the cell empty, or say no_evidence or not_applicable under outcome.",
)
