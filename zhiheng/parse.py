"""`zhiheng parse FILE`: what one evidence file amounts to – facts, tables, coverage, issues."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from core.canonical import jsonable
from core.errors import InputError
from core.text import Language, Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.stored import whole
from evidence.parsers.base import Parser, ParseResult, identity
from evidence.parsers.maps.checking import LARGEST_MAP, read_map_text
from evidence.parsers.maps.document import MapError
from evidence.parsers.personal_data import personal_issues
from evidence.parsers.reading import read_by
from evidence.parsers.registry import PARSERS, identify
from evidence.parsers.text.source import Source
from zhiheng.output import no_such_file, not_writable, print_error, print_json, printable

_WORDS = {
    "format": Text(zh="格式", en="Format"),
    "file": Text(zh="文件", en="File"),
    "run": Text(zh="第 {number} 次运行", en="Run {number}"),
    "tables": Text(zh="观测表", en="Tables"),
    "rows": Text(zh="{rows} 行", en="{rows} rows"),
    "coverage": Text(
        zh="读取 {read} 行，采用 {used} 行，有问题 {issue} 行", en="{read} lines read, {used} used, {issue} with issues"
    ),
    "issues": Text(zh="问题", en="Issues"),
    "more": Text(zh="{code}：共 {count} 处", en="{code}: {count} places in all"),
}

SHOWN_OF_EACH = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    formats = sorted(known.format for known in PARSERS)
    parser.add_argument("file", metavar="FILE", help="证据文件 · the evidence file")
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")
    parser.add_argument("--format", choices=formats, help="指定格式 · name the format instead of recognising it")
    parser.add_argument(
        "--map",
        metavar="MAP.yaml",
        help="按列映射读取自己的表 · read a table of your own by a column map (see: zhiheng map)",
    )
    parser.add_argument(
        "--timezone", metavar="ZONE", help="无时区时间所用的时区 · zone of times that carry none, such as Asia/Shanghai"
    )
    parser.add_argument("--encoding", metavar="NAME", help="文字编码 · text encoding, such as gb18030")
    parser.add_argument("--table", metavar="NAME", help="输出一个观测表的行 · write the rows of one table")
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="写入 .csv 或 .parquet（默认标准输出 CSV） · .csv or .parquet to write to (default: CSV on stdout)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the file has an error-severity issue, which would reject it as evidence."""
    if arguments.out and not arguments.table:
        raise InputError(
            "table_not_named",
            Text(zh="--out 需要同时给出 --table。", en="--out needs --table."),
            hint=Text(
                zh="不带这两项运行一次，会列出该文件中的表。", en="Run without both: it lists the tables in the file."
            ),
        )
    try:
        source = Source.of_path(arguments.file, encoding=arguments.encoding, timezone=arguments.timezone)
    except OSError as error:
        raise no_such_file(arguments.file) from error
    parser = identify(source, declared=arguments.format, column_map=read_map_file(arguments.map))
    result = read_by(parser, source)
    personal, counted = personal_issues(source)
    result = replace(result, issues=(*result.issues, *personal), issue_counts={**result.issue_counts, **counted})
    if arguments.table:
        _write(_table(result, arguments.table), arguments.out)
    elif arguments.json:
        print_json(result.as_json(parser, source))
    else:
        _show(result, parser, source, arguments.language)
    return 1 if result.has_errors else 0


def read_map_file(name: str | None) -> dict[str, Any] | None:
    """A column map of a YAML file, checked; None where none is named.

    Raises:
        InputError: `file_not_found`, or what is wrong with the map.
        ParseError: the file is no strict YAML.
    """
    if name is None:
        return None
    try:
        with Path(name).open("rb") as stream:
            content = stream.read(LARGEST_MAP + 1)
    except OSError as error:
        raise no_such_file(name) from error
    try:
        return read_map_text(content).as_json()
    except MapError as error:
        for fault in error.faults[:-1]:
            print_error(fault, as_json=False)
        raise error.faults[-1] from error


def _table(result: ParseResult, name: str) -> pa.Table:
    if name in result.tables:
        return whole(result.tables[name])
    known = ", ".join(result.tables) or "–"
    raise InputError(
        "unknown_table",
        Text(zh=f"该文件没有名为“{name}”的观测表。", en=f"The file yields no table called “{name}”."),
        hint=Text(zh=f"可用的表：{known}", en=f"Its tables: {known}"),
    )


def _write(table: pa.Table, out: str | None) -> None:
    suffix = Path(out).suffix.lower() if out else ".csv"
    if suffix not in (".csv", ".parquet"):
        raise InputError(
            "unsupported_format",
            Text(zh=f"不支持写入“{suffix}”文件。", en=f"Cannot write a “{suffix}” file."),
            hint=Text(zh="请使用 .csv 或 .parquet。", en="Use .csv or .parquet."),
        )
    try:
        if suffix == ".parquet":
            pa.parquet.write_table(table, out)
        elif out:
            pa.csv.write_csv(table, out)
        else:
            sys.stdout.flush()
            pa.csv.write_csv(table, sys.stdout.buffer)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_writable(out or "stdout") from error


def _show(result: ParseResult, parser: Parser, source: Source, language: Language) -> None:
    def say(word: str, **filled: object) -> str:
        return _WORDS[word].filled(**filled).said_in(language)

    print(f"{say('format')}: {parser.title.said_in(language)} ({identity(parser)})")
    print(printable(f"{say('file')}: {source.name} · {source.size} B · {source.sha256}"))
    for number, facts in enumerate(result.runs or (result.facts,), start=1):
        print("\n" + (say("run", number=number) if result.runs else ""))
        for name, value in facts.items():
            print(printable(f"  {name:<32} {_shown(value)}"))
    print(f"\n{say('tables')}:")
    for name, table in result.tables.items():
        print(f"  {KIND_BY_NAME[name].title.said_in(language)} ({name}): {say('rows', rows=table.num_rows)}")
    coverage = result.coverage
    print(say("coverage", read=coverage.lines_read, used=coverage.lines_used, issue=coverage.lines_with_issue))
    if result.issues:
        print(f"\n{say('issues')}:")
    told: dict[str, int] = {}
    for issue in result.issues:
        told[issue.code] = told.get(issue.code, 0) + 1
        if told[issue.code] <= SHOWN_OF_EACH:
            place = f" ({issue.where})" if str(issue.where) else ""
            hint = f" {issue.hint.said_in(language)}" if issue.hint else ""
            print(printable(f"  {issue.severity.value} {issue.code}{place}: {issue.message.said_in(language)}{hint}"))
    for code, count in result.issue_counts.items():
        if count > told.get(code, 0) or count > SHOWN_OF_EACH:
            print("  " + say("more", code=code, count=count))


def _shown(value: Any) -> str:
    plain = jsonable(value)
    return "–" if plain is None else str(plain)
