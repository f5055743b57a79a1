"""Node lists in the form of the published Alibaba trace openb: a node per row with its cards and their model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.inventory import INVENTORY
from evidence.parsers.base import ParseResult
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.fact_tables import read_fact_table
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

HEADINGS = (Heading("sn"), Heading("cpu_milli"), Heading("memory_mib"), Heading("gpu"), Heading("model"))


class OpenbNodes:
    format = "openb_nodes"
    version = "1"
    title = Text(zh="节点列表（openb）", en="Node list (openb)")
    kinds = (INVENTORY.name,)

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        read = read_fact_table(source, headings=HEADINGS, columns=_columns)
        return read.result(source, _facts(read.columns), tables={INVENTORY.name: _inventory(read.columns)})


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    """A node without cards needs no model."""
    cards, model = rows.count("gpu", required=True), rows.text("model")
    rows.refuse(
        pc.and_(pc.fill_null(pc.greater(cards, 0), fill_value=False), model.is_null()).to_numpy(zero_copy_only=False),
        "missing_value",
        Text(zh="第 {line} 行有加速卡但缺少“model”。", en="Line {line} has cards but lacks “model”."),
    )
    return {"node": rows.text("sn", required=True), "cards": cards, "model": pc.fill_null(model, "")}


def _inventory(nodes: pa.Table) -> pa.Table:
    """A row for all nodes of one build: the same model and the same number of cards; nodes without cards have none."""
    nodes = nodes.filter(pc.greater(nodes.column("cards"), 0))
    builds = nodes.group_by(["model", "cards"]).aggregate([("line", "min"), ([], "count_all")]).sort_by("line_min")
    cards, number = builds.column("cards"), builds.column("count_all")
    pairs = zip(builds.column("model").to_pylist(), cards.to_pylist(), strict=True)
    return INVENTORY.table(
        {
            "system": [f"{model} × {each}" for model, each in pairs],
            "nodes": number,
            "accelerators_per_node": cards,
            "accelerators": pc.multiply(cards, number),
            "accelerator_model": builds.column("model"),
            "line": builds.column("line_min"),
        }
    )


def _facts(nodes: pa.Table) -> dict[str, Any]:
    return {
        "nodes": nodes.num_rows,
        "nodes_distinct": pc.count_distinct(nodes.column("node")).as_py(),
        "nodes_by_model": counted(nodes.column("model").to_pylist()),
        "cards": pc.sum(nodes.column("cards")).as_py(),
    }


PARSER = OpenbNodes()
