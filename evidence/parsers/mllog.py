"""MLLOG: one JSON object after the token `:::MLLOG`, anywhere in a line of program output.

Shared by the MLPerf formats whose files consist of such lines. Source: MLCommons logging, `mllog` and its
compliance checker, which reads from the last token of a line to the line's end and ignores other lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from core.json_depth import DEEPEST, TOO_DEEP, first_too_deep
from core.provenance import Where
from core.quantity import LONGEST_NUMBER, bounded_decimal
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.log_lines import log_lines, text_of
from evidence.parsers.source import Source

TOKEN = b":::MLLOG"
MOST_KEYS = 10_000


@dataclass(slots=True)
class LineTally:
    """What kinds of line a file holds; blank lines count as read only."""

    read: int = 0
    events: int = 0
    bad_json: int = 0
    other: int = 0
    off_column_0: int = 0
    errors: int = 0  # records that call themselves an error
    keys: set[str] = field(default_factory=set)  # the distinct ones, up to a bound no real file reaches


@dataclass(frozen=True, slots=True)
class Event:
    """One MLLOG record whose key is wanted; numbers keep their printed digits (`int`, `Decimal`).

    Two events are equal when they say the same, wherever they stand.
    """

    line: int = field(compare=False)
    key: str
    time: object
    value: object
    metadata: dict[str, Any]


def wanted_events(source: Source, keys: frozenset[str], *, tally: LineTally, issues: Issues) -> Iterator[Event]:
    """The events with one of the keys, in file order; every other line is only counted.

    Issues: `bad_json` for a record that is not a JSON object, `too_deep` for one nested over 32 levels, `not_finite`
    for NaN and infinities, which are read as missing.
    """
    for number, line in log_lines(source):
        tally.read = number
        at = line.rfind(TOKEN)
        if at < 0:
            if line and not line.isspace():
                tally.other += 1
            continue
        if at > 0:
            tally.off_column_0 += 1
        record = _record(line[at + len(TOKEN) :], number, issues)
        if record is None:
            tally.bad_json += 1
            continue
        tally.events += 1
        key, metadata = record.get("key"), record.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        tally.errors += metadata.get("is_error") is True
        if not isinstance(key, str):
            continue
        if len(tally.keys) < MOST_KEYS:
            tally.keys.add(key)
        if key in keys:
            yield Event(number, key, record.get("time_ms"), record.get("value"), metadata)


def _record(payload: bytes, number: int, issues: Issues) -> dict[str, Any] | None:
    if payload.count(b"{") + payload.count(b"[") > DEEPEST and first_too_deep(text_of(payload)) is not None:
        issues.add("too_deep", TOO_DEEP, where=Where(line=number))
        return None
    try:
        quick = orjson.loads(payload)
    except ValueError:
        return _slow_record(text_of(payload), number, issues)
    # orjson is quick, but turns numbers into floats; only records with a fraction need the exact reading.
    return _slow_record(payload.decode(), number, issues) if _has_float(quick) else _as_object(quick, number, issues)


def _has_float(value: object, *, depth: int = 4) -> bool:
    """Whether a figure anywhere in a record would lose its digits; real records are two levels deep."""
    match value:
        case float():
            return True
        case dict() if depth:
            return any(_has_float(item, depth=depth - 1) for item in value.values())
        case list() if depth:
            return any(_has_float(item, depth=depth - 1) for item in value)
    return isinstance(value, dict | list)


def _slow_record(text: str, number: int, issues: Issues) -> dict[str, Any] | None:
    unreal: list[str] = []

    def exact(digits: str) -> Decimal | None:
        if (value := bounded_decimal(digits)) is None:
            unreal.append(digits[:LONGEST_NUMBER])
        return value

    try:
        record = json.loads(text, parse_float=exact, parse_constant=unreal.append)
    except ValueError:
        return _as_object(None, number, issues)
    if unreal:
        issues.add(
            "not_finite",
            Text(
                zh=f"第 {number} 行的数值为 {unreal[0]}，按缺失处理。",
                en=f"Line {number} holds {unreal[0]}; it is read as missing.",
            ),
            where=Where(line=number),
        )
    return _as_object(record, number, issues)


def _as_object(record: object, number: int, issues: Issues) -> dict[str, Any] | None:
    if isinstance(record, dict):
        return record
    issues.add(
        "bad_json",
        Text(
            zh=f"第 {number} 行的 MLLOG 记录不是完整的 JSON 对象。",
            en=f"The MLLOG record in line {number} is not a whole JSON object.",
        ),
        where=Where(line=number),
        hint=Text(
            zh="可能有多个进程同时写入同一行；请只让一个进程写 MLLOG。",
            en="Two processes may have written into one line; let one process write MLLOG.",
        ),
    )
    return None
