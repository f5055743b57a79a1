"""One evidence file made anonymous: written by its format's rules, and proved to say the same figures as before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from core.errors import ParseError
from core.text import Text
from evidence.observations.schema import TEXT
from evidence.parsers.anonymous.pseudonyms import Pseudonyms
from evidence.parsers.anonymous.rules import DOCUMENTS, TABLES, TREATED
from evidence.parsers.anonymous.texts import document_without_names, table_without_names
from evidence.parsers.base import Parser, ParseResult
from evidence.parsers.registry import PARSER_BY_FORMAT, identify
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

_PLACES = ("line", "cell")


def anonymised(source: Source, names: Pseudonyms, *, declared: str | None = None) -> tuple[Parser, bytes]:
    """The file without names, UTF-8, and the parser it was read by.

    Raises:
        ParseError: `not_treatable` naming the formats that can be, `cannot_anonymise`, `figures_changed`, and what the
            parser raises of a file it cannot read.
    """
    parser = identify(source, declared=declared)
    if is_workbook(source):
        raise _not_treatable(parser)
    before = parser.parse(source)
    if parser.format in TABLES:
        text = "".join(table_without_names(source, TABLES[parser.format], names))
    elif parser.format in DOCUMENTS:
        text = document_without_names(source, DOCUMENTS[parser.format], names)
    else:
        raise _not_treatable(parser)
    content = text.encode()
    again = Source.of_bytes(content, source.name.removesuffix(".gz"), timezone=source.timezone)
    _prove(before, parser.parse(again))
    return parser, content


def _prove(before: ParseResult, after: ParseResult) -> None:
    """Same rows, same figures, and names replaced one by one."""
    same = before.tables.keys() == after.tables.keys() and all(
        _alike(before.tables[kind], after.tables[kind]) for kind in before.tables
    )
    if not same or before.coverage.lines_used != after.coverage.lines_used:
        raise ParseError(
            "figures_changed",
            Text(
                zh="替换后的文件读出的数值与原文件不同，未写出。",
                en="The file without names would say other figures than before; it was not written.",
            ),
            hint=Text(zh="请反馈该文件的格式和列名。", en="Report the format of the file and its column names."),
        )


def _alike(before: pa.Table, after: pa.Table) -> bool:
    if before.num_rows != after.num_rows:
        return False
    for field in before.schema:
        if field.name in _PLACES:
            continue
        old, new = before.column(field.name), after.column(field.name)
        if old.equals(new):
            continue
        if field.type != TEXT or not _one_to_one(old.to_pylist(), new.to_pylist()):
            return False
    return True


def _one_to_one(old: list[Any], new: list[Any]) -> bool:
    there: Mapping[Any, Any] = dict(zip(old, new, strict=True))
    back = dict(zip(new, old, strict=True))
    return all(there[one] == other and back[other] == one for one, other in zip(old, new, strict=True))


def _not_treatable(parser: Parser) -> ParseError:
    known = [PARSER_BY_FORMAT[name].title for name in TREATED]
    return ParseError(
        "not_treatable",
        Text(
            zh=f"“{parser.title.zh}”（此文件形式）尚不能匿名处理：不知道其中哪些内容是人名或主机。",
            en=f"“{parser.title.en}”, as it is here, cannot be made anonymous: what in it is a name is not known.",
        ),
        hint=Text(
            zh="可处理的文本：" + "、".join(title.zh for title in known) + "。",
            en="Text files that can be treated: " + "; ".join(title.en for title in known) + ".",
        ),
    )
