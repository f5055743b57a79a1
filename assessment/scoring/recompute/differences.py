"""Where two result trees part: the first node that differs, from the indicators upwards, and what it says in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.text import Text

Json = Any
ABSENT = "–"
LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two results differ.

    Args:
        node: code of the node, or None for what stands beside the tree (score, grade, consequences …).
        field: path inside it, such as `inputs.value`.
        kept, rebuilt: canonical values; `–` where one of the two has nothing there.
    """

    node: str | None
    field: str
    kept: str
    rebuilt: str

    @property
    def message(self) -> Text:
        zh, en = (f"节点 {self.node} 的 {self.field}", f"node {self.node}, {self.field}")
        if self.node is None:
            zh, en = f"结果的 {self.field}", f"the result's {self.field}"
        return Text(
            zh=f"首个不同处：{zh}：原为 {self.kept}，重算为 {self.rebuilt}。",
            en=f"First difference: {en}: kept {self.kept}, recomputed {self.rebuilt}.",
        )


def first_difference(kept: Mapping[str, Json], rebuilt: Mapping[str, Json]) -> Difference | None:
    """The first place where the JSON of two results differs, None where they are equal.

    Children come before their parent, because a parent differs by what its children are.
    """
    for code, one, other in _paired(kept.get("root"), rebuilt.get("root")):
        if (found := _first(one, other, code)) is not None:
            return found
    return _first(_without(kept, "root"), _without(rebuilt, "root"), None)


def _paired(kept: Json, rebuilt: Json) -> Iterator[tuple[str, Json, Json]]:
    """Nodes of both trees by their place, children first, each without its children."""
    olds, news = _children(kept), _children(rebuilt)
    for at in range(max(len(olds), len(news))):
        old = olds[at] if at < len(olds) else None
        new = news[at] if at < len(news) else None
        yield from _paired(old, new)
    yield _code(kept, rebuilt), _without(kept, "children"), _without(rebuilt, "children")


def _children(node: Json) -> list[Json]:
    children = node.get("children") if isinstance(node, dict) else None
    return children if isinstance(children, list) else []


def _code(kept: Json, rebuilt: Json) -> str:
    for node in (kept, rebuilt):
        if isinstance(node, dict) and isinstance(node.get("code"), str):
            return str(node["code"])
    return ABSENT


def _without(value: Json, name: str) -> Json:
    return {key: item for key, item in value.items() if key != name} if isinstance(value, Mapping) else value


def _first(kept: Json, rebuilt: Json, node: str | None, path: str = "") -> Difference | None:
    if isinstance(kept, Mapping) and isinstance(rebuilt, Mapping):
        for key in sorted({*kept, *rebuilt}):
            if found := _first(kept.get(key, ABSENT), rebuilt.get(key, ABSENT), node, f"{path}.{key}".lstrip(".")):
                return found
        return None
    if isinstance(kept, list) and isinstance(rebuilt, list):
        for at in range(max(len(kept), len(rebuilt))):
            old, new = (side[at] if at < len(side) else ABSENT for side in (kept, rebuilt))
            if found := _first(old, new, node, f"{path}[{at}]"):
                return found
        return None
    if type(kept) is type(rebuilt) and kept == rebuilt:
        return None
    return Difference(node, path or "node", _shown(kept), _shown(rebuilt))


def _shown(value: Json) -> str:
    """Short enough for one line."""
    if isinstance(value, Mapping | list):
        return f"[{len(value)}]"
    text = "null" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
