"""Files that were handed in and rejected, told where a measure lacks what they would have carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InsufficientData, UserFacingError
from core.outcome import Reason
from core.provenance import Support
from core.text import Text, joined_zh
from evidence.observations.registry import written_by_tools
from indicators.measures.base import CentreEvidence, Measure, RejectedFile
from indicators.measures.findings import NoEvidence, NoFigure, PartMissing, Ways, files_for

NAMED_FILES = 3


@dataclass(frozen=True, slots=True)
class Rejection:
    """What rejected files say of a refusal: the reason in place of its own, or notes beside it; and the files."""

    reason: Reason | None = None
    notes: tuple[Reason, ...] = ()
    rests_on: tuple[Support, ...] = ()


def rejection_behind(refusal: NoFigure | UserFacingError, *, measure: Measure, evidence: CentreEvidence) -> Rejection:
    """The rejected files behind the refusal of a measure.

    A kind that is lacking and that a rejected file would have carried makes the reason `evidence_rejected`, which
    names the file and its first error. Where there is too little of a kind, the same is a note beside the reason.
    Other refusals do not lie in what was rejected.
    """
    match refusal:
        case NoEvidence() | PartMissing():
            ways, lacking = refusal.ways, {kind for way in refusal.ways for kind in way}
        case InsufficientData():
            ways, lacking = (), set(measure.kinds)
        case _:
            return Rejection()
    files = [file for file in evidence.rejected if lacking & set(file.kinds)]
    if not files:
        return Rejection()
    rests_on = tuple(_support(file, kind) for file in files for kind in file.kinds if kind in lacking)
    reason = Reason("evidence_rejected", _told(files, refusal, also=_still_needed(ways, files, evidence)))
    if ways:
        return Rejection(reason=reason, rests_on=rests_on)
    return Rejection(notes=(reason,), rests_on=rests_on)


def _still_needed(ways: Ways, files: Sequence[RejectedFile], evidence: CentreEvidence) -> tuple[str, ...]:
    """The kinds that have to come with the rejected ones and were not handed in either."""
    rejected = {kind for file in files for kind in file.kinds}
    begun = next((way for way in ways if rejected & set(way)), ())
    return tuple(kind for kind in begun if kind not in rejected and not evidence.rows(kind).num_rows)


def _told(files: Sequence[RejectedFile], refusal: NoFigure | UserFacingError, *, also: tuple[str, ...]) -> Text:
    match refusal:
        case NoEvidence():
            opening = Text(zh="未采用所需证据。", en="The evidence this needs is not in use. ")
        case PartMissing():
            opening = Text(zh=refusal.message.zh, en=f"{refusal.message.en} ")
        case _:  # a note beside a reason that stands for itself
            opening = Text(zh="", en="")
    more = max(0, len(files) - NAMED_FILES)
    rest = Text(zh=f"另有 {more} 个文件被退回。", en=f" {more} more rejected.") if more else Text(zh="", en="")
    named = [_named(file) for file in files[:NAMED_FILES]]
    mend = _mend(files, also=also)
    return Text(
        zh=f"{opening.zh}{''.join(name.zh for name in named)}{rest.zh}{mend.zh}",
        en=f"{opening.en}{' '.join(name.en for name in named)}{rest.en} {mend.en}",
    )


def _mend(files: Sequence[RejectedFile], *, also: tuple[str, ...]) -> Text:
    """What to do: a form is mended, but what a tool wrote is handed in as it wrote it, never touched up."""
    if any(written_by_tools(file.kinds) for file in files):
        advice = Text(
            zh="请提交工具原样输出的日志，或重新运行",
            en="Hand in the log exactly as the tool wrote it, or that of another run",
        )
    else:
        advice = Text(zh="请改正后重新提交", en="Mend it and hand it in again")
    if not also:
        return Text(zh=f"{advice.zh}。", en=f"{advice.en}.")
    needed = files_for(also)
    return Text(zh=f"{advice.zh}，{joined_zh('并提交', needed.zh)}。", en=f"{advice.en}, and add {needed.en}.")


def _named(file: RejectedFile) -> Text:
    words = file.reason.message
    return Text(
        zh=f"已提交的文件“{file.name}”被退回：{words.zh}",
        en=f"The file “{file.name}” was handed in but rejected: {words.en}",
    )


def _support(file: RejectedFile, kind: str) -> Support:
    where = file.where
    return Support(
        file.evidence,
        kind,
        rows=0,
        lines=() if where.line is None else (where.line,),
        cells=() if where.cell is None else (where.cell,),
    )
