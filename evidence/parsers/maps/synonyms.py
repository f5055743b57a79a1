"""What people call the fields of observations in their own tables, in Chinese and English; for proposals only."""

from __future__ import annotations

from collections.abc import Mapping

from evidence.parsers.energy.energy_sheet import METER, METER_NAME
from evidence.parsers.tables.headers import Heading, folded
from evidence.parsers.tables.simple_tables import INCIDENTS, JOBS, METER_SERIES, TICKETS
from evidence.parsers.tables.sus_items import HEADINGS as SUS

_TIMES = ("timestamp", "time", "datetime", "date time", "时间", "时刻", "采集时间", "抄表时间", "数据时间", "日期时间",
          "记录时间", "统计时间", "月份", "年月", "日期", "date", "clock")  # fmt: skip
_NODES = ("node", "host", "hostname", "server", "节点", "主机", "主机名", "服务器", "机器")
_CARDS = ("device", "gpu", "npu", "card", "uuid", "gpu id", "加速卡", "卡号", "设备", "芯片")
_CAUSES = ("cause", "root cause", "reason", "原因", "根因", "故障原因", "失败原因", "告警原因")


def _of(headings: tuple[Heading, ...], **renamed: str) -> dict[str, tuple[str, ...]]:
    return {renamed.get(heading.name, heading.name): (heading.name, *heading.also) for heading in headings}


_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "energy_readings": {
        **_of(METER_SERIES),
        "at": ("at", "end", "end time", "结束时间", "止", *_TIMES),
        "start_at": ("start", "start time", "开始时间", "起始时间"),
        "meter": (*_of(METER_SERIES)["meter"], *METER.also, *METER_NAME.also, "回路", "支路", "支路名称", "配电柜"),
        "value": (*_of(METER_SERIES)["value"], "kwh", "energy consumption", "耗电量", "本月电量", "有功电能", "电能"),
        "multiplier": ("multiplier", "倍率", "乘率", "互感器倍率", "CT倍率"),
        "reading": ("reading kind", "读数类型"),
    },
    "power_samples": {
        "at": ("at", *_TIMES),
        "series": ("series", *_NODES, "测点", "测点名称", "rack", "cabinet", "机柜", "pdu", "设备", "回路", "表计"),
        "power_w": ("power", "power w", "watts", "watt", "功率", "有功功率", "总功率", "负荷", "实时功率", "平均功率"),
        "place": ("place", "位置", "部位"),
        "mark": ("mark", "session", "标记"),
    },
    "flow_readings": {
        "at": ("at", *_TIMES),
        "point": ("point", "tag", "sensor", "测点", "测点名称", "点位", "传感器", "水表", "热表", "名称", "表计"),
        "value": ("value", "reading", "值", "数值", "读数", "温度", "temperature", "流量", "flow", "用水量", "热量"),
    },
    "jobs": {
        **_of(JOBS),
        "job": (*_of(JOBS)["job"], "jobid", "task id", "实例ID", "任务名称", "作业名称", "job name"),
        "cards": (*_of(JOBS)["cards"], "gpu", "gpu count", "npu", "npu count", "申请卡数", "使用卡数"),
        "elapsed_s": ("elapsed", "duration", "runtime", "run time", "运行时长", "时长", "耗时", "运行时间"),
        "nodes": (*_of(JOBS)["nodes"], "node count", "节点数量"),
        "exit_code": ("exit code", "exitcode", "退出码"),
        "cause": _CAUSES,
    },
    "outages": {
        **_of(INCIDENTS, id="outage"),
        "outage": (*_of(INCIDENTS)["id"], "序号", "no", "事件名称", "故障名称"),
        "down_ms": ("downtime", "duration", "停机时长", "中断时长", "影响时长", "故障时长"),
        "cause": _CAUSES,
    },
    "tickets": {
        **_of(TICKETS, id="ticket"),
        "ticket": (*_of(TICKETS)["id"], "序号", "no", "单号"),
        "priority": (*_of(TICKETS)["priority"], "severity", "优先等级"),
        "resolved_at": (*_of(TICKETS)["resolved_at"], "resolved", "完结时间", "办结时间"),
    },
    "device_alarms": {
        "device": (*_CARDS, *_NODES, "告警对象", "告警源", "对象"),
        "alarm": ("alarm", "alert", "event", "告警", "告警名称", "告警代码", "告警码", "事件"),
        "severity": ("severity", "level", "级别", "告警级别", "严重程度"),
        "raised_at": ("raised", "raised at", "start", "occurred", "发生时间", "告警时间", "产生时间", "首次发生时间"),
        "cleared_at": ("cleared", "cleared at", "end", "清除时间", "恢复时间", "消除时间"),
        "repeats": ("repeats", "count", "重复次数", "次数"),
        "cause": _CAUSES,
    },
    "device_samples": {
        "node": _NODES,
        "device": _CARDS,
        "at": ("at", *_TIMES),
        "active_ratio": ("sm active", "smact", "aicore", "ai core", "aicore利用率", "SM活跃率"),
        "tensor_ratio": ("tensor active", "tensor", "张量活跃率"),
        "util_ratio": ("utilization", "utilisation", "util", "gpu util", "利用率", "GPU利用率", "使用率"),
        "memory_used_bytes": ("memory used", "mem used", "已用显存", "显存占用", "显存使用"),
        "temperature_c": ("temperature", "temp", "温度"),
        "xid": ("xid",),
        "ecc_uncorrected": ("ecc", "uncorrected ecc", "ECC不可纠正"),
    },
    "monitors": {
        "monitor": ("monitor", "service", "site", "监测项", "服务", "业务", "站点"),
        "status": ("status", "state", "状态"),
        "uptime_ratio": ("uptime", "availability", "可用率", "可用性", "在线率"),
        "down_ms": ("downtime", "不可用时长", "停机时长", "中断时长"),
        "days_with_downtime": ("days with downtime", "有中断的天数", "中断天数"),
    },
    "inventory": {
        "system": ("system", "cluster", "系统", "集群", "名称"),
        "submitter": ("submitter", "提交单位"),
        "nodes": ("nodes", "node count", "节点数", "服务器数", "服务器台数", "台数"),
        "accelerators_per_node": ("accelerators per node", "gpus per node", "cards per node", "单机卡数", "每节点卡数"),
        "accelerators": ("accelerators", "gpus", "cards", "卡数", "总卡数", "加速卡数"),
        "accelerator_model": ("accelerator model", "gpu model", "model", "型号", "加速卡型号", "卡型号"),
        "framework": ("framework", "框架"),
    },
    "training_steps": {
        "step": ("step", "iteration", "iter", "global step", "步", "步数", "迭代", "迭代步"),
        "steps_total": ("total steps", "max steps", "总步数"),
        "at": ("at", *_TIMES),
        "iteration_ms": ("iteration time", "step time", "elapsed time per iteration", "迭代耗时", "单步耗时", "步耗时"),
        "consumed_samples": ("consumed samples", "samples", "已用样本数"),
        "global_batch_size": ("global batch size", "batch size", "全局批大小", "批大小"),
        "loss": ("loss", "lm loss", "train loss", "损失"),
        "tflops_per_accelerator": ("tflops", "tflops per gpu", "tflop/s/gpu", "单卡算力"),
    },
    "survey_responses": _of(SUS),
}  # fmt: skip

SYNONYMS: dict[str, dict[str, frozenset[str]]] = {
    kind: {field: frozenset(folded(word) for word in (field, *words)) for field, words in fields.items()}
    for kind, fields in _WORDS.items()
}
