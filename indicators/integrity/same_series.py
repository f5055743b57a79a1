"""Series that another centre handed in too: shifted, scaled, cut or with a little noise laid over."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.fft import irfft, rfft

from core.text import Text, joined_zh
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.kept_prints import Prints, Shape
from indicators.integrity.prints import prints_of
from indicators.integrity.series import Figures

_ALIKE = line("same_series.alike", "7", "σ", "fitted", "the highest of ten thousand chance correlations lies near 4.5")
_STRONG = line("same_series.correlation", "0.08", "1", "fitted", "weather of one region moves meters alike a little")

_OVERLAP = 0.1  # of the largest variance: shorter overlaps tell nothing
_SUBJECTS = {
    "energy it": Text(zh="IT 电量", en="The readings of the IT meters"),
    "energy facility": Text(zh="总电量", en="The readings of the facility meters"),
}


def _find(dossier: Dossier) -> Iterable[Finding]:
    for name, shape in prints_of(dossier).shapes.items():
        spectrum = Spectrum(shape)
        for other in dossier.others:
            matches = [
                (*spectrum.likeness(theirs), label)
                for label, theirs in other.shapes.items()
                if _comparable(name, label)
            ]
            if not matches:
                continue
            sigma, correlation, shift, label = max(matches)
            if dossier.above(_ALIKE, sigma) and dossier.above(_STRONG, correlation):
                yield _finding(name, other, label, sigma, correlation, shift)


def _comparable(name: str, label: str) -> bool:
    """IT with IT, the whole with the whole, and any training log with any other."""
    return name == label or (name.startswith("steps ") and label.startswith("steps "))


class Spectrum:
    """One shape, ready to be laid over others at every shift."""

    def __init__(self, shape: Shape) -> None:
        """Args: shape: points, 0 where nothing is known."""
        self.shape = shape.astype(np.float32)
        self._transforms: dict[int, tuple[Figures, Figures]] = {}

    def likeness(self, other: Shape) -> tuple[float, float, int]:
        """At the shift where they are most alike: standard deviations above chance, correlation, shift in points.

        Were the two independent, the sum of products at a shift would have the sum of squared products as variance.
        """
        theirs = other.astype(np.float32)
        size = 1 << (len(self.shape) + len(theirs) - 1).bit_length()
        if size not in self._transforms:
            self._transforms[size] = rfft(self.shape, size), rfft(np.square(self.shape), size)
        own, own_squares = self._transforms[size]
        products = irfft(own * np.conj(rfft(theirs, size)), size)
        variance = irfft(own_squares * np.conj(rfft(np.square(theirs), size)), size)
        overlaps = variance > _OVERLAP * float(variance.max())
        sigma = np.where(overlaps, products / np.sqrt(np.maximum(variance, 1.0)), 0.0)
        place = int(sigma.argmax())
        norm = float(np.linalg.norm(self.shape) * np.linalg.norm(theirs)) or 1.0
        shift = place if place <= size // 2 else place - size
        return float(sigma[place]), float(products[place]) / norm, shift


def _finding(name: str, other: Prints, label: str, sigma: float, correlation: float, shift: int) -> Finding:
    subject = _SUBJECTS.get(name) or Text(zh=f"训练日志 {name[6:]}", en=f"The steps of {name[6:]}")
    return Finding(
        subject=name.removeprefix("steps "),
        reason=Text(
            zh=f"{joined_zh(subject.zh, '的起伏')}与另一中心的数据相同（相关 {correlation:.2f}，错开 {shift}）。",
            en=f"{subject.en} move as those of another centre do (correlation {correlation:.2f}, shifted by {shift}).",
        ),
        figures=(
            figure("sigma", "高于偶然的标准差倍数", "Standard deviations above chance", sigma, "σ"),
            figure("correlation", "相关系数", "Correlation", correlation),
            figure("shift", "错开的点数", "Shift in points", shift),
        ),
        elsewhere=(other.centre, label),
    )


SAME_SERIES = Check(
    code="same_series",
    title=Text(zh="与另一中心的序列相同", en="The same series as another centre"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="去掉大小、水平与日周期后，与其他中心的序列在各种错位下求相关。",
        en="Freed of size, level and daily rhythm, a series is laid over those of other centres at every shift.",
    ),
    why=Text(
        zh="整体平移、缩放或加噪的抄袭仍保留原来的起伏。",
        en="A copy that was shifted, scaled or blurred keeps the ups and downs of the original.",
    ),
    look=Text(
        zh="并排比较两份文件，询问数据采集系统；两中心共用电表时属正常。",
        en="Compare both files side by side and ask for the acquisition system; two centres may share a meter.",
    ),
    thresholds=(_ALIKE, _STRONG),
    find=_find,
)
