"""An author hands in an edition: checked as a whole, kept as a draft, its cases run by a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from centres.models import Person
from centres.selectors import personal_scope
from indicators.models import Edition, EditionState, EditionTrial
from indicators.rubric import model
from indicators.rubric.files import edition_of_files
from indicators.services import life
from operations import jobs

TRY_EDITION = "assessment.try_edition"  # by name: the layer that scores stands above this one


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The edition, and whether this upload brought its content."""

    edition: Edition
    is_new: bool


def upload_edition(files: Mapping[str, bytes], *, person: Person, reason: str = "") -> Uploaded:
    """The draft with this content; the same content again changes nothing.

    Args:
        files: YAML by its path inside the folder of the edition.

    Raises:
        PermissionDenied: not a rubric author.
        RubricError: every fault of the files; `edition_is_final` for other content under a published name.
        DecisionBlocked: `wrong_state` while the edition is under review.
    """
    life.permit(life.UPLOAD, person=person)
    read = edition_of_files(files)
    with transaction.atomic():
        present = Edition.objects.select_for_update().filter(rubric=read.rubric, edition=read.edition).first()
        if present is not None and present.digest == read.digest:
            return Uploaded(present, is_new=False)
        if present is not None and present.is_final:
            raise life.edition_is_final(present, found=read.digest)
        if present is not None:
            life.check(present, life.UPLOAD, person=person)
        edition = present or Edition(rubric=read.rubric, edition=read.edition)
        edition.author = person
        filled(edition, read)
        edition.state = EditionState.DRAFT
        edition = life.take(edition, life.UPLOAD, person=person, reason=reason)
        return Uploaded(have_tried(edition, person=person), is_new=True)


def filled(edition: Edition, read: model.Edition) -> Edition:
    """With the content of an edition that was read; not saved."""
    edition.digest, edition.content = read.digest, dict(read.content)
    edition.standing_zh, edition.standing_en = read.standing.zh, read.standing.en
    return edition


def have_tried(edition: Edition, *, person: Person) -> Edition:
    """Have the cases run, unless these very cases were run before."""
    if not EditionTrial.objects.filter(pk=edition.digest).exists():
        edition.job = jobs.enqueue(
            TRY_EDITION, subject=edition.subject, scope=personal_scope(person), digest=edition.digest
        )
        edition.save(update_fields=["job"])
    return edition
