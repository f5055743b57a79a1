"""MLLOG: one JSON object after the token `:::MLLOG`, anywhere in a line of program output.

Shared by the MLPerf formats whose files consist of such lines. Source: MLCommons logging, `mllog` and its
compliance checker, which reads from the last token of a line to the line's end and ignores other lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
import re2

from core.json_depth import DEEPEST, TOO_DEEP, first_too_deep
from core.provenance import Where
from core.quantity import LONGEST_NUMBER, bounded_decimal
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.logs.mllog_shapes import MOST_SHAPES, Block, Shape, may_have_fractions, may_have_shape
from evidence.parsers.text.log_lines import log_contents, text_of
from evidence.parsers.text.source import Source

TOKEN = b":::MLLOG"
MOST_KEYS = 10_000
_BEHIND = len(TOKEN)
_TELLING = len(b":::")
_BLANKS = b" \t\r"
_ODD = "odd"
# Within these bounds a float tells that `bounded_decimal` takes the number it was, unless it is too long.
_SMALLEST, _LARGEST = 1e-39, 1e39
_MAY_BE_NO_FIGURE = re2.compile(rb"[0-9][eE][-+0-9]|[-+0-9.eE]{39}")
_LONG_FIGURE = re2.compile(rb"[-+0-9.eE]{%d}" % (LONGEST_NUMBER + 1))


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


@dataclass(slots=True)
class Event:
    """One MLLOG record whose key is wanted; numbers keep their printed digits (`int`, `Decimal`).

    Two events are equal when they say the same, wherever they stand. Nobody changes one; that this is not declared
    halves what making one takes, and there are hundreds of thousands.

    Args:
        record: as it is printed, without the blanks around it.
    """

    line: int = field(compare=False)
    record: bytes = field(compare=False, repr=False)
    key: str
    time: object
    value: object
    metadata: dict[str, Any]


def wanted_events(source: Source, keys: frozenset[str], *, tally: LineTally, issues: Issues) -> Iterator[Event]:
    """The events with one of the keys, in file order; every other line is only counted.

    Issues: `bad_json` for a record that is not a JSON object, `too_deep` for one nested over 32 levels, `not_finite`
    for NaN and infinities, which are read as missing.
    """
    reader, last = _Reader(keys, tally, issues), b""
    for first, content in log_contents(source):
        block = Block(content, reader.shapes, token=TOKEN)
        for known, times in block.counted():
            _count(known, tally, times)
        for index, shape in block.looked_at():
            if shape is None and (shape := block.learnt_since(index)) is not None:
                _count(shape, tally, 1)
            if shape is None:
                event = reader.line(block.line(index), first + index, block.form(index))
                if event is not None:
                    yield event
            elif shape.is_read:
                yield reader.known(block.line(index, start=shape.start), first + index, shape)
        tally.read, last = first + len(block) - 1, block.line(len(block) - 1)
    if _begins_token(last):
        tally.other -= 1
        tally.bad_json += 1
        _as_object(None, tally.read, issues)


def _begins_token(line: bytes) -> bool:
    """Whether a line breaks off inside the token; one or two colons at the end of other output say nothing."""
    beginnings = tuple(TOKEN[:length] for length in range(1, len(TOKEN)))
    return TOKEN not in line and (line in beginnings or line.endswith(beginnings[_TELLING - 1 :]))


def _count(shape: Shape, tally: LineTally, times: int) -> None:
    if shape.is_event:
        tally.events += times
        tally.errors += times * shape.is_error
        tally.off_column_0 += times * shape.is_off_column_0
    else:
        tally.other += times * (not shape.is_blank)


class _Reader:
    """Reads lines one by one, and learns their shapes."""

    def __init__(self, keys: frozenset[str], tally: LineTally, issues: Issues) -> None:
        self.shapes: dict[bytes, Shape] = {}
        self._keys, self._tally = keys, tally
        self._exact = _Exact(issues)

    def known(self, payload: bytes, number: int, shape: Shape) -> Event:
        """The event in a line of a shape whose figures are read."""
        record = self._exact.whole(payload) if shape.has_fractions else orjson.loads(payload)
        said = record.get
        metadata = said("metadata")
        if type(metadata) is not dict:
            metadata = {}
        return Event(number, payload.rstrip(_BLANKS), record["key"], said("time_ms"), said("value"), metadata)

    def line(self, line: bytes, number: int, form: bytes | None) -> Event | None:
        """The event in a line that may hold anything; null where there is none whose key is wanted."""
        tally, at = self._tally, line.rfind(TOKEN)
        if at < 0:
            is_blank = not line or line.isspace()
            tally.other += not is_blank
            self._learn(form, Shape(is_blank=is_blank))
            return None
        tally.off_column_0 += at > 0
        payload = line[at + _BEHIND :]
        quick: Any = None
        with suppress(ValueError):
            quick = orjson.loads(payload) if payload.count(b"{") + payload.count(b"[") <= DEEPEST else None
        key = quick.get("key") if type(quick) is dict else None
        record, is_calm = quick, type(key) is str and _MAY_BE_NO_FIGURE.search(payload) is None
        if not is_calm or key in self._keys:
            record = self._exact.record(payload, number, quick, is_read=type(key) is not str or key in self._keys)
            if record is None:
                tally.bad_json += 1
                return None
            key = record.get("key")
        tally.events += 1
        metadata = record.get("metadata")
        if type(metadata) is not dict:
            metadata = {}
        is_error = metadata.get("is_error") is True
        tally.errors += is_error
        if type(key) is not str:
            return None
        if len(tally.keys) < MOST_KEYS:
            tally.keys.add(key)
        if is_calm and form is not None and may_have_shape(payload, key):
            start = len(line) - len(payload.lstrip(_BLANKS))
            self._learn(
                form,
                Shape(
                    is_event=True,
                    is_off_column_0=at > 0,
                    is_error=is_error,
                    start=start,
                    is_read=key in self._keys,
                    has_fractions=may_have_fractions(form, start),
                ),
            )
        if key not in self._keys:
            return None
        return Event(number, payload.strip(_BLANKS), key, record.get("time_ms"), record.get("value"), metadata)

    def _learn(self, form: bytes | None, shape: Shape) -> None:
        if form is not None and len(self.shapes) < MOST_SHAPES:
            self.shapes[form] = shape


class _Exact:
    """Reads records whose digits matter; orjson is quick, but turns numbers into floats."""

    def __init__(self, issues: Issues) -> None:
        self._issues = issues
        self._unreal: list[str] = []
        self._decoder = json.JSONDecoder(parse_float=self._figure, parse_constant=self._unreal.append)
        plain: Any = json.JSONDecoder(parse_float=Decimal)
        self._scan = plain.scan_once  # without the search for blanks around the record

    def whole(self, payload: bytes) -> dict[str, Any]:
        """A record that is known to be whole, with nothing in front of it, and to hold usable figures only."""
        record: dict[str, Any] = self._scan(payload.decode(), 0)[0]
        return record

    def record(self, payload: bytes, number: int, quick: object, *, is_read: bool) -> dict[str, Any] | None:
        """A record as printed, or null with its issue.

        Args:
            quick: what orjson made of it, null where it refused.
            is_read: whether its figures are; of others only those that may be none are looked at.
        """
        if payload.count(b"{") + payload.count(b"[") > DEEPEST:
            if first_too_deep(text_of(payload)) is not None:
                self._issues.add("too_deep", TOO_DEEP, where=Where(line=number))
                return None
            quick = None
        if quick is None:
            return self._slow(text_of(payload), number)
        if type(quick) is not dict:
            return _as_object(quick, number, self._issues)
        fractions = _fractions(quick.values())
        if fractions is _ODD or (fractions and (is_read or _LONG_FIGURE.search(payload))):
            return self._slow(payload.decode(), number)
        return quick

    def _slow(self, text: str, number: int) -> dict[str, Any] | None:
        self._unreal.clear()
        try:
            record = self._decoder.decode(text)
        except ValueError:
            return _as_object(None, number, self._issues)
        if self._unreal:
            self._issues.add(
                "not_finite",
                Text(
                    zh=f"第 {number} 行的数值为 {self._unreal[0]}，按缺失处理。",
                    en=f"Line {number} holds {self._unreal[0]}; it is read as missing.",
                ),
                where=Where(line=number),
            )
        return _as_object(record, number, self._issues)

    def _figure(self, digits: str) -> Decimal | None:
        if (value := bounded_decimal(digits)) is None:
            self._unreal.append(digits[:LONGEST_NUMBER])
        return value


def _fractions(values: Iterable[object], *, depth: int = 4) -> str:
    """Whether figures anywhere in a record lose their digits as floats; real records are two levels deep.

    Empty where there are none, `_ODD` where one may be no usable figure at all.
    """
    found = ""
    for value in values:
        kind = type(value)
        if kind is float:
            if not _SMALLEST < abs(value) < _LARGEST:  # type: ignore[arg-type]  # its kind is known
                return _ODD
            found = "some"
        elif kind is dict or kind is list:
            if not depth:
                return _ODD
            inner: Any = value.values() if kind is dict else value  # type: ignore[attr-defined]  # its kind is known
            below = _fractions(inner, depth=depth - 1)
            if below is _ODD:
                return _ODD
            found = found or below
    return found


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
            zh="可能文件在此处被截断，或有多个进程同时写入同一行；请上传完整的日志，并只让一个进程写 MLLOG。",
            en=(
                "The file may be cut here, or two processes wrote into one line; "
                "upload the whole log, and let one process write MLLOG."
            ),
        ),
    )
    return None
