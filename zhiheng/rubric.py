"""`zhiheng rubric check|show|digest|test DIR…`: is this folder a rubric, what does it say, and does it do so."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assessment.scoring.cases import run_cases, untested_thresholds
from core.errors import RubricError, UserFacingError
from core.quantity import shortest
from core.text import Language, Text
from indicators.rubric.digest import seal
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition, Group, Indicator, TreeNode, Weight
from zhiheng.output import print_json, printable

_WORDS = {
    "ok": Text(zh="没有错误", en="no faults"),
    "faults": Text(zh="{count} 处错误", en="{count} faults"),
    "draft": Text(zh="草稿", en="draft"),
    "final": Text(zh="已定稿", en="final"),
    "cases": Text(zh="{count} 个用例，{misses} 处不符", en="{count} cases, {misses} misses"),
    "untested": Text(zh="没有用例的界线：{what}", en="no case stands on: {what}"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act",
        choices=tuple(_ACTS),
        help="check 查错 · find faults, show 显示 · show, digest 摘要 · digest, test 运行用例 · run the cases",
    )
    parser.add_argument("folders", metavar="DIR", nargs="+", help="含 rubric.yaml 的文件夹 · folders with rubric.yaml")
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")
    parser.add_argument(
        "--seal",
        action="store_true",
        help="与 digest 合用：写入 EDITION 定稿 · with digest: write EDITION, final for ever",
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 for a rubric with faults or missed cases, 2 for a folder without a rubric."""
    return max(_ACTS[arguments.act](Path(folder), arguments) for folder in arguments.folders)


def _check(folder: Path, arguments: argparse.Namespace) -> int:
    faults: tuple[UserFacingError, ...] = ()
    edition: Edition | None = None
    try:
        edition = load_edition(folder)
    except RubricError as error:
        if error.code == "no_rubric":
            raise
        faults = error.faults or (error,)
    language: Language = arguments.language
    if arguments.json:
        print_json(
            {
                "contract": 1,
                "rubric": folder.name,
                "digest": edition.digest if edition else None,
                "faults": [fault.as_json() for fault in faults],
            }
        )
        return 1 if faults else 0
    for fault in faults:
        print(
            printable(
                f"{folder}/{fault.where}: {fault.code}: {fault.message.said_in(language)}"
                + (f" {fault.hint.said_in(language)}" if fault.hint else "")
            )
        )
    said = _WORDS["faults"].filled(count=len(faults)) if faults else _WORDS["ok"]
    print(f"{folder}: {said.said_in(language)}")
    return 1 if faults else 0


def _show(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    if arguments.json:
        print_json(_head(edition) | {"tree": _node_json(edition.root)})
        return 0
    language: Language = arguments.language
    state = _WORDS["final" if edition.final else "draft"].said_in(language)
    print(f"{edition.title.said_in(language)} {edition.rubric}/{edition.edition} ({state}) {edition.digest}")
    print(edition.standing.said_in(language))
    for depth, node in _walk(edition.root, 0):
        measure = f"  {node.measure}" if isinstance(node, Indicator) else f"  {node.aggregation.kind.value}"
        print(printable(f"{'  ' * depth}{node.code}  {node.title.said_in(language)}  {_weight(node.weight)}{measure}"))
    return 0


def _digest(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    if arguments.seal:
        seal(folder, edition.digest)
    if arguments.json:
        print_json(_head(edition))
    else:
        print(edition.digest)
    return 0


def _test(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    misses, untested = run_cases(edition), untested_thresholds(edition)
    language: Language = arguments.language
    failed = bool(misses) or (edition.final and bool(untested))
    if arguments.json:
        print_json(
            {
                "contract": 1,
                "rubric": edition.rubric,
                "edition": edition.edition,
                "cases": len(edition.cases),
                "misses": [
                    {
                        "case": miss.case.name,
                        "what": miss.what,
                        "expected": miss.expected,
                        "found": miss.found,
                        "where": miss.case.where.as_json(),
                        "message": miss.message.as_json(),
                    }
                    for miss in misses
                ],
                "untested": list(untested),
            }
        )
        return 1 if failed else 0
    for miss in misses:
        print(printable(f"{folder}/{miss.case.where}: {miss.message.said_in(language)}"))
    if untested:
        print(_WORDS["untested"].filled(what=", ".join(untested)).said_in(language))
    print(f"{folder}: {_WORDS['cases'].filled(count=len(edition.cases), misses=len(misses)).said_in(language)}")
    return 1 if failed else 0


_ACTS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "check": _check,
    "show": _show,
    "digest": _digest,
    "test": _test,
}


def _head(edition: Edition) -> dict[str, Any]:
    return {
        "contract": 1,
        "rubric": edition.rubric,
        "edition": edition.edition,
        "digest": edition.digest,
        "final": edition.final,
        "title": edition.title,
        "standing": edition.standing,
    }


def _walk(node: TreeNode, depth: int) -> Iterator[tuple[int, TreeNode]]:
    yield depth, node
    for child in node.children if isinstance(node, Group) else ():
        yield from _walk(child, depth + 1)


def _node_json(node: TreeNode) -> dict[str, Any]:
    own = {"code": node.code, "id": node.id, "title": node.title, "weight": _weight_json(node.weight)}
    if isinstance(node, Indicator):
        return own | {"measure": node.measure, "rule": node.authored}
    return own | {"rule": node.authored, "children": [_node_json(child) for child in node.children]}


def _weight_json(weight: Weight) -> Any:
    return dict(weight.by_class) if weight.by_class else weight.everywhere


def _weight(weight: Weight) -> str:
    if not weight.by_class:
        return shortest(weight.everywhere) if weight.everywhere is not None else "–"
    return " · ".join(shortest(one) if one is not None else "–" for one in weight.by_class.values())
