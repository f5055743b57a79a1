"""What an assessor is typing into a visit's record, kept until it is saved; it counts for nothing."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from assessment.models import Part, SiteVisit, VisitDraft
from assessment.services.chain import transitions
from centres.models import Person


@transaction.atomic
def keep_draft(visit: SiteVisit, part: str, *, content: Mapping[str, str], person: Person) -> VisitDraft:
    """Keep all of it, also what the record will not take: words that were cut would be gone without a word.

    Raises:
        PermissionDenied, DecisionBlocked: as every act of an assessor.
    """
    transitions.permit(visit.assessment, Part.ASSESSOR, person=person)
    typed = dict(content)
    kept, _ = VisitDraft.objects.update_or_create(visit=visit, part=part, person=person, defaults={"content": typed})
    return kept


def draft_of(visit: SiteVisit, part: str, *, person: Person) -> VisitDraft | None:
    return VisitDraft.objects.filter(visit=visit, part=part, person=person).first()


def parts_with_drafts(visit: SiteVisit, *, person: Person) -> frozenset[str]:
    return frozenset(VisitDraft.objects.filter(visit=visit, person=person).values_list("part", flat=True))


def drop_draft(visit: SiteVisit, part: str, *, person: Person) -> None:
    """It was saved, so nothing is lost."""
    VisitDraft.objects.filter(visit=visit, part=part, person=person).delete()
