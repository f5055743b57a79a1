"""Why a centre stands out, in words, and what each sign is known from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessment.board_selectors.signs import IDLE_BELOW, Figures, Known, Sign, not_counting
from assessment.models import AssessmentState
from core.text import Text

_ALLOCATION_CODE, _PUE_CODE = "CE-4.1", "GR-1.1"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to know about a centre, and what it is known from.

    Args:
        source: where the figure or the word comes from.
        subject: primary key or number of what the reason leads to; the code of the indicator for a warning.
        words: of people, as they wrote them.
    """

    sign: Sign
    said: Text
    source: Text
    subject: str = ""
    words: str = ""


def reasons_of(known: Known, centre: int, *, files: Sequence[Reason] = ()) -> tuple[Reason, ...]:
    """The signs of a centre in words; `files` are those for what was rejected, one each."""
    return tuple(reason for sign in known.signs(centre) for reason in _reasons(sign, known, centre, files))


def rejected_files(within: QuerySet[Any]) -> Mapping[int, Sequence[Reason]]:
    """A reason for every rejected content, by the keys of the centres."""
    found: dict[int, dict[str, Reason]] = defaultdict(dict)
    columns = ("pk", "centre_id", "blob_id", "name", "problem", "received_at")
    for pk, centre, blob, name, problem, at in not_counting(within).order_by("received_at", "pk").values_list(*columns):
        message = (problem or {}).get("message") or {"zh": "不能读取", "en": "cannot be read"}
        day = timezone.localtime(at).date().isoformat()
        source = Text(zh=f"证据文件 {name}，{day}", en=f"evidence file {name}, {day}")
        found[centre][blob] = Reason(Sign.REJECTED, Text(**message), source, str(pk))
    return {centre: tuple(own.values()) for centre, own in found.items()}


def _reasons(sign: Sign, known: Known, centre: int, files: Sequence[Reason]) -> Iterator[Reason]:
    match sign:
        case Sign.NOT_REPORTED:
            yield _not_reported(known, centre)
        case Sign.CAME_BACK:
            yield _came_back(known, centre)
        case Sign.REJECTED:
            yield from files
        case Sign.ENDS_SOON:
            yield _ends_soon(known, centre)
        case Sign.IDLE | Sign.PUE_RISING:
            yield warned(sign, *known.results[centre])


def _not_reported(known: Known, centre: int) -> Reason:
    case = known.cases.get(centre)
    if case is None:
        return Reason(Sign.NOT_REPORTED, Text(zh="没有申请", en="no application"), _CASES)
    said = _WITHDRAWN if case.state == AssessmentState.DISCONTINUED else _NOT_HANDED_IN
    return Reason(Sign.NOT_REPORTED, said, _CASES, case.pk)


def _came_back(known: Known, centre: int) -> Reason:
    act = known.back(centre)
    day = timezone.localtime(act.at).date().isoformat()
    source = Text(zh=f"案件记录 {day}", en=f"record of the case, {day}")
    return Reason(Sign.CAME_BACK, _BACK[act.act], source, known.cases[centre].pk, act.reason)


def _ends_soon(known: Known, centre: int) -> Reason:
    certificate = known.certificates[centre]
    day = certificate.valid_until.isoformat()
    ended = certificate.valid_until < known.today
    said = (
        Text(zh=f"证书已于 {day} 到期", en=f"the certificate ended on {day}")
        if ended
        else Text(zh=f"证书将于 {day} 到期", en=f"the certificate ends on {day}")
    )
    return Reason(Sign.ENDS_SOON, said, Text(zh="获证名录", en="the register"), certificate.number)


def warned(sign: Sign, current: Figures, previous: Figures | None) -> Reason:
    """An early warning with the figures it rests on."""
    if sign is Sign.IDLE:
        said = Text(
            zh=f"加速卡分配率 {current.allocation} %，低于 {IDLE_BELOW} %",
            en=f"{current.allocation} % of the cards allocated, below {IDLE_BELOW} %",
        )
        return Reason(sign, said, _measured(_ALLOCATION_CODE, current.allocation_until), _ALLOCATION_CODE)
    before = previous.pue if previous else None
    said = Text(zh=f"PUE 由 {before} 升至 {current.pue}", en=f"PUE rose from {before} to {current.pue}")
    return Reason(sign, said, _measured(_PUE_CODE, current.pue_until), _PUE_CODE)


def _measured(code: str, until: str | None) -> Text:
    day = f"，期末 {until[:10]}" if until else ""
    day_en = f", period to {until[:10]}" if until else ""
    return Text(zh=f"指标 {code}{day}", en=f"indicator {code}{day_en}")


_NOT_HANDED_IN = Text(zh="申请尚未提交", en="an application that is not handed in")
_WITHDRAWN = Text(zh="申请已撤回", en="an application that was withdrawn")
_CASES = Text(zh="案件记录", en="record of cases")
_BACK = {
    "return": Text(zh="申请被退回补正", en="the application was returned"),
    "decline": Text(zh="申请不予受理", en="the application was declined"),
    "refuse": Text(zh="不予发证", en="a certificate was refused"),
    "send_back": Text(zh="评价被退回", en="the evaluation was sent back"),
}
