"""What parsers read of a file as people read it: the field in words where we have them, its unit, its value.

The fields keep their names beside the words: documentation, API and command line call them by those.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.text import Text
from evidence.models import Evidence
from evidence.web.value_words import YES_OR_NO, value_words

# Longest first: `_gb_s` before `_s`.
_UNITS = (
    *(("_gb_s", "GB/s"), ("_mb_s", "MB/s"), ("_kib_s", "KiB/s"), ("_per_s", "1/s"), ("_bytes", "B")),
    *(("_tflops", "TFLOP/s"), ("_gflops", "GFLOP/s"), ("_kwh", "kWh"), ("_mwh", "MWh"), ("_minutes", "min")),
    *(("_ms", "ms"), ("_us", "µs"), ("_ns", "ns"), ("_s", "s"), ("_w", "W")),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: its name as parsers give it, the words for it (None: there are none), unit, and value in words."""

    name: str
    words: Text | None
    unit: str
    value: Text


def facts_shown(item: Evidence) -> list[tuple[int | None, list[Fact]]]:
    """The facts of the file, then those of each run it holds, numbered from one."""
    runs = [(number, _facts(run)) for number, run in enumerate(item.runs, start=1)]
    return [*([(None, _facts(item.facts))] if item.facts else []), *runs]


def _facts(given: Mapping[str, Any]) -> list[Fact]:
    return [Fact(name, _WORDS.get(name), _unit(name), _value(name, value)) for name, value in given.items()]


def _unit(name: str) -> str:
    return next((unit for ending, unit in _UNITS if name.endswith(ending)), "")


def _value(name: str, value: Any) -> Text:
    """A choice of ours in words, anything else as it is; an instant as pages write instants, with its seconds."""
    if isinstance(value, Mapping):
        return _listed(_counted(name, key, one) for key, one in value.items())
    if isinstance(value, list):
        return _listed(_value(name, one) for one in value)
    if isinstance(value, bool):
        return YES_OR_NO[value]
    if isinstance(value, str) and value.endswith("Z") and (at := _instant(value)):
        return _as_it_is(timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S"))
    return _as_it_is("–") if value is None else value_words(name, str(value))


def _counted(name: str, key: str, value: Any) -> Text:
    """What stands under one key of a field, such as how many jobs ended in a state."""
    of, one = _WORDS.get(key) or value_words(name, key), _value(key, value)
    return Text(zh=f"{of.zh}：{one.zh}", en=f"{of.en}: {one.en}")


def _listed(words: Iterable[Text]) -> Text:
    told = list(words)
    if not told:
        return _as_it_is("–")
    return Text(zh="、".join(one.zh for one in told), en=", ".join(one.en for one in told))


def _as_it_is(words: str) -> Text:
    return Text(zh=words, en=words)


def _instant(words: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(words)
    except ValueError:
        return None


_WORDS = {
    name: Text(zh=zh, en=en)
    for name, zh, en in (
        # any file
        ("status", "状态", "State"),
        ("rows", "行数", "Rows"),
        ("lines", "行数", "Lines"),
        ("version", "版本", "Version"),
        ("first_at", "最早时刻", "First instant"),
        ("last_at", "最晚时刻", "Last instant"),
        ("unit", "单位", "Unit"),
        ("model", "模型", "Model"),
        ("nodes", "节点数", "Nodes"),
        ("cards", "卡数", "Cards"),
        ("ranks", "进程数", "Ranks"),
        ("device", "设备", "Device"),
        ("accelerator", "加速卡", "Accelerator"),
        ("accelerators", "加速卡数", "Accelerators"),
        ("events", "事件数", "Events"),
        ("duration_s", "时长", "Duration"),
        ("elapsed_s", "历时", "Time elapsed"),
        # collectives
        ("operation", "集合通信操作", "Collective"),
        ("validated", "已校验结果", "Results checked"),
        ("size_min_bytes", "最小消息", "Smallest message"),
        ("size_max_bytes", "最大消息", "Largest message"),
        ("busbw_max_gb_s", "最高总线带宽", "Highest bus bandwidth"),
        ("busbw_max_size_bytes", "最高总线带宽时的消息", "Message at the highest bus bandwidth"),
        (
            "busbw_largest_out_of_place_gb_s",
            "最大消息的总线带宽（异址）",
            "Bus bandwidth, largest message, out of place",
        ),
        ("busbw_largest_in_place_gb_s", "最大消息的总线带宽（同址）", "Bus bandwidth, largest message, in place"),
        ("busbw_avg_gb_s", "平均总线带宽（工具所报）", "Mean bus bandwidth as the tool prints it"),
        ("busbw_mean_gb_s", "平均总线带宽（由各行算得）", "Mean bus bandwidth of the rows"),
        ("out_of_bounds", "超出误差范围的个数", "Values out of bounds"),
        ("out_of_bounds_status", "误差检查", "Check of bounds"),
        ("wrong_values", "错误值个数", "Wrong values"),
        # training
        ("benchmark", "基准", "Benchmark"),
        ("organisation", "机构", "Organisation"),
        ("division", "组别", "Division"),
        ("platform", "平台", "Platform"),
        ("run_start_ms", "开始时刻（纪元毫秒）", "Start, since the epoch"),
        ("run_stop_ms", "结束时刻（纪元毫秒）", "Stop, since the epoch"),
        ("global_batch_size", "全局批大小", "Global batch size"),
        ("sequence_length", "序列长度", "Sequence length"),
        ("train_samples", "训练样本数", "Training samples"),
        ("eval_samples", "评测样本数", "Evaluation samples"),
        ("samples", "样本数", "Samples"),
        ("eval_accuracy_events", "评测次数", "Evaluations"),
        ("eval_accuracy_last", "末次评测准确度", "Accuracy of the last evaluation"),
        ("eval_samples_last", "末次评测时的样本数", "Samples at the last evaluation"),
        ("throughput_first", "首个吞吐量", "First throughput"),
        ("throughput_last", "末个吞吐量", "Last throughput"),
        ("throughput_count", "吞吐量个数", "Throughputs"),
        ("mllog_events", "日志事件数", "Log events"),
        ("dialect", "日志方言", "Dialect of the log"),
        ("iteration_lines", "迭代行数", "Iteration lines"),
        ("iteration_first_ms", "首次迭代用时", "First iteration"),
        ("iteration_median_ms", "迭代用时中位数", "Median iteration"),
        ("iteration_mean_ms", "平均迭代用时", "Mean iteration"),
        ("step_first", "首步", "First step"),
        ("step_last", "末步", "Last step"),
        ("steps_total", "总步数", "Steps in all"),
        ("consumed_samples", "已用样本数", "Samples consumed"),
        ("skipped_iterations", "跳过的迭代", "Iterations skipped"),
        ("nan_iterations", "出现 NaN 的迭代", "Iterations with NaN"),
        ("loss_first", "首个损失", "First loss"),
        ("loss_last", "末个损失", "Last loss"),
        ("tflops_values", "算力值个数", "Throughput values"),
        ("tflops_first", "首个每卡算力（TFLOP/s）", "First TFLOP/s per card"),
        ("tflops_last", "末个每卡算力（TFLOP/s）", "Last TFLOP/s per card"),
        ("tflops_min", "最低每卡算力（TFLOP/s）", "Least TFLOP/s per card"),
        ("tflops_max", "最高每卡算力（TFLOP/s）", "Most TFLOP/s per card"),
        ("restarts", "重启次数", "Restarts"),
        ("workload", "负载", "Workload"),
        ("params", "参数量", "Parameters"),
        ("params_active", "激活参数量", "Active parameters"),
        ("layers", "层数", "Layers"),
        ("hidden", "隐藏维度", "Hidden size"),
        ("objective", "训练目标", "Objective"),
        ("precision", "精度", "Precision"),
        ("witnessed_by", "见证人", "Witnessed by"),
        ("logs", "相关日志的摘要", "Digests of its logs"),
        # scheduler
        ("jobs", "作业行数", "Job rows"),
        ("jobs_distinct", "作业数", "Jobs"),
        ("jobs_by_state", "各状态的作业数", "Jobs by state"),
        ("jobs_unfinished", "未结束的作业", "Jobs not ended"),
        ("card_elapsed_s", "卡时合计", "Card time"),
        ("first_submit_at", "最早提交", "First submission"),
        ("last_end_at", "最晚结束", "Last end"),
        ("steps_left_out", "略去的作业步", "Job steps left out"),
        ("array_tasks", "数组任务数", "Array tasks"),
        ("slurm_version", "Slurm 版本", "Slurm version"),
        ("slurm_release", "Slurm 发行版", "Slurm release"),
        # energy
        ("readings", "读数个数", "Readings"),
        ("meters", "表计数", "Meters"),
        ("months", "月数", "Months"),
        ("first_month", "首月", "First month"),
        ("last_month", "末月", "Last month"),
        ("energy_kwh_by_meter", "各表计电量（kWh）", "Energy by meter (kWh)"),
        # uptime
        ("incidents", "事件数", "Incidents"),
        ("incidents_by_service", "各服务的事件数", "Incidents by service"),
        ("incidents_planned", "计划内事件", "Planned incidents"),
        ("incidents_open", "未结束的事件", "Incidents not ended"),
        ("incidents_with_cause", "记有原因的事件", "Incidents with a cause"),
        ("monitor", "监测项", "Monitor"),
        ("uptime_ratio", "可用率", "Uptime"),
        ("down_minutes", "停机时长", "Downtime"),
        ("days_with_downtime", "有停机的天数", "Days with downtime"),
        ("started_at", "开始时刻", "Start"),
        ("last_updated_at", "最近更新", "Last update"),
        ("response_time_ms", "响应时间", "Response time"),
        ("http_status", "HTTP 状态", "HTTP status"),
        ("url", "地址", "Address"),
        # people, bills, declarations
        ("respondents", "答卷人数", "Respondents"),
        ("sus_mean", "SUS 均分", "SUS, mean"),
        ("sus_sd", "SUS 标准差", "SUS, standard deviation"),
        ("sus_min", "SUS 最低分", "SUS, lowest"),
        ("sus_max", "SUS 最高分", "SUS, highest"),
        ("by_role", "按角色", "By role"),
        ("bills", "账单数", "Bills"),
        ("bills_by_class", "各类客户的账单数", "Bills by class of customer"),
        ("customers", "客户数", "Customers"),
        ("card_hours", "卡时", "Card-hours"),
        ("trials", "试验次数", "Trials"),
        ("trials_by_subject", "各项目的试验次数", "Trials by subject"),
        ("trials_open", "未结束的试验", "Trials not ended"),
        ("trials_witnessed", "有见证的试验", "Trials witnessed"),
        ("declarations", "声明条数", "Declarations"),
        ("indicators", "所涉指标", "Indicators concerned"),
        ("items_met", "已满足的条目", "Items met"),
        ("items_not_met", "未满足的条目", "Items not met"),
        ("system_name", "系统名称", "Name of the system"),
        ("submitter", "提交方", "Submitter"),
        ("accelerator_model", "加速卡型号", "Model of the accelerator"),
        ("accelerators_per_node", "每节点加速卡数", "Accelerators per node"),
        ("framework", "框架", "Framework"),
    )
}
