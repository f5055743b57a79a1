"""The facts file: one row per facility and measure, from which `zhiheng score` and `zhiheng rank` work alone.

CSV with a header, or JSON: a list of objects with the same names. Every fault is reported with its line.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import orjson

from core.errors import InputError, UserFacingError
from core.json_depth import TOO_DEEP, first_too_deep
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.provenance import Where
from core.quantity import read_number
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition
from indicators.rubric.yaml_reader import authored, read_yaml

Choice = TypeVar("Choice", bound=StrEnum)

COLUMNS = (
    "facility",
    "measure",
    "value",
    "unit",
    "outcome",
    "reason",
    "quality",
    "cap",
    "error",
    "period_start",
    "period_end",
)
PROFILE_PREFIX = "profile."
LARGEST_FILE = 512 * 1024 * 1024


class FactsError(InputError):
    """The facts file cannot be used; `faults` lists every bad row."""

    def __init__(self, faults: tuple[UserFacingError, ...]) -> None:
        first = faults[0]
        message = first.message
        if len(faults) > 1:
            message = Text(
                zh=f"事实文件有 {len(faults)} 处错误；第一处：{first.message.zh}",
                en=f"The facts file has {len(faults)} faults; the first: {first.message.en}",
            )
        super().__init__(first.code, message, where=first.where, hint=first.hint)
        self.faults = faults


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
        for line, row in _rows(content, file):
            where = Where(file=file, line=line)
            try:
                _take(row, facilities, seen, line, categories or {})
            except InputError as error:
                faults.append(InputError(error.code, error.message, where=where, hint=error.hint))
    except FactsError as error:
        faults.extend(error.faults)
    if not facilities and not faults:
        faults.append(_fault("no_rows", "文件没有数据行。", "The file has no data rows.", Where(file=file)))
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
        raise _fault("bad_profiles", zh, en, Where(file=file, line=1))
    return value


def unknown_measures(edition: Edition, facilities: Iterable[Facility]) -> tuple[str, ...]:
    """Measures of the file the rubric does not ask for; items (`measure.item`) belong to their measure."""
    given = {measure for facility in facilities for measure in facility.measurements}
    known = set(edition.measures)
    return tuple(sorted(name for name in given if name not in known and name.split(".", 1)[0] not in known))


def unit_faults(edition: Edition, facilities: Iterable[Facility], *, file: str) -> tuple[UserFacingError, ...]:
    """Facts in another unit than the rubric's measure; nothing is converted or guessed."""
    return tuple(
        _fault(
            "unit_mismatch",
            f"{facility.name} 的“{name}”单位为“{given.unit}”，应为“{edition.measures[name].unit}”。",
            f"“{name}” of {facility.name} is in “{given.unit}”; “{edition.measures[name].unit}” is expected.",
            Where(file=file, field=f"{facility.name} {name}"),
        )
        for facility in facilities
        for name, given in facility.measurements.items()
        if name in edition.measures and given.unit and given.unit != edition.measures[name].unit
    )


def derived_faults(edition: Edition, facilities: Iterable[Facility], *, file: str) -> tuple[UserFacingError, ...]:
    """Facts of measures the rubric derives by a formula: they follow from others and cannot be given."""
    return tuple(
        _fault(
            "derived_measure",
            f"{facility.name} 的“{name}”由公式得出，不能填报。",
            f"“{name}” of {facility.name} follows from a formula and cannot be given.",
            Where(file=file, field=f"{facility.name} {name}"),
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


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(content: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_FILE:
        raise FactsError((_fault("too_large", "文件过大。", "The file is too large.", Where(file=file)),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = Where(file=file, line=line)
        raise FactsError((_fault("not_utf8", "文件不是 UTF-8。", "The file is not UTF-8.", where),)) from None
    if text.lstrip()[:1] in ("[", "{"):
        yield from _json_rows(text, file)
    else:
        yield from _csv_rows(text, file)


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, file)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                where = Where(file=file, line=reader.line_num)
                zh, en = "这一行的单元格多于表头。", "This row has more cells than the header."
                raise FactsError((_fault("ragged_row", zh, en, where),))
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            yield reader.line_num, row
    except csv.Error as error:
        where = Where(file=file, line=reader.line_num)
        zh, en = f"CSV 格式错误：{error}。", f"Bad CSV: {error}."
        raise FactsError((_fault("bad_csv", zh, en, where),)) from None


def _check_header(header: list[str], file: str) -> None:
    where = Where(file=file, line=1)
    faults: list[UserFacingError] = []
    if unknown := [name for name in header if name not in COLUMNS]:
        zh, en = f"未知的列：{', '.join(unknown)}。", f"Unknown columns: {', '.join(unknown)}."
        faults.append(_fault("unknown_column", zh, en, where, hint=_columns_hint()))
    if twice := sorted({name for name in header if header.count(name) > 1}):
        zh, en = f"重复的列：{', '.join(twice)}。", f"Columns stand twice: {', '.join(twice)}."
        faults.append(_fault("repeated_column", zh, en, where))
    lacking = [name for name in ("facility", "measure") if name not in header]
    lacking += [] if {"value", "outcome"} & set(header) else ["value"]
    if lacking:
        zh, en = f"缺少列：{', '.join(lacking)}。", f"Columns are missing: {', '.join(lacking)}."
        faults.append(_fault("missing_column", zh, en, where, hint=_columns_hint()))
    if faults:
        raise FactsError(tuple(faults))


def _json_rows(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbers in JSON must be strings or whole numbers: a binary float has no exact decimal form."""
    if (deep := first_too_deep(text)) is not None:
        where = Where(file=file, line=text.count("\n", 0, deep) + 1)
        raise FactsError((_fault("too_deep", TOO_DEEP.zh, TOO_DEEP.en, where),))
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = Where(file=file, line=error.lineno)
        raise FactsError((_fault("bad_json", f"JSON 错误：{error.msg}。", f"Bad JSON: {error.msg}.", where),)) from None
    if isinstance(rows, dict):
        rows = rows.get("facts")
    if not isinstance(rows, list):
        zh, en = "JSON 应为行的列表。", "The JSON must be a list of rows."
        raise FactsError((_fault("bad_json", zh, en, Where(file=file, line=1)),))
    for number, row in enumerate(rows, start=1):
        where = Where(file=file, field=f"[{number - 1}]")
        if not isinstance(row, dict) or (unknown := set(row) - set(COLUMNS)):
            detail = ", ".join(sorted(unknown)) if isinstance(row, dict) else type(row).__name__
            zh, en = f"第 {number} 行有未知的内容：{detail}。", f"Row {number} has unknown content: {detail}."
            raise FactsError((_fault("unknown_column", zh, en, where, hint=_columns_hint()),))
        yield number, {name: _cell(value, name, where) for name, value in row.items() if value is not None}


def _cell(value: Any, name: str, where: Where) -> str:
    if isinstance(value, bool) and name == "value":
        return "true" if value else "false"
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value).strip()
    zh, en = f"“{name}”应为文本或整数。", f"“{name}” must be text or a whole number."
    hint = Text(zh='小数请写成文本，例如 "1.25"。', en='Write decimals as text, such as "1.25".')
    raise FactsError((_fault("not_text", zh, en, where, hint=hint),))


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
        raise InputError("missing_cell", Text(zh=zh, en=en))
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
        if not words:
            raise
        known = ", ".join(words)
        raise InputError(
            "unknown_category",
            Text(
                zh=f"“{written[:40]}”不是数字，也不是：{known}。",
                en=f"“{written[:40]}” is neither a number nor: {known}.",
            ),
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
        ) from None


def _non_negative(row: Mapping[str, str], column: str) -> Decimal | None:
    if not row.get(column):
        return None
    number = read_number(row[column])
    if number < 0:
        raise InputError("negative", Text(zh=f"{column} 不能为负。", en=f"{column} must not be negative."))
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
        ) from None


def _columns_hint() -> Text:
    return Text(zh=f"可用的列：{', '.join(COLUMNS)}。", en=f"Columns known: {', '.join(COLUMNS)}.")


def _fault(code: str, zh: str, en: str, where: Where, *, hint: Text | None = None) -> InputError:
    return InputError(code, Text(zh=zh, en=en), where=where, hint=hint)
