"""Columns of the tables of our own for what services, networks, drills, assets and bills record."""

from __future__ import annotations

from collections.abc import Mapping

from evidence.parsers.tables.headers import Heading

ASSET_LEDGER = (
    Heading("asset", ("serial", "serial_number", "asset_id", "资产编号", "序列号", "设备序列号")),
    Heading("category", ("asset_type", "类别", "资产类别", "设备类别")),
    Heading("event", ("disposition", "变动", "变动类型", "处置方式")),
    Heading("on", ("date", "event_date", "日期", "变动日期", "处置日期")),
    Heading("mass_kg", ("weight_kg", "质量(kg)", "重量(kg)"), required=False),
)

BILLING_TABLE = (
    Heading("customer", ("customer_id", "account", "客户", "客户编号", "租户")),
    Heading("customer_class", ("class", "customer_type", "客户类别", "客户类型")),
    Heading("month", ("billing_month", "月份", "账期", "计费月份")),
    Heading("card_hours", ("gpu_hours", "npu_hours", "卡时", "计费卡时")),
    Heading("amount", ("charge", "金额", "费用"), required=False),
    Heading("currency", ("币种",), required=False),
)

LINK_EVENTS = (
    Heading("link", ("port", "interface", "链路", "端口", "接口")),
    Heading("down_at", ("down_time", "down", "中断时间", "断开时间")),
    Heading("up_at", ("up_time", "up", "恢复时间")),
    Heading("switch", ("device", "host", "交换机", "设备"), required=False),
    Heading("cause", ("reason", "原因"), required=False),
)

NETWORK_PROBES = (
    Heading("at", ("timestamp", "time", "时间", "探测时间")),
    Heading("operation", ("collective", "op", "操作", "集合通信操作")),
    Heading("ranks", ("cards", "卡数", "参与卡数")),
    Heading("size_bytes", ("bytes", "payload_bytes", "数据量(B)", "消息大小(B)")),
    Heading("time_us", ("latency_us", "耗时(us)", "耗时(μs)")),
)

REQUEST_WINDOWS = (
    Heading("service", ("endpoint", "model", "服务", "服务名称", "接口", "模型服务")),
    Heading("start_at", ("window_start", "start", "timestamp", "窗口开始", "窗口开始时间", "开始时间", "时间")),
    Heading("window_s", ("interval_s", "bin_s", "窗口时长(s)", "窗口(s)", "统计间隔(s)")),
    Heading("requests", ("total", "total_requests", "请求数", "总请求数", "请求总数")),
    Heading("failed", ("server_errors", "failures", "失败请求数", "服务端失败数", "失败数")),
    Heading("client_errors", ("4xx", "客户端错误数"), required=False),
    Heading("shed", ("over_quota", "超额限流数"), required=False),
    Heading("slo_met", ("within_slo", "时延达标数", "时延达标请求数"), required=False),
    Heading("output_tokens", ("completion_tokens", "输出词元数"), required=False),
    Heading("reachable", ("probe_ok", "探测可达"), required=False),
)

SCANNED_DOCUMENT = (
    Heading("document", ("document_sha256", "sha256", "文件摘要", "扫描件摘要")),
    Heading("indicator", ("code", "指标", "指标编号")),
    Heading("unit", ("单位",)),
    Heading("page", ("页码", "页")),
    Heading("first_value", ("第一次录入值", "录入值一")),
    Heading("first_by", ("第一录入人", "录入人一")),
    Heading("second_value", ("第二次录入值", "录入值二")),
    Heading("second_by", ("第二录入人", "录入人二")),
    Heading("title", ("文件名称", "说明"), required=False),
    Heading("issued_on", ("签发日期", "出具日期"), required=False),
    Heading("expires_on", ("有效期至", "失效日期"), required=False),
    Heading("witnessed_by", ("见证人",), required=False),
    Heading("account", ("户号", "用户编号"), required=False),
    Heading("read_from", ("上次抄表日期", "账期起"), required=False),
    Heading("read_to", ("本次抄表日期", "账期止"), required=False),
)

STEP_HEARTBEATS = (
    Heading("job", ("job_id", "作业", "作业号", "任务编号")),
    Heading("at", ("timestamp", "time", "时间")),
    Heading("step", ("iteration", "global_step", "步数", "迭代步")),
    Heading("cards", ("world_size", "accelerators", "卡数")),
    Heading("step_ms", ("本步耗时(ms)",), required=False),
    Heading("data_wait_ms", ("data_ms", "数据等待(ms)"), required=False),
    Heading("checkpoint_ms", ("checkpoint_time_ms", "检查点阻塞(ms)"), required=False),
)

TIMED_TRIALS = (
    Heading("trial", ("drill", "drill_id", "演练编号", "试验编号", "事件编号")),
    Heading("subject", ("target", "对象", "演练对象", "试验对象")),
    Heading("started_at", ("start", "fault_at", "requested_at", "开始时间", "故障时间", "请求时间")),
    Heading("recovered_at", ("recovered", "ready_at", "恢复时间", "就绪时间")),
    Heading("injected", ("drilled", "是否注入", "人为注入"), required=False),
    Heading("cards", ("accelerators", "卡数"), required=False),
    Heading("witnessed_by", ("witness", "见证人"), required=False),
)

UTILITY_BILL = (
    Heading("account", ("account_no", "户号", "用户编号", "客户编号", "用电户号")),
    Heading("read_from", ("period_from", "上次抄表日期", "上次抄表时间", "账期起", "起始日期", "计费起始日期")),
    Heading("read_to", ("period_to", "本次抄表日期", "本次抄表时间", "账期止", "截止日期", "计费截止日期")),
    Heading("billed_kwh", ("计费电量", "结算电量", "计费电量(kWh)", "结算电量(kWh)", "总电量(kWh)", "合计电量(kWh)")),
    Heading("meter", ("meter_no", "电能表编号", "表号", "资产编号", "电能表资产号"), required=False),
    Heading("multiplier", ("倍率", "综合倍率"), required=False),
    Heading("voltage", ("voltage_kv", "电压等级", "电压等级(kV)", "供电电压"), required=False),
)

RECORD_TABLES: Mapping[str, tuple[Heading, ...]] = {
    "asset_ledger": ASSET_LEDGER,
    "billing_table": BILLING_TABLE,
    "link_events": LINK_EVENTS,
    "network_probe": NETWORK_PROBES,
    "request_windows": REQUEST_WINDOWS,
    "scanned_document": SCANNED_DOCUMENT,
    "step_heartbeat": STEP_HEARTBEATS,
    "timed_trials": TIMED_TRIALS,
    "utility_bill": UTILITY_BILL,
}
