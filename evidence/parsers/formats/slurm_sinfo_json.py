"""Nodes of Slurm as `sinfo --json` or `scontrol show nodes --json` prints them: a snapshot, told as facts.

A node that is down now says nothing about a year; `sacctmgr list event` does.
"""

from __future__ import annotations

from typing import Any

import re2

from core.text import Text
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.schedulers.slurm_json import (
    OddValue,
    about_slurm,
    counted,
    mapping,
    tell_odd,
    tell_snapshot,
    whole,
    words_of_state,
)
from evidence.parsers.schedulers.slurm_resources import cards_in_tres
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

# A node in one of these states takes no work.
UNAVAILABLE = frozenset(("DOWN", "DRAIN", "DRAINED", "DRAINING", "FAIL", "FAILING", "NOT_RESPONDING", "MAINTENANCE"))

_NODES = re2.compile(rb'"nodes"\s*:\s*\[')
_NODE = Text(zh="节点", en="node")
_HINT = Text(
    zh="请导出节点事件：sacctmgr -P list event start=… end=… format=NodeName,TimeStart,TimeEnd,State,Reason。",
    en="Export the nodes' events: sacctmgr -P list event start=… end=… format=NodeName,TimeStart,TimeEnd,State,Reason.",
)


class SlurmSinfoJson:
    format = "slurm_sinfo_json"
    version = "2"
    title = Text(zh="Slurm 节点状态（sinfo --json）", en="Nodes of Slurm (sinfo --json)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
        return (
            head.startswith(b"{")
            and _NODES.search(head) is not None
            and b'"state"' in head
            and b'"slurmd_start_time"' in head
        )

    def parse(self, source: Source) -> ParseResult:
        document = read_array(source, "nodes")
        if not document.elements:
            raise no_rows()
        issues, nodes = Issues(), []
        for element in document.elements:
            try:
                nodes.append(_node(element.value))
            except OddValue as odd:
                tell_odd(issues, "unreadable_node", _NODE, str(odd), element.line)
        tell_snapshot(issues, _HINT)
        read = len(document.elements)
        return ParseResult(
            facts={**_facts(nodes), **about_slurm(document.beside)},
            tables={},
            coverage=Coverage(read, len(nodes), read - len(nodes)),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _node(value: Any) -> dict[str, Any]:
    node = mapping(value, "node")
    flags = node.get("state_flags")
    tres = node.get("tres")
    if not isinstance(node.get("name"), str):
        raise OddValue("name")
    states = words_of_state(node.get("state"))
    return {
        "name": node["name"],
        "states": states + (words_of_state(flags, "state_flags") if flags else []),
        "cpus": whole(node.get("cpus"), "cpus") or 0,
        "cards": cards_in_tres(tres) if isinstance(tres, str) else 0,
    }


def _facts(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    away = [node for node in nodes if UNAVAILABLE.intersection(node["states"])]
    return {
        "nodes": len(nodes),
        "nodes_distinct": len({node["name"] for node in nodes}),
        "nodes_by_state": counted([node["states"][0] for node in nodes]),
        "nodes_unavailable": len(away),
        "cpus": sum(node["cpus"] for node in nodes),
        "cards": sum(node["cards"] for node in nodes),
        "cards_unavailable": sum(node["cards"] for node in away),
    }


PARSER = SlurmSinfoJson()
