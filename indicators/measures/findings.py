"""How a measure ends without a number, besides too little and contradictory evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from core.errors import InsufficientData, UserFacingError
from core.outcome import Quality, Reason
from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME

Ways = tuple[tuple[str, ...], ...]


class NoEvidence(UserFacingError):
    """Nothing was handed in that this measure could rest on; `ways` are the kinds of each way to hand it in."""

    def __init__(self, code: str, message: Text, *, ways: Ways = ()) -> None:
        super().__init__(code, message)
        self.ways = ways


class PartMissing(InsufficientData):
    """Some evidence is there, but not what has to come with it; `ways` are the kinds that would do."""

    def __init__(self, code: str, message: Text, *, hint: Text, ways: Ways) -> None:
        super().__init__(code, message, hint=hint)
        self.ways = ways


class NotApplicable(UserFacingError):
    """A published rule says that the measure does not apply to this centre."""


# What a person hands in so that rows of a kind arise.
_FILES = {
    "benchmark_runs": Text(zh="MLPerf 训练日志（result_*.txt）", en="MLPerf Training logs (result_*.txt)"),
    "collective_runs": Text(zh="nccl-tests 输出", en="nccl-tests output"),
    "declaration": Text(zh="声明文件（YAML）", en="a declaration (YAML)"),
    "device_samples": Text(
        zh="加速卡遥测（Prometheus query_range 导出）", en="card telemetry (query_range exports of Prometheus)"
    ),
    "energy_readings": Text(
        zh="电表读数（CSV 或 xlsx）或月度能耗表（xlsx）",
        en="meter series (CSV or xlsx) or the monthly energy workbook (xlsx)",
    ),
    "inventory": Text(zh="MLPerf 系统描述（JSON）", en="the MLPerf system description (JSON)"),
    "jobs": Text(zh="调度器作业记录（sacct）", en="the scheduler's job records (sacct)"),
    "outages": Text(zh="中断与事件记录（CSV 或 xlsx）", en="the incident records (CSV or xlsx)"),
    "power_samples": Text(zh="功率采样（节点功率日志、spl.txt）", en="power samples (power log of nodes, spl.txt)"),
    "run_cards": Text(zh="运行卡（YAML）", en="a run card (YAML)"),
    "serving_runs": Text(zh="推理压测结果（vLLM、SGLang、GenAI-Perf）", en="a load test (vLLM, SGLang, GenAI-Perf)"),
    "survey_responses": Text(zh="SUS 问卷答卷（CSV 或 xlsx）", en="SUS survey responses (CSV or xlsx)"),
    "tickets": Text(zh="工单记录（CSV 或 xlsx）", en="ticket records (CSV or xlsx)"),
    "training_steps": Text(zh="训练日志", en="a training log"),
}


def nothing_handed_in(*ways: Sequence[str | Text]) -> NoEvidence:
    """The refusal that names which files would feed a measure.

    Args:
        ways: each one way to feed it: the kinds that are needed together; a text names files where a kind is too wide.
    """
    files = files_for(*ways)
    return NoEvidence(
        "no_evidence",
        Text(
            zh=f"未提交所需证据；请提交：{files.zh}。",
            en=f"The evidence this needs was not handed in; please hand in: {files.en}.",
        ),
        ways=tuple(tuple(kind for kind in way if isinstance(kind, str)) for way in ways),
    )


def files_for(*ways: Sequence[str | Text]) -> Text:
    """The files that carry these kinds in words: “and” between those needed together, “or” between ways."""
    named = [[kind if isinstance(kind, Text) else _file(kind) for kind in way] for way in ways]
    return Text(
        zh=_joined("，或", [_joined("和", [file.zh for file in way]) for way in named]),
        en=", or ".join(" and ".join(file.en for file in way) for way in named),
    )


def _file(kind: str) -> Text:
    return _FILES.get(kind, KIND_BY_NAME[kind].title)


def _joined(word: str, names: Sequence[str]) -> str:
    """Chinese names with a word between them, set off by a space from a name in Latin letters."""
    return "".join(f"{word}{' ' if name[:1].isascii() else ''}{name}" for name in names)[len(word) :].lstrip()


def note(code: str, zh: str, en: str) -> Reason:
    return Reason(code, Text(zh=zh, en=en))


def repeated_runs(found_in: Iterable[Collection[str]]) -> tuple[Reason, ...]:
    """A note that runs stand in several files and count once; none when every run stands in one file.

    Args:
        found_in: of each run the digests of the files it stands in.
    """
    repeated = [files for files in found_in if len(files) > 1]
    if not repeated:
        return ()
    named = [f"{digest[:19]}…" for digest in sorted(set().union(*repeated))]
    number = len(repeated)
    runs = "One run stands" if number == 1 else f"{number} runs stand"
    return (
        note(
            "repeated_run",
            f"有 {number} 次运行重复出现在多个文件中（{'、'.join(named)}），各只计一次。",
            f"{runs} in several files ({', '.join(named)}) and {'counts' if number == 1 else 'count'} once.",
        ),
    )


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
