"""`zhiheng trace SOURCE`: from a figure to the line or cell it rests on, offline, and from a line to its observations.

What SOURCE is, its content tells: a result bundle, a result, measures, a facts file, or else an evidence file.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assessment.scoring.recompute.bundle import Bundle, read_bundle
from assessment.scoring.recompute.rebuild import measurements_of
from assessment.scoring.recompute.remeasure import files_by_digest
from assessment.scoring.result import Result
from assessment.scoring.trace import AtHand, Find, Tracer
from core.errors import InputError, UserFacingError
from core.text import Text
from evidence.parsers.base import CONTRACT
from evidence.parsers.documents.strict_json import STRICT, text_of_json
from evidence.parsers.text.source import Source
from indicators.measures.base import Measurement
from zhiheng.output import no_such_file, print_json, printable
from zhiheng.trace_acts.facts import trace_facts
from zhiheng.trace_acts.lines import measurement_lines, node_lines
from zhiheng.trace_acts.observations import trace_observations

LARGEST_JSON = 64 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="结果包、结果或指标值（JSON）、事实文件、证据文件 · bundle, result or measures (JSON), facts, evidence",
    )
    parser.add_argument("--evidence", metavar="DIR", help="证据文件夹 · folder of evidence, found by SHA-256")
    parser.add_argument("--node", action="append", metavar="CODE", help="节点，可多次 · a node, such as GR-1.1")
    parser.add_argument("--measure", action="append", metavar="NAME", help="指标值，可多次 · a measure by name")
    parser.add_argument("--facility", metavar="NAME", help="机构（多个时） · the facility, where there are several")
    parser.add_argument("--rubric", metavar="DIR", help="事实文件所用的细则 · rubric folder a facts file is scored by")
    parser.add_argument("--profiles", metavar="FILE", help="机构属性 · attributes by facility, for a facts file")
    parser.add_argument("--line", type=int, metavar="N", help="证据文件的一行 · a line of an evidence file")
    parser.add_argument("--cell", metavar="SHEET!A1", help="证据工作簿的一格 · a cell of an evidence workbook")
    parser.add_argument("--table", metavar="KIND", help="观测表（与 --row 合用） · an observation table, with --row")
    parser.add_argument("--row", type=int, metavar="N", help="观测表的第几行，从 1 起 · row of the table, from 1")
    parser.add_argument("--timezone", metavar="ZONE", help="无时区时间所用的时区 · zone of times that carry none")
    parser.add_argument("--encoding", metavar="NAME", help="文字编码 · text encoding, such as gb18030")
    parser.add_argument("--format", metavar="FORMAT", help="指定格式 · name the format of an evidence file")
    parser.add_argument("--json", action="store_true", help="输出 JSON（contract 1） · print JSON (contract 1)")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a file or line a figure rests on is not there to be shown."""
    path = Path(arguments.source)
    if not path.is_file():
        raise no_such_file(arguments.source)
    if arguments.line or arguments.cell or arguments.table:
        return trace_observations(path, arguments)
    if arguments.rubric:
        return trace_facts(path, arguments, tracer=Tracer(_finder(arguments)))
    content = _json(path)
    if isinstance(content, Mapping) and content.get("bundle") == "result":
        return _trace_bundle(read_bundle(path), arguments)
    if (result := _result_in(content, arguments.facility)) is not None:
        return _trace_result(result, arguments, find=_finder(arguments))
    if isinstance(content, Mapping) and isinstance(content.get("measures"), Mapping):
        names = {one["sha256"]: one for one in content.get("evidence", ())}
        measures = {name: Measurement.from_json(one) for name, one in content["measures"].items()}
        return _trace_measures(measures, arguments, find=_finder(arguments, told=names))
    raise InputError(
        "nothing_to_trace",
        Text(zh="无法从该文件追溯。", en="There is nothing to trace in this file."),
        hint=Text(
            zh="事实文件请加 --rubric；证据文件请加 --line、--cell 或 --table。",
            en="Add --rubric for a facts file; --line, --cell or --table for an evidence file.",
        ),
    )


def _trace_bundle(bundle: Bundle, arguments: argparse.Namespace) -> int:
    entries = {one["sha256"]: one for one in (*(bundle.origin or {}).get("evidence", ()),)}
    find = _finder(arguments, told=entries)
    if arguments.measure:
        return _trace_measures(measurements_of(bundle), arguments, find=find)
    return _trace_result(_as_result(bundle.result), arguments, find=find)


def _trace_result(result: Result, arguments: argparse.Namespace, *, find: Find) -> int:
    if arguments.measure:
        known = {node.inputs.measure: node.inputs for node in result.root.walk() if node.inputs is not None}
        return _trace_measures(known, arguments, find=find)
    tracer = Tracer(find)
    codes = arguments.node or [node.code for node in result.root.walk()]
    try:
        traces = [tracer.node(result, code) for code in codes]
    except KeyError as missing:
        raise InputError(
            "unknown_node",
            Text(zh=f"结果没有节点 {missing.args[0]}。", en=f"The result has no node {missing.args[0]}."),
            hint=Text(
                zh="可用的节点：" + "、".join(node.code for node in result.root.walk()),
                en="Its nodes: " + ", ".join(node.code for node in result.root.walk()),
            ),
        ) from None
    if arguments.json:
        print_json(
            {
                "contract": CONTRACT,
                "facility": result.facility,
                "edition": f"{result.rubric}/{result.edition}",
                "edition_digest": result.edition_digest,
                "inputs_digest": result.inputs_digest,
                "result_digest": result.digest,
                "nodes": [trace.as_json() for trace in traces],
            }
        )
    else:
        print(printable(f"{result.facility}  {result.rubric}/{result.edition}  {result.digest}"))
        for trace in traces:
            for line in node_lines(trace, arguments.language):
                print(printable(line))
    return 0 if all(trace.measured is None or trace.measured.is_whole for trace in traces) else 1


def _trace_measures(measures: Mapping[str, Measurement], arguments: argparse.Namespace, *, find: Find) -> int:
    tracer = Tracer(find)
    names = arguments.measure or list(measures)
    if unknown := [name for name in names if name not in measures]:
        raise InputError(
            "unknown_measure",
            Text(zh=f"没有指标值“{unknown[0]}”。", en=f"There is no measure “{unknown[0]}”."),
            hint=Text(zh="可用：" + "、".join(measures), en="Known: " + ", ".join(measures)),
        )
    traces = [tracer.measurement(measures[name]) for name in names]
    if arguments.json:
        print_json({"contract": CONTRACT, "measures": [trace.as_json() for trace in traces]})
    else:
        for trace in traces:
            for line in measurement_lines(trace, arguments.language):
                print(printable(line))
    return 0 if all(trace.is_whole for trace in traces) else 1


def _finder(arguments: argparse.Namespace, *, told: Mapping[str, Mapping[str, Any]] | None = None) -> Find:
    """Files of the folder by their SHA-256, with what was declared of them where that is told."""
    folder = arguments.evidence
    if folder is not None and not Path(folder).is_dir():
        raise no_such_file(folder)
    files = files_by_digest(Path(folder)) if folder is not None else {}
    entries = told or {}

    def find(digest: str) -> AtHand | None:
        path = files.get(digest)
        if path is None:
            return None
        entry = entries.get(digest, {})
        size = path.stat().st_size
        source = Source(
            str(entry.get("name") or path.name),
            lambda: path.open("rb"),
            size,
            digest,
            entry.get("encoding") or arguments.encoding,
            entry.get("timezone") or arguments.timezone,
        )
        return AtHand(source, str(entry.get("format") or ""))

    return find


def _json(path: Path) -> Any:
    try:
        return STRICT.decode(text_of_json(Source.of_path(path), largest=LARGEST_JSON))
    except (UserFacingError, ValueError, RecursionError):
        return None


def _result_in(content: Any, facility: str | None) -> Result | None:
    """A result as the API gives it, or one of those `zhiheng score --json --trace` prints."""
    if isinstance(content, Mapping) and "root" in content and "facility" in content:
        return _as_result(content)
    if not isinstance(content, list) or not all(isinstance(one, Mapping) and "trace" in one for one in content):
        return None
    chosen = [one for one in content if facility in (None, one.get("facility"))]
    if len(chosen) != 1:
        names = [str(one.get("facility")) for one in content]
        raise InputError(
            "facility_not_named",
            Text(zh="请用 --facility 指定一个机构。", en="Name one facility with --facility."),
            hint=Text(zh="文件中有：" + "、".join(names), en="In the file: " + ", ".join(names)),
        )
    return _as_result(chosen[0]["trace"])


def _as_result(content: Mapping[str, Any]) -> Result:
    try:
        return Result.from_json(content)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InputError(
            "bad_result",
            Text(zh="结果不符合 contract 1。", en="The result is not as contract 1 says."),
            hint=Text(zh=f"原因：{error}。", en=f"Because of: {error}."),
        ) from error
