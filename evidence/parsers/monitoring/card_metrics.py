"""The metrics of card exporters we read – DCGM, nvidia_gpu_exporter, npu-exporter, IPMI – and what each one means.

Ratios stay ratios; percent, MiB and mJ become ratio, B and W. “GPU-Util” is kept apart from the active fraction: it
is 1 while a single kernel stalls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import re2

POWER, ENERGY = "power_w", "energy_mj"
_PERCENT = Decimal("0.01")
_MIB = Decimal(2**20)


@dataclass(frozen=True, slots=True)
class CardMetric:
    """A column of `device_samples` (or power, or the energy counter it comes from) and the factor to its unit."""

    column: str
    factor: Decimal = Decimal(1)
    place: str = "card"
    interval_ms: int | None = None


_METRICS = {
    # DCGM exporter: profiling fields are ratios, device fields are percent and MiB.
    "DCGM_FI_PROF_SM_ACTIVE": CardMetric("active_ratio"),
    "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE": CardMetric("tensor_ratio"),
    "DCGM_FI_DEV_GPU_UTIL": CardMetric("util_ratio", _PERCENT),
    "DCGM_FI_DEV_FB_USED": CardMetric("memory_used_bytes", _MIB),
    "DCGM_FI_DEV_GPU_TEMP": CardMetric("temperature_c"),
    "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL": CardMetric("ecc_uncorrected"),
    "DCGM_FI_DEV_XID_ERRORS": CardMetric("xid"),
    "DCGM_FI_DEV_POWER_USAGE": CardMetric(POWER),
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": CardMetric(ENERGY),
    # nvidia_gpu_exporter: base units throughout.
    "nvidia_smi_utilization_gpu_ratio": CardMetric("util_ratio"),
    "nvidia_smi_memory_used_bytes": CardMetric("memory_used_bytes"),
    "nvidia_smi_temperature_gpu": CardMetric("temperature_c"),
    "nvidia_smi_ecc_errors_uncorrected_volatile_total": CardMetric("ecc_uncorrected"),
    "nvidia_smi_power_draw_watts": CardMetric(POWER),
    # npu-exporter: utilisation is that of the AI Cores, in percent; memory in MB of 2²⁰.
    "npu_chip_info_utilization": CardMetric("active_ratio", _PERCENT),
    "npu_chip_info_hbm_used_memory": CardMetric("memory_used_bytes", _MIB),
    "npu_chip_info_temperature": CardMetric("temperature_c"),
    "npu_chip_info_power": CardMetric(POWER),
    # IPMI exporter: input power of a node.
    "ipmi_dcmi_power_consumption_watts": CardMetric(POWER, place="node"),
}
_FOLDED = {name.lower(): metric for name, metric in _METRICS.items()}
_RULE = re2.compile(r"[a-zA-Z0-9_]*:([a-zA-Z0-9_]+):(?:avg|mean)(?:_over_time)?_?([0-9]{1,4})([smhd])")
_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_NODES = ("Hostname", "hostname", "node", "instance")
_DEVICES = ("UUID", "uuid", "vdie_id", "gpu", "id", "minor_number")
_MIG = ("GPU_I_ID", "GPU_I_PROFILE")


def card_metric(name: str) -> CardMetric | None:
    """What a metric means; a recording rule `level:metric:avg1h` is that metric's mean over so long."""
    if (metric := _METRICS.get(name)) is not None:
        return metric
    rule = _RULE.fullmatch(name) if len(name) <= 200 else None
    base = _FOLDED.get(rule.group(1).lower()) if rule else None
    if rule is None or base is None or base.column in (ENERGY, "xid", "ecc_uncorrected"):
        return None
    return CardMetric(base.column, base.factor, base.place, int(rule.group(2)) * _MS[rule.group(3)])


def node_of(labels: Mapping[str, str]) -> str | None:
    return next((labels[name] for name in _NODES if labels.get(name)), None)


def device_of(labels: Mapping[str, str]) -> str | None:
    """The card of a series; None for a slice of a card (MIG) and for what was added up over cards."""
    if any(labels.get(name) for name in _MIG):
        return None
    return next((labels[name] for name in _DEVICES if labels.get(name)), None)
