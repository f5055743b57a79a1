"""How a measure ends without a number, besides too little and contradictory evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from functools import cache

from core.errors import InsufficientData, UserFacingError
from core.outcome import Quality, Reason
from core.quantity import measured, shortest
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.registry import PARSERS

Ways = tuple[tuple[str, ...], ...]
NOTHING_HANDED_IN = "no_evidence"


class NoFigure(Exception):
    """A measure ends without a number, and nobody has made a mistake: unlike a refusal there is nothing to mend."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message


class NoEvidence(NoFigure):
    """Nothing was handed in that this measure could rest on; `ways` are the kinds of each way to hand it in."""

    def __init__(self, code: str, message: Text, *, ways: Ways = ()) -> None:
        super().__init__(code, message)
        self.ways = ways


class PartMissing(InsufficientData):
    """Some evidence is there, but not what has to come with it; `ways` are the kinds that would do."""

    def __init__(self, code: str, message: Text, *, hint: Text, ways: Ways) -> None:
        super().__init__(code, message, hint=hint)
        self.ways = ways


class NotApplicable(NoFigure):
    """A published rule says that the measure does not apply to this centre."""


# What a person calls the files of a kind; the formats read for it stand behind, from the registry of parsers.
_FILES = {
    "collective_runs": Text(zh="集合通信测试输出", en="the output of a collective test"),
    "declaration": Text(zh="声明文件（YAML）", en="a declaration (YAML)"),
    "device_samples": Text(zh="加速卡遥测", en="card telemetry"),
    "energy_readings": Text(zh="电表读数或月度能耗表", en="meter series or the monthly energy workbook"),
    "inventory": Text(zh="系统清单", en="the description of the system"),
    "jobs": Text(zh="调度器作业记录", en="the scheduler's job records"),
    "outages": Text(zh="中断与事件记录（CSV 或 xlsx）", en="the incident records (CSV or xlsx)"),
    "power_samples": Text(zh="功率采样", en="power samples"),
    "run_cards": Text(zh="运行卡（YAML）", en="a run card (YAML)"),
    "serving_runs": Text(zh="推理压测结果", en="a load test"),
    "survey_responses": Text(zh="SUS 问卷答卷（CSV 或 xlsx）", en="SUS survey responses (CSV or xlsx)"),
    "tickets": Text(zh="工单记录（CSV 或 xlsx）", en="ticket records (CSV or xlsx)"),
    "training_steps": Text(zh="训练日志", en="a training log"),
}
# Of the many benchmarks only these are asked for by the kind; other measures name their own tools.
_MLPERF = Text(zh="MLPerf 训练日志（result_*.txt）", en="MLPerf Training logs (result_*.txt)")
_NAMED_FORMATS = 6
_NAMED = 4


def nothing_handed_in(*ways: Sequence[str | Text]) -> NoEvidence:
    """The refusal that names which files would feed a measure.

    Args:
        ways: each one way to feed it: the kinds that are needed together; a text names files where a kind is too wide.
    """
    files = files_for(*ways)
    return NoEvidence(
        NOTHING_HANDED_IN,
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


@cache
def _file(kind: str) -> Text:
    """The files of a kind in words; of several formats the first are named."""
    if kind == "benchmark_runs":
        return _MLPERF
    titles = [parser.title for parser in PARSERS if kind in parser.kinds]
    name = _FILES.get(kind) or (titles[0] if len(titles) == 1 else KIND_BY_NAME[kind].title)
    # Several versions of one tool's output are one to the reader.
    zh = list(dict.fromkeys(title.zh.split("（")[0].strip() for title in titles))
    en = list(dict.fromkeys(title.en.split(" (")[0].removeprefix(_opening_of(name.en)).strip() for title in titles))
    if len(titles) < 2:
        return name
    return Text(
        zh=_with_formats(name.zh, zh, brackets="（）", mark="、", others="等"),
        en=_with_formats(name.en, en, brackets=(" (", ")"), mark="; ", others="; and others"),
    )


def _opening_of(name: str) -> str:
    """How titles begin that say the name over again, as “Training log of” does behind “a training log”."""
    return f"{name.partition(' ')[2].capitalize()} of "


def _with_formats(name: str, formats: Sequence[str], *, brackets: Sequence[str], mark: str, others: str) -> str:
    """A name with its formats in brackets behind it.

    A name may end in brackets of its own, as in “a declaration (YAML)”: two pairs in a row do not read as one list, so
    what stands in its own opens the list, in place of the format the name already says.
    """
    opening, closing = brackets
    words, _, own = name.removesuffix(closing).partition(opening)
    if own:
        formats = [own, *(one for one in formats if one.casefold() not in words.casefold())]
    more = others if len(formats) > _NAMED_FORMATS else ""
    return f"{words}{opening}{mark.join(formats[:_NAMED_FORMATS])}{more}{closing}"


def _joined(word: str, names: Sequence[str]) -> str:
    """Chinese names with a word between them, set off by a space from a name in Latin letters."""
    return "".join(f"{word}{' ' if name[:1].isascii() else ''}{name}" for name in names)[len(word) :].lstrip()


def told(ending: NoFigure | UserFacingError) -> Text:
    """What is wrong and how to mend it, in one text."""
    return ending.message if isinstance(ending, NoFigure) else ending.told


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


def some_of(names: Sequence[str]) -> Text:
    """The first four of some names, and how many more there are."""
    named, more = names[:_NAMED], len(names) - _NAMED
    return Text(
        zh=f"{'、'.join(named)}{f'（另有 {more} 个）' if more > 0 else ''}",
        en=f"{', '.join(named)}{f' and {more} more' if more > 0 else ''}",
    )
