"""From a line, a cell or a row of a table to the observations of an evidence file and the text they were read from."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assessment.scoring.trace import PlaceTrace, observations_at, texts_of
from core.canonical import jsonable
from core.errors import InputError
from core.provenance import Support, Where
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.base import CONTRACT, ParseResult, identity
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source
from zhiheng.output import print_json, printable
from zhiheng.trace_acts.lines import place_lines


def trace_observations(path: Path, arguments: argparse.Namespace) -> int:
    """Exit code 1 when the file has no such line or cell."""
    source = Source.of_path(path, encoding=arguments.encoding, timezone=arguments.timezone)
    parser = identify(source, declared=arguments.format)
    result = read_by(parser, source)
    places = list(_places(source, result, arguments))
    issues = [
        issue
        for issue in result.issues
        if any(issue.where.cell == place.cell if place.cell else issue.where.line == place.line for _, place in places)
    ]
    if arguments.json:
        print_json(
            {
                "contract": CONTRACT,
                "file": path.name,
                "sha256": source.sha256,
                "parser": identity(parser),
                "places": [{"kind": kind} | place.as_json() for kind, place in places],
                "issues": [issue.as_json() for issue in issues],
            }
        )
    else:
        print(printable(f"{path.name}  {source.sha256}  {identity(parser)}"))
        for kind, place in places:
            title = KIND_BY_NAME[kind].title.said_in(arguments.language) if kind else "–"
            for line in (title, *place_lines(place, arguments.language)):
                print(printable(f"  {line}"))
        for issue in issues:
            print(printable(f"  ! {issue.code}: {issue.message.said_in(arguments.language)}"))
    return 0 if all(place.text is not None for _, place in places) else 1


def _places(source: Source, result: ParseResult, arguments: argparse.Namespace) -> Iterator[tuple[str, PlaceTrace]]:
    """The place asked for, once per table that has rows from it, or once without rows."""
    if arguments.table:
        row = _row(result, arguments)
        yield arguments.table, _place(source, result, row["line"], row["cell"] or "", [_filled(row)])
        return
    line, cell = arguments.line or 0, arguments.cell or ""
    found = False
    for kind, table in result.tables.items():
        if rows := _rows(table, line=line, cell=cell):
            found = True
            yield kind, _place(source, result, rows[0]["line"], cell, rows)
    if not found:
        yield "", _place(source, result, line, cell, [])


def _place(source: Source, result: ParseResult, line: int, cell: str, rows: list[dict[str, Any]]) -> PlaceTrace:
    support = Support(source.sha256, "", len(rows), (line,), (cell,) if cell else ())
    text, is_cut = texts_of(source, support, encoding=result.encoding).get(cell or line, (None, False))
    return PlaceTrace(line, cell, text, is_cut, tuple(rows))


def _rows(table: pa.Table, *, line: int, cell: str) -> list[dict[str, Any]]:
    if not cell:
        return observations_at(table, line=line)
    own = table.filter(pc.fill_null(pc.equal(table.column("cell"), cell), False))
    return observations_at(own, line=own.column("line")[0].as_py(), cell=cell) if own.num_rows else []


def _row(result: ParseResult, arguments: argparse.Namespace) -> dict[str, Any]:
    table = result.tables.get(arguments.table)
    if table is None or not 0 < (arguments.row or 0) <= table.num_rows:
        held = ", ".join(f"{name} (1–{one.num_rows})" for name, one in result.tables.items()) or "–"
        raise InputError(
            "unknown_row",
            Text(zh="文件没有这一行观测。", en="The file yields no such row."),
            where=Where(field="--table/--row"),
            hint=Text(zh=f"可用：{held}", en=f"It has: {held}"),
        )
    found: dict[str, Any] = table.slice(arguments.row - 1, 1).to_pylist()[0]
    return found


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: jsonable(value) for name, value in row.items() if value is not None}
