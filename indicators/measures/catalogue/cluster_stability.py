"""The measures of cluster stability: name, unit, title, the kinds each asks for, and what computes it."""

from __future__ import annotations

from indicators.measures import (
    assets,
    declared,
    derived,
    goodput,
    incident_handling,
    network_steadiness,
    outages,
    recovery,
    request_service,
    scheduling,
    trials,
)
from indicators.measures.base import Measure
from indicators.measures.catalogue.title import text

_JOBS = ("jobs",)
_DECLARED = ("declaration",)
_ETTR = ("step_heartbeats", "training_steps", "run_cards", "jobs", "timed_trials")
_STEPS_AND_DRILLS = ("step_heartbeats", "training_steps", "run_cards", "timed_trials")

MEASURES: tuple[Measure, ...] = (
    Measure(
        "compute_availability",
        "%",
        text("算力可用度", "Compute availability"),
        ("outages",),
        outages.compute_availability,
        version="2",
    ),
    Measure(
        "facility_availability",
        "%",
        text("机房基础设施可用度", "Facility availability (power and cooling to IT)"),
        ("outages",),
        outages.facility_availability,
        version="2",
    ),
    Measure(
        "interruption_rate",
        "1/kcd",
        text("千卡日中断率", "Interruptions per 1,000 accelerator-days"),
        _JOBS,
        scheduling.interruption_rate,
    ),
    Measure(
        "longest_uninterrupted_run",
        "ratio",
        text("最长连续训练（相对规模）", "Longest uninterrupted run relative to size class"),
        _JOBS,
        scheduling.longest_uninterrupted_run,
    ),
    Measure(
        "root_cause_coverage",
        "%",
        text("根因覆盖率", "Root-cause coverage"),
        ("outages",),
        outages.root_cause_coverage,
    ),
    Measure(
        "operations_assurance",
        "%",
        text("运维保障", "Operations assurance"),
        _DECLARED,
        declared.operations_assurance,
    ),
    Measure(
        "inference_service_availability",
        "%",
        text("推理服务可用度", "Inference service availability"),
        ("request_windows", "outages"),
        request_service.inference_service_availability,
        version="3",
    ),
    Measure(
        "mean_time_between_interruptions",
        "h",
        text("平均中断间隔（1 024 卡口径）", "Mean time between interruptions at 1,024 cards"),
        _JOBS,
        derived.mean_time_between_interruptions,
    ),
    Measure(
        "effective_training_time_ratio",
        "ratio",
        text("有效训练时长占比（ETTR）", "Effective training time ratio (ETTR, goodput)"),
        (*_ETTR, "declaration"),
        goodput.effective_training_time_ratio,
        version="2",
    ),
    Measure(
        "card_annualised_failure_rate",
        "%/yr",
        text("加速卡年化故障率", "Card annualised failure rate"),
        ("asset_events",),
        assets.card_annualised_failure_rate,
    ),
    Measure(
        "mean_time_to_detect",
        "min",
        text("故障发现时间（MTTD）", "Mean time to detect (MTTD)"),
        ("outages",),
        incident_handling.mean_time_to_detect,
    ),
    Measure(
        "fault_localisation_time",
        "min",
        text("故障定位时间", "Fault localisation time"),
        ("outages",),
        incident_handling.fault_localisation_time,
    ),
    Measure(
        "mean_time_to_recover",
        "min",
        text("平均故障恢复时长（MTTR）", "Mean time to recover, job"),
        _STEPS_AND_DRILLS,
        recovery.mean_time_to_recover,
        version="2",
    ),
    Measure(
        "automatic_recovery_share",
        "%",
        text("自动恢复率", "Automatic recovery share"),
        ("outages",),
        incident_handling.automatic_recovery_share,
    ),
    Measure(
        "checkpoint_stall",
        "s",
        text("检查点阻塞时间", "Checkpoint stall"),
        ("step_heartbeats", "declaration"),
        recovery.checkpoint_stall,
    ),
    Measure(
        "restore_time",
        "min",
        text("断点恢复时间", "Restore time"),
        ("timed_trials", "declaration"),
        trials.restore_time,
    ),
    Measure(
        "lost_work_per_interruption",
        "min",
        text("平均损失工作量", "Lost work per interruption"),
        ("step_heartbeats", "training_steps", "run_cards"),
        recovery.lost_work_per_interruption,
        version="2",
    ),
    Measure(
        "network_convergence_time",
        "s",
        text("网络故障收敛时间", "Network convergence time"),
        ("timed_trials",),
        trials.network_convergence_time,
    ),
    Measure(
        "link_flaps",
        "1",
        text("链路稳定性", "Link flaps per 1,000 links per month"),
        ("link_events", "declaration"),
        network_steadiness.link_flaps,
    ),
    Measure(
        "network_jitter",
        "ratio",
        text("网络性能抖动", "Network jitter"),
        ("network_probes",),
        network_steadiness.network_jitter,
    ),
    Measure(
        "request_success_rate",
        "%",
        text("推理请求成功率", "Request success rate"),
        ("request_windows",),
        request_service.request_success_rate,
    ),
    Measure(
        "instance_failover_time",
        "s",
        text("实例故障切换时间", "Instance failover time"),
        ("timed_trials",),
        trials.instance_failover_time,
    ),
    Measure(
        "latency_slo_attainment",
        "%",
        text("时延达标率（TTFT/TPOT）", "Latency SLO attainment (TTFT/TPOT)"),
        ("request_windows",),
        request_service.latency_slo_attainment,
    ),
)
