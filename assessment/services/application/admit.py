"""The review of an application (申请评审): taken up, then accepted, returned to be completed, or declined."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from assessment.models import Assessment
from assessment.services.application.give_reasons import require_flag_reasons
from assessment.services.chain import transitions
from centres.models import Person
from core.text import Text


@transaction.atomic
def take_up(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """Raises:
    PermissionDenied: not a registrar.
    DecisionBlocked: `wrong_state`, `separation_of_duties`, `conflict_of_interest`; `version_changed`, where `version`
        is not the present one; so with every act of this module.
    """
    return _taken(assessment, "take_up", person=person, reason=reason, version=version)


@transaction.atomic
def return_application(
    assessment: Assessment, *, person: Person, reason: str, version: int | None = None
) -> Assessment:
    """Back to the centre, which completes it and submits a new package; `reason` says what is missing."""
    return _taken(assessment, "return", person=person, reason=reason, version=version)


@transaction.atomic
def accept(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """Scope, class and edition are fixed from here on: those of the package and of the day the case was opened.

    Raises:
        DecisionBlocked: `reason_needed`, while the centre has said nothing to a figure that crosses a published bound.
    """
    return _taken(assessment, "accept", person=person, reason=reason, version=version, require=_require_flag_reasons)


@transaction.atomic
def decline(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """The application is not taken on; its reasons are kept, and the centre may appeal."""
    return _taken(assessment, "decline", person=person, reason=reason, version=version)


@transaction.atomic
def discontinue(assessment: Assessment, *, person: Person, reason: str, version: int | None = None) -> Assessment:
    """The centre withdraws its application while nothing was decided.

    Raises:
        PermissionDenied: not of this centre.
        DecisionBlocked: `wrong_state`, `version_changed`.
    """
    return _taken(assessment, "discontinue", person=person, reason=reason, version=version)


def _require_flag_reasons(assessment: Assessment) -> None:
    require_flag_reasons(assessment, hint=_WHO_EXPLAINS)


def _taken(
    assessment: Assessment,
    act: str,
    *,
    person: Person,
    reason: str,
    version: int | None,
    require: Callable[[Assessment], None] = lambda assessment: None,
) -> Assessment:
    assessment = transitions.locked(assessment)
    transition = transitions.check(assessment, act, person=person, version=version)
    require(assessment)
    return transitions.take(assessment, transition, person=person, reason=reason)


_WHO_EXPLAINS = Text(
    zh="请中心在案件的“须说明原因的数值”页说明，或将申请退回补正。",
    en="The centre gives them on the page “Figures that need a reason” of the case; or return the application.",
)
