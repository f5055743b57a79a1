"""Measures outside the band that accelerators of today reach."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, Threshold, figure, line

_RULES = "scheme"
# Measure → the lowest and the highest plausible figure, in the measure's unit.
_BANDS: dict[str, tuple[Threshold | None, Threshold | None]] = {
    "model_flops_utilisation": (
        line("reference_bands.mfu_low", "0.02", "1", "scheme", f"{_RULES} §3.3: ingest warning"),
        line("reference_bands.mfu_high", "0.62", "1", "scheme", f"{_RULES} §3.3: ingest warning"),
    ),
    "achieved_gemm_ratio": (
        line("reference_bands.gemm_low", "0.20", "1", "scheme", "no card of the table is published below 0.4"),
        line("reference_bands.gemm_high", "1.02", "1", "scheme", f"{_RULES} §3.4: 2 % above the peak is an error"),
    ),
    "inter_node_collective_efficiency": (
        None,
        line("reference_bands.inter_node_high", "1.00", "1", "physics", "a wire carries at most its line rate"),
    ),
    "hpl_efficiency": (
        None,
        line("reference_bands.hpl_high", "0.95", "1", "scheme", f"{_RULES} §5: best accelerated systems 0.7–0.85"),
    ),
    "system_energy_efficiency": (
        None,
        line("reference_bands.gflops_w_high", "1500", "GFLOPS/W", "scheme", f"{_RULES} GR-4.2: > 1500 is implausible"),
    ),
}


def _find(dossier: Dossier) -> Iterable[Finding]:
    for measure, (low, high) in _BANDS.items():
        measurement = dossier.measurements.get(measure)
        if measurement is None or measurement.value is None:
            continue
        value = float(measurement.value)
        is_low, is_high = low is not None and dossier.below(low, value), high is not None and dossier.above(high, value)
        crossed = low if is_low else high
        if not (is_low or is_high) or crossed is None:
            continue
        shown = measurement.value.normalize(None) if measurement.value else Decimal(0)
        yield Finding(
            subject=measure,
            reason=Text(
                zh=f"{measure} 为 {shown:f}，{'低于' if is_low else '高于'}参考界限 {crossed.value}。",
                en=f"{measure} is {shown:f}, {'below' if is_low else 'above'} the reference {crossed.value}.",
            ),
            figures=(
                figure("value", "测得值", "Measured", measurement.value, measurement.unit),
                figure("limit", "参考界限", "Reference", crossed.value, measurement.unit),
            ),
            rests_on=measurement.rests_on,
        )


REFERENCE_BANDS = Check(
    code="reference_bands",
    title=Text(zh="超出参考范围", en="Outside the reference band"),
    severity=Severity.NOTABLE,
    what=Text(
        zh="将测得值与现有加速卡可达到的范围比较。",
        en="Measured values against what accelerators of today reach.",
    ),
    why=Text(
        zh="以稀疏峰值、错误单位、总参数量代替激活参数量等计算。",
        en="Sparse peaks, wrong units, total instead of activated parameters.",
    ),
    look=Text(
        zh="核对单位、精度、卡型与公式的输入。",
        en="Compare units, precision, model of the card and the inputs of the formula.",
    ),
    thresholds=tuple(limit for band in _BANDS.values() for limit in band if limit is not None),
    find=_find,
    is_open=True,
)
