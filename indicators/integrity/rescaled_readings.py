"""Readings that were multiplied after they had been read.

A counter moves in whole steps. Multiply its readings by a factor and round them again, and they keep the rhythm of the
old steps: some figures come twice as often, some never. A Fourier transform of how often each figure comes shows that
rhythm as a peak where honest readings have noise, whose power is exponential with mean 1.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import Figures, meter_support, series_of

_PEAK = line("rescaled_readings.peak", "30", "1", "physics", "exponential noise in some million places: one in 10⁶")
_LEAST = 500  # readings
_SPREAD = 20  # standard deviation in reading steps
_WIDEST = 1 << 21  # figures a transform spans
_LOWEST = 0.008  # rhythms per step of the readings
_QUIET = 2.5  # times its mean that noise may have


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum:
            continue
        found = rhythm(series.values[series.known] / series.quantum)
        if found is None:
            continue
        peak, pitch = found
        if not dossier.above(_PEAK, peak):
            continue
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"读数呈现 {pitch:.3f} 个分度的节律（强度 {peak:.0f}）：像是读出后又乘以系数。",
                en=f"The readings keep a rhythm of {pitch:.3f} of their steps (strength {peak:.0f}), as if they had "
                "been multiplied after they were read.",
            ),
            figures=(
                figure("peak", "强度", "Strength", peak),
                figure("pitch", "节律", "Rhythm", pitch * series.quantum, "kWh"),
            ),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


def rhythm(readings: Figures) -> tuple[float, float] | None:
    """The strongest rhythm among whole numbers: its power above noise, and its pitch in steps; None for too few.

    Args:
        readings: in steps of their resolution.
    """
    steps = np.rint(readings).astype(np.int64)
    steps = steps[np.concatenate(([True], steps[1:] != steps[:-1]))]
    if len(steps) < _LEAST or steps.std() < _SPREAD:
        return None
    low, high = np.quantile(steps, (0.002, 0.998))
    steps = steps[(steps >= low) & (steps <= high)] - int(low)
    width = int(steps.max()) + 1
    if width > _WIDEST:
        return None
    size = 1 << (2 * width - 1).bit_length()
    power = np.square(np.abs(np.fft.rfft(np.bincount(steps, minlength=width), size))) / len(steps)
    block = max(32, len(power) // 512)
    blocks = len(power) // block
    noise = np.median(power[: blocks * block].reshape(blocks, block), axis=1) / np.log(2)
    # Slow rhythms are how load is spread; where they have died away, only the steps of the counter could speak.
    calm = (noise < _QUIET) & (np.arange(blocks) * block >= _LOWEST * size)
    begins = np.flatnonzero(calm[:-1] & calm[1:])
    if not len(begins):
        return None
    first = int(begins[0]) * block
    floor = max(1.0, float(np.median(noise[begins[0] :])))
    seen = power[first:] / floor
    strongest = float(seen.max())
    place = first + int(np.flatnonzero(seen >= strongest / 2)[0])  # the rhythm itself rather than an overtone
    return strongest, size / place


RESCALED_READINGS = Check(
    code="rescaled_readings",
    title=Text(zh="读数疑似被乘以系数", en="Readings multiplied afterwards"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="计数器按固定分度走字；读数的频数分布不应带有另一种分度的节律。",
        en="A counter moves in whole steps; how often each figure comes must not keep the rhythm of other steps.",
    ),
    why=Text(
        zh="在表格中把一列读数乘以 0.95 再取整，原来的分度会留下痕迹。",
        en="Multiply a column by 0.95 in a spreadsheet and round it, and the old steps leave a trace.",
    ),
    look=Text(
        zh="索取采集系统的原始导出；若为脉冲表，核对脉冲常数与倍率。",
        en="Ask for the raw export; for a pulse meter, compare its constant and multiplier.",
    ),
    thresholds=(_PEAK,),
    find=_find,
)
