"""How a measure ends without a number, besides too little and contradictory evidence."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from core.errors import UserFacingError
from core.outcome import Quality, Reason
from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME


class NoEvidence(UserFacingError):
    """Nothing was handed in that this measure could rest on."""


class NotApplicable(UserFacingError):
    """A published rule says that the measure does not apply to this centre."""


# What a person hands in so that rows of a kind arise.
_FILES = {
    "benchmark_runs": Text(zh="MLPerf 训练日志（result_*.txt）", en="MLPerf Training logs (result_*.txt)"),
    "collective_runs": Text(zh="nccl-tests 输出", en="nccl-tests output"),
    "declaration": Text(zh="声明文件（YAML）", en="a declaration (YAML)"),
    "energy_readings": Text(
        zh="电表读数（CSV）或月度能耗表（xlsx）", en="meter series (CSV) or the monthly energy workbook (xlsx)"
    ),
    "inventory": Text(zh="MLPerf 系统描述（JSON）", en="the MLPerf system description (JSON)"),
    "jobs": Text(zh="调度器作业记录（sacct）", en="the scheduler's job records (sacct)"),
    "outages": Text(zh="中断与事件记录（CSV）", en="the incident records (CSV)"),
    "run_cards": Text(zh="运行卡（YAML）", en="a run card (YAML)"),
    "survey_responses": Text(zh="SUS 问卷答卷（CSV）", en="SUS survey responses (CSV)"),
    "tickets": Text(zh="工单记录（CSV）", en="ticket records (CSV)"),
    "training_steps": Text(zh="训练日志", en="a training log"),
}


def nothing_handed_in(kinds: Iterable[str]) -> NoEvidence:
    """The refusal that names which files would feed a measure."""
    files = [_FILES.get(kind, KIND_BY_NAME[kind].title) for kind in kinds]
    return NoEvidence(
        "no_evidence",
        Text(
            zh=f"未提交所需证据；请提交：{'、'.join(file.zh for file in files)}。",
            en=f"The evidence this needs was not handed in; please hand in: {', or '.join(file.en for file in files)}.",
        ),
    )


def note(code: str, zh: str, en: str) -> Reason:
    return Reason(code, Text(zh=zh, en=en))


def percent(share: Fraction, *, decimals: int = 2) -> str:
    """A share as people read it in a sentence, such as `97.35 %`."""
    return f"{shortest(round(measured(share * 100), decimals))} %"


def worst(grades: Iterable[Quality]) -> Quality:
    """The worst of several evidence grades; A when none is given."""
    return max(grades, default=Quality.A)


def coverage_grade(share: Fraction) -> Quality:
    """≥ 98 % A, ≥ 90 % B, else C: the coverage rule of every series."""
    if share >= Fraction(98, 100):
        return Quality.A
    return Quality.B if share >= Fraction(90, 100) else Quality.C
