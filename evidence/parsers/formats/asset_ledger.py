"""Asset ledger: what was replaced, sent back, retired, reused or recycled, one event per row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from core.text import Text
from evidence.observations.asset_events import ASSET_EVENTS
from evidence.parsers.base import ParseResult
from evidence.parsers.schedulers.slurm_json import counted
from evidence.parsers.tables.record_tables import ASSET_LEDGER as HEADINGS
from evidence.parsers.tables.simple_tables import holds_table
from evidence.parsers.tables.table_batches import Layout
from evidence.parsers.tables.typed_rows import TypedRows, read_table
from evidence.parsers.text.source import Source

CATEGORIES = {
    **dict.fromkeys(("card", "accelerator", "gpu", "npu", "加速卡", "卡"), "card"),
    **dict.fromkeys(("server", "node", "服务器", "节点"), "server"),
    **dict.fromkeys(("switch", "network", "交换机", "网络设备"), "switch"),
    **dict.fromkeys(("storage", "disk", "存储", "硬盘"), "storage"),
    **dict.fromkeys(("power", "ups", "battery", "供配电", "电池"), "power"),
    **dict.fromkeys(("cooling", "制冷"), "cooling"),
    **dict.fromkeys(("other", "其他"), "other"),
}
EVENTS = {
    **dict.fromkeys(("replaced", "replacement", "更换"), "replaced"),
    **dict.fromkeys(("returned", "rma", "返修", "返厂"), "returned"),
    **dict.fromkeys(("retired", "decommissioned", "退役", "报废"), "retired"),
    **dict.fromkeys(("reused", "resold", "donated", "再利用", "转售", "捐赠"), "reused"),
    **dict.fromkeys(("repaired", "refurbished", "维修", "翻新"), "repaired"),
    **dict.fromkeys(("recycled", "回收"), "recycled"),
    **dict.fromkeys(("disposed", "landfilled", "处置", "填埋"), "disposed"),
}


class AssetLedger:
    format = "asset_ledger"
    version = "1"
    title = Text(zh="资产变动台账（CSV、xlsx）", en="Asset ledger (CSV, xlsx)")
    kinds = (ASSET_EVENTS.name,)

    def recognises(self, source: Source) -> bool:
        return holds_table(source, HEADINGS)

    def parse(self, source: Source) -> ParseResult:
        read = read_table(source, headings=HEADINGS, kind=ASSET_EVENTS, columns=_columns)
        table = read.table
        facts = {
            "events": table.num_rows,
            "events_by_kind": counted(table.column("event").to_pylist()),
            "assets": pc.count_distinct(table.column("asset")).as_py(),
            "events_without_mass": table.column("mass_kg").null_count,
        }
        return read.result(source, facts)


def _columns(rows: TypedRows, layout: Layout) -> Mapping[str, pa.Array]:
    rows.text("on", required=True)
    mass = rows.number("mass_kg")
    columns = {
        "asset": rows.text("asset", required=True),
        "category": rows.choice("category", CATEGORIES, required=True),
        "event": rows.choice("event", EVENTS, required=True),
        "on": rows.date("on"),
        "mass_kg": mass,
    }
    rows.refuse(
        pc.fill_null(pc.less_equal(mass, Decimal(0)), fill_value=False).to_numpy(zero_copy_only=False),
        "out_of_range",
        Text(zh="第 {line} 行的质量应大于 0。", en="The mass in line {line} must be more than 0."),
    )
    return columns


PARSER = AssetLedger()
