"""How every centre of a regulator's regions stands: reported or not, what came back, what ends soon, early warnings.

A bounded number of queries, however many centres there are; of results only what is kept beside their trees is read.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from assessment.models import (
    Act,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    Kind,
    OwnTable,
    ProvisionalResult,
    Reminder,
    ResultSummary,
)
from assessment.selectors import Somebody, summaries_of
from centres.models import Centre, Person
from centres.permissions import is_administrator, is_of_the_body
from centres.roles import regulated_by
from core.text import Text
from evidence.models import STATES_OF_REJECTION, STATES_THAT_CAME_TO_NOTHING, Evidence, EvidenceState, ObservationTable

ENDS_SOON = dt.timedelta(days=90)
IDLE_BELOW = Decimal(60)  # per cent; the line of the action plan of 2024 for rack occupancy, as the rubric cites it
_ALLOCATION, _PUE = ("accelerator_allocation_rate", "CE-4.1"), ("annual_pue", "GR-1.1")
_CAME_BACK = ("return", "decline", "refuse", "send_back")
_NOT_HANDED_IN = (AssessmentState.DRAFT, AssessmentState.DISCONTINUED)


class Sign(StrEnum):
    """Why a centre stands out."""

    NOT_REPORTED = "not_reported"
    CAME_BACK = "came_back"
    REJECTED = "rejected"
    ENDS_SOON = "ends_soon"
    IDLE = "idle"
    PUE_RISING = "pue_rising"

    @property
    def is_warning(self) -> bool:
        return self in (Sign.IDLE, Sign.PUE_RISING)


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


@dataclass(frozen=True, slots=True)
class Standing:
    """One centre on the board.

    Args:
        month: the latest month that accepted evidence speaks of; None where none does, or months were not asked for.
        case, state: the newest case, and how far it is.
        cells: of the regulator's own table, in the order of its columns; empty without a row.
    """

    centre: Centre
    case: str | None
    state: str | None
    received_at: dt.datetime | None
    month: str | None
    grade: str
    score: Decimal | None
    certificate: str | None
    valid_until: dt.date | None
    reasons: tuple[Reason, ...]
    reminder: Reminder | None = None
    cells: tuple[str, ...] = ()

    @property
    def reported(self) -> bool:
        return not any(one.sign is Sign.NOT_REPORTED for one in self.reasons)

    def count(self, *signs: Sign) -> int:
        return sum(one.sign in signs for one in self.reasons)


@dataclass(frozen=True, slots=True)
class ProvinceLine:
    """The centres of one province, counted."""

    province: str
    centres: int
    reported: int
    came_back: int
    ends_soon: int
    warned: int


@dataclass(frozen=True, slots=True)
class _Figures:
    """What is read of a result without its tree."""

    grade: str
    score: Decimal | None
    figures: Mapping[str, tuple[Decimal | None, str]] = field(default_factory=dict)


def watched_centres(user: Somebody) -> QuerySet[Centre]:
    """All for the body and administrators, else the regions of the regulator; nobody else watches any."""
    if not user.is_active:
        return Centre.objects.none()
    if is_of_the_body(user) or is_administrator(user):
        return Centre.objects.all()
    regions = regulated_by(user)
    return Centre.objects.all() if "" in regions else Centre.objects.filter(province__in=regions)


def own_table(user: Somebody) -> OwnTable | None:
    return OwnTable.objects.filter(person=user).first() if isinstance(user, Person) else None


def province_lines(standings: Iterable[Standing]) -> list[ProvinceLine]:
    """By name; the figures count centres, not reasons."""
    grouped: dict[str, list[Standing]] = defaultdict(list)
    for one in standings:
        grouped[one.centre.province].append(one)
    return [
        ProvinceLine(
            province=province,
            centres=len(own),
            reported=sum(one.reported for one in own),
            came_back=sum(one.count(Sign.CAME_BACK, Sign.REJECTED) > 0 for one in own),
            ends_soon=sum(one.count(Sign.ENDS_SOON) > 0 for one in own),
            warned=sum(one.count(Sign.IDLE, Sign.PUE_RISING) > 0 for one in own),
        )
        for province, own in sorted(grouped.items())
    ]


def board(
    user: Somebody,
    *,
    province: str = "",
    slug: str = "",
    among: Collection[int] | None = None,
    months: bool = False,
    counted: bool = False,
    today: dt.date | None = None,
) -> list[Standing]:
    """How the centres stand, by identifier.

    Args:
        province, slug: only centres of this province, only this centre; empty: all that the person watches.
        among: only centres with these keys, as on one page of the list.
        months: whether to look for the latest month of evidence, which reads a row per table of every file.
        counted: whether the signs are only to be counted: of rejected files one stands for all, without its words, and
            what a count does not need is left out.
    """
    chosen = watched_centres(user)
    chosen = chosen.filter(province=province) if province else chosen
    chosen = chosen.filter(slug=slug) if slug else chosen
    chosen = chosen.filter(pk__in=among) if among is not None else chosen
    centres = list((chosen.only("slug", "province") if counted else chosen).order_by("slug"))
    within, today = chosen.order_by().values("pk"), today or timezone.localdate()
    cases = _cases(within)
    newest = {centre: own[0] for centre, own in cases.items()}
    acts = _came_back(within)
    results = _results(within, cases)
    figures = _figures({pk for pair in results.values() for pk in pair if pk})
    received = {} if counted else _received(within)
    latest = _months(within) if months else {}
    rejected = _some_rejected(within) if counted else _rejected(within)
    certificates = _certificates(within)
    reminders = {} if counted else _reminders(within)
    table = None if counted else own_table(user)
    found = []
    for centre in centres:
        case, certificate = newest.get(centre.pk), certificates.get(centre.pk)
        current, previous = (figures.get(pk) for pk in results.get(centre.pk, (0, 0)))
        reasons = (
            *_reporting(case, acts.get(case["id"]) if case else None),
            *rejected.get(centre.pk, ()),
            *_ending(certificate, today),
            *_warnings(current, previous),
        )
        found.append(
            Standing(
                centre=centre,
                case=str(case["id"]) if case else None,
                state=case["state"] if case else None,
                received_at=received.get(centre.pk),
                month=latest.get(centre.pk),
                grade=current.grade if current else "",
                score=current.score if current else None,
                certificate=certificate.number if certificate else None,
                valid_until=certificate.valid_until if certificate else None,
                reasons=reasons,
                reminder=reminders.get(centre.pk),
                cells=tuple(table.cells.get(centre.slug, ())) if table else (),
            )
        )
    return found


# --- reasons ----------------------------------------------------------------------------------------------------------


def _reporting(case: Mapping[str, Any] | None, back: Any) -> Iterator[Reason]:
    if case is None:
        yield Reason(Sign.NOT_REPORTED, Text(zh="没有申请", en="no application"), _CASES)
        return
    if case["state"] in _NOT_HANDED_IN and not (back is not None and back.act == "return"):
        said = Text(zh="申请尚未提交", en="an application that is not handed in")
        yield Reason(Sign.NOT_REPORTED, said, _CASES, str(case["id"]))
    standing = {"return": "draft", "decline": "declined", "refuse": "refused"}
    if back is not None and (back.act == "send_back" or case["state"] == standing[back.act]):
        yield Reason(Sign.CAME_BACK, _BACK[back.act], _acts_of(back), str(case["id"]), back.reason)


def _ending(certificate: Any, today: dt.date) -> Iterator[Reason]:
    if certificate is None or certificate.valid_until > today + ENDS_SOON:
        return
    day = certificate.valid_until.isoformat()
    ended = certificate.valid_until < today
    said = (
        Text(zh=f"证书已于 {day} 到期", en=f"the certificate ended on {day}")
        if ended
        else Text(zh=f"证书将于 {day} 到期", en=f"the certificate ends on {day}")
    )
    yield Reason(Sign.ENDS_SOON, said, Text(zh="获证名录", en="the register"), certificate.number)


def _warnings(current: _Figures | None, previous: _Figures | None) -> Iterator[Reason]:
    if current is None:
        return
    value, until = current.figures.get(_ALLOCATION[0], (None, ""))
    if value is not None and value < IDLE_BELOW:
        said = Text(
            zh=f"加速卡分配率 {value} %，低于 {IDLE_BELOW} %",
            en=f"{value} % of the cards allocated, below {IDLE_BELOW} %",
        )
        yield Reason(Sign.IDLE, said, _measured(_ALLOCATION[1], until), _ALLOCATION[1])
    value, until = current.figures.get(_PUE[0], (None, ""))
    before = previous.figures.get(_PUE[0], (None, ""))[0] if previous else None
    if value is not None and before is not None and value > before:
        said = Text(zh=f"PUE 由 {before} 升至 {value}", en=f"PUE rose from {before} to {value}")
        yield Reason(Sign.PUE_RISING, said, _measured(_PUE[1], until), _PUE[1])


def _measured(code: str, until: str) -> Text:
    day = f"，期末 {until[:10]}" if until else ""
    day_en = f", period to {until[:10]}" if until else ""
    return Text(zh=f"指标 {code}{day}", en=f"indicator {code}{day_en}")


def _acts_of(act: Any) -> Text:
    day = timezone.localtime(act.at).date().isoformat()
    return Text(zh=f"案件记录 {day}", en=f"record of the case, {day}")


_CASES = Text(zh="案件记录", en="record of cases")
_BACK = {
    "return": Text(zh="申请被退回补正", en="the application was returned"),
    "decline": Text(zh="申请不予受理", en="the application was declined"),
    "refuse": Text(zh="不予认证", en="certification was refused"),
    "send_back": Text(zh="评价被退回", en="the evaluation was sent back"),
}


# --- queries ----------------------------------------------------------------------------------------------------------


def _cases(within: QuerySet[Any]) -> dict[int, list[dict[str, Any]]]:
    """The cases of each centre, the newest first; pre-assessments are none that report."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Assessment.objects.filter(centre__in=within).exclude(kind=Kind.PRE_ASSESSMENT)
    for row in rows.order_by("-created_at", "id").values("id", "centre_id", "state", "result_id"):
        found[row["centre_id"]].append(dict(row))
    return found


def _came_back(within: QuerySet[Any]) -> dict[Any, Any]:
    """The last act of each case, where it was one that gave it back: its name, reason and instant."""
    last = Act.objects.filter(assessment=OuterRef("assessment"), pk__gt=OuterRef("pk"), of="assessment")
    acts = Act.objects.filter(assessment__centre__in=within, of="assessment", act__in=_CAME_BACK)
    rows = acts.exclude(Exists(last)).values_list("assessment_id", "act", "reason", "at", named=True)
    return {row.assessment_id: row for row in rows}


def _received(within: QuerySet[Any]) -> dict[int, dt.datetime]:
    """When each centre last handed something in that came to something."""
    found = Evidence.objects.filter(centre__in=within).exclude(state__in=STATES_THAT_CAME_TO_NOTHING).order_by()
    return dict(found.values_list("centre").annotate(Max("received_at")))


def _certificates(within: QuerySet[Any]) -> dict[int, Any]:
    """Number and last day of the newest valid one of each centre."""
    found = Certificate.objects.filter(assessment__centre__in=within, state=CertificateState.VALID)
    columns = ("assessment__centre_id", "number", "valid_until")
    return {row[0]: row for row in found.order_by("issued_on", "number").values_list(*columns, named=True)}


def _reminders(within: QuerySet[Any]) -> dict[int, Reminder]:
    return {one.centre_id: one for one in Reminder.objects.filter(centre__in=within).order_by("pk")}


def _results(within: QuerySet[Any], cases: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[int, tuple[int, int]]:
    """The result pages show of each centre, and the one before; 0 for none."""
    found: dict[int, tuple[int, int]] = {}
    for centre, own in cases.items():
        results = list(dict.fromkeys(row["result_id"] for row in own if row["result_id"]))
        if results:
            found[centre] = (results[0], results[1] if len(results) > 1 else 0)
    provisional = ProvisionalResult.objects.filter(centre__in=within).values_list("centre_id", "result_id")
    for centre, result in provisional:
        found.setdefault(centre, (result, 0))
    return found


def _figures(wanted: set[int]) -> dict[int, _Figures]:
    """Two figures of each result by its key, from what is kept beside it."""
    columns = ("pk", "grade", "score", "figures")
    rows = list(ResultSummary.objects.filter(pk__in=wanted).values_list(*columns))
    if missing := wanted.difference(row[0] for row in rows):
        rows += [(one.pk, one.grade, one.score, one.figures) for one in summaries_of(missing).values()]
    return {pk: _Figures(grade, _decimal(score), _read(figures)) for pk, grade, score, figures in rows}


def _read(figures: Mapping[str, Sequence[str]]) -> dict[str, tuple[Decimal | None, str]]:
    return {name: (_decimal(value), until) for name, (value, until) in figures.items()}


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _months(within: QuerySet[Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    tables = ObservationTable.objects.filter(
        evidence__centre__in=within, evidence__state=EvidenceState.ACCEPTED, months__isnull=False
    )
    for centre, months in tables.order_by().values_list("evidence__centre_id", "months").iterator():
        if months:
            found[centre] = max(found.get(centre, ""), max(months))
    return found


def _not_counting(within: QuerySet[Any]) -> QuerySet[Evidence]:
    """Files that do not count and were not handed in again rightly."""
    counts = Evidence.objects.filter(centre=OuterRef("centre"), blob=OuterRef("blob"), state=EvidenceState.ACCEPTED)
    return Evidence.objects.filter(centre__in=within, state__in=STATES_OF_REJECTION).exclude(Exists(counts))


def _some_rejected(within: QuerySet[Any]) -> dict[int, tuple[Reason, ...]]:
    """One reason for every centre that has such files."""
    one = Reason(Sign.REJECTED, Text(zh="", en=""), Text(zh="", en=""))
    found = _not_counting(within).order_by().values_list("centre_id", flat=True).distinct()
    return dict.fromkeys(found, (one,))


def _rejected(within: QuerySet[Any]) -> dict[int, tuple[Reason, ...]]:
    """Such files, one reason each."""
    rows = _not_counting(within)
    found: dict[int, dict[str, Reason]] = defaultdict(dict)
    for pk, centre, blob, name, problem, at in rows.order_by("received_at", "pk").values_list(
        "pk", "centre_id", "blob_id", "name", "problem", "received_at"
    ):
        message = (problem or {}).get("message") or {"zh": "不能读取", "en": "cannot be read"}
        day = timezone.localtime(at).date().isoformat()
        source = Text(zh=f"证据文件 {name}，{day}", en=f"evidence file {name}, {day}")
        found[centre][blob] = Reason(Sign.REJECTED, Text(**message), source, str(pk))
    return {centre: tuple(own.values()) for centre, own in found.items()}
