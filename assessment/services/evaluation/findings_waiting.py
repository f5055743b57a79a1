"""Whose findings wait: a centre answers them; after the certificate an assessor looks at what was answered.

During the evaluation the assessors assigned have the case itself before them.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from assessment.models import Assessment, AssessmentState, Finding, FindingState, Part, Severity
from assessment.services.chain import separation
from assessment.services.evaluation.findings import are_alive
from centres.models import Person
from centres.selectors import work_of


def findings_to_answer(person: Person) -> dict[int, Assessment]:
    """By centre whose work this person does, the case with a nonconformity that waits for an answer."""
    own = Assessment.objects.filter(centre__in=work_of(person).values("centre"))
    return {case.centre_id: case for case in _with_nonconformities(own, FindingState.OPEN)}


def answers_to_check(person: Person, *, ties: separation.Ties | None = None) -> dict[int, Assessment]:
    """By centre, the certified case with an answer that this person, an assessor, may look at.

    Args:
        ties: of this person, where they are known already.
    """
    certified = Assessment.objects.filter(state=AssessmentState.CERTIFIED)
    cases = _with_nonconformities(certified, FindingState.ANSWERED)
    return separation.open_to(cases, person=person, part=Part.ASSESSOR, assigned=False, ties=ties)


def _with_nonconformities(cases: QuerySet[Assessment], state: FindingState) -> Iterator[Assessment]:
    """Those of the cases with one in this state, where findings are acted on now; the newest last."""
    found = Finding.objects.filter(state=state).exclude(severity=Severity.OBSERVATION)
    cases = cases.filter(pk__in=found.values("assessment")).select_related("certificate").order_by("created_at")
    light = cases.only("centre", "state", "kind", "procedure", "result", "certificate__state", "certificate__number")
    yield from (case for case in light if are_alive(case))
