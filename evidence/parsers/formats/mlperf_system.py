"""MLPerf system descriptions (`systems/*.json`): how many nodes and accelerators a result was measured on.

Every number in them is text (`"number_of_nodes": "128"`); vendors add keys of their own.
"""

from __future__ import annotations

from typing import Any

import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.inventory import INVENTORY
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

_OBJECT = re2.compile(rb"^\s*\{")
_COUNT = re2.compile(r"\s*([1-9][0-9]{0,8})\s*")


class MlperfSystem:
    format = "mlperf_system"
    version = "1"
    title = Text(zh="MLPerf 系统说明", en="MLPerf system description")
    kinds = (INVENTORY.name,)

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8
        return (
            _OBJECT.match(head) is not None
            and b'"system_name"' in head
            and b'"accelerators_per_node"' in head
            and b'"number_of_nodes"' in head
        )

    def parse(self, source: Source) -> ParseResult:
        description = read_json_object(source)
        issues = Issues()
        nodes = _count(description, "number_of_nodes", source, issues)
        per_node = _count(description, "accelerators_per_node", source, issues)
        names = {
            "system_name": _name(description, "system_name", source, issues),
            "submitter": _name(description, "submitter", source, issues, required=False),
            "division": _name(description, "division", source, issues, required=False),
            "accelerator_model": _name(description, "accelerator_model_name", source, issues),
            "framework": _name(description, "framework", source, issues, required=False),
        }
        accelerators = None if nodes is None or per_node is None else nodes * per_node
        whole = accelerators is not None and names["system_name"] and names["accelerator_model"]
        row = {
            "system": names["system_name"],
            "submitter": names["submitter"],
            "nodes": nodes,
            "accelerators_per_node": per_node,
            "accelerators": accelerators,
            "accelerator_model": names["accelerator_model"],
            "framework": names["framework"],
            "line": line_of_key(source, "number_of_nodes"),
        }
        lines = sum(1 for _ in source.lines())
        return ParseResult(
            facts={
                **names,
                "nodes": nodes,
                "accelerators_per_node": per_node,
                "accelerators": accelerators,
                "keys": len(description),
                "value_types": sorted({_type_name(value) for value in description.values()}),
            },
            tables={INVENTORY.name: INVENTORY.table({name: [value] if whole else [] for name, value in row.items()})},
            coverage=Coverage(lines, lines if whole else 0, 0),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _count(description: dict[str, Any], key: str, source: Source, issues: Issues) -> int | None:
    """A whole number above zero, written as text or as a number."""
    value = description.get(key)
    match = _COUNT.fullmatch(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if match is not None:
        return int(match.group(1))
    shown = words(str(value)) if value not in (None, "") else "–"
    issues.add(
        "not_a_number",
        Text(
            zh=f"“{key}”应为正整数，实际为“{shown}”。", en=f"`{key}` must be a whole number above zero, not “{shown}”."
        ),
        where=Where(line=line_of_key(source, key)),
        severity=Severity.ERROR,
    )
    return None


def _name(
    description: dict[str, Any], key: str, source: Source, issues: Issues, *, required: bool = True
) -> str | None:
    value = description.get(key)
    name = words(value) if isinstance(value, str) else ""
    if not name and required:
        issues.add(
            "missing_field",
            Text(zh=f"系统说明缺少“{key}”。", en=f"The system description lacks `{key}`."),
            where=Where(line=line_of_key(source, key)),
            severity=Severity.ERROR,
        )
    return name or None


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case str() | dict() | list():
            return type(value).__name__
    return "number"


PARSER = MlperfSystem()
