"""An author proposes a draft whose cases came out; from now on it stands still until somebody decides."""

from __future__ import annotations

from django.db import transaction

from centres.models import Person
from indicators.models import Edition
from indicators.services import life
from indicators.services.trial import require_trial
from indicators.services.upload_edition import have_tried


def propose_edition(edition: Edition, *, person: Person, reason: str, version: int | None = None) -> Edition:
    """Raises:
    PermissionDenied: not a rubric author.
    RubricError: `edition_is_final`; `cases_missing`, `cases_missed`.
    DecisionBlocked: `wrong_state`; `cases_not_run` while the job that runs them is not done.
    UserFacingError: `version_changed`.
    """
    if edition.job_id is None:  # loaded from a folder, so nobody has asked for its cases to be run
        _ask_for_trial(edition, person=person, version=version)
    with transaction.atomic():
        edition = life.locked(edition)
        life.check(edition, life.PROPOSE, person=person, version=version)
        require_trial(edition)
        edition.proposed_by = person
        return life.take(edition, life.PROPOSE, person=person, reason=reason)


@transaction.atomic
def _ask_for_trial(edition: Edition, *, person: Person, version: int | None) -> None:
    edition = life.locked(edition)
    life.check(edition, life.PROPOSE, person=person, version=version)
    have_tried(edition, person=person)
