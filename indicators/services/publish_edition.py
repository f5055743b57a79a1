"""A second person publishes a proposed edition. It is final from then on; the one before it is superseded."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from centres.models import Person
from core.text import Text
from indicators.models import Edition
from indicators.rubric.loader import edition_of_content
from indicators.services import life
from indicators.services.trial import require_trial

_BY = Text(zh="由 {edition} 替代", en="superseded by {edition}")


@transaction.atomic
def publish_edition(
    edition: Edition, *, person: Person, reason: str, digest: str, version: int | None = None
) -> Edition:
    """Exactly the content with this digest, which is what the person has read.

    Raises:
        PermissionDenied: neither publisher nor author.
        DecisionBlocked: `second_person_needed`, `wrong_state`, `cases_not_run`.
        RubricError: `edition_is_final`; `cases_missing`, `cases_missed`; a fault the present rules find.
        UserFacingError: `version_changed` for another digest or version.
    """
    edition = life.locked(edition)
    life.check(edition, life.PUBLISH, person=person, version=version)
    if digest != edition.digest:
        raise life.version_changed(edition)
    read = edition_of_content(edition.content)  # by the rules of today, which may be stricter than at the upload
    if read.digest != edition.digest:
        raise life.version_changed(edition)
    require_trial(edition)
    life.supersede_others(edition, person=person, reason=_BY.filled(edition=edition).zh)
    edition.published_by, edition.published_at = person, timezone.now()
    return life.take(edition, life.PUBLISH, person=person, reason=reason)
