"""FLOPS of training above what the cards' matrix multiplications reach.

The bound is the median over the cards tested, not the scored tenth percentile, which a job on healthy cards may well
exceed. Nothing handed in names the hosts a training job ran on, so all cards tested stand for its cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.measures.base import Measurement

_TOLERANCE = line(
    "utilisation_order.tolerance", "1.02", "1", "scheme", "scheme §3.3: MFU ≤ HFU ≤ median GEMM ratio, + 2 %"
)
# By definition MFU ≤ HFU: where MFU is above the bound already, that is the finding.
_UTILISATIONS = {
    "model_flops_utilisation": Text(zh="模型算力利用率", en="Model FLOPS utilisation"),
    "hardware_flops_utilisation": Text(zh="硬件算力利用率", en="Hardware FLOPS utilisation"),
}


def _find(dossier: Dossier) -> Iterable[Finding]:
    gemm = dossier.measurements.get("achieved_gemm_ratio")
    bound = gemm and _median(gemm)
    if not gemm or not bound:
        return
    for name in _UTILISATIONS:
        used = dossier.measurements.get(name)
        if used and used.value is not None and dossier.above(_TOLERANCE, float(used.value / bound)):
            yield _above(used, used.value, gemm, bound)
            return


def _median(gemm: Measurement) -> Decimal | None:
    """Of the ratios of all cards tested, as the measure shows it beside its tenth percentile."""
    return next((one.value for one in gemm.inputs if one.name == "median"), None)


def _above(used: Measurement, value: Decimal, gemm: Measurement, bound: Decimal) -> Finding:
    title = _UTILISATIONS[used.measure]
    return Finding(
        subject=used.measure,
        reason=Text(
            zh=f"训练的{title.zh} {value:.4f} 高于各卡矩阵乘实测达成率的中位数 {bound:.4f}。",
            en=f"{title.en} of {value:.4f} is above {bound:.4f}, the median of the cards' achieved GEMM ratios.",
        ),
        figures=(
            figure("utilisation", title.zh, title.en, value),
            figure("gemm", "矩阵乘达成率中位数", "Median achieved GEMM ratio", bound),
        ),
        rests_on=(*used.rests_on, *gemm.rests_on),
    )


UTILISATION_ORDER = Check(
    code="utilisation_order",
    title=Text(zh="MFU 或 HFU 高于矩阵乘达成率", en="MFU or HFU above the GEMM ratio"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="MFU ≤ HFU ≤ 各卡矩阵乘达成率的中位数（容差 2 %）。",
        en="MFU ≤ HFU ≤ median achieved GEMM ratio of the cards, with 2 % tolerance.",
    ),
    why=Text(
        zh="参数量、步时、卡数或重计算申报有误，或矩阵乘测试取自较差的卡。",
        en="Wrong parameters, step times, numbers of cards or declared recomputation, or a matrix test on poor cards.",
    ),
    look=Text(
        zh="核对运行卡中的参数量、精度与卡数，以及矩阵乘测试所选的卡；抽查重跑。",
        en="Compare parameters, precision and cards of the run card, and which cards were tested; have it run again.",
    ),
    thresholds=(_TOLERANCE,),
    find=_find,
    version="2",
    is_open=True,
)
