"""Whether somebody may take a part in a case: no second part, no bond to the centre, declared, assigned.

A person is the natural one, whatever accounts they use. The database refuses the same (`services/rules`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeVar
from uuid import UUID

import rules
from django.db import IntegrityError, transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from assessment.models import IN_HAND, Act, Assessment, Assignment, CasePart, Kind, Part, Procedure
from assessment.services.chain.bonds import bonds_of
from assessment.services.chain.independence import INDEPENDENT, JUDGED_UNTIL, JUDGES_THE_EVALUATION
from assessment.services.chain.table import JUDGING, PERMISSIONS
from centres.models import Person
from centres.selectors import Interests, interests_by_centre
from centres.services.declare_interests import COOLING_OFF
from centres.services.hold_human import hold_human
from core.errors import DecisionBlocked
from core.text import Text

Row = TypeVar("Row", bound=Model)
_JUDGES_ONCE = frozenset(part for parts in JUDGED_UNTIL.values() for part in parts)
_TWO_PARTS = (
    Text(
        zh="同一人不得在同一案件中兼任申请、评价、复核和决定。",
        en="One person may not apply, evaluate, review or decide more than once in the same case.",
    ),
    Text(zh="请由另一位未参与此案的人员执行这一步。", en="Someone who took no part in this case must take this step."),
)
_WORKS_THERE = Text(
    zh="在该中心任职的人员不得参与评价其案件。", en="Somebody who works for this centre judges none of its cases."
)
_PRE_ASSESSED = Text(
    zh="参加过该中心预评价的人员可以评价，不得复核或决定。",
    en="Who assessed this centre in a pre-assessment may evaluate, but neither review nor decide.",
)
_REOPENED = Text(
    zh="您评审过该申请，或复核、决定过该案件，此后因申诉或异议成立而重新审议；须由他人进行。",
    en="You reviewed the application, or reviewed or decided this case, before an appeal or objection reopened it; "
    "others do so now.",
)
_CONFLICT = Text(
    zh="您或您的另一账号对该中心声明了利益冲突，目前仍有效。",
    en="A conflict of interest in this centre was declared by you and is still in force.",
)
_UNDECLARED = (
    Text(zh="您对该中心没有有效的利益声明。", en="You have no declaration of interests in this centre in force."),
    Text(zh="请先作出利益声明（一年内有效）。", en="Declare your interests first; a declaration lasts a year."),
)
_UNASSIGNED = (
    Text(zh="您未被指派评价该案件。", en="You are not assigned to this case."),
    Text(zh="请受理人员指派。", en="Ask the registrar to assign you."),
)


class Ties:
    """What ties a natural person to a case, or to all there are: each kind is asked once, whatever the number of cases.

    Args:
        case: the one to ask about; None for any number of them.
        on: the day declarations are looked at.
    """

    def __init__(self, person: Person, case: Assessment | None = None, *, on: dt.date | None = None) -> None:
        self._natural = person.natural_person
        self._case = case
        self._on = on or timezone.localdate()

    @cached_property
    def parts(self) -> Mapping[UUID, str]:
        """By case, the one part they took in it."""
        return dict(
            self._of_case(CasePart.objects.filter(natural_person=self._natural)).values_list("assessment", "part")
        )

    @cached_property
    def bonds(self) -> Mapping[int, dt.date | None]:
        """By centre, the last day they worked for it or handed in for it; None while they work there."""
        return bonds_of(self._natural, centre=self._centre, on=self._on)

    @cached_property
    def pre_assessed(self) -> frozenset[tuple[int, UUID]]:
        """Centre and case of the pre-assessments they assessed."""
        found = CasePart.objects.filter(
            natural_person=self._natural, part=Part.ASSESSOR, assessment__kind=Kind.PRE_ASSESSMENT
        )
        found = self._of_centre(found, "assessment__centre")
        return frozenset(found.values_list("assessment__centre", "assessment"))

    @cached_property
    def assigned_to(self) -> frozenset[UUID]:
        found = Assignment.objects.filter(IN_HAND, person__natural_person=self._natural)
        return frozenset(self._of_case(found).values_list("assessment", flat=True))

    @cached_property
    def judged_before(self) -> frozenset[UUID]:
        """Cases they judged before an upheld appeal or objection reopened just that (ISO/IEC 17065, 7.13)."""
        reopened = Act.objects.filter(assessment=OuterRef("assessment"), act="reconsider", pk__gt=OuterRef("pk"))
        until = [Q(Exists(reopened.filter(to_state=to)), part__in=parts) for to, parts in JUDGED_UNTIL.items()]
        own = Act.objects.filter(Q(*until, _connector=Q.OR), person__natural_person=self._natural)
        return frozenset(self._of_case(own).values_list("assessment", flat=True))

    @cached_property
    def concurred(self) -> frozenset[UUID]:
        """Cases they concurred with as they were reviewed last: somebody else decides."""
        own = Act.objects.filter(person__natural_person=self._natural, act="concur")
        anew = Act.objects.filter(assessment=OuterRef("assessment"), act="review", pk__gt=OuterRef("pk"))
        return frozenset(self._of_case(own.exclude(Exists(anew))).values_list("assessment", flat=True))

    @cached_property
    def _declared(self) -> Mapping[int, Interests]:
        return interests_by_centre(self._natural, centre=self._centre, on=self._on)

    def interests_in(self, centre: int) -> Interests:
        return self._declared.get(centre, Interests.UNDECLARED)

    @property
    def _centre(self) -> int | None:
        return None if self._case is None else self._case.centre_id

    def _of_case(self, found: QuerySet[Row]) -> QuerySet[Row]:
        return found if self._case is None else found.filter(assessment=self._case)

    def _of_centre(self, found: QuerySet[Row], field: str) -> QuerySet[Row]:
        return found if self._case is None else found.filter(**{field: self._case.centre_id})


def obstacle(
    case: Assessment,
    *,
    person: Person,
    part: Part,
    on: dt.date | None = None,
    assigned: bool = True,
    ties: Ties | None = None,
) -> DecisionBlocked | None:
    """Why this person may not act in this part of this case; None when they may.

    Args:
        assigned: whether an assessor must have been assigned, in the full procedure.
        ties: of this person, where they are known already.
    """
    ties = ties or Ties(person, case, on=on)
    if ties.parts.get(case.pk, part) != part:
        return two_parts()
    if part in INDEPENDENT and case.centre_id in ties.bonds:
        return _bound(ties.bonds[case.centre_id])
    if part in JUDGES_THE_EVALUATION and _pre_assessed(case, ties):
        return _refusal("separation_of_duties", _PRE_ASSESSED, _TWO_PARTS[1])
    if part in _JUDGES_ONCE and case.pk in ties.parts and case.pk in ties.judged_before:
        return _refusal("separation_of_duties", _REOPENED, _TWO_PARTS[1])
    if part in INDEPENDENT:
        declared = ties.interests_in(case.centre_id)
        if declared is Interests.CONFLICT:
            return _refusal("conflict_of_interest", _CONFLICT, _TWO_PARTS[1])
        if declared is Interests.UNDECLARED and part in JUDGING and case.procedure == Procedure.FULL:
            return _refusal("no_declaration", *_UNDECLARED)
    if part is Part.ASSESSOR and assigned and case.procedure == Procedure.FULL and case.pk not in ties.assigned_to:
        return _refusal("not_assigned", *_UNASSIGNED)
    return None


def open_to(
    cases: Iterable[Assessment], *, person: Person, part: Part, assigned: bool = True, ties: Ties | None = None
) -> dict[int, Assessment]:
    """By centre, those of some cases in which this person may act in a part; none without its role.

    Args:
        assigned, ties: as `obstacle` takes them.
    """
    if not rules.has_perm(PERMISSIONS[part], person):
        return {}
    ties = ties or Ties(person)
    return {
        case.centre_id: case
        for case in cases
        if obstacle(case, person=person, part=part, assigned=assigned, ties=ties) is None
    }


def join(case: Assessment, *, person: Person, part: Part) -> None:
    """Enter somebody into the case in this part; once is enough.

    Raises:
        DecisionBlocked: `separation_of_duties`, when another request was first.
    """
    hold_human(person)
    given = {"person": person, "part": part}
    try:
        with transaction.atomic():
            entry, _ = CasePart.objects.get_or_create(
                assessment=case, natural_person=person.natural_person, defaults=given
            )
    except IntegrityError as error:
        raise obstacle(case, person=person, part=part, assigned=False) or two_parts() from error
    if entry.part != part:
        raise two_parts()


def two_parts() -> DecisionBlocked:
    return _refusal("separation_of_duties", *_TWO_PARTS)


def _bound(last: dt.date | None) -> DecisionBlocked:
    if last is None:
        return _refusal("separation_of_duties", _WORKS_THERE, _TWO_PARTS[1])
    until = last + COOLING_OFF
    said = Text(
        zh=f"曾为该中心任职、上传材料或保存档案的人员，最近一次为 {last}，至 {until}（含）不得参与评价其案件。",
        en=f"Somebody who worked for this centre or handed in for it, last on {last}, judges none of its cases "
        f"up to and including {until}.",
    )
    return _refusal("separation_of_duties", said, _TWO_PARTS[1])


def _pre_assessed(case: Assessment, ties: Ties) -> bool:
    return any(centre == case.centre_id and other != case.pk for centre, other in ties.pre_assessed)


def _refusal(code: str, message: Text, hint: Text) -> DecisionBlocked:
    return DecisionBlocked(code, message, hint=hint)
