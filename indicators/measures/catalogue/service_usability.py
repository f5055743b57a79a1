"""The measures of service usability: name, unit, title, the kinds each asks for, and what computes it."""

from __future__ import annotations

from indicators.measures import (
    billing,
    declared,
    declared_shares,
    scheduling,
    trials,
    usability,
)
from indicators.measures.base import Measure
from indicators.measures.catalogue.title import text

_DECLARED = ("declaration",)
_JOBS = ("jobs",)

MEASURES: tuple[Measure, ...] = (
    Measure(
        "service_catalogue_coverage",
        "%",
        text("云服务目录覆盖率", "Service catalogue coverage"),
        _DECLARED,
        declared.service_catalogue_coverage,
    ),
    Measure(
        "time_to_first_job",
        "min",
        text("首任务开通时长", "Time to first job"),
        _DECLARED,
        declared.time_to_first_job,
        version="2",
    ),
    Measure(
        "mean_queue_wait", "s", text("平均排队时间", "Mean queue wait"), _JOBS, scheduling.mean_queue_wait, version="3"
    ),
    Measure(
        "platform_job_failure",
        "%",
        text("平台原因作业失败率", "Platform-caused job failure"),
        _JOBS,
        scheduling.platform_job_failure,
        version="3",
    ),
    Measure(
        "ticket_resolution",
        "%",
        text("工单响应与解决", "Ticket response and resolution"),
        ("tickets",),
        usability.ticket_resolution,
        version="2",
    ),
    Measure("sla_completeness", "%", text("SLA 完整度", "SLA completeness"), _DECLARED, declared.sla_completeness),
    Measure(
        "sus_mean",
        "point",
        text("用户满意度（SUS）", "User satisfaction (SUS)"),
        ("survey_responses",),
        usability.sus_mean,
        version="2",
    ),
    Measure(
        "off_peak_utilisation",
        "ratio",
        text("谷时利用率", "Off-peak utilisation"),
        _JOBS,
        scheduling.off_peak_utilisation,
        version="4",
    ),
    Measure(
        "security_and_isolation",
        "%",
        text("安全合规与租户隔离", "Security attestations and tenant isolation"),
        _DECLARED,
        declared.security_and_isolation,
    ),
    Measure(
        "api_sdk_documentation_coverage",
        "%",
        text("API/SDK/文档覆盖率", "API, SDK and documentation coverage"),
        _DECLARED,
        declared_shares.api_sdk_documentation_coverage,
        version="2",
    ),
    Measure(
        "elastic_granularity",
        "1",
        text("弹性粒度", "Elastic granularity"),
        _DECLARED,
        declared_shares.elastic_granularity,
        version="2",
    ),
    Measure(
        "toolchain_coverage",
        "%",
        text("全流程工具链覆盖率", "Full-pipeline toolchain coverage"),
        _DECLARED,
        declared_shares.toolchain_coverage,
    ),
    Measure(
        "migration_coverage",
        "%",
        text("框架与模型迁移覆盖率", "Framework and model migration coverage"),
        _DECLARED,
        declared_shares.migration_coverage,
        version="2",
    ),
    Measure(
        "ready_assets",
        "ratio",
        text("预置模型与数据集（相对规模）", "Ready assets relative to size class"),
        _DECLARED,
        declared_shares.ready_assets,
        version="2",
    ),
    Measure(
        "elastic_scale_out_time",
        "s",
        text("弹性扩容时长", "Elastic scale-out time"),
        ("timed_trials",),
        trials.elastic_scale_out_time,
        version="3",
    ),
    Measure(
        "scheduling_interconnection",
        "%",
        text("算力调度互联", "Scheduling interconnection"),
        ("declaration", "jobs"),
        declared_shares.scheduling_interconnection,
        version="3",
    ),
    Measure(
        "inclusive_use_share",
        "%",
        text("普惠使用占比", "Inclusive-use share"),
        ("billing_rows",),
        billing.inclusive_use_share,
        version="2",
    ),
)
