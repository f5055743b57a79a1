"""Which formats a change of the code concerns: those whose parser imports, by whatever way, a module that changed."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

from evidence.parsers.registry import PARSERS

ROOT = Path(__file__).parents[2]


def changed_formats(since: str) -> set[str]:
    """Formats that read differently, perhaps, since a commit; all of them when the commit is not known."""
    listed = subprocess.run(
        ["git", "diff", "--name-only", since, "--", "core", "evidence"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        return {parser.format for parser in PARSERS}
    changed = {name.removesuffix(".py").replace("/", ".") for name in listed.stdout.split() if name.endswith(".py")}
    return {parser.format for parser in PARSERS if changed & reached(type(parser).__module__)}


@cache
def reached(module: str) -> frozenset[str]:
    """A module of ours and all it imports, directly or not."""
    found, edge = {module}, [module]
    while edge:
        for name in _imports(edge.pop()):
            if name not in found:
                found.add(name)
                edge.append(name)
    return frozenset(found)


@cache
def _imports(module: str) -> frozenset[str]:
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file():
        return frozenset()
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
    return frozenset(name for name in names if name.split(".")[0] in ("core", "evidence"))
