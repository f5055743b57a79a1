"""Training logs of the Megatron family: one row per printed iteration line.

Dialects: `megatron`, `megatron_deepspeed` (fields `samples per second`, `TFLOPs`) and `mindspeed` (`>>  iteration`).
A line may stand for several iterations (log interval); its time is their mean. The printed TFLOPs differ by
version in formula and recomputation, so they are kept as printed and never scored.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import INSTANT
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Clock
from evidence.parsers.logs.step_batches import StepBatch, step_batches
from evidence.parsers.logs.step_lines import COUNT, FEW, NUMBER, StepField, field_column, tell_broken
from evidence.parsers.logs.training_steps import contradictions, step_facts, tell_early_end
from evidence.parsers.text.log_lines import log_encoding
from evidence.parsers.text.source import Source

_START = re2.compile(rb"iteration\s+[0-9]+\s*/\s*[0-9]+\s*\|")
_TIME = b"elapsed time per iteration"
_WHOLE = _TIME + b" (ms):"
STAMP = r"\[(?P<value>[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,][0-9]+)?\][^\[\]|]*iteration\s"


FIELDS = (
    StepField("step", r"iteration\s", COUNT, required=True),
    StepField("steps_total", r"iteration\s+[0-9]+\s*/", COUNT),
    StepField("iteration_ms", r"elapsed time per iteration \(ms\):", NUMBER, required=True),
    StepField("consumed_samples", r"consumed samples:", COUNT),
    StepField("global_batch_size", r"global batch size:", COUNT),
    StepField("loss", r"lm loss:", NUMBER),
    StepField("skipped_iterations", r"number of skipped iterations:", FEW),
    StepField("nan_iterations", r"number of nan iterations:", FEW),
    StepField("tflops_per_accelerator", r"(?:TFLOPs|throughput per GPU \(TFLOP/s/GPU\)):", NUMBER),
)


class Megatron:
    format = "megatron"
    version = "1"
    title = Text(zh="Megatron 系列训练日志", en="Training log of the Megatron family")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return b"iteration" in opening and _START.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        lines_read = 0
        tables, dialect = [], "megatron"
        clock = None if source.timezone is None else Clock(source.timezone, issues)
        unzoned: Where | None = None
        for batch in read_steps(source):
            lines_read = batch.lines_read
            texts, places = pa.array(batch.texts, pa.string()), pa.array(batch.numbers, pa.int64())
            dialect = _dialect(pa.array([*batch.texts, *batch.examples], pa.string()), dialect)
            rows = batch.with_others(_rows(texts, places, issues))
            at, without_zone = _instants(rows.column("stamp").combine_chunks(), rows.column("line"), clock)
            unzoned = unzoned or without_zone
            rows = rows.append_column("at", at)
            tables.append(rows.filter(rows.column("whole")).drop_columns(["stamp", "whole"]))
        if clock is not None:
            clock.close()
        if unzoned is not None:
            _tell_zone(unzoned, issues)
        if not tables or not sum(table.num_rows for table in tables):
            raise ParseError(
                "no_rows",
                Text(zh="日志中没有可读的迭代行。", en="The log holds no readable iteration line."),
                hint=Text(
                    zh="请上传含有“iteration … | elapsed time per iteration (ms): …”行的完整日志。",
                    en="Upload the whole log with its `iteration … | elapsed time per iteration (ms): …` lines.",
                ),
            )
        rows = pa.concat_tables(tables)
        steps = TRAINING_STEPS.table(
            {**{name: rows.column(name) for name in rows.column_names}, "dialect": [dialect] * rows.num_rows}
        )
        contradictions(steps, issues)
        tell_early_end(steps, issues)
        broken = issues.counts.get("broken_line", 0)
        return ParseResult(
            facts={"dialect": dialect, **step_facts(steps)},
            tables={TRAINING_STEPS.name: steps},
            coverage=Coverage(lines_read, steps.num_rows, broken),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=log_encoding(source),
        )


def read_steps(source: Source) -> Iterator[StepBatch]:
    """The iteration lines: those of a layout met before in columns, the others as text."""
    return step_batches(
        source, FIELDS, is_step=_is_iteration, is_whole=_is_one_record, counter=b"iteration", stamp=STAMP
    )


def _is_iteration(line: bytes) -> bool:
    return b"iteration" in line and (_WHOLE in line or _START.search(line) is not None)


def _is_one_record(line: bytes) -> bool:
    """Two processes writing into one line leave two records there; none of its figures can be trusted."""
    return line.count(_TIME) == 1


def _rows(texts: pa.Array, places: pa.Array, issues: Issues) -> pa.Table:
    """The fields of N lines, their `stamp`, and whether a line is `whole`: those that are not are issues."""
    columns = {field.column: field_column(texts, places, field, issues) for field in FIELDS}
    whole = pc.equal(pc.count_substring(texts, _TIME.decode()), 1)
    for field in FIELDS:
        if field.required:
            whole = pc.and_(whole, columns[field.column].is_valid())
    tell_broken(places.filter(pc.invert(whole)), issues)
    stamps = pc.struct_field(pc.extract_regex(texts, STAMP), "value")
    return pa.table({**columns, "stamp": stamps, "line": places, "whole": whole})


def _instants(stamps: pa.Array, places: pa.ChunkedArray, clock: Clock | None) -> tuple[pa.Array, Where | None]:
    """The stamp before `iteration` in UTC; without a declared zone null, and where the first such stamp stands."""
    if stamps.null_count == len(stamps):
        return pa.nulls(len(stamps), INSTANT), None
    if clock is not None:
        return clock.read(stamps, places)[0], None
    first = places[pc.index(stamps.is_valid(), value=True).as_py()].as_py()
    return pa.nulls(len(stamps), INSTANT), Where(line=first)


def _tell_zone(where: Where, issues: Issues) -> None:
    issues.add(
        "no_time_zone",
        Text(
            zh="日志的时间没有时区，上传时也未声明时区；迭代行的时刻未读取。",
            en="The log's times have no zone and none was declared at upload; the instants are not read.",
        ),
        where=where,
        severity=Severity.WARNING,
        hint=Text(
            zh="请在上传时选择时区（例如 Asia/Shanghai）。",
            en="Declare the zone when uploading, such as Asia/Shanghai.",
        ),
    )


def _dialect(texts: pa.Array, known: str) -> str:
    if pc.any(pc.match_substring_regex(texts, r">>\s+iteration\s"), min_count=0).as_py():
        return "mindspeed"
    if pc.any(
        pc.match_substring_regex(texts, r"\| (?:samples per second|TFLOPs|consumed tokens):"), min_count=0
    ).as_py():
        return "megatron_deepspeed"
    return known


PARSER = Megatron()
