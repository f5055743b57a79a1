"""Who evaluates a case, pillar by pillar, and by what plan; evaluation begins and ends with all pillars in hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

import rules
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessment.models import (
    IN_HAND,
    Assessment,
    AssessmentState,
    Assignment,
    EvaluationPlan,
    Part,
    Procedure,
    Release,
)
from assessment.services.application.sign_agreement import require_agreement
from assessment.services.chain import separation, transitions
from assessment.services.chain.competence import require_competent
from assessment.services.chain.table import PERMISSIONS
from assessment.services.chain.wrong_state import wrong_state
from assessment.services.letters import tell_taken_off
from centres.models import Person, Role
from centres.permissions import has_role
from centres.selectors import conflicts_in_force
from centres.services.hold_human import hold_human
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from indicators.models import Edition
from indicators.selectors import typed
from operations import audit
from operations.idempotency import withhold_answers

ASSIGNABLE = (AssessmentState.UNDER_REVIEW, AssessmentState.ACCEPTED, AssessmentState.IN_EVALUATION)


@transaction.atomic
def assign(
    assessment: Assessment, *, assessor: Person, pillars: Iterable[str], person: Person, version: int | None = None
) -> list[Assignment]:
    """A registrar gives pillars of a case to an assessor, who is an assessor of it from then on.

    Raises:
        PermissionDenied: not a registrar.
        InputError: `unknown_pillar`; `not_an_assessor`.
        DecisionBlocked: `wrong_state`, `version_changed`; `separation_of_duties`, `conflict_of_interest`,
            `no_declaration`, of the assessor; `not_competent` and `taken_off_before`, naming the pillars.
    """
    assessment = transitions.locked(assessment)
    hold_human(person, assessor)
    transitions.permit(assessment, Part.REGISTRAR, person=person)
    if assessment.state not in ASSIGNABLE:
        raise wrong_state(assessment, "assign")
    transitions.require_version(assessment, version)
    wanted = _known(assessment, pillars)
    if not has_role(assessor, Role.ASSESSOR):
        raise InputError(
            "not_an_assessor",
            Text(zh=f"{assessor.name.zh}不是审查员。", en=f"{assessor.name.en} is not an assessor."),
            where=Where(field="assessor"),
            hint=Text(
                zh="请另选一名审查员，或请管理员授予该角色。",
                en="Choose an assessor, or have an administrator give the role.",
            ),
        )
    if found := separation.obstacle(assessment, person=assessor, part=Part.ASSESSOR, assigned=False):
        raise found
    today = timezone.localdate()
    require_competent(assessor, wanted)
    released = _of(assessment, assessor).exclude(IN_HAND).filter(pillar__in=wanted)
    if before := sorted(set(released.values_list("pillar", flat=True))):
        raise _taken_off_before(assessor, before)
    separation.join(assessment, person=person, part=Part.REGISTRAR)
    separation.join(assessment, person=assessor, part=Part.ASSESSOR)
    made = [
        Assignment.objects.get_or_create(
            assessment=assessment,
            person=assessor,
            pillar=pillar,
            defaults={"assigned_by": person, "assigned_on": today},
        )[0]
        for pillar in wanted
    ]
    audit.record(
        actor=person,
        act="assessment.assign",
        subject=assessment.subject,
        details={"assessor": assessor.username, "pillars": wanted},
    )
    return made


@transaction.atomic
def take_off(
    assessment: Assessment,
    *,
    assessor: Person,
    reason: str,
    person: Person,
    pillars: Iterable[str] = (),
    version: int | None = None,
) -> list[Release]:
    """A registrar takes an assessor off pillars of the case, off all of theirs where none is named.

    What they ruled stays, and so does their part: they neither review nor decide it. They are told by mail, and no key
    of theirs opens an answer of the desk again.

    Raises:
        PermissionDenied: not a registrar.
        InputError: `unknown_pillar`; `not_in_hand`, where they do not have them.
        DecisionBlocked: `wrong_state`, `version_changed`, `separation_of_duties`.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.REGISTRAR, person=person)
    if assessment.state not in ASSIGNABLE:
        raise wrong_state(assessment, "take_off")
    transitions.require_version(assessment, version)
    given = list(_of(assessment, assessor).filter(IN_HAND))  # to any of their accounts
    own = dict.fromkeys(one.pillar for one in given)
    wanted = _known(assessment, pillars) if pillars else sorted(own)
    if not wanted or not own.keys() >= set(wanted):
        raise _not_in_hand(assessor, own)
    separation.join(assessment, person=person, part=Part.REGISTRAR)
    made = [
        Release.objects.create(assignment=one, reason=reason, released_by=person)
        for one in given
        if one.pillar in wanted
    ]
    audit.record(
        actor=person,
        act="assessment.take_off",
        subject=assessment.subject,
        reason=reason,
        details={"assessor": assessor.username, "pillars": wanted},
    )
    withhold_answers(_accounts(assessor))
    transaction.on_commit(partial(tell_taken_off, assessment, assessor=assessor, pillars=wanted, reason=reason))
    return made


@transaction.atomic
def begin_evaluation(
    assessment: Assessment,
    *,
    plan: str,
    person: Person,
    reason: str,
    visit_needed: bool = True,
    version: int | None = None,
) -> Assessment:
    """An assigned assessor lays down the plan; from here on the case is in evaluation.

    Raises:
        PermissionDenied: not an assessor.
        DecisionBlocked: as every act; `agreement_needed`; `pillars_unassigned` naming those nobody was given.
    """
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, "begin", person=person, version=version)
    require_agreement(assessment)
    require_in_hand(assessment)
    EvaluationPlan.objects.create(assessment=assessment, text=plan, visit_needed=visit_needed, made_by=person)
    return transitions.take(assessment, transition, person=person, reason=reason)


def require_in_hand(assessment: Assessment) -> None:
    """Raises:
    DecisionBlocked: `pillars_unassigned` naming those nobody has who may still rule on them; `not_competent` and
        `no_declaration`, of whoever has one and whose competence or declaration of interests ended since.
    """
    if assessment.procedure != Procedure.FULL:
        return
    if lacking := unassigned_pillars(assessment):
        raise DecisionBlocked(
            "pillars_unassigned",
            Text(
                zh=f"没有仍可评价的人被指派评价 {'、'.join(lacking)}。",
                en=f"Nobody who may still evaluate is assigned to {', '.join(lacking)}.",
            ),
            hint=Text(
                zh="请受理人员指派；声明利益冲突或不再任审查员的人不计。",
                en="Ask the registrar to assign somebody; who declared a conflict of interest or is no assessor any "
                "more does not count.",
            ),
        )
    pillars: dict[Person, list[str]] = {}
    for given in _in_able_hands(assessment.assignments.all()).select_related("person").order_by("pk"):
        pillars.setdefault(given.person, []).append(given.pillar)
    for assessor, own in pillars.items():
        require_competent(assessor, own)
        _require_no_obstacle(assessment, assessor)


def _require_no_obstacle(assessment: Assessment, assessor: Person) -> None:
    """Raises:
    DecisionBlocked: what `separation` holds against them now, in words for others: as a rule `no_declaration`.
    """
    found = separation.obstacle(assessment, person=assessor, part=Part.ASSESSOR)
    if found is None:
        return
    raise DecisionBlocked(
        found.code,
        Text(
            zh=f"{assessor.name.zh}目前不能评价该案件：其利益声明已不再有效，或与该中心有关联。",
            en=f"{assessor.name.en} may not evaluate this case now: their declaration of interests is no longer in "
            "force, or they are bound to the centre.",
        ),
        hint=Text(
            zh="请其重新作出利益声明，或由受理人员将其撤下并改派他人。",
            en="They declare their interests anew, or a registrar takes them off and assigns somebody else.",
        ),
    )


def unassigned_pillars(assessment: Assessment) -> list[str]:
    """Those nobody has who can still rule on them, in the order of the edition."""
    given = set(_in_able_hands(assessment.assignments.all()).values_list("pillar", flat=True))
    return [code for code in pillars_of(assessment) if code not in given]


def waiting_for_assignment(
    cases: Iterable[Assessment], *, person: Person, ties: separation.Ties | None = None
) -> set[UUID]:
    """The keys of cases to be evaluated with pillars nobody has, where this person is a registrar who may give them.

    Args:
        ties: of this person, where they are known already.
    """
    evaluated = (AssessmentState.ACCEPTED, AssessmentState.IN_EVALUATION)
    accepted = [case for case in cases if case.state in evaluated and case.procedure == Procedure.FULL]
    if not accepted or not rules.has_perm(PERMISSIONS[Part.REGISTRAR], person):
        return set()
    ties = ties or separation.Ties(person)
    own = {c.pk: c for c in accepted if separation.obstacle(c, person=person, part=Part.REGISTRAR, ties=ties) is None}
    editions = Edition.objects.defer("content").in_bulk({case.edition_id for case in own.values()})
    lacking = {pk: set(_pillars(editions[case.edition_id])) for pk, case in own.items()}
    given = _in_able_hands(Assignment.objects.filter(assessment__in=own))
    for pk, pillar in given.values_list("assessment_id", "pillar"):
        lacking[pk].discard(pillar)
    return {pk for pk, pillars in lacking.items() if pillars}


def _in_able_hands(given: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Of people who are assessors today with any of their accounts, and have declared no conflict with any of them."""
    assessors = Person.objects.filter(is_active=True, staff_roles__role=Role.ASSESSOR)
    conflicts = conflicts_in_force(on=timezone.localdate()).filter(
        person__natural_person=OuterRef("person__natural_person"), centre=OuterRef("assessment__centre")
    )
    able = given.filter(IN_HAND, person__natural_person__in=assessors.values("natural_person"))
    return able.exclude(Exists(conflicts))


def pillars_of(assessment: Assessment) -> list[str]:
    return _pillars(assessment.edition)


def _pillars(edition: Edition) -> list[str]:
    return [pillar.code for pillar in typed(edition).root.children]


def _of(assessment: Assessment, assessor: Person) -> QuerySet[Assignment]:
    """What was given to a human being, with whichever account."""
    return assessment.assignments.filter(person__natural_person=assessor.natural_person)


def _accounts(assessor: Person) -> set[str]:
    """The user names of a human being."""
    found = Person.objects.filter(natural_person=assessor.natural_person)
    return set(found.values_list("username", flat=True))


def _taken_off_before(assessor: Person, pillars: list[str]) -> DecisionBlocked:
    return DecisionBlocked(
        "taken_off_before",
        Text(
            zh=f"{assessor.name.zh}已不再评价该案件的 {'、'.join(pillars)}。",
            en=f"{assessor.name.en} was taken off {', '.join(pillars)} in this case.",
        ),
        hint=Text(zh="请指派另一名审查员。", en="Assign another assessor."),
    )


def _not_in_hand(assessor: Person, own: Iterable[str]) -> InputError:
    left = sorted(own)
    return InputError(
        "not_in_hand",
        Text(
            zh=f"{assessor.name.zh}没有被指派评价这些支柱。", en=f"{assessor.name.en} is not assigned to these pillars."
        ),
        where=Where(field="pillars" if left else "assessor"),
        hint=Text(
            zh=f"可选：{'、'.join(left)}。" if left else "请选择该案件的审查员。",
            en=f"Choose from {', '.join(left)}." if left else "Choose an assessor of this case.",
        ),
    )


def _known(assessment: Assessment, pillars: Iterable[str]) -> list[str]:
    known, wanted = pillars_of(assessment), sorted(set(pillars))
    if unknown := [code for code in wanted if code not in known] or ([] if wanted else ["—"]):
        raise InputError(
            "unknown_pillar",
            Text(zh=f"该版次没有支柱 {'、'.join(unknown)}。", en=f"This edition has no pillar {', '.join(unknown)}."),
            where=Where(field="pillars"),
            hint=Text(zh=f"可选：{'、'.join(known)}。", en=f"Choose from {', '.join(known)}."),
        )
    return wanted
