"""A reader sends a proposed edition back to its authors, with the reason."""

from __future__ import annotations

from django.db import transaction

from centres.models import Person
from indicators.models import Edition
from indicators.services import life


@transaction.atomic
def return_edition(edition: Edition, *, person: Person, reason: str, version: int | None = None) -> Edition:
    """Raises:
    PermissionDenied: neither author nor publisher.
    RubricError: `edition_is_final`.
    DecisionBlocked: `wrong_state`.
    UserFacingError: `version_changed`.
    """
    edition = life.locked(edition)
    life.check(edition, life.RETURN, person=person, version=version)
    edition.proposed_by = None
    return life.take(edition, life.RETURN, person=person, reason=reason)
