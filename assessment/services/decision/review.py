"""A reviewer who took no part in the evaluation confirms it and recommends, or sends it back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from assessment.models import Assessment
from assessment.services.certificates.issue import months_later
from assessment.services.chain import transitions
from assessment.services.chain.still_impartial import require_impartial_evaluation
from assessment.services.chain.table import Of
from assessment.services.evaluation.conclude import require_approved
from centres.models import Person

STATEMENT_MONTHS = 6


@transaction.atomic
def review(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """Raises:
    PermissionDenied: not a reviewer.
    DecisionBlocked: `wrong_state`, `separation_of_duties`, `conflict_of_interest`, `no_declaration`; `version_changed`,
        where `version` is not the present one; so with every act of this module. `reason_not_approved`, of an
        indicator found not applicable, and `another_evaluation_needed`; so with the statement.
    """
    return _taken(assessment, "review", person=person, reason=reason, version=version, approved=True)


@transaction.atomic
def send_back(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """The evaluation is to be mended; `reason` says where."""
    return _taken(assessment, "send_back", person=person, reason=reason, version=version)


@transaction.atomic
def issue_statement(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """A pre-assessment ends in a statement: figures and what is lacking, no grade, no rank, no certificate."""
    return _taken(assessment, "state", person=person, reason=reason, version=version, approved=True)


def statement_valid_until(case: Assessment) -> dt.date | None:
    """The last day of the statement; None of a case that has none."""
    issued = case.acts.filter(of=Of.ASSESSMENT.value, act="state").last()
    if issued is None:
        return None
    return months_later(timezone.localdate(issued.at), STATEMENT_MONTHS) - dt.timedelta(days=1)


def _taken(
    assessment: Assessment, act: str, *, person: Person, reason: str, version: int | None, approved: bool = False
) -> Assessment:
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, act, person=person, version=version)
    if approved:
        require_impartial_evaluation(assessment)
        require_approved(assessment)
    return transitions.take(assessment, transition, person=person, reason=reason)
