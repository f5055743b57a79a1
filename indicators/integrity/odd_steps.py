"""Meters that move in steps no counter has."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import Series, meter_support, series_of

_REMAINDER = line(
    "odd_steps.remainder",
    "11",
    "1",
    "physics",
    "steps are made of 2, 5 and at most one of 3, 7, 11 (ratios of transformers)",
)
_LEAST_READINGS = 200
_FINEST = 10**9  # figures have nine decimals


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum or series.known.sum() < _LEAST_READINGS:
            continue
        if float(series.values[series.known].std()) < 2 * series.quantum:
            continue  # one figure repeated has no step
        left = remainder(series)
        if not dossier.above(_REMAINDER, float(left)):
            continue
        step = series.quantum / float(meter.multiplier)
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"读数几乎全是 {step:.6g} 的整数倍，计数器与互感器倍率不会有这样的分度。",
                en=f"Nearly all readings are whole multiples of {step:.6g}, a step no counter and no transformer has.",
            ),
            figures=(figure("step", "分度", "Step", step, meter.unit),),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


def remainder(series: Series) -> int:
    """What is left of the step of the readings, as the file writes them, without its factors 2 and 5."""
    whole = round(series.quantum / float(series.meter.multiplier) * _PER_UNIT[series.meter.unit] * _FINEST)
    for factor in (2, 5):
        while whole and whole % factor == 0:
            whole //= factor
    return whole


_PER_UNIT = {"Wh": 1000.0, "kWh": 1.0, "MWh": 0.001}

ODD_STEPS = Check(
    code="odd_steps",
    title=Text(zh="读数分度异常", en="Readings in odd steps"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="读数的最小分度应由 2、5 以及互感器倍率中的 3、7、11 构成。",
        en="The step of the readings is made of 2, 5 and, from ratios of transformers, 3, 7 or 11.",
    ),
    why=Text(
        zh="把 0.6 的分度乘以 0.95，读数就全是 0.57 的整数倍。",
        en="Multiply steps of 0.6 by 0.95, and all readings are multiples of 0.57.",
    ),
    look=Text(
        zh="索取采集系统的原始导出，核对电表与互感器铭牌。",
        en="Ask for the raw export; compare the plates of meter and transformers.",
    ),
    thresholds=(_REMAINDER,),
    find=_find,
)
