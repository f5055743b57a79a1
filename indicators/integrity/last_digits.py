"""Last digits of readings, which chance alone decides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.series import meter_support, series_of

_CHI_SQUARE = line("last_digits.chi_square", "60", "1", "physics", "χ² with 9 degrees of freedom: about one in 10⁹")
_LEAST = 500  # readings
_SPREAD = 30  # standard deviation in reading steps that makes last digits even


def _find(dossier: Dossier) -> Iterable[Finding]:
    for meter in dossier.evidence.profile.meters:
        series = series_of(dossier, meter)
        if series is None or not series.quantum:
            continue
        steps = np.rint(series.values[series.known] / series.quantum).astype(np.int64)
        steps = steps[np.concatenate(([True], steps[1:] != steps[:-1]))]
        if len(steps) < _LEAST or steps.std() < _SPREAD:
            continue
        counts = np.bincount(steps % 10, minlength=10)
        expected = len(steps) / 10
        chi_square = float(np.square(counts - expected).sum() / expected)
        if not dossier.above(_CHI_SQUARE, chi_square):
            continue
        digit = int(counts.argmax())
        yield Finding(
            subject=meter.id,
            reason=Text(
                zh=f"末位数字分布不均（χ² = {chi_square:.0f}），“{digit}”占 {counts[digit] / len(steps) * 100:.0f} %。",
                en=f"The last digits are uneven (χ² = {chi_square:.0f}); “{digit}” makes up "
                f"{counts[digit] / len(steps) * 100:.0f} %.",
            ),
            figures=(figure("chi_square", "χ²（自由度 9）", "χ², 9 degrees of freedom", chi_square),),
            rests_on=meter_support(dossier.evidence, (meter,)),
        )


LAST_DIGITS = Check(
    code="last_digits",
    title=Text(zh="末位数字分布异常", en="Uneven last digits"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="读数远大于其分辨率时，末位数字应近似均匀分布。",
        en="Where readings are large against their resolution, last digits come about equally often.",
    ),
    why=Text(zh="人手编写或取整的数字有偏好。", en="People who write or round figures prefer some digits."),
    look=Text(
        zh="确认数据是采集所得还是手工录入，索取采集系统导出。",
        en="Find out whether the figures were acquired or typed; ask for the export of the acquisition system.",
    ),
    thresholds=(_CHI_SQUARE,),
    find=_find,
)
