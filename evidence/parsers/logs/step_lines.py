"""What readers of training logs share: fields out of progress lines, and the time between two of them.

A dialect names its fields as label and number; the lines are read whole columns at a time. Patterns are searched by
re2 and bounded, so that every match fits its column and every sum its integer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import FIGURE
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.logs.training_steps import contradictions, step_facts, tell_early_end
from evidence.parsers.text.log_lines import log_encoding, log_lines, text_of
from evidence.parsers.text.source import Source

ROWS_AT_ONCE = 50_000
COUNT = r"[0-9]{1,15}"
FEW = r"[0-9]{1,9}"
EPOCHS = r"[0-9]{1,6}"
NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE](?:\+?0?[0-9]|-0?[0-9]|-1[0-9]))?"
# A clock since the start, in milliseconds: thirty years at most, so that its nanoseconds are an integer.
CLOCK = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
# The patterns that are whole numbers, and how many digits they take.
MOST_DIGITS = {COUNT: 15, FEW: 9, EPOCHS: 6}


@dataclass(frozen=True, slots=True)
class StepField:
    """A field of a progress line: the name it is kept under, its label as a pattern, the number after it, its end."""

    column: str
    label: str
    number: str
    required: bool = False
    end: str = r"\s*(?:\||/|$)"

    @property
    def pattern(self) -> str:
        return rf"{self.label}\s*(?P<value>{self.number}){self.end}"


@dataclass(frozen=True, slots=True)
class StepLines:
    """The fields of N progress lines in file order, with `line`, and how many lines the file has."""

    fields: pa.Table
    lines: int


def read_step_lines(source: Source, *, start: Any, fields: Sequence[StepField], issues: Issues) -> StepLines:
    """The progress lines of a log; one without a required field is the issue `broken_line` and left out.

    Args:
        start: a compiled re2 pattern of bytes that only progress lines match.
        fields: counts become integers, everything else figures of nine decimals.

    Raises:
        ParseError: `no_rows` when no line could be read.
    """
    tables, lines_read = [], 0
    for read, numbers, lines in _batches(source, start):
        lines_read = read
        texts, places = pa.array(lines, pa.string()), pa.array(numbers, pa.int64())
        columns = {field.column: field_column(texts, places, field, issues) for field in fields}
        whole = pa.array(np.ones(len(texts), dtype=bool))
        for field in fields:
            if field.required:
                whole = pc.and_(whole, columns[field.column].is_valid())
        tell_broken(places.filter(pc.invert(whole)), issues)
        tables.append(pa.table({**columns, "line": places}).filter(whole))
    if not sum(table.num_rows for table in tables):
        raise no_steps()
    return StepLines(pa.concat_tables(tables), lines_read)


def step_result(
    source: Source,
    read: StepLines,
    *,
    dialect: str,
    columns: Mapping[str, pa.Array | pa.ChunkedArray],
    issues: Issues,
    facts: Mapping[str, Any] | None = None,
) -> ParseResult:
    """The result of a log whose lines were read; rows without a time are told and left out.

    Args:
        columns: columns of `training_steps` without `dialect`, N values each; `iteration_ms` may have nulls.
        facts: what the dialect tells beyond `step_facts`.
    """
    rows = pa.table({**columns, "line": read.fields.column("line")})
    timed = rows.column("iteration_ms").is_valid()
    _tell_untimed(rows.filter(pc.invert(timed)).column("line"), issues)
    rows = rows.filter(timed)
    if not rows.num_rows:
        raise no_steps()
    steps = TRAINING_STEPS.table(
        {**{name: rows.column(name) for name in rows.column_names}, "dialect": [dialect] * rows.num_rows}
    )
    contradictions(steps, issues)
    tell_early_end(steps, issues)
    faulty = issues.counts.get("broken_line", 0) + issues.counts.get("no_time", 0)
    return ParseResult(
        facts={"dialect": dialect, **step_facts(steps), **(facts or {})},
        tables={TRAINING_STEPS.name: steps},
        coverage=Coverage(read.lines, steps.num_rows, faulty),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=log_encoding(source),
    )


def field_column(texts: pa.Array, places: pa.Array, field: StepField, issues: Issues) -> pa.Array:
    """One field of N lines; null where it is not there, told where its label is there without a number."""
    found = pc.struct_field(pc.extract_regex(texts, field.pattern), "value")
    if found.null_count and not field.required:
        missing = found.is_null()
        _tell_unread(field, texts.filter(missing), places.filter(missing), issues)
    return found.cast(pa.int64()) if field.number in MOST_DIGITS else figures_of(found)


def figures_of(found: pa.Array) -> pa.Array:
    """Texts of the pattern `NUMBER` as figures: half-up at nine decimals."""
    try:
        return found.cast(FIGURE)
    except pa.ArrowInvalid:
        wide = found.cast(pa.decimal256(76, 38))
        return pc.round(wide, ndigits=9, round_mode="half_towards_infinity").cast(FIGURE)


def times_between(steps: pa.ChunkedArray, clock_ms: pa.ChunkedArray) -> pa.Array:
    """Mean milliseconds per step between N lines, from a clock printed beside the step.

    A clock that went back was set to zero after the line before it, as tools do after warming up. The first line
    stands for the steps up to it, unless the log starts later, as after a restart from a checkpoint: then its time
    is not known. Null too where the step did not grow, and where the clock is not printed.

    Args:
        steps: N step numbers.
        clock_ms: N figures of the pattern `CLOCK`; null where none is printed.
    """
    number = steps.to_numpy()
    known = clock_ms.is_valid().to_numpy()
    scaled = pc.multiply(pc.cast(clock_ms, pa.decimal128(21, 9)), pa.scalar(Decimal(1_000_000), pa.decimal128(7, 0)))
    clock = pc.round(pc.fill_null(scaled, Decimal(0)), ndigits=0).cast(pa.int64()).to_numpy()
    advance, passed = np.diff(number, prepend=0), np.diff(clock, prepend=0)
    before = np.concatenate(([True], known[:-1]))
    passed = np.where(passed < 0, clock, passed)
    good = known & before & (advance > 0)
    interval = int(advance[1]) if len(advance) > 1 else 1
    good[:1] &= bool(number[0] <= 2 * interval)
    return _milliseconds(passed, np.where(good, advance, 1), good)


def no_steps() -> ParseError:
    return ParseError(
        "no_rows",
        Text(zh="日志中没有可读的训练步。", en="The log holds no readable training step."),
        hint=Text(
            zh="请上传从头到尾的完整日志，不要截取或改写。",
            en="Upload the whole log from its first to its last line, unedited.",
        ),
    )


def tell_broken(lines: pa.Array, issues: Issues) -> None:
    """Tell the lines whose record is not whole."""
    for line in lines.to_pylist():
        issues.add(
            "broken_line",
            Text(
                zh=f"第 {line} 行的迭代记录不完整，未读取。",
                en=f"The iteration record in line {line} is not whole; it is not read.",
            ),
            where=Where(line=line),
            hint=Text(
                zh="可能被换行或与其他进程的输出混在一起。",
                en="It may have been wrapped, or mixed with another process's output.",
            ),
        )


def _batches(source: Source, start: Any) -> Iterator[tuple[int, list[int], list[str]]]:
    """Progress lines with their numbers, so many at once, and how many lines were read up to there."""
    numbers: list[int] = []
    lines: list[str] = []
    number = 0
    for number, line in log_lines(source):
        if start.search(line) is not None:
            numbers.append(number)
            lines.append(text_of(line))
            if len(lines) == ROWS_AT_ONCE:
                yield number, numbers, lines
                numbers, lines = [], []
    yield number, numbers, lines


def _milliseconds(
    nanoseconds: npt.NDArray[np.int64], steps: npt.NDArray[np.int64], good: npt.NDArray[np.bool_]
) -> pa.Array:
    """Nanoseconds ÷ steps, half-up, as milliseconds; null where not good."""
    each = nanoseconds // steps + (2 * (nanoseconds % steps) >= steps)
    whole = pa.array(each, pa.int64(), mask=~good).cast(pa.decimal128(19, 0))
    return pc.multiply(whole, pa.scalar(Decimal("0.000001"), pa.decimal128(7, 6))).cast(FIGURE)


def _tell_unread(field: StepField, texts: pa.Array, places: pa.Array, issues: Issues) -> None:
    """Tell which of the lines without a figure do have the label: those hold something else."""
    labelled = pc.match_substring_regex(texts, field.label)
    if not pc.any(labelled, min_count=0).as_py():
        return
    texts, places = texts.filter(labelled), places.filter(labelled)
    finite = pc.invert(pc.match_substring_regex(texts, field.label + r"\s*[+-]?(?i:nan|inf)"))
    for code, chosen, words in (
        ("not_finite", pc.invert(finite), Text(zh="不是有限数（NaN 或无穷）", en="is not a finite number")),
        ("not_a_number", finite, Text(zh="无法读取", en="cannot be read")),
    ):
        lines = places.filter(chosen)
        if len(lines):
            issues.add(
                code,
                Text(
                    zh=f"有 {len(lines)} 行的 {field.column} {words.zh}，按缺失处理。",
                    en=f"{field.column} {words.en} in {len(lines)} lines; it is taken as missing.",
                ),
                where=Where(line=lines[0].as_py()),
                times=len(lines),
            )


def _tell_untimed(lines: pa.ChunkedArray, issues: Issues) -> None:
    if len(lines):
        issues.add(
            "no_time",
            Text(
                zh=f"有 {len(lines)} 行无法得出迭代耗时（步数未前进或没有计时），未读取。",
                en=f"{len(lines)} lines tell no time per step (the step did not grow, or no clock); they are not read.",
            ),
            where=Where(line=lines[0].as_py()),
            times=len(lines),
        )
