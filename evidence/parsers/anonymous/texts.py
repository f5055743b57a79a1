"""Tables and documents rewritten cell by cell; whatever is no name stays to the letter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.anonymous.pseudonyms import Pseudonyms, TooManyHosts
from evidence.parsers.anonymous.rules import DocumentRule, TableRule, folded
from evidence.parsers.documents.strict_json import ORIGINAL_FILE, text_of_json, unrepeated
from evidence.parsers.personal_data import personal_data
from evidence.parsers.tables.text_layouts import DELIMITERS
from evidence.parsers.text.source import Source

LARGEST_DOCUMENT = 1024 * 1024 * 1024
HEADER_WITHIN = 10
# Figures, durations, instants, quantities and shares, as programs write them.
_FIGURE = re2.compile(
    r"[-+]?[0-9][0-9.,:/%+-]*(?:[eE][+-]?[0-9]{1,3})?(?:[KMGTPE]i?[Bncb]?|[mµnu]?s|[TZ][0-9:.+-]*Z?| [0-9:.+-]+Z?)?"
    r"|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(?: ?[0-9:.]+)?|(?i:true|false|yes|no|是|否)"
)
_UNQUOTED = ("|", "\x1f", ";", "\t", ",")
_CANCELLED = re2.compile(r"(?i)(cancelled) by \S+")


class _Number(str):
    """A number as it is written."""


def table_without_names(source: Source, rule: TableRule, names: Pseudonyms) -> Iterator[str]:
    """The header and every record; title lines above the header are left out.

    Raises:
        ParseError: `cannot_anonymise` at a record whose cells cannot be told apart.
    """
    lines = ((number, line) for number, line in source.lines())
    delimiter, header, above = _header(lines, rule)
    columns = [folded(name) for name in header]
    yield _joined(header, delimiter, rule)
    for number, cells in _records(lines, delimiter, rule, above):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise _cannot(number)
        yield _joined(
            [_cell(cell, name, rule, names, number) for cell, name in zip(cells, columns, strict=True)], delimiter, rule
        )


def document_without_names(source: Source, rule: DocumentRule, names: Pseudonyms) -> str:
    """The same document, indented by one blank.

    Raises:
        ParseError: `bad_json`, `too_large`, `cannot_anonymise`.
    """
    try:
        content = json.loads(
            text_of_json(source, largest=LARGEST_DOCUMENT),
            parse_int=_Number,
            parse_float=_Number,
            object_pairs_hook=unrepeated,
        )
        changed = _value(content, "", rule, names)
    except (ValueError, RecursionError) as error:
        raise ParseError(
            "bad_json", Text(zh="不是可用的 JSON。", en="It is not usable JSON."), hint=ORIGINAL_FILE
        ) from error
    out = io.StringIO()
    _write(changed, out, 0)
    return out.getvalue() + "\n"


def _header(lines: Iterator[tuple[int, str]], rule: TableRule) -> tuple[str, list[str], int]:
    known = rule.keep | rule.hosts | rule.names
    for (number, line), _ in zip(lines, range(HEADER_WITHIN), strict=False):
        for delimiter in DELIMITERS if rule.quoted else _UNQUOTED:
            header = next(csv.reader([line], delimiter=delimiter)) if rule.quoted else line.split(delimiter)
            if len(header) > 2 and any(folded(name) in known for name in header):
                return delimiter, header, number
    raise ParseError(
        "missing_header",
        Text(zh="没有找到表头，无法判断哪些列是人名或主机。", en="No header tells which columns are names or hosts."),
        hint=Text(zh="请连同表头一起导出。", en="Export it with its header."),
    )


def _records(
    lines: Iterator[tuple[int, str]], delimiter: str, rule: TableRule, after: int
) -> Iterator[tuple[int, list[str]]]:
    if not rule.quoted:
        for number, line in lines:
            yield number, line.split(delimiter)
        return
    reader = csv.reader((line + "\n" for _, line in lines), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield after + reader.line_num, cells
    except csv.Error as error:
        raise _cannot(after + reader.line_num) from error


def _cell(cell: str, column: str, rule: TableRule, names: Pseudonyms, number: int) -> str:
    if column in rule.hosts:
        try:
            return names.of_hosts(cell)
        except TooManyHosts as error:
            raise _cannot(number) from error
    if column in rule.names:
        return names.of(cell)
    if column in rule.keep:
        return str(_CANCELLED.sub(r"\1", cell))
    return cell if _is_figure(cell) else names.of(cell)


def _value(value: Any, key: str, rule: DocumentRule, names: Pseudonyms) -> Any:
    match value:
        case dict():
            # What is allocated is named `gpu` or `mem` under a key that people's jobs are named under too.
            is_resource = "type" in value and "count" in value
            return {
                name: one
                if name in rule.keep_under or (is_resource and name == "name")
                else _value(one, name, rule, names)
                for name, one in value.items()
            }
        case list():
            return [_value(one, key, rule, names) for one in value]
        case _Number():
            return names.of(value) if key in rule.names else value
        case str():
            return _text(value, key, rule, names)
    return value


def _text(value: str, key: str, rule: DocumentRule, names: Pseudonyms) -> str:
    if key in rule.hosts:
        try:
            return names.of_hosts(value)
        except TooManyHosts as error:
            raise _cannot(None) from error
    if key in rule.names:
        return names.of(value)
    return value if key in rule.keep or _is_figure(value) else names.of(value)


def _is_figure(text: str) -> bool:
    return (not text.strip() or _FIGURE.fullmatch(text.strip()) is not None) and not personal_data(f'"{text}"')


def _joined(cells: list[str], delimiter: str, rule: TableRule) -> str:
    if not rule.quoted:
        return delimiter.join(cells) + "\n"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _write(value: Any, out: io.StringIO, depth: int) -> None:
    """JSON with numbers as they were written."""
    match value:
        case _Number():
            out.write(value)
        case dict() | list() if value:
            opening, closing = "{}" if isinstance(value, dict) else "[]"
            out.write(opening)
            items = value.items() if isinstance(value, dict) else ((None, one) for one in value)
            for at, (name, one) in enumerate(items):
                out.write((",\n" if at else "\n") + " " * (depth + 1))
                if name is not None:
                    out.write(json.dumps(name, ensure_ascii=False) + ": ")
                _write(one, out, depth + 1)
            out.write("\n" + " " * depth + closing)
        case _:
            out.write(json.dumps(value, ensure_ascii=False))


def _cannot(number: int | None) -> ParseError:
    return ParseError(
        "cannot_anonymise",
        Text(
            zh="此处的内容无法可靠拆分，不能保证人名已被替换。",
            en="What stands here cannot be told apart safely, so a name might be left.",
        ),
        where=Where(line=number) if number else None,
        hint=Text(zh="请不导出自由文本列，或改用 JSON 格式导出。", en="Export without free-text columns, or as JSON."),
    )
