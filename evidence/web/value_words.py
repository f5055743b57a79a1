"""Words for values of facts that are choices of ours; names, and what a tool or a person wrote, stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

from core.text import Text
from evidence.observations.registry import KINDS

YES_OR_NO = {True: Text(zh="是", en="yes"), False: Text(zh="否", en="no")}


def value_words(field: str, value: str) -> Text:
    """A value of a field, or a key of a field that counts by something, in words where it is one of our choices."""
    return CHOICES.get(field, {}).get(value) or Text(zh=value, en=value)


def _choices(*words: tuple[str, str, str]) -> Mapping[str, Text]:
    return {value: Text(zh=zh, en=en) for value, zh, en in words}


# How a run ended, and how a monitored service stands.
_STATUS = _choices(
    ("success", "成功", "success"),
    ("completed", "已完成", "completed"),
    ("incomplete", "不完整", "incomplete"),
    ("failed", "失败", "failed"),
    ("aborted", "已中止", "aborted"),
    ("invalid", "无效", "invalid"),
    ("contradictory", "前后矛盾", "contradictory"),
    ("degenerate", "各数值相同，等于未测", "degenerate: all figures alike"),
    ("partial", "部分完成", "partial"),
    ("cancelled", "已取消", "cancelled"),
    ("unknown", "未知", "unknown"),
    ("up", "正常", "up"),
    ("degraded", "降级", "degraded"),
    ("down", "停机", "down"),
)
# Slurm's own words stand in English.
_JOB_STATES = _choices(
    ("COMPLETED", "已完成", "COMPLETED"),
    ("FAILED", "失败", "FAILED"),
    ("TIMEOUT", "超时", "TIMEOUT"),
    ("CANCELLED", "已取消", "CANCELLED"),
    ("NODE_FAIL", "节点故障", "NODE_FAIL"),
    ("OUT_OF_MEMORY", "内存不足", "OUT_OF_MEMORY"),
    ("PREEMPTED", "被抢占", "PREEMPTED"),
    ("BOOT_FAIL", "启动失败", "BOOT_FAIL"),
    ("DEADLINE", "超过期限", "DEADLINE"),
    ("REQUEUED", "重新排队", "REQUEUED"),
    ("RESIZING", "调整规模中", "RESIZING"),
    ("REVOKED", "已撤销", "REVOKED"),
    ("SUSPENDED", "已挂起", "SUSPENDED"),
    ("PENDING", "排队中", "PENDING"),
    ("RUNNING", "运行中", "RUNNING"),
    ("COMPLETING", "收尾中", "COMPLETING"),
    ("CONFIGURING", "配置中", "CONFIGURING"),
)
_DIALECTS = _choices(
    ("megatron", "Megatron-LM", "Megatron-LM"),
    ("mindspeed", "MindSpeed", "MindSpeed"),
    ("megatron_deepspeed", "Megatron-DeepSpeed", "Megatron-DeepSpeed"),
    ("deepspeed", "DeepSpeed", "DeepSpeed"),
    ("mindformers", "MindFormers", "MindFormers"),
    ("nanogpt", "nanoGPT", "nanoGPT"),
    ("modded_nanogpt", "modded-nanogpt", "modded-nanogpt"),
    ("fairseq", "fairseq", "fairseq"),
    ("llm_c", "llm.c", "llm.c"),
    ("llm_c_main", "llm.c 的 main.log", "main.log of llm.c"),
    ("jsonl", "JSON 行", "JSON lines"),
    ("table", "自制表格", "a table of one's own"),
)
_SERVICES = _choices(
    ("compute", "算力", "compute"), ("facility", "机房", "facility"), ("inference", "推理", "inference")
)
_TRIALS = _choices(
    ("training_job", "训练作业", "training job"),
    ("restore", "断点恢复", "restore"),
    ("link", "链路", "link"),
    ("switch", "交换机", "switch"),
    ("instance", "推理实例", "instance"),
    ("node", "节点", "node"),
    ("scale_out", "扩容", "scale-out"),
)
_CUSTOMERS = _choices(
    ("sme", "中小企业", "small and medium"),
    ("start_up", "初创企业", "start-up"),
    ("university", "高校与科研", "university"),
    ("individual", "个人", "individual"),
    ("large_company", "大型企业", "large company"),
    ("public_body", "政府与事业单位", "public body"),
    ("self", "自用", "own use"),
)
_ASSET_EVENTS = _choices(
    ("replaced", "更换", "replaced"),
    ("returned", "返修", "returned"),
    ("retired", "退役", "retired"),
    ("reused", "再利用", "reused"),
    ("repaired", "维修", "repaired"),
    ("recycled", "回收", "recycled"),
    ("disposed", "处置", "disposed"),
)
_KINDS: Mapping[str, Text] = {kind.name: kind.title for kind in KINDS}

CHOICES: Mapping[str, Mapping[str, Text]] = {
    "status": _STATUS,
    "jobs_by_status": _STATUS,
    "jobs_by_state": _JOB_STATES,
    "dialect": _DIALECTS,
    "operation": _choices(("unknown", "未知", "unknown")),  # all_reduce and its sisters are names
    "workload": _choices(
        ("reference_dense", "参考稠密模型", "the dense reference"),
        ("reference_moe", "参考混合专家模型", "the mixture-of-experts reference"),
        ("operator_job", "运营方自己的作业", "a job of the operator's own"),
    ),
    "objective": _choices(
        ("pretrain", "预训练", "pre-training"), ("lora", "LoRA 微调", "LoRA tuning"), ("inference", "推理", "inference")
    ),
    "incidents_by_service": _SERVICES,
    "trials_by_subject": _TRIALS,
    "bills_by_class": _CUSTOMERS,
    "events_by_kind": _ASSET_EVENTS,
    "changes_by_kind": _KINDS,
    "values_by_kind": _KINDS,
}
