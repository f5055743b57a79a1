"""Who evaluates a case, pillar by pillar, and by what plan; evaluation begins when all pillars are in hand."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import rules
from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment, AssessmentState, Assignment, EvaluationPlan, Part, Procedure
from assessment.services import separation, transitions
from assessment.services.sign_agreement import require_agreement
from assessment.services.table import PERMISSIONS
from centres.models import Person, Role
from centres.permissions import has_role
from centres.selectors import competent_pillars
from core.errors import DecisionBlocked, InputError
from core.provenance import Where
from core.text import Text
from indicators.models import Edition
from indicators.selectors import typed
from operations import audit

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
            `no_declaration`, of the assessor; `not_competent` naming the pillars.
    """
    assessment = transitions.locked(assessment)
    transitions.permit(assessment, Part.REGISTRAR, person=person)
    if assessment.state not in ASSIGNABLE:
        raise transitions.wrong_state(assessment, "assign")
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
    if lacking := sorted(set(wanted) - competent_pillars(assessor, on=today)):
        raise DecisionBlocked(
            "not_competent",
            Text(
                zh=f"{assessor.name.zh}在 {'、'.join(lacking)} 方面没有有效的能力确认。",
                en=f"{assessor.name.en} has no competence in force for {', '.join(lacking)}.",
            ),
            hint=Text(zh="请先由管理员确认其能力。", en="An administrator records competence first."),
        )
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
    if lacking := unassigned_pillars(assessment):
        raise DecisionBlocked(
            "pillars_unassigned",
            Text(
                zh=f"还没有人被指派评价 {'、'.join(lacking)}。", en=f"Nobody is assigned to {', '.join(lacking)} yet."
            ),
            hint=Text(zh="请受理人员指派。", en="Ask the registrar to assign somebody."),
        )
    EvaluationPlan.objects.create(assessment=assessment, text=plan, visit_needed=visit_needed, made_by=person)
    return transitions.take(assessment, transition, person=person, reason=reason)


def unassigned_pillars(assessment: Assessment) -> list[str]:
    """Those nobody was given yet, in the order of the edition."""
    given = set(assessment.assignments.values_list("pillar", flat=True))
    return [code for code in pillars_of(assessment) if code not in given]


def waiting_for_assignment(
    cases: Iterable[Assessment], *, person: Person, ties: separation.Ties | None = None
) -> set[UUID]:
    """The keys of accepted cases with pillars nobody was given, where this person is a registrar who may give them.

    Args:
        ties: of this person, where they are known already.
    """
    accepted = [case for case in cases if case.state == AssessmentState.ACCEPTED and case.procedure == Procedure.FULL]
    if not accepted or not rules.has_perm(PERMISSIONS[Part.REGISTRAR], person):
        return set()
    ties = ties or separation.Ties(person)
    own = {c.pk: c for c in accepted if separation.obstacle(c, person=person, part=Part.REGISTRAR, ties=ties) is None}
    editions = Edition.objects.defer("content").in_bulk({case.edition_id for case in own.values()})
    lacking = {pk: set(_pillars(editions[case.edition_id])) for pk, case in own.items()}
    for pk, pillar in Assignment.objects.filter(assessment__in=own).values_list("assessment_id", "pillar"):
        lacking[pk].discard(pillar)
    return {pk for pk, pillars in lacking.items() if pillars}


def pillars_of(assessment: Assessment) -> list[str]:
    return _pillars(assessment.edition)


def _pillars(edition: Edition) -> list[str]:
    return [pillar.code for pillar in typed(edition).root.children]


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
