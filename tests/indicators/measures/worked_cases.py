"""Cases worked out by hand: evidence and arithmetic as YAML, so that an assessor can read and add them.

A case gives rows by file and kind, or whole series of meters, and says what must come out: a number, or the sum written
out (`1 - 416 / (1121280 - 128)`), which is worked out in fractions. `input` asks for one of the figures behind a value.
"""

from __future__ import annotations

import ast
import datetime as dt
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from evidence.observations.registry import KIND_BY_NAME
from indicators.measures.base import CentreEvidence
from tests.indicators.measures.evidence import profile, table

FOLDER = Path(__file__).with_name("worked")
_STEPS = {"PT15M": dt.timedelta(minutes=15), "PT1H": dt.timedelta(hours=1)}
_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def cases() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield f"{path.stem}: {case['name']}", case


def evidence_of(case: Mapping[str, Any]) -> CentreEvidence:
    """The evidence of a case, a file per entry; meters are declared in its profile."""
    own = profile(**case.get("profile", {}))
    files = [
        (f"sha256:{number}", {kind: table(kind, [_typed(kind, row) for row in rows]) for kind, rows in file.items()})
        for number, file in enumerate(case.get("files", ()))
    ]
    files += [
        (f"sha256:series {number}", {"energy_readings": table("energy_readings", _series(series, own.zone))})
        for number, series in enumerate(case.get("series", ()))
    ]
    return CentreEvidence.pooled(own, files)


def worked_out(sum_: str) -> Fraction:
    """Numbers, + − × ÷ and brackets, in fractions."""
    return _value(ast.parse(str(sum_), mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()):
            return Fraction(ast.unparse(node))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.BinOp(left=left, op=sign, right=right):
            return _SIGNS[type(sign)](_value(left), _value(right))
    raise ValueError(ast.unparse(node))


def _typed(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    types = {column.name: column.type for column in KIND_BY_NAME[kind].columns}
    return {name: _of_type(value, types[name]) for name, value in row.items()}


def _of_type(value: Any, type_: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_timestamp(type_):
        return dt.datetime.fromisoformat(value)
    if pa.types.is_decimal(type_):
        return Decimal(str(value))
    return value


def _series(series: Mapping[str, Any], zone: dt.tzinfo) -> list[dict[str, Any]]:
    """Readings from `from` to `to`, an hour, a quarter or a local day apart: an energy each, or a register that grows.

    `but` changes single readings: by their stamp a value, or null for none.
    """
    at, last = (dt.datetime.fromisoformat(series[edge]).astimezone(zone) for edge in ("from", "to"))
    each, total = Decimal(str(series["each"])), Decimal(str(series.get("register", 0)))
    but = {dt.datetime.fromisoformat(stamp): value for stamp, value in series.get("but", {}).items()}
    rows = []
    while at <= last:
        rows.append({"meter": series["meter"], "at": at, "value": total if "register" in series else each})
        if at in but:
            if but[at] is None:
                rows.pop()
            else:
                rows[-1]["value"] = total = Decimal(str(but[at]))
        total += each
        if series["step"] == "P1D":
            at += dt.timedelta(days=1)  # by the clock on the wall
        else:
            at = (at.astimezone(dt.UTC) + _STEPS[series["step"]]).astimezone(zone)
    return rows
