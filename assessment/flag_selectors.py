"""What a centre is asked about its figures: the open flags of its submission, with the reasons it gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from assessment.casework.states import EXPLAINED_IN
from assessment.models import Assessment, AssessmentState, FlagReason, Kind, Procedure, Screening
from assessment.result_selectors import flags_in, newest_screening
from centres.models import Person
from centres.selectors import centres_worked_on
from indicators.integrity.base import Check, Flag
from indicators.integrity.registry import CHECK_BY_CODE, open_among

CODE = "implausible"  # what is impossible is `out_of_range` already in the measure


@dataclass(frozen=True, slots=True)
class Question:
    """One flag of an open check, and what the centre said to it, oldest first."""

    flag: Flag
    reasons: tuple[FlagReason, ...]

    @property
    def check(self) -> Check:
        return CHECK_BY_CODE[self.flag.code]

    @property
    def reason(self) -> FlagReason | None:
        """The one that counts."""
        return self.reasons[-1] if self.reasons else None


def questions_of(case: Assessment) -> tuple[Question, ...]:
    """Those of the newest screening; none before the submission is scored."""
    flags = open_among(flags_in(newest_screening(case.result_id)))
    said = reasons_beside(case, flags)
    return tuple(Question(flag, said[flag.key]) for flag in flags)


def reasons_beside(case: Assessment | None, flags: Iterable[Flag]) -> dict[str, tuple[FlagReason, ...]]:
    """What the centre said in this case to the open ones among these flags, by key; without a case none was asked."""
    asked = {flag.key for flag in open_among(flags)} if case is not None else set()
    said = _by_flag(case.flag_reasons.filter(flag__in=asked)) if case is not None and asked else {}
    return {key: said.get(key, ()) for key in asked}


def may_be_answered(case: Assessment) -> bool:
    return case.state in EXPLAINED_IN


def is_required(case: Assessment) -> bool:
    """Whether anything waits for the reasons; nothing in a pre-assessment nor where nobody admits applications."""
    return case.procedure == Procedure.FULL and case.kind != Kind.PRE_ASSESSMENT


def is_awaited(case: Assessment) -> bool:
    """Whether one that is missing may still be given, or keeps the case from being certified."""
    is_judged = case.state in (AssessmentState.EVALUATED, AssessmentState.REVIEWED)
    return may_be_answered(case) or (is_judged and is_required(case))


def waiting_for_reasons(cases: Iterable[Assessment], *, person: Person) -> set[UUID]:
    """The keys of those in which this person, of their centres, is still to give a reason."""
    asked = [case for case in cases if case.result_id is not None and may_be_answered(case)]
    own = centres_worked_on(person) if asked else frozenset()
    case_at = {case.result_id: case.pk for case in asked if case.centre_id in own}  # at most one is open per centre
    if not case_at:
        return set()
    screenings = Screening.objects.defer("prints").filter(result__in=case_at).order_by("pk")
    newest = {case_at[one.result_id]: one for one in screenings}
    asking = {(pk, flag.key) for pk, one in newest.items() for flag in open_among(flags_in(one))}
    if asking:
        asking -= set(FlagReason.objects.filter(assessment__in=newest).values_list("assessment", "flag"))
    return {pk for pk, _ in asking}


def _by_flag(given: QuerySet[FlagReason]) -> dict[str, tuple[FlagReason, ...]]:
    found: dict[str, tuple[FlagReason, ...]] = {}
    for one in given.select_related("given_by"):
        found[one.flag] = (*found.get(one.flag, ()), one)
    return found
