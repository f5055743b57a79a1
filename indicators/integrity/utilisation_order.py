"""Model FLOPS above what the cards' matrix multiplications reach."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line

_TOLERANCE = line("utilisation_order.tolerance", "1.02", "1", "scheme", "scheme §3.3: MFU ≤ HFU ≤ GEMM ratio, + 2 %")


def _find(dossier: Dossier) -> Iterable[Finding]:
    mfu = dossier.measurements.get("model_flops_utilisation")
    gemm = dossier.measurements.get("achieved_gemm_ratio")
    if mfu is None or gemm is None or mfu.value is None or gemm.value is None or not gemm.value:
        return
    times = float(mfu.value / gemm.value)
    if not dossier.above(_TOLERANCE, times):
        return
    yield Finding(
        subject="model_flops_utilisation",
        reason=Text(
            zh=f"训练的模型算力利用率 {mfu.value:.4f} 高于矩阵乘实测达成率 {gemm.value:.4f}。",
            en=f"A model FLOPS utilisation of {mfu.value:.4f} is above the achieved GEMM ratio {gemm.value:.4f}.",
        ),
        figures=(
            figure("mfu", "模型算力利用率", "Model FLOPS utilisation", mfu.value),
            figure("gemm", "矩阵乘达成率", "Achieved GEMM ratio", gemm.value),
        ),
        rests_on=(*mfu.rests_on, *gemm.rests_on),
    )


UTILISATION_ORDER = Check(
    code="utilisation_order",
    title=Text(zh="MFU 高于矩阵乘达成率", en="MFU above the GEMM ratio"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="MFU ≤ HFU ≤ 矩阵乘达成率（容差 2 %）。",
        en="MFU ≤ HFU ≤ achieved GEMM ratio, with 2 % tolerance.",
    ),
    why=Text(
        zh="参数量、步时或卡数有误，或矩阵乘测试取自较差的卡。",
        en="Wrong parameters, step times or numbers of cards, or a matrix test on poor cards.",
    ),
    look=Text(
        zh="核对运行卡中的参数量、精度与卡数，抽查重跑。",
        en="Compare parameters, precision and cards of the run card; have it run again.",
    ),
    thresholds=(_TOLERANCE,),
    find=_find,
    is_open=True,
)
