"""`zhiheng rubric show DIR…`: the tree with its weights."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.quantity import shortest
from core.text import Language, Text
from indicators.rubric.loader import load_edition
from indicators.rubric.model import Group, Indicator, TreeNode, Weight
from zhiheng.output import print_json, printable
from zhiheng.rubric_acts.head import head_json

_DRAFT = Text(zh="草稿", en="draft")
_FINAL = Text(zh="已定稿", en="final")


def show(folder: Path, arguments: argparse.Namespace) -> int:
    edition = load_edition(folder)
    if arguments.json:
        print_json(head_json(edition) | {"tree": _node_json(edition.root)})
        return 0
    language: Language = arguments.language
    state = (_FINAL if edition.final else _DRAFT).said_in(language)
    print(f"{edition.title.said_in(language)} {edition.rubric}/{edition.edition} ({state}) {edition.digest}")
    print(edition.standing.said_in(language))
    for depth, node in _walk(edition.root, 0):
        measure = f"  {node.measure}" if isinstance(node, Indicator) else f"  {node.aggregation.kind.value}"
        print(printable(f"{'  ' * depth}{node.code}  {node.title.said_in(language)}  {_weight(node.weight)}{measure}"))
    return 0


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
