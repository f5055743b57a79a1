"""`zhiheng map FILE`: a column map proposed for a table of one's own, to be completed and given to `parse --map`."""

from __future__ import annotations

import argparse

from core.errors import ParseError
from core.text import Text
from evidence.parsers.maps.as_text import yaml_of
from evidence.parsers.maps.document import mapped_kinds
from evidence.parsers.maps.opening import openings
from evidence.parsers.maps.proposal import propose
from evidence.parsers.text.source import Source
from zhiheng.output import no_such_file, print_json, print_note, printable

_REASON = Text(zh="{field} ← {column}：{why}", en="{field} ← {column}: {why}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="CSV 或 xlsx · a CSV or xlsx file")
    parser.add_argument("--kind", choices=mapped_kinds(), help="每行是什么 · what the rows are")
    parser.add_argument("--timezone", metavar="ZONE", help="无时区时间所用的时区 · zone of times that carry none")
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 while questions are open, which a person must answer in the map."""
    try:
        source = Source.of_path(arguments.file, timezone=arguments.timezone)
    except OSError as error:
        raise no_such_file(arguments.file) from error
    tables = openings(source)
    drafts = propose(tables[0], kind=arguments.kind, timezone=arguments.timezone) if tables else []
    if not drafts:
        raise ParseError(
            "no_table",
            Text(zh="没有找到可以映射的表。", en="No table was found that could be mapped."),
            hint=Text(
                zh="表头应在前 30 行之内；也可用 --kind 指定每行是什么。",
                en="The headings stand within the first 30 rows; --kind says what the rows are.",
            ),
        )
    draft = drafts[0]
    if arguments.json:
        print_json({"contract": 1, "proposals": [one.as_json() for one in drafts]})
        return 1 if draft.questions else 0
    for told in draft.told:
        why = told.why
        print_note(Text(*(s.format(field=told.field, column=told.column, why=w) for s, w in _sides(why))))
    for question in draft.questions:
        print_note(Text(zh=f"？{question.zh}", en=f"? {question.en}"))
    print(printable(yaml_of(draft.document)), end="")
    return 1 if draft.questions else 0


def _sides(why: Text) -> tuple[tuple[str, str], tuple[str, str]]:
    return (_REASON.zh, why.zh), (_REASON.en, why.en)
