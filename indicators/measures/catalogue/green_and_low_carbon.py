"""The measures of green and low-carbon: name, unit, title, the kinds each asks for, and what computes it."""

from __future__ import annotations

from indicators.measures import (
    assets,
    cooling_control,
    derived,
    energy,
    energy_intensity,
    green,
    heat_and_power,
    load_fluctuation,
    system_energy,
)
from indicators.measures.base import Measure
from indicators.measures.catalogue.title import text

_READINGS = ("energy_readings",)
_POWER = ("benchmark_runs", "power_samples", "declaration")
_HEAT = ("energy_readings", "flow_readings", "declaration")
_RUN_POWER = ("training_steps", "run_cards", "power_samples", "declaration")
_GEMM = ("ascend_dmi", "flagperf_gemm", "gemm_table", "mamf_finder", "superbench")
_HPL = ("hpcc", "hpl")

MEASURES: tuple[Measure, ...] = (
    Measure(
        "annual_pue",
        "1",
        text("电能利用效率（PUE）", "Power usage effectiveness (PUE)"),
        _HEAT,
        energy.annual_pue,
        version="8",
    ),
    Measure("it_load_factor", "%", text("IT 负荷率", "IT load factor"), _READINGS, energy.it_load_factor, version="8"),
    Measure(
        "renewable_energy_factor",
        "%",
        text("绿电消费占比（REF，计分口径）", "Renewable energy factor, scored form"),
        _HEAT,
        green.renewable_energy_factor,
        version="8",
    ),
    Measure(
        "carbon_usage_effectiveness",
        "kg/kWh",
        text("碳利用效率（CUE）", "Carbon usage effectiveness (CUE)"),
        _HEAT,
        green.carbon_usage_effectiveness,
        version="8",
    ),
    Measure(
        "water_usage_effectiveness",
        "L/kWh",
        text("水利用效率（WUE）", "Water usage effectiveness (WUE)"),
        _HEAT,
        green.water_usage_effectiveness,
        version="8",
    ),
    Measure(
        "energy_reuse_factor",
        "%",
        text("能量再利用率（ERF）", "Energy reuse factor (ERF)"),
        _HEAT,
        green.energy_reuse_factor,
        version="8",
    ),
    Measure(
        "metering_completeness",
        "%",
        text("计量器具配备率", "Metering completeness"),
        _READINGS,
        energy.metering_completeness,
        version="6",
    ),
    Measure(
        "system_energy_efficiency",
        "GFLOPS/W",
        text("系统能效（HPL）", "System energy efficiency (HPL)"),
        _POWER,
        system_energy.system_energy_efficiency,
        benchmarks=_HPL,
        version="3",
    ),
    Measure(
        "ai_card_energy_efficiency",
        "TFLOPS/kW",
        text("系统能效（智算卡）", "System energy efficiency, AI cards"),
        _POWER,
        system_energy.ai_card_energy_efficiency,
        benchmarks=_GEMM,
        version="3",
    ),
    Measure(
        "load_fluctuation",
        "%",
        text("负荷波动率与需求响应", "Load fluctuation and demand response"),
        ("power_samples",),
        load_fluctuation.load_fluctuation,
    ),
    Measure(
        "cooling_efficiency_ratio",
        "1",
        text("制冷效率", "Cooling efficiency ratio (CER)"),
        _HEAT,
        heat_and_power.cooling_efficiency_ratio,
        version="6",
    ),
    Measure(
        "power_distribution_efficiency",
        "%",
        text("供配电系统效率", "Power distribution efficiency"),
        _READINGS,
        heat_and_power.power_distribution_efficiency,
        version="6",
    ),
    Measure(
        "liquid_cooling_share",
        "%",
        text("液冷覆盖率", "Liquid-cooling share"),
        _HEAT,
        heat_and_power.liquid_cooling_share,
        version="6",
    ),
    Measure(
        "carbon_per_training_compute",
        "kg/ZFLOP",
        text("单位训练算力碳排", "Carbon per training compute"),
        (*_RUN_POWER, "energy_readings"),
        energy_intensity.carbon_per_training_compute,
        version="9",
    ),
    Measure(
        "energy_per_training_compute",
        "kWh/ZFLOP",
        text("训练能耗强度", "Energy per training compute"),
        _RUN_POWER,
        energy_intensity.energy_per_training_compute,
        version="7",
    ),
    Measure(
        "ai_control_cooling_saving",
        "%",
        text("智能控制节能率", "AI-control cooling saving"),
        _HEAT,
        cooling_control.ai_control_cooling_saving,
        version="4",
    ),
    Measure(
        "equipment_reuse",
        "%",
        text("设备循环利用率", "Equipment reuse and recycling"),
        ("asset_events", "declaration"),
        assets.equipment_reuse,
        version="2",
    ),
    Measure(
        "energy_per_million_tokens",
        "kWh/Mtok",
        text("百万词元能耗", "Energy per million output tokens"),
        ("serving_runs", "run_cards", "power_samples", "declaration"),
        energy_intensity.energy_per_million_tokens,
        version="6",
    ),
    Measure(
        "load_fluctuation_with_demand_response",
        "%",
        text("负荷波动率（具备需求响应）", "Load fluctuation with demand response"),
        ("power_samples", "declaration"),
        derived.load_fluctuation_with_demand_response,
        version="2",
    ),
)
