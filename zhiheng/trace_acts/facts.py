"""From the score of a facts file to the row of that file each figure stands in."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessment.scoring.facts_rows import rows_of
from assessment.scoring.trace import NodeTrace, Tracer
from core.errors import InputError
from core.provenance import digest
from core.text import Text
from evidence.parsers.base import CONTRACT
from evidence.parsers.places import harmless
from zhiheng.facts_file import score_all
from zhiheng.output import print_json, printable
from zhiheng.trace_acts.lines import node_lines

_ROW = Text(zh="事实文件 {file} 第 {line} 行：{text}", en="facts file {file}, line {line}: {text}")


def trace_facts(path: Path, arguments: argparse.Namespace, *, tracer: Tracer) -> int:
    """Every node of one facility, or those named; with the row of the facts file behind each measured one."""
    arguments.facts = arguments.source
    scored = score_all(arguments)
    chosen = [one.result for one in scored.ranked if arguments.facility in (None, one.result.facility)]
    if len(chosen) != 1:
        names = sorted(scored.facilities)
        raise InputError(
            "facility_not_named",
            Text(zh="请用 --facility 指定一个机构。", en="Name one facility with --facility."),
            hint=Text(zh="文件中有：" + "、".join(names), en="In the file: " + ", ".join(names)),
        )
    (result,) = chosen
    rows = _rows(path, result.facility)
    codes = arguments.node or [node.code for node in result.root.walk()]
    traces = [tracer.node(result, code) for code in codes]
    content = path.read_bytes()
    if arguments.json:
        print_json(
            {
                "contract": CONTRACT,
                "facility": result.facility,
                "edition": f"{result.rubric}/{result.edition}",
                "facts": {"file": path.name, "sha256": digest(content)},
                "nodes": [trace.as_json() | {"facts_row": _told(rows, trace)} for trace in traces],
            }
        )
        return 0
    print(printable(f"{result.facility}  {result.rubric}/{result.edition}  {path.name}  {digest(content)}"))
    for trace in traces:
        for line in node_lines(trace, arguments.language):
            print(printable(line))
        if told := _told(rows, trace):
            print(printable(f"    {_ROW.filled(file=path.name, **told).said_in(arguments.language)}"))
    return 0


def _rows(path: Path, facility: str) -> dict[str, tuple[int, str]]:
    """Measure → line and text of its row; JSON is counted by rows."""
    content = path.read_bytes()
    lines = content.decode("utf-8-sig").splitlines()
    is_json = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
    found = {}
    for number, row in rows_of(content, path.name):
        if row.get("facility") == facility:
            text = ", ".join(f"{name}={value}" for name, value in row.items()) if is_json else lines[number - 1]
            found[row["measure"]] = (number, harmless(text))
    return found


def _told(rows: dict[str, tuple[int, str]], trace: NodeTrace) -> dict[str, object] | None:
    if trace.node.inputs is None or trace.node.inputs.measure not in rows:
        return None
    line, text = rows[trace.node.inputs.measure]
    return {"line": line, "text": text}
