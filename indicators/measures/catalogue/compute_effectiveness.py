"""The measures of compute effectiveness: name, unit, title, the kinds each asks for, and what computes it."""

from __future__ import annotations

from indicators.measures import (
    card_activity,
    derived,
    inference,
    linpack,
    matrix_multiplication,
    network,
    node_consistency,
    recovery,
    scheduling,
    serving,
    storage,
    training,
    training_scaling,
    training_sets,
)
from indicators.measures.base import Measure
from indicators.measures.catalogue.title import text

_RUNS = ("training_steps", "run_cards", "benchmark_runs", "inventory")
_SERVING = ("serving_runs", "run_cards", "declaration")
_ETTR = ("step_heartbeats", "training_steps", "run_cards", "jobs", "timed_trials")
_GEMM = ("ascend_dmi", "flagperf_gemm", "gemm_table", "mamf_finder", "superbench")
_HPL = ("hpcc", "hpl")
_MLPERF = ("mlperf_training",)

MEASURES: tuple[Measure, ...] = (
    Measure(
        "model_flops_utilisation",
        "ratio",
        text("模型计算利用率（MFU）", "Model FLOPS utilisation (MFU)"),
        (*_RUNS, "declaration"),
        training.model_flops_utilisation,
        version="2",
        benchmarks=_MLPERF,
    ),
    Measure(
        "scaling_efficiency_per_doubling",
        "ratio",
        text("线性扩展效率（每翻倍）", "Scaling efficiency per doubling"),
        _RUNS,
        training_scaling.scaling_efficiency_per_doubling,
        version="2",
        benchmarks=_MLPERF,
    ),
    Measure(
        "inter_node_collective_efficiency",
        "ratio",
        text("参数面网络集合通信效率", "Inter-node collective efficiency (parameter plane)"),
        ("collective_runs",),
        network.inter_node_collective_efficiency,
    ),
    Measure(
        "intra_node_interconnect_efficiency",
        "ratio",
        text("机内互联效率", "Intra-node interconnect efficiency"),
        ("collective_runs",),
        network.intra_node_interconnect_efficiency,
    ),
    Measure(
        "accelerator_allocation_rate",
        "%",
        text("加速卡分配率", "Accelerator allocation rate"),
        ("jobs", "outages"),
        scheduling.accelerator_allocation_rate,
    ),
    Measure(
        "accelerator_active_utilisation",
        "%",
        text("AI Core/SM 利用率（已分配卡）", "Accelerator active utilisation"),
        ("device_samples", "jobs"),
        card_activity.accelerator_active_utilisation,
    ),
    Measure(
        "training_benchmark_parity",
        "ratio",
        text("训练基准测试达成率", "Training benchmark parity"),
        ("benchmark_runs", "inventory", "run_cards"),
        training_sets.training_benchmark_parity,
        benchmarks=_MLPERF,
    ),
    Measure(
        "reference_serving_throughput",
        "ratio",
        text("参考推理作业单卡吞吐达成率", "Reference-serving throughput per card"),
        _SERVING,
        serving.reference_serving_throughput,
    ),
    Measure(
        "serving_scale_out_efficiency",
        "ratio",
        text("推理扩展效率", "Serving scale-out efficiency"),
        _SERVING,
        serving.serving_scale_out_efficiency,
    ),
    Measure(
        "achieved_gemm_ratio",
        "ratio",
        text("单卡矩阵乘实测效率", "Achieved GEMM ratio"),
        ("benchmark_runs", "declaration"),
        matrix_multiplication.achieved_gemm_ratio,
        benchmarks=_GEMM,
    ),
    Measure(
        "hpl_efficiency",
        "ratio",
        text("HPL 效率", "HPL efficiency"),
        ("benchmark_runs", "declaration"),
        linpack.hpl_efficiency,
        benchmarks=_HPL,
    ),
    Measure(
        "hpl_mxp_efficiency",
        "ratio",
        text("混合精度 HPL 效率", "HPL-MxP efficiency"),
        ("benchmark_runs", "declaration"),
        linpack.hpl_mxp_efficiency,
        benchmarks=("hpl_mxp",),
    ),
    Measure(
        "storage_accelerator_utilisation",
        "%",
        text("加速器利用率（AU）", "MLPerf Storage accelerator utilisation"),
        ("benchmark_runs",),
        storage.storage_accelerator_utilisation,
        benchmarks=("mlperf_storage_report", "mlperf_storage_summary"),
    ),
    Measure(
        "io500_relative_score",
        "ratio",
        text("IO500 相对得分", "IO500 score relative to size class"),
        ("benchmark_runs", "declaration"),
        storage.io500_relative_score,
        benchmarks=("io500",),
    ),
    Measure(
        "inference_benchmark_parity",
        "ratio",
        text("推理基准测试达成率", "MLPerf Inference parity"),
        ("benchmark_runs", "run_cards"),
        inference.inference_benchmark_parity,
        benchmarks=("mlperf_inference_accuracy", "mlperf_inference_detail", "mlperf_inference_summary"),
    ),
    Measure(
        "hardware_flops_utilisation",
        "ratio",
        text("硬件计算利用率（HFU）", "Hardware FLOPS utilisation (HFU)"),
        (*_RUNS, "declaration"),
        derived.hardware_flops_utilisation,
        benchmarks=_MLPERF,
    ),
    Measure(
        "model_flops_utilisation_moe",
        "ratio",
        text("模型计算利用率（MFU），混合专家", "Model FLOPS utilisation (MFU), mixture of experts"),
        (*_RUNS, "declaration"),
        training.model_flops_utilisation_moe,
        benchmarks=_MLPERF,
    ),
    Measure(
        "node_consistency",
        "ratio",
        text("节点一致性", "Node consistency (stragglers)"),
        ("benchmark_runs",),
        node_consistency.node_consistency,
        benchmarks=_GEMM,
    ),
    Measure(
        "data_stall_share",
        "%",
        text("数据加载停顿占比", "Data stall share"),
        ("step_heartbeats", "declaration"),
        recovery.data_stall_share,
    ),
    Measure(
        "effective_compute_ratio",
        "ratio",
        text("综合有效算力比", "Overall effective compute ratio"),
        (*_RUNS, "declaration", *_ETTR, "outages"),
        derived.effective_compute_ratio,
        benchmarks=_MLPERF,
    ),
    Measure(
        "effective_serving_capacity",
        "Mtok/d",
        text("有效推理产能", "Effective serving capacity"),
        ("serving_runs", "run_cards", "request_windows", "outages", "jobs"),
        derived.effective_serving_capacity,
    ),
)
