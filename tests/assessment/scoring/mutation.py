"""Small changes to a module's syntax tree, each of which some test should notice."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
}  # fmt: skip
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
PASSED_THROUGH = ("sorted", "abs", "reversed")
SHOWN = 90
_NAME = re.compile(r"[a-z_.]+")  # words the code acts on; sentences are for people


@dataclass(frozen=True)
class Mutant:
    """One change; its name says where and what, and not in which line, so that it keeps it."""

    name: str
    module: str
    tree: ast.Module


def mutants_of(source: str, *, module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    names: Counter[str] = Counter()
    tree = ast.parse(source)
    for path, place in _places(tree):
        node = _at(tree, path)
        for variant in _variants(node):
            before, after = _said(node), _said(variant)
            if before == after:
                continue
            name = f"{module}:{place}: {before} → {after}"
            names[name] += 1
            numbered = name if names[name] == 1 else f"{name} #{names[name]}"
            yield Mutant(numbered, module, _replaced(tree, path, variant))


Path = tuple[tuple[str, int | None], ...]


def _places(node: ast.AST, path: Path = (), place: str = "") -> Iterator[tuple[Path, str]]:
    """Every node that may change, with the function it is in; no annotations, decorators, docstrings or sentences."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        place = f"{place}.{node.name}".lstrip(".")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Text", "TypeVar"):
        return
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return
    yield path, place or "module"
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            docstring = name == "body" and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not docstring:
                yield from _places(child, (*path, (name, at)), place)


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                for other in COMPARISONS.get(type(operator), ()):
                    yield _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
            for at in range(len(node.values)):
                rest = [*node.values[:at], *node.values[at + 1 :]]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp(op=ast.BitOr()):
            yield node.left
            yield node.right
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(node.op)]())
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield ast.Constant(node.value + 1)
        case ast.Constant(value=str() as text) if _NAME.fullmatch(text):
            yield ast.Constant(text + "_")
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.If():
            yield _with(node, test=ast.Constant(False))
            yield _with(node, test=ast.Constant(True))
        case ast.Return(value=ast.AST()):
            yield ast.Return(ast.Constant(None))
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield _with(node, func=ast.Name(CALLS[name], ast.Load()))
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in PASSED_THROUGH:
            yield first
        case ast.comprehension() if node.ifs:
            yield _with(node, ifs=[])
        case ast.Match() if len(node.cases) > 1:
            for at in range(len(node.cases)):
                yield _with(node, cases=[*node.cases[:at], *node.cases[at + 1 :]])
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _at(tree: ast.AST, path: Path) -> ast.AST:
    for name, at in path:
        value = getattr(tree, name)
        tree = value if at is None else value[at]
    return tree


def _replaced(tree: ast.Module, path: Path, variant: ast.AST) -> ast.Module:
    """A copy of the tree with one node exchanged."""
    if not path:
        return cast(ast.Module, variant)
    (name, at), *rest = path
    value = getattr(tree, name)
    child = value if at is None else value[at]
    new = _replaced(child, tuple(rest), variant)
    exchanged: object = new if at is None else [*value[:at], new, *value[at + 1 :]]
    return cast(ast.Module, _with(tree, **{name: exchanged}))


def _said(node: ast.AST) -> str:
    """The first line of the code, or the head of a block with its condition."""
    if isinstance(node, ast.comprehension):
        text = " if ".join(ast.unparse(part) for part in (node.target, *node.ifs))
    elif isinstance(node, ast.Match):
        text = "match " + ", ".join(ast.unparse(case.pattern) for case in node.cases)
    else:
        text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split("\n")[0]
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
