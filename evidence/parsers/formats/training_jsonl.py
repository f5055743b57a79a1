"""Training progress as JSON lines: one object per printed step, as trainers and experiment trackers write them.

The name of the time says its unit; a rate is never turned into a time. Lines without a step or a time, such as those of
an evaluation, are counted and left alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import INSTANT, TEXT
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figure
from evidence.parsers.columns.instants import Clock
from evidence.parsers.documents.json_figures import number, whole
from evidence.parsers.documents.strict_json import STRICT
from evidence.parsers.logs.training_steps import contradictions, step_facts, tell_early_end
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

BATCH = 50_000
_STEPS = ("step", "iteration", "global_step", "iter", "_step")
_TIMES = {
    **dict.fromkeys(("iteration_ms", "step_time_ms", "iter_time_ms", "elapsed_ms"), Decimal(1)),
    **dict.fromkeys(("iteration_s", "step_time_s", "iter_time_s", "elapsed_s"), Decimal(1000)),
}
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "steps_total": ("steps_total", "total_steps", "max_steps"),
    "global_batch_size": ("global_batch_size", "batch_size"),
    "consumed_samples": ("consumed_samples", "samples"),
}
_LOSSES = ("loss", "train_loss", "lm_loss")
_STAMPS = ("at", "timestamp", "time")
_LONGEST_STAMP = 64
_COLUMNS = ("step", "steps_total", "at", "iteration_ms", "consumed_samples", "global_batch_size", "loss", "line")


class TrainingJsonl:
    format = "training_jsonl"
    version = "1"
    title = Text(zh="训练步日志（JSONL）", en="Training steps (JSON lines)")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        """By one of the first lines that has a step and its time."""
        for line in source.head_lines()[:20]:
            entry = _entry(line)
            if entry is not None and _first(entry, _STEPS) is not None and _time(entry) is not None:
                return True
        return False

    def parse(self, source: Source) -> ParseResult:
        """Lines are read one by one, in batches of bounded memory.

        Raises:
            ParseError: `no_rows` when no line has a step and a time; what `source.lines` raises.
        """
        reader = _Reader(source)
        steps = reader.read()
        if not steps.num_rows:
            raise no_rows()
        contradictions(steps, reader.issues)
        tell_early_end(steps, reader.issues)
        used = steps.num_rows + reader.others
        return ParseResult(
            facts={"dialect": "jsonl", "lines_without_step": reader.others, **step_facts(steps)},
            tables={TRAINING_STEPS.name: steps},
            coverage=Coverage(used + reader.faulty, used, reader.faulty),
            issues=tuple(reader.issues.listed),
            issue_counts=reader.issues.counts,
            encoding=source.text_encoding,
        )


class _Reader:
    def __init__(self, source: Source) -> None:
        self.issues = Issues()
        self.others = self.faulty = 0
        self._source = source
        self._clock = Clock(source.timezone, self.issues)
        self._rows: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self._parts = [TRAINING_STEPS.empty()]

    def read(self) -> pa.Table:
        for line, text in self._source.lines():
            if not text.strip():
                continue
            entry = _entry(text.lstrip("\ufeff"))
            if entry is None:
                self._fault(line, "bad_json", _NO_OBJECT)
            else:
                self._take(line, entry)
            if len(self._rows["line"]) >= BATCH:
                self._flush()
        self._flush()
        self._clock.close()
        return pa.concat_tables(self._parts)

    def _take(self, line: int, entry: Mapping[str, Any]) -> None:
        step, time = _first(entry, _STEPS), _time(entry)
        if step is None or time is None:
            self.others += 1
            return
        row: dict[str, Any] = {name: _first(entry, keys) for name, keys in _OTHERS.items()}
        if time <= 0 or step < 0 or any(value is not None and value < 0 for value in row.values()):
            self._fault(
                line,
                "out_of_range",
                Text(
                    zh="第 {line} 行的步数、耗时或数量过小。", en="A step, time or count of line {line} is too small."
                ),
            )
            return
        loss = next((value for key in _LOSSES if (value := number(entry, key)) is not None), None)
        row |= {"step": step, "iteration_ms": time, "loss": figure(loss), "at": _stamp(entry), "line": line}
        for name, values in self._rows.items():
            values.append(row[name])

    def _flush(self) -> None:
        """The rows so far as a table; those whose stamp cannot be read are left out with their issue."""
        if not self._rows["line"]:
            return
        columns: dict[str, Any] = dict(self._rows)
        lines = pa.array(columns["line"], pa.int64())
        told = columns.pop("at")
        texts = pa.array([stamp if isinstance(stamp, str) else None for stamp in told], TEXT)
        instants, bad = self._clock.read(texts, lines)
        counted = pa.array([moment if isinstance(moment, dt.datetime) else None for moment in told], INSTANT)
        columns["at"] = pc.coalesce(instants, counted)
        table = TRAINING_STEPS.table({**columns, "dialect": ["jsonl"] * len(lines)})
        self.faulty += int(bad.sum())
        self._parts.append(table.filter(pa.array(~bad)))
        self._rows = {name: [] for name in _COLUMNS}

    def _fault(self, line: int, code: str, message: Text) -> None:
        self.faulty += 1
        self.issues.add(code, message.filled(line=line), where=Where(line=line), severity=Severity.WARNING)


_NO_OBJECT = Text(zh="第 {line} 行不是一个 JSON 对象。", en="Line {line} is no JSON object.")


def _entry(text: str) -> dict[str, Any] | None:
    """The object of a line; None where it is none, or broken, or nested without end."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = STRICT.decode(text)
    except (json.JSONDecodeError, ValueError, RecursionError, ParseError):
        return None
    return value if isinstance(value, dict) else None


def _first(entry: Mapping[str, Any], keys: tuple[str, ...]) -> int | None:
    return next((value for key in keys if (value := whole(entry, key)) is not None), None)


def _time(entry: Mapping[str, Any]) -> Decimal | None:
    """Ms of one step."""
    for key, factor in _TIMES.items():
        value = number(entry, key)
        if value is not None:
            return figure(value * factor)
    return None


def _stamp(entry: Mapping[str, Any]) -> str | dt.datetime | None:
    """A stamp as text, or the seconds since 1970 that Weights & Biases keeps as `_timestamp`."""
    for key in _STAMPS:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return value[:_LONGEST_STAMP]
    seconds = number(entry, "_timestamp")
    if seconds is None or not 0 <= seconds < Decimal(7_258_118_400):  # the year 2200
        return None
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(milliseconds=int(seconds * 1000))


PARSER = TrainingJsonl()
