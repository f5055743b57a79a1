"""Why a centre stands out: reported or not, what came back, what ends soon, early warnings.

A bounded number of queries, however many centres there are; of results only what is kept beside their trees is read.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessment.models import (
    Act,
    Assessment,
    AssessmentState,
    Certificate,
    CertificateState,
    Kind,
    ProvisionalResult,
    ResultSummary,
)
from assessment.selectors import summaries_of
from core.text import Text
from evidence.models import STATES_OF_REJECTION, Evidence, EvidenceState

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
class Figures:
    """What is read of a result without its tree; `figures` are words of its summary: value, end of the period."""

    grade: str
    score: str | None
    figures: Mapping[str, Sequence[str]]

    def value(self, name: str) -> tuple[Decimal | None, str]:
        value, until = self.figures.get(name, ("", ""))
        return decimal(value), until


@dataclass(frozen=True, slots=True)
class Known:
    """What the reasons of some centres are told from, by the keys of the centres.

    Args:
        cases: the newest of each centre.
        acts: the one that gave a case back, by the key of the case.
        results: the result pages show of a centre, and the one before; 0 for none.
        figures: by the keys of results.
    """

    today: dt.date
    cases: Mapping[int, Mapping[str, Any]]
    acts: Mapping[Any, Any]
    results: Mapping[int, tuple[int, int]]
    figures: Mapping[int, Figures]
    rejected: Mapping[int, tuple[Reason, ...]]
    certificates: Mapping[int, Any]

    @classmethod
    def of(cls, within: QuerySet[Any], *, today: dt.date, counted: bool = False) -> Known:
        """
        Args:
            within: keys of the centres.
            counted: whether the signs are only to be counted: of rejected files one stands for all, without its words.
        """
        cases = _cases(within)
        results = _results(within, cases)
        return cls(
            today=today,
            cases={centre: own[0] for centre, own in cases.items()},
            acts=_came_back(within),
            results=results,
            figures=_figures({pk for pair in results.values() for pk in pair if pk}),
            rejected=_some_rejected(within) if counted else _rejected(within),
            certificates=_certificates(within),
        )

    def current(self, centre: int) -> Figures | None:
        return self.figures.get(self.results.get(centre, (0, 0))[0])

    def reasons(self, centre: int) -> tuple[Reason, ...]:
        case = self.cases.get(centre)
        current, previous = self.results.get(centre, (0, 0))
        return (
            *_reporting(case, self.acts.get(case["id"]) if case else None),
            *self.rejected.get(centre, ()),
            *_ending(self.certificates.get(centre), self.today),
            *warnings(self.figures.get(current), self.figures.get(previous)),
        )


def decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


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


def warnings(current: Figures | None, previous: Figures | None) -> Iterator[Reason]:
    if current is None:
        return
    value, until = current.value(_ALLOCATION[0])
    if value is not None and value < IDLE_BELOW:
        said = Text(
            zh=f"加速卡分配率 {value} %，低于 {IDLE_BELOW} %",
            en=f"{value} % of the cards allocated, below {IDLE_BELOW} %",
        )
        yield Reason(Sign.IDLE, said, _measured(_ALLOCATION[1], until), _ALLOCATION[1])
    value, until = current.value(_PUE[0])
    before = previous.value(_PUE[0])[0] if previous else None
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


def _certificates(within: QuerySet[Any]) -> dict[int, Any]:
    """Number and last day of the newest valid one of each centre."""
    found = Certificate.objects.filter(assessment__centre__in=within, state=CertificateState.VALID)
    columns = ("assessment__centre_id", "number", "valid_until")
    return {row[0]: row for row in found.order_by("issued_on", "number").values_list(*columns, named=True)}


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


def _figures(wanted: set[int]) -> dict[int, Figures]:
    """Two figures of each result by its key, from what is kept beside it."""
    columns = ("pk", "grade", "score", "figures")
    rows = list(ResultSummary.objects.filter(pk__in=wanted).values_list(*columns))
    if missing := wanted.difference(row[0] for row in rows):
        rows += [(one.pk, one.grade, one.score, one.figures) for one in summaries_of(missing).values()]
    return {pk: Figures(grade, score, figures) for pk, grade, score, figures in rows}


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
