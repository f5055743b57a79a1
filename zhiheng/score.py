"""`zhiheng score RUBRIC_DIR FACTS`: what each facility's figures are worth, node by node."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from assessment.scoring.ranking import Ranked
from assessment.scoring.recompute.bundle import bundle_name, bundle_of, packed
from assessment.scoring.result import Node, Verdict
from core.canonical import jsonable
from core.quantity import shortest
from core.text import Language
from zhiheng.explanation import explained, explanation_lines
from zhiheng.facts_file import Scored, add_facts_arguments, result_json, score_all
from zhiheng.output import not_writable, print_json, printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_facts_arguments(parser)
    parser.add_argument(
        "--explain", action="store_true", help="说明失分、改进和每个分值 · explain points lost, advice and every figure"
    )
    parser.add_argument("--trace", action="store_true", help="输出整棵结果树 · print the whole explained tree")
    parser.add_argument(
        "--bundle",
        metavar="DIR",
        help="为每个机构写入一个可离线重算的结果包 · write a result bundle per facility, see zhiheng recompute",
    )


def run(arguments: argparse.Namespace) -> int:
    """Facilities in the order of their names; exit code 1 when one is blocked."""
    scored = score_all(arguments)
    by_name = sorted(scored.ranked, key=lambda one: one.result.facility)
    if arguments.bundle:
        _write_bundles(scored, Path(arguments.bundle))
    if arguments.json:
        print_json([_json(scored, one, arguments) for one in by_name])
    else:
        for one in by_name:
            for line in _lines(one, arguments.language, whole=arguments.trace):
                print(printable(line))
            if arguments.explain:
                for line in explanation_lines(explained(scored, one.result), arguments.language):
                    print(printable(f"  {line}"))
    return 1 if any(one.result.verdict is Verdict.BLOCKED for one in by_name) else 0


def _write_bundles(scored: Scored, folder: Path) -> None:
    """One file per facility, named after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in scored.ranked:
            facility = scored.facilities[one.result.facility]
            bundle = bundle_of(
                one.result,
                edition=scored.edition,
                profile=facility.profile,
                measurements=facility.measurements,
                samples=scored.samples,
            )
            (folder / bundle_name(facility.name)).write_bytes(packed(bundle.as_json()))
    except OSError as error:
        raise not_writable(str(folder)) from error


def _json(scored: Scored, one: Ranked, arguments: argparse.Namespace) -> dict[str, object]:
    trace = {"trace": jsonable(one.result)} if arguments.trace else {}
    explanation = {"explanation": explained(scored, one.result).as_json()} if arguments.explain else {}
    return result_json(one) | explanation | trace


def _lines(one: Ranked, language: Language, *, whole: bool) -> Iterator[str]:
    result = one.result
    figure = str(result.score) if result.score is not None else "–"
    yield f"{result.facility}  {figure}  {result.grade or '–'}  {result.verdict.value}"
    for consequence in result.consequences:
        grade = f" {consequence.grade}" if consequence.grade else ""
        yield f"  ! {consequence.effect}{grade}  {consequence.code}  {consequence.reason.message.said_in(language)}"
    for child in result.root.children:
        yield from _node_lines(child, language, depth=1, whole=whole)


def _node_lines(node: Node, language: Language, *, depth: int, whole: bool) -> Iterator[str]:
    figure = str(node.published) if node.published is not None else "–"
    words = [node.code, node.title.said_in(language), figure, node.outcome.label.said_in(language)]
    if node.inputs is not None and node.inputs.value is not None:
        words.append(f"{shortest(node.inputs.value)} {node.inputs.unit}".strip())
    yield "  " * depth + "  ".join(words)
    if whole:
        for child in node.children:
            yield from _node_lines(child, language, depth=depth + 1, whole=whole)
