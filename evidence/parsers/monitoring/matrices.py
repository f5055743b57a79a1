"""Range queries of Prometheus and VictoriaMetrics as columns: `query_range` answers, one or many in one file.

The samples of a series are never Python objects: their text is cut out, checked by one pattern and read by Arrow;
only what is left – labels and brackets – goes through the JSON reader. Slices of one query, exported one after
another because an answer holds 11 000 points at most, are stitched by their labels; what overlaps counts once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.errors import ParseError
from core.json_depth import first_too_deep
from core.quantity import bounded_decimal
from core.text import Text
from evidence.observations.schema import FIGURE
from evidence.parsers.columns.figures import figure
from evidence.parsers.columns.quick_columns import counts, figures
from evidence.parsers.documents.json_arrays import LARGEST_JSON, unexpected_shape
from evidence.parsers.documents.json_text import bad_json, line_at, skip_blanks
from evidence.parsers.documents.strict_json import STRICT, text_of_json, too_deep
from evidence.parsers.tables.csv_tables import read_block
from evidence.parsers.text.source import CHUNK, Source

Integers = npt.NDArray[np.int64]

MOST_SERIES = 200_000
LATEST_S = 7_226_582_400  # 2199
_VALUES = re2.compile(rb'"values"\s*:\s*\[\s*(\[|\])')
_END = re2.compile(rb"\]\s*\]")
_PAIR = rb'\s*[0-9.]+\s*,\s*(?:" *[0-9A-Za-z.+-]+ *"|[0-9.eE+-]+)\s*'
_PAIRS = re2.compile(_PAIR + rb"(?:\]\s*,\s*\[" + _PAIR + rb")*")
_QUOTED = re2.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"')
_PRINTED = re2.compile(rb'" *[0-9A-Za-z.+-]+ *"')
_NO_NUMBER = b'"none"'
_SECONDS = r"^[0-9]{1,10}(\.[0-9]{1,9})?$"
_PLAIN = r"^[+-]?[0-9]{1,18}(\.[0-9]{1,18})?$"
_FINE = pa.decimal128(38, 18)


@dataclass(frozen=True, slots=True)
class OddSample:
    """A sample whose value is no number: the line it stands in, and its text as the file has it."""

    line: int
    text: str


@dataclass(frozen=True)
class Matrix:
    """Series and their samples, ordered by series and time.

    Args:
        labels, lines: of each series, and the line its samples start at.
        series: N indices into `labels`.
        at: N instants, ms since 1970 UTC, ascending within a series and without repetition.
        values: N figures.
        read: samples in the file.
        repeated: of these, equal to another of the same series and instant.
        contradicting: of these, left out because two values stand for one instant.
        missing: of these, NaN, infinite, too large, or no number at all.
        odd: the samples whose value is a text that nobody prints for a number, such as `1_0` or `1,5`.
        warnings: what the answers themselves warn of, such as a result that was cut.
    """

    labels: list[dict[str, str]]
    lines: list[int]
    series: Integers
    at: Integers
    values: pa.Array
    read: int
    repeated: int
    contradicting: int
    missing: int
    odd: Sequence[OddSample] = ()
    warnings: Sequence[str] = ()

    def of_series(self, chosen: list[int]) -> npt.NDArray[np.bool_]:
        """Which samples belong to some series."""
        wanted = np.zeros(len(self.labels), dtype=bool)
        wanted[chosen] = True
        found: npt.NDArray[np.bool_] = wanted[self.series]
        return found


def read_matrix(source: Source) -> Matrix:
    """All series of a file of `query_range` answers, or of bare lists of series.

    Raises:
        ParseError: `bad_json`, `too_deep`, `repeated_key`, `too_large`, `unknown_encoding`, `unexpected_shape`
            (another result type, no series, too many of them), `query_failed`, `bad_instant`.
    """
    try:
        content = text_of_json(source, largest=LARGEST_JSON).encode()
    except ValueError as error:
        raise bad_json(1) from error
    skeleton, cuts = _without_samples(content)
    places: dict[tuple[tuple[str, str], ...], int] = {}
    labels: list[dict[str, str]] = []
    lines: list[int] = []
    texts: list[bytes] = []
    owners: list[int] = []
    odd: list[OddSample] = []
    warnings: list[str] = []
    for entry in _entries(skeleton, warnings):
        own, cut = _series(entry, cuts)
        place = places.setdefault(tuple(sorted(own.items())), len(labels))
        if place == len(labels):
            if place >= MOST_SERIES:
                raise unexpected_shape(Text(zh=f"序列多于 {MOST_SERIES} 条", en=f"more than {MOST_SERIES} series"))
            labels.append(own)
            lines.append(cut.line)
        if cut.stop > cut.start:
            texts.append(_pairs(content, cut, odd))
            owners.append(place)
    del content, skeleton
    if not labels:
        raise unexpected_shape(Text(zh="没有任何序列", en="there is no series"))
    return replace(_stitched(labels, lines, texts, owners), odd=odd, warnings=list(dict.fromkeys(warnings)))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the samples of a series stand, from behind the first bracket of a pair to before the last."""

    start: int
    stop: int
    line: int


def _without_samples(content: bytes) -> tuple[str, list[_Cut]]:
    """The document with the number of the cut in place of each list of samples."""
    pieces: list[bytes] = []
    cuts: list[_Cut] = []
    position, line = 0, 1
    while match := _VALUES.search(content, position):
        line += content.count(b"\n", position, match.start())
        stop = end = match.end()
        if match.group(1) == b"[":
            closing = _END.search(content, match.end())
            if closing is None:
                raise bad_json(line)
            stop, end = closing.start(), closing.end()
        pieces += [content[position : match.start()], b'"values":%d' % len(cuts)]
        cuts.append(_Cut(match.end(), stop, line))
        line += content.count(b"\n", match.start(), end)
        position = end
    pieces.append(content[position:])
    return b"".join(pieces).decode(), cuts


def _entries(skeleton: str, warnings: list[str]) -> Iterator[Any]:
    """The series of all documents of a file, one after another, and what these warn of."""
    if (deep := first_too_deep(skeleton)) is not None:
        raise too_deep(skeleton, deep)
    position = skip_blanks(skeleton, 0)
    while position < len(skeleton):
        try:
            document, end = STRICT.raw_decode(skeleton, position)
        except (json.JSONDecodeError, ValueError, RecursionError) as error:
            raise bad_json(line_at(skeleton, position)) from error
        warnings += _warnings(document)
        yield from _results(document)
        position = skip_blanks(skeleton, end)


def _results(document: Any) -> list[Any]:
    if isinstance(document, Mapping):
        if document.get("status") == "error":
            raise ParseError(
                "query_failed",
                Text(zh="该文件是查询失败的回答。", en="The file is the answer to a query that failed."),
                hint=Text(zh="请缩短时间段后重新导出。", en="Export again, in shorter ranges."),
            )
        data = document.get("data")
        document = data.get("result") if isinstance(data, Mapping) and data.get("resultType") == "matrix" else None
    if not isinstance(document, list):
        raise unexpected_shape(Text(zh="应为 query_range 的 matrix 结果", en="a matrix of query_range is expected"))
    return document


def _warnings(document: Any) -> list[str]:
    """What an answer says against itself: `warnings` of Prometheus, `isPartial` of VictoriaMetrics."""
    if not isinstance(document, Mapping):
        return []
    told = document.get("warnings")
    partial = ["isPartial"] if document.get("isPartial") is True else []
    return [warning for warning in told if isinstance(warning, str)] + partial if isinstance(told, list) else partial


def _series(entry: Any, cuts: list[_Cut]) -> tuple[dict[str, str], _Cut]:
    own = entry.get("metric") if isinstance(entry, Mapping) else None
    number = entry.get("values") if isinstance(entry, Mapping) else None
    named = isinstance(own, Mapping) and all(isinstance(value, str) for value in own.values())
    if not named or not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(cuts):
        raise unexpected_shape(
            Text(zh="每条序列应有 metric 与 values", en="every series is expected to have metric and values")
        )
    return dict(own or {}), cuts[number]


def _pairs(content: bytes, cut: _Cut, odd: list[OddSample]) -> bytes:
    """The samples of one series as lines `instant,value`; values that are no number are told in `odd`."""
    text = content[cut.start : cut.stop]
    if not _PAIRS.fullmatch(text):
        text = _without_odd(text, cut.line, odd)
        if not _PAIRS.fullmatch(text):
            raise bad_json(cut.line)
    return text.translate(None, b' \t\r\n"').replace(b"],[", b"\n")


def _without_odd(text: bytes, line: int, odd: list[OddSample]) -> bytes:
    """Samples with a word that no figure is in place of each value that is no number, nor printed like one."""
    pieces, end = [], 0
    for found in _QUOTED.finditer(text):
        if _PRINTED.fullmatch(found.group()):
            continue
        odd.append(OddSample(line + text.count(b"\n", 0, found.start()), found.group()[1:-1].decode()))
        pieces += [text[end : found.start()], _NO_NUMBER]
        end = found.end()
    return b"".join([*pieces, text[end:]])


def _stitched(labels: list[dict[str, str]], lines: list[int], texts: list[bytes], owners: list[int]) -> Matrix:
    if not texts:
        return Matrix(labels, lines, _none(), _none(), pa.array([], FIGURE), 0, 0, 0, 0)
    series = np.repeat(np.array(owners, dtype=np.int64), [text.count(b"\n") + 1 for text in texts])
    at, values = _samples(texts)
    present = values.is_valid().to_numpy(zero_copy_only=False)
    read, missing = len(series), int((~present).sum())
    if missing:
        series, at, values = series[present], at[present], values.filter(pa.array(present))
    if bool(((series[1:] < series[:-1]) | ((series[1:] == series[:-1]) & (at[1:] < at[:-1]))).any()):
        order = np.lexsort((at, series))
        series, at, values = series[order], at[order], values.take(pa.array(order))
    if not len(series):
        return Matrix(labels, lines, series, at, values, read, 0, 0, missing)
    again = np.zeros(len(series), dtype=bool)
    again[1:] = (series[1:] == series[:-1]) & (at[1:] == at[:-1])
    other = np.zeros(len(series), dtype=bool)
    other[1:] = again[1:] & pc.not_equal(values.slice(1), values.slice(0, len(values) - 1)).to_numpy(
        zero_copy_only=False
    )
    if not again.any():
        return Matrix(labels, lines, series, at, values, read, 0, 0, missing)
    firsts = np.flatnonzero(~again)
    torn = np.repeat(np.logical_or.reduceat(other, firsts), np.diff(np.append(firsts, len(series))))
    kept = ~again & ~torn
    return Matrix(
        labels,
        lines,
        series[kept],
        at[kept],
        values.filter(pa.array(kept)),
        read,
        int((again & ~torn).sum()),
        int(torn.sum()),
        missing,
    )


def _samples(texts: list[bytes]) -> tuple[Integers, pa.Array]:
    """Instants and figures of all samples; the texts are given up on the way, some series at a time."""
    instants: list[Integers] = []
    values: list[pa.Array] = []
    texts.reverse()
    while texts:
        some, size = [texts.pop()], 0
        while texts and size < CHUNK:
            some.append(texts.pop())
            size += len(some[-1])
        block = read_block(1, b"\n".join(some), delimiter=",", width=2)
        instants.append(_instants(block.columns[0]))
        values.append(_figures(block.columns[1]))
    return np.concatenate(instants), pa.concat_arrays(values)


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


def _instants(texts: pa.Array) -> Integers:
    """Seconds since 1970 as whole milliseconds, finer digits cut off."""
    whole = counts(texts)
    if whole is not None and pc.max(whole).as_py() <= LATEST_S:
        seconds: Integers = whole.to_numpy()
        return seconds * 1000
    ordinary = pc.all(pc.match_substring_regex(texts, _SECONDS), min_count=0).as_py()
    if ordinary:
        exact = texts.cast(FIGURE)
        if pc.max(exact).as_py() <= Decimal(LATEST_S):
            # Below 2199 the nanoseconds fit the low half of a decimal.
            halves = np.frombuffer(exact.buffers()[1], dtype="<i8").reshape(-1, 2)
            return halves[exact.offset : exact.offset + len(exact), 0] // 1_000_000
    raise ParseError(
        "bad_instant",
        Text(
            zh="采样时间应为 1970 年以来的秒数。", en="The instants of the samples are expected as seconds since 1970."
        ),
        hint=Text(zh="请直接保存 query_range 的回答。", en="Save the answer of query_range as it is."),
    )


def _figures(texts: pa.Array) -> pa.Array:
    """Values as figures of nine decimals, half-up; null for NaN, infinities and what is too large."""
    if (read := figures(texts)) is not None:
        return read
    plain = pc.match_substring_regex(texts, _PLAIN)
    usual = pc.if_else(plain, texts, pa.scalar(None, pa.string())).cast(_FINE)
    usual = pc.round(usual, ndigits=9, round_mode="half_towards_infinity").cast(FIGURE)
    if pc.all(plain, min_count=0).as_py():
        return usual
    rest = pc.if_else(plain, pa.scalar(None, pa.string()), texts).dictionary_encode()
    known = [figure(bounded_decimal(text)) for text in rest.dictionary.to_pylist()]
    return pc.if_else(plain, usual, pa.array(known, FIGURE).take(rest.indices))
