"""The simple tables of our own: which columns each has, and whether a file holds one, as text or in a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidence.parsers.tables.headers import Heading, mapped
from evidence.parsers.tables.record_tables import RECORD_TABLES
from evidence.parsers.tables.sus_items import HEADINGS as SUS
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook
from evidence.parsers.workbooks.workbook_head import sheet_heads

INCIDENTS = (
    Heading("id", ("incident", "incident_id", "编号", "事件编号", "故障编号", "事件ID")),
    Heading("service", ("服务", "服务类型", "影响服务", "系统")),
    Heading("started_at", ("start", "start_time", "开始时间", "发生时间", "故障开始时间")),
    Heading("ended_at", ("end", "end_time", "结束时间", "恢复时间", "故障恢复时间")),
    Heading("planned", ("计划内", "是否计划", "计划维护"), required=False),
    Heading("announced_at", ("公告时间", "通知时间"), required=False),
    Heading("cards_affected", ("cards", "影响卡数", "受影响卡数"), required=False),
    Heading("cause", ("cause_code", "root_cause", "原因", "原因代码", "根因", "根因代码"), required=False),
    Heading("raised_by", ("reported_by", "上报人", "发现方式", "来源"), required=False),
    Heading("alarmed_at", ("alarm_time", "告警时间", "发现时间"), required=False),
    Heading("located_at", ("located", "定位时间", "故障定位时间"), required=False),
    Heading("automatic", ("auto_recovered", "自动恢复", "是否自动恢复"), required=False),
)

JOBS = (
    Heading("job", ("job_id", "作业", "作业号", "作业ID", "任务", "任务ID", "任务编号")),
    Heading("submit_at", ("submit_time", "submitted_at", "提交时间")),
    Heading("start_at", ("start_time", "started_at", "开始时间", "启动时间")),
    Heading("end_at", ("end_time", "ended_at", "结束时间", "完成时间")),
    Heading("cards", ("gpus", "gpu_num", "npus", "accelerators", "卡数", "加速卡数", "GPU卡数", "GPU数", "NPU数")),
    Heading("state", ("status", "状态", "作业状态", "任务状态")),
    Heading("cause", ("cause_code", "原因", "原因代码", "失败原因"), required=False),
    Heading("nodes", ("node_num", "节点数"), required=False),
)

METER_SERIES = (
    Heading("at", ("timestamp", "time", "datetime", "时间", "时刻", "采集时间", "抄表时间", "数据时间", "日期时间")),
    Heading("meter", ("meter_id", "meter id", "表计", "表号", "电表", "电表编号", "表计编号", "计量点", "计量点编号")),
    Heading(
        "value",
        ("reading", "energy", "值", "数值", "读数", "示数", "表底", "电量", "用电量", "有功电量", "正向有功总电能"),
    ),
)

TICKETS = (
    Heading("id", ("ticket", "ticket_id", "编号", "工单号", "工单编号", "工单ID")),
    Heading("priority", ("优先级", "级别", "紧急程度")),
    Heading("opened_at", ("created_at", "提交时间", "创建时间", "受理时间")),
    Heading("first_response_at", ("first_responded_at", "首次响应时间", "响应时间"), required=False),
    Heading("resolved_at", ("closed_at", "解决时间", "关闭时间", "完成时间")),
)

SIMPLE_TABLES: Mapping[str, tuple[Heading, ...]] = {
    "incidents": INCIDENTS,
    "jobs_table": JOBS,
    "meter_series": METER_SERIES,
    "sus": SUS,
    "tickets": TICKETS,
    **RECORD_TABLES,
}


def holds_table(source: Source, headings: Sequence[Heading]) -> bool:
    """Whether the opening of a file holds a header row with all required fields; of a workbook that of any sheet.

    A field that stands there twice is for the parser to refuse, which tells its place.
    """
    if is_workbook(source):
        return any(not mapped(row, headings).missing for rows in sheet_heads(source) for row in rows)
    return head_layout(source, headings) is not None


def holds_simple_table(source: Source) -> bool:
    """Whether it holds any of them."""
    return any(holds_table(source, headings) for headings in SIMPLE_TABLES.values())
