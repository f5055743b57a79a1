"""Every measure there is, by name, and the one way to compute them all.

A refusal of a measure becomes an outcome with its reason; anything else is a bug and stays an exception.
"""

from __future__ import annotations

from core.errors import InsufficientData, InvalidEvidence, UserFacingError
from core.outcome import Outcome, Reason
from core.text import Text
from indicators.measures import (
    card_activity,
    declared,
    energy,
    green,
    inference,
    linpack,
    load_fluctuation,
    matrix_multiplication,
    network,
    outages,
    scheduling,
    serving,
    storage,
    system_energy,
    training,
    training_scaling,
    training_sets,
    usability,
)
from indicators.measures.base import CentreEvidence, Measure, Measurement
from indicators.measures.findings import NoEvidence, NotApplicable
from indicators.measures.rejections import rejection_behind


def _title(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_READINGS = ("energy_readings",)
_DECLARED = ("declaration",)
_JOBS = ("jobs",)
_SERVING = ("serving_runs", "run_cards", "declaration")
_POWER = ("benchmark_runs", "power_samples", "declaration")
_RUNS = ("training_steps", "run_cards", "benchmark_runs", "inventory")

MEASURES: tuple[Measure, ...] = (
    # compute effectiveness
    Measure(
        "model_flops_utilisation",
        "ratio",
        _title("模型计算利用率（MFU）", "Model FLOPS utilisation (MFU)"),
        (*_RUNS, "declaration"),
        training.model_flops_utilisation,
    ),
    Measure(
        "scaling_efficiency_per_doubling",
        "ratio",
        _title("线性扩展效率（每翻倍）", "Scaling efficiency per doubling"),
        _RUNS,
        training_scaling.scaling_efficiency_per_doubling,
    ),
    Measure(
        "inter_node_collective_efficiency",
        "ratio",
        _title("参数面网络集合通信效率", "Inter-node collective efficiency (parameter plane)"),
        ("collective_runs",),
        network.inter_node_collective_efficiency,
    ),
    Measure(
        "intra_node_interconnect_efficiency",
        "ratio",
        _title("机内互联效率", "Intra-node interconnect efficiency"),
        ("collective_runs",),
        network.intra_node_interconnect_efficiency,
    ),
    Measure(
        "accelerator_allocation_rate",
        "%",
        _title("加速卡分配率", "Accelerator allocation rate"),
        ("jobs", "outages"),
        scheduling.accelerator_allocation_rate,
    ),
    Measure(
        "accelerator_active_utilisation",
        "%",
        _title("AI Core/SM 利用率（已分配卡）", "Accelerator active utilisation"),
        ("device_samples", "jobs"),
        card_activity.accelerator_active_utilisation,
    ),
    Measure(
        "training_benchmark_parity",
        "ratio",
        _title("训练基准测试达成率", "Training benchmark parity"),
        ("benchmark_runs", "inventory", "run_cards"),
        training_sets.training_benchmark_parity,
    ),
    Measure(
        "reference_serving_throughput",
        "ratio",
        _title("参考推理作业单卡吞吐达成率", "Reference-serving throughput per card"),
        _SERVING,
        serving.reference_serving_throughput,
    ),
    Measure(
        "serving_scale_out_efficiency",
        "ratio",
        _title("推理扩展效率", "Serving scale-out efficiency"),
        _SERVING,
        serving.serving_scale_out_efficiency,
    ),
    Measure(
        "achieved_gemm_ratio",
        "ratio",
        _title("单卡矩阵乘实测效率", "Achieved GEMM ratio"),
        ("benchmark_runs", "declaration"),
        matrix_multiplication.achieved_gemm_ratio,
    ),
    Measure(
        "hpl_efficiency",
        "ratio",
        _title("HPL 效率", "HPL efficiency"),
        ("benchmark_runs", "declaration"),
        linpack.hpl_efficiency,
    ),
    Measure(
        "hpl_mxp_efficiency",
        "ratio",
        _title("混合精度 HPL 效率", "HPL-MxP efficiency"),
        ("benchmark_runs", "declaration"),
        linpack.hpl_mxp_efficiency,
    ),
    Measure(
        "storage_accelerator_utilisation",
        "%",
        _title("加速器利用率（AU）", "MLPerf Storage accelerator utilisation"),
        ("benchmark_runs",),
        storage.storage_accelerator_utilisation,
    ),
    Measure(
        "io500_relative_score",
        "ratio",
        _title("IO500 相对得分", "IO500 score relative to size class"),
        ("benchmark_runs", "declaration"),
        storage.io500_relative_score,
    ),
    Measure(
        "inference_benchmark_parity",
        "ratio",
        _title("推理基准测试达成率", "MLPerf Inference parity"),
        ("benchmark_runs", "run_cards"),
        inference.inference_benchmark_parity,
    ),
    # cluster stability
    Measure(
        "compute_availability",
        "%",
        _title("算力可用度", "Compute availability"),
        ("outages",),
        outages.compute_availability,
        version="2",
    ),
    Measure(
        "facility_availability",
        "%",
        _title("机房基础设施可用度", "Facility availability (power and cooling to IT)"),
        ("outages",),
        outages.facility_availability,
        version="2",
    ),
    Measure(
        "interruption_rate",
        "1/kcd",
        _title("千卡日中断率", "Interruptions per 1,000 accelerator-days"),
        _JOBS,
        scheduling.interruption_rate,
    ),
    Measure(
        "longest_uninterrupted_run",
        "ratio",
        _title("最长连续训练（相对规模）", "Longest uninterrupted run relative to size class"),
        _JOBS,
        scheduling.longest_uninterrupted_run,
    ),
    Measure(
        "root_cause_coverage",
        "%",
        _title("根因覆盖率", "Root-cause coverage"),
        ("outages",),
        outages.root_cause_coverage,
    ),
    Measure(
        "operations_assurance",
        "%",
        _title("运维保障", "Operations assurance"),
        _DECLARED,
        declared.operations_assurance,
    ),
    Measure(
        "inference_service_availability",
        "%",
        _title("推理服务可用度", "Inference service availability"),
        ("outages",),
        outages.inference_service_availability,
        version="2",
    ),
    # green and low-carbon
    Measure(
        "annual_pue",
        "1",
        _title("电能利用效率（PUE）", "Power usage effectiveness (PUE)"),
        _READINGS,
        energy.annual_pue,
        version="2",
    ),
    Measure(
        "it_load_factor", "%", _title("IT 负荷率", "IT load factor"), _READINGS, energy.it_load_factor, version="2"
    ),
    Measure(
        "renewable_energy_factor",
        "%",
        _title("绿电消费占比（REF，计分口径）", "Renewable energy factor, scored form"),
        ("energy_readings", "declaration"),
        green.renewable_energy_factor,
        version="2",
    ),
    Measure(
        "carbon_usage_effectiveness",
        "kg/kWh",
        _title("碳利用效率（CUE）", "Carbon usage effectiveness (CUE)"),
        ("energy_readings", "declaration"),
        green.carbon_usage_effectiveness,
        version="2",
    ),
    Measure(
        "water_usage_effectiveness",
        "L/kWh",
        _title("水利用效率（WUE）", "Water usage effectiveness (WUE)"),
        ("energy_readings", "declaration"),
        green.water_usage_effectiveness,
        version="2",
    ),
    Measure(
        "energy_reuse_factor",
        "%",
        _title("能量再利用率（ERF）", "Energy reuse factor (ERF)"),
        ("energy_readings", "declaration"),
        green.energy_reuse_factor,
        version="2",
    ),
    Measure(
        "metering_completeness",
        "%",
        _title("计量器具配备率", "Metering completeness"),
        _READINGS,
        energy.metering_completeness,
        version="2",
    ),
    Measure(
        "system_energy_efficiency",
        "GFLOPS/W",
        _title("系统能效（HPL）", "System energy efficiency (HPL)"),
        _POWER,
        system_energy.system_energy_efficiency,
    ),
    Measure(
        "ai_card_energy_efficiency",
        "TFLOPS/kW",
        _title("系统能效（智算卡）", "System energy efficiency, AI cards"),
        _POWER,
        system_energy.ai_card_energy_efficiency,
    ),
    Measure(
        "load_fluctuation",
        "%",
        _title("负荷波动率与需求响应", "Load fluctuation and demand response"),
        ("power_samples",),
        load_fluctuation.load_fluctuation,
    ),
    # service usability
    Measure(
        "service_catalogue_coverage",
        "%",
        _title("云服务目录覆盖率", "Service catalogue coverage"),
        _DECLARED,
        declared.service_catalogue_coverage,
    ),
    Measure(
        "time_to_first_job",
        "min",
        _title("首任务开通时长", "Time to first job"),
        _DECLARED,
        declared.time_to_first_job,
    ),
    Measure("mean_queue_wait", "s", _title("平均排队时间", "Mean queue wait"), _JOBS, scheduling.mean_queue_wait),
    Measure(
        "platform_job_failure",
        "%",
        _title("平台原因作业失败率", "Platform-caused job failure"),
        _JOBS,
        scheduling.platform_job_failure,
    ),
    Measure(
        "ticket_resolution",
        "%",
        _title("工单响应与解决", "Ticket response and resolution"),
        ("tickets",),
        usability.ticket_resolution,
    ),
    Measure("sla_completeness", "%", _title("SLA 完整度", "SLA completeness"), _DECLARED, declared.sla_completeness),
    Measure(
        "sus_mean",
        "point",
        _title("用户满意度（SUS）", "User satisfaction (SUS)"),
        ("survey_responses",),
        usability.sus_mean,
    ),
    Measure(
        "off_peak_utilisation",
        "ratio",
        _title("谷时利用率", "Off-peak utilisation"),
        _JOBS,
        scheduling.off_peak_utilisation,
    ),
    Measure(
        "security_and_isolation",
        "%",
        _title("安全合规与租户隔离", "Security attestations and tenant isolation"),
        _DECLARED,
        declared.security_and_isolation,
    ),
)

MEASURE_BY_NAME: dict[str, Measure] = {measure.name: measure for measure in MEASURES}


def measure_versions() -> dict[str, str]:
    """Name and version of every measure, for the identity of a result."""
    return {measure.name: measure.version for measure in MEASURES}


_OUTCOMES: tuple[tuple[type[UserFacingError], Outcome], ...] = (
    (NoEvidence, Outcome.NO_EVIDENCE),
    (NotApplicable, Outcome.NOT_APPLICABLE),
    (InsufficientData, Outcome.NOT_ASSESSABLE),
    (InvalidEvidence, Outcome.INVALID),
)


def measure_all(evidence: CentreEvidence) -> dict[str, Measurement]:
    """Every measure of one centre: a value with what it rests on, or the reason why there is none."""
    return {measure.name: measure_one(measure, evidence) for measure in MEASURES}


def measure_one(measure: Measure, evidence: CentreEvidence) -> Measurement:
    """One measure; its refusals become outcomes."""
    try:
        return measure.compute(evidence)
    except (NoEvidence, NotApplicable, InsufficientData, InvalidEvidence) as refusal:
        outcome = next(outcome for kind, outcome in _OUTCOMES if isinstance(refusal, kind))
        rejection = rejection_behind(refusal, measure=measure, evidence=evidence)
        return Measurement(
            measure=measure.name,
            outcome=outcome,
            unit=measure.unit,
            reason=rejection.reason or Reason(refusal.code, _told(refusal)),
            notes=rejection.notes,
            rests_on=rejection.rests_on,
        )


def _told(refusal: UserFacingError) -> Text:
    """What is wrong and how to mend it, in one text."""
    if refusal.hint is None:
        return refusal.message
    return Text(zh=refusal.message.zh + refusal.hint.zh, en=f"{refusal.message.en} {refusal.hint.en}")
