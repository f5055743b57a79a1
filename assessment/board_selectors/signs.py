"""Which signs make a centre stand out: not reported, came back, ends soon, early warnings.

A bounded number of queries, however many centres there are; of results only what is kept beside their trees is read.
In which words, and known from what, is told by `reasons`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

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
from assessment.result_selectors import summaries_of
from assessment.scoring.summary import WATCHED
from evidence.models import STATES_OF_REJECTION, Evidence, EvidenceState

ENDS_SOON = dt.timedelta(days=90)
IDLE_BELOW = Decimal(60)  # per cent; the line of the action plan of 2024 for rack occupancy, as the rubric cites it
_NOT_HANDED_IN = (AssessmentState.DRAFT, AssessmentState.DISCONTINUED)
# The acts that give a case back, and where it then stands.
GIVEN_BACK: Mapping[str, tuple[AssessmentState, ...]] = {
    "return": (AssessmentState.DRAFT,),
    "decline": (AssessmentState.DECLINED,),
    "refuse": (AssessmentState.REFUSED,),
    "send_back": (AssessmentState.IN_EVALUATION, AssessmentState.SUBMITTED),
}


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


class Case(NamedTuple):
    """The newest case of a centre; `key` as the database spells it: making a UUID takes longer than reading one."""

    state: str
    key: str

    @property
    def pk(self) -> str:
        return str(UUID(self.key))


class Figures(NamedTuple):
    """What is read of a result without its tree: texts of its summary, the ends of the periods among them."""

    grade: str
    score: str | None
    allocation: str | None = None
    pue: str | None = None
    allocation_until: str | None = None
    pue_until: str | None = None

    @classmethod
    def of(cls, row: ResultSummary) -> Self:
        (allocation, until), (pue, pue_until) = (row.figures.get(name, (None, None)) for name in WATCHED)
        return cls(row.grade, row.score, allocation, pue, until, pue_until)


@dataclass(frozen=True, slots=True)
class Known:
    """What the signs of some centres are told from, by the keys of the centres.

    Args:
        cases: the newest of each centre.
        backs: the last act of a case that gave it back, by the key of the case.
        results: the result pages show of a centre, and the one before; None where there is none.
        rejected: centres with files that do not count and were not handed in again rightly.
        certificates: number and last day of the newest valid one.
    """

    today: dt.date
    cases: Mapping[int, Case]
    backs: Mapping[str, Any]
    results: Mapping[int, tuple[Figures, Figures | None]]
    rejected: Collection[int]
    certificates: Mapping[int, Any]

    @classmethod
    def of(cls, within: QuerySet[Any], *, today: dt.date, rejected: Collection[int], worded: bool = False) -> Known:
        """
        Args:
            within: keys of the centres; `rejected` as above, for whoever words reasons reads the files anyhow.
            worded: whether reasons are to be told in words, which takes the ends of the periods.
        """
        cases, judged = _cases(within)
        return cls(
            today=today,
            cases=cases,
            backs=_backs(within),
            results=_results(within, judged, worded=worded),
            rejected=rejected,
            certificates=_certificates(within),
        )

    def current(self, centre: int) -> Figures | None:
        return self.results.get(centre, (None, None))[0]

    def back(self, centre: int) -> Any:
        """The act that gave the newest case back, while the case stands as it left it; else None."""
        case = self.cases.get(centre)
        act = self.backs.get(case.key) if case else None
        return act if case and act and case.state in GIVEN_BACK[act.act] else None

    def signs(self, centre: int) -> Iterator[Sign]:
        """Each of them once, in the order of `Sign`."""
        case, back = self.cases.get(centre), self.back(centre)
        if case is None or (case.state in _NOT_HANDED_IN and not (back and back.act == "return")):
            yield Sign.NOT_REPORTED
        if back:
            yield Sign.CAME_BACK
        if centre in self.rejected:
            yield Sign.REJECTED
        certificate = self.certificates.get(centre)
        if certificate and certificate.valid_until <= self.today + ENDS_SOON:
            yield Sign.ENDS_SOON
        yield from warnings(*self.results.get(centre, (None, None)))


def warnings(current: Figures | None, previous: Figures | None) -> Iterator[Sign]:
    """What the figures of the result pages show warn of, beside those of the result before."""
    if current is None:
        return
    if current.allocation and Decimal(current.allocation) < IDLE_BELOW:
        yield Sign.IDLE
    if previous and current.pue and previous.pue and Decimal(current.pue) > Decimal(previous.pue):
        yield Sign.PUE_RISING


def not_counting(within: QuerySet[Any]) -> QuerySet[Evidence]:
    """Files that do not count and were not handed in again rightly."""
    counts = Evidence.objects.filter(centre=OuterRef("centre"), blob=OuterRef("blob"), state=EvidenceState.ACCEPTED)
    return Evidence.objects.filter(centre__in=within, state__in=STATES_OF_REJECTION).exclude(Exists(counts))


def centres_with_rejected(within: QuerySet[Any]) -> set[int]:
    return set(not_counting(within).order_by().values_list("centre_id", flat=True).distinct())


# --- queries ----------------------------------------------------------------------------------------------------------


def _cases_of(within: QuerySet[Any]) -> QuerySet[Assessment]:
    """All cases but pre-assessments, which are none that report."""
    return Assessment.objects.filter(centre__in=within).exclude(kind=Kind.PRE_ASSESSMENT)


def _provisional_of(within: QuerySet[Any]) -> QuerySet[ProvisionalResult]:
    return ProvisionalResult.objects.filter(centre__in=within)


def _cases(within: QuerySet[Any]) -> tuple[dict[int, Case], dict[int, list[int]]]:
    """The newest case of each centre, and the keys of the results of its cases, the newest first."""
    cases: dict[int, Case] = {}
    judged: dict[int, list[int]] = {}
    rows = _cases_of(within).order_by("-created_at", "id").annotate(key=Cast("pk", TextField()))
    for centre, result, state, key in rows.values_list("centre_id", "result_id", "state", "key"):
        cases.setdefault(centre, Case(state, key))
        if result and result not in judged.setdefault(centre, []):
            judged[centre].append(result)
    return cases, judged


def _backs(within: QuerySet[Any]) -> dict[str, Any]:
    """The last act of each case, where it was one that gave it back: its name, reason and instant."""
    last = Act.objects.filter(assessment=OuterRef("assessment"), pk__gt=OuterRef("pk"), of="assessment")
    acts = Act.objects.filter(of="assessment", act__in=GIVEN_BACK, assessment__centre__in=within)
    # Most cases stand elsewhere: their acts need not be looked at.
    acts = acts.filter(assessment__state__in={state for states in GIVEN_BACK.values() for state in states})
    keyed = acts.exclude(Exists(last)).annotate(key=Cast("assessment_id", TextField()))
    return {row.key: row for row in keyed.values_list("key", "act", "reason", "at", named=True)}


def _certificates(within: QuerySet[Any]) -> dict[int, Any]:
    found = Certificate.objects.filter(assessment__centre__in=within, state=CertificateState.VALID)
    columns = ("assessment__centre_id", "number", "valid_until")
    return {row[0]: row for row in found.order_by("issued_on", "number").values_list(*columns, named=True)}


def _results(
    within: QuerySet[Any], judged: Mapping[int, list[int]], *, worded: bool
) -> dict[int, tuple[Figures, Figures | None]]:
    """The newest judged result of each centre, else the provisional one, and the judged one before."""
    shown = {centre: (own[0], own[1] if len(own) > 1 else None) for centre, own in judged.items() if own}
    for centre, result in _provisional_of(within).values_list("centre_id", "result_id"):
        shown.setdefault(centre, (result, None))
    figures = _figures(within, {pk for pair in shown.values() for pk in pair if pk}, worded=worded)
    return {centre: (figures[first], figures[second] if second else None) for centre, (first, second) in shown.items()}


def _figures(within: QuerySet[Any], wanted: Collection[int], *, worded: bool) -> dict[int, Figures]:
    """Figures of results by their keys.

    The database picks rows and texts: naming it two thousand keys and reading as much JSON here takes twice the time.
    """
    theirs = Q(result__in=_cases_of(within).order_by().values("result_id"))
    theirs |= Q(result__in=_provisional_of(within).order_by().values("result_id"))
    texts = (KT(f"figures__{name}__{place}") for place in ((0, 1) if worded else (0,)) for name in WATCHED)
    rows = ResultSummary.objects.filter(theirs).values_list("pk", "grade", "score", *texts)
    found = {row[0]: Figures(*row[1:]) for row in rows}
    if missing := [pk for pk in wanted if pk not in found]:
        found |= {pk: Figures.of(row) for pk, row in summaries_of(missing).items()}
    return found
