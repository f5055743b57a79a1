"""What a centre is asked about its figures: the open flags of its submission, with the reasons it gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from assessment.models import Assessment, FlagReason, Kind, Procedure, Screening, StoredResult
from assessment.services.rules_of_reasons import ASKED_IN
from centres.models import Person
from centres.selectors import centres_worked_on
from core.errors import DecisionBlocked
from core.text import Text
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
    screening = newest_screening(case)
    flags = _open_flags(screening) if screening else ()
    said = _by_flag(case.flag_reasons.all()) if flags else {}
    return tuple(Question(flag, said.get(flag.key, ())) for flag in flags)


def reasons_beside(stored: StoredResult, flags: Iterable[Flag]) -> dict[str, tuple[FlagReason, ...]]:
    """What centres said to the open ones among these flags of a result in cases that stand at it, by key."""
    asked = {flag.key for flag in open_among(flags)}
    said = _by_flag(FlagReason.objects.filter(assessment__result=stored, flag__in=asked)) if asked else {}
    return {key: said.get(key, ()) for key in asked}


def newest_screening(case: Assessment) -> Screening | None:
    return Screening.objects.defer("prints").filter(result=case.result_id).first()


def may_be_answered(case: Assessment) -> bool:
    return case.state in ASKED_IN


def require_reasons(case: Assessment) -> None:
    """Raises:
    DecisionBlocked: `reason_needed` naming each open flag the centre has said nothing to; never in a pre-assessment
        nor where nobody admits applications.
    """
    if case.kind == Kind.PRE_ASSESSMENT or case.procedure != Procedure.FULL:
        return
    unexplained = [one for one in questions_of(case) if one.reason is None]
    if unexplained:
        named = [(one.check.title, one.flag.subject) for one in unexplained]
        zh = "；".join(f"{title.zh}（{subject}）" for title, subject in named)
        en = "; ".join(f"{title.en} ({subject})" for title, subject in named)
        message = Text(zh=f"中心尚未说明以下数值的原因：{zh}。", en=f"The centre has given no reason yet for: {en}.")
        raise DecisionBlocked("reason_needed", message, hint=_WHO_EXPLAINS)


def waiting_for_reasons(cases: Iterable[Assessment], *, person: Person) -> set[UUID]:
    """The keys of those in which this person, of their centres, is still to give a reason."""
    asked = [case for case in cases if case.result_id is not None and may_be_answered(case)]
    own = centres_worked_on(person) if asked else frozenset()
    case_at = {case.result_id: case.pk for case in asked if case.centre_id in own}  # at most one is open per centre
    if not case_at:
        return set()
    screenings = Screening.objects.defer("prints").filter(result__in=case_at).order_by("pk")
    newest = {case_at[one.result_id]: one for one in screenings}
    asking = {(pk, flag.key) for pk, one in newest.items() for flag in _open_flags(one)}
    if asking:
        asking -= set(FlagReason.objects.filter(assessment__in=newest).values_list("assessment", "flag"))
    return {pk for pk, _ in asking}


def _open_flags(screening: Screening) -> tuple[Flag, ...]:
    return open_among(Flag.from_json(one) for one in screening.content["flags"])


def _by_flag(given: QuerySet[FlagReason]) -> dict[str, tuple[FlagReason, ...]]:
    found: dict[str, tuple[FlagReason, ...]] = {}
    for one in given.select_related("given_by"):
        found[one.flag] = (*found.get(one.flag, ()), one)
    return found


_WHO_EXPLAINS = Text(
    zh="请中心在案件的“须说明原因的数值”页说明，或将申请退回补正。",
    en="The centre gives them on the page “Figures that need a reason” of the case; or return the application.",
)
