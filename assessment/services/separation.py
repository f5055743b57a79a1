"""Whether somebody may take a part in a case: no second part, no ties to the centre, declared, assigned.

A person is the natural one, whatever accounts they use. The database refuses the same (`rules_of_a_case`).
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.models import Assessment, Assignment, CasePart, Kind, Part, Procedure
from assessment.services.rules_of_a_case import INDEPENDENT
from assessment.services.table import JUDGING
from centres.models import Membership, Person
from centres.selectors import Interests, interests
from core.errors import DecisionBlocked
from core.text import Text

_TWO_PARTS = (
    Text(
        zh="同一人不得在同一案件中兼任申请、评价、复核和决定。",
        en="One person may not apply, evaluate, review or decide more than once in the same case.",
    ),
    Text(zh="请由另一位未参与此案的人员执行这一步。", en="Someone who took no part in this case must take this step."),
)
_PRE_ASSESSED = Text(
    zh="参加过该中心预评价的人员可以评价，不得复核或决定。",
    en="Who assessed this centre in a pre-assessment may evaluate, but neither review nor decide.",
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


def obstacle(
    case: Assessment, *, person: Person, part: Part, on: dt.date | None = None, assigned: bool = True
) -> DecisionBlocked | None:
    """Why this person may not act in this part of this case; None when they may.

    Args:
        assigned: whether an assessor must have been assigned, in the full procedure.
    """
    others = CasePart.objects.filter(assessment=case, natural_person=person.natural_person).exclude(part=part)
    if others.exists() or (part in INDEPENDENT and _works_there(case, person)):
        return two_parts()
    if part in (Part.REVIEWER, Part.DECIDER) and _pre_assessed(case, person):
        return _refusal("separation_of_duties", _PRE_ASSESSED, _TWO_PARTS[1])
    if part in INDEPENDENT:
        declared = interests(person, centre=case.centre_id, on=on or timezone.localdate())
        if declared is Interests.CONFLICT:
            return _refusal("conflict_of_interest", _CONFLICT, _TWO_PARTS[1])
        if declared is Interests.UNDECLARED and part in JUDGING and case.procedure == Procedure.FULL:
            return _refusal("no_declaration", *_UNDECLARED)
    if part is Part.ASSESSOR and assigned and case.procedure == Procedure.FULL and not _is_assigned(case, person):
        return _refusal("not_assigned", *_UNASSIGNED)
    return None


def join(case: Assessment, *, person: Person, part: Part) -> None:
    """Enter somebody into the case in this part; once is enough.

    Raises:
        DecisionBlocked: `separation_of_duties`, when another request was first.
    """
    given = {"person": person, "part": part}
    try:
        with transaction.atomic():
            entry, _ = CasePart.objects.get_or_create(
                assessment=case, natural_person=person.natural_person, defaults=given
            )
    except IntegrityError as error:
        raise two_parts() from error
    if entry.part != part:
        raise two_parts()


def two_parts() -> DecisionBlocked:
    return _refusal("separation_of_duties", *_TWO_PARTS)


def _works_there(case: Assessment, person: Person) -> bool:
    return Membership.objects.filter(user__natural_person=person.natural_person, centre_id=case.centre_id).exists()


def _pre_assessed(case: Assessment, person: Person) -> bool:
    return (
        CasePart.objects.filter(
            assessment__centre_id=case.centre_id,
            assessment__kind=Kind.PRE_ASSESSMENT,
            part=Part.ASSESSOR,
            natural_person=person.natural_person,
        )
        .exclude(assessment=case)
        .exists()
    )


def _is_assigned(case: Assessment, person: Person) -> bool:
    return Assignment.objects.filter(assessment=case, person__natural_person=person.natural_person).exists()


def _refusal(code: str, message: Text, hint: Text) -> DecisionBlocked:
    return DecisionBlocked(code, message, hint=hint)
