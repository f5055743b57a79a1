"""An author hands in an edition: checked as a whole, kept as a draft, its cases run by a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction

from centres.models import Person
from centres.selectors import personal_scope
from core.errors import UserFacingError
from core.text import Text
from indicators.models import Edition, EditionState, EditionTrial
from indicators.rubric import model
from indicators.rubric.files import edition_of_files
from indicators.services import life
from operations import jobs
from operations.words import clock_time

TRY_EDITION = "assessment.try_edition"  # by name: the layer that scores stands above this one


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The edition, and whether this upload brought its content."""

    edition: Edition
    is_new: bool


class OtherDraft(UserFacingError):
    """A draft with other content stands there, and whoever would replace it has not read it."""

    def __init__(self, edition: Edition) -> None:
        last = edition.acts.select_related("person").last()  # none, of a draft that was loaded from a folder
        done_zh = f"，{last.person.name.zh}于 {clock_time(last.at)} 上传或办理" if last else ""
        done_en = f", by {last.person.name.en} at {clock_time(last.at)}" if last else ""
        super().__init__(
            "version_changed",
            Text(
                zh=f"版次 {edition} 已有另一份草稿（版本 {edition.version}）{done_zh}。",
                en=f"Edition {edition} has another draft: version {edition.version}{done_en}.",
            ),
            hint=Text(
                zh="请先阅读该草稿；确要替换时，再提交一次。", en="Read it first; to replace it, send yours again."
            ),
        )
        self.version = edition.version


def upload_edition(
    files: Mapping[str, bytes],
    *,
    person: Person,
    reason: str = "",
    has_read: Callable[[int], bool] = lambda version: True,
) -> Uploaded:
    """The draft with this content; the same content again changes nothing.

    Args:
        files: YAML by its path inside the folder of the edition.
        has_read: whether the person knows this version, of a draft that would be replaced.

    Raises:
        PermissionDenied: not a rubric author.
        RubricError: every fault of the files; `edition_is_final` for other content under a published name.
        DecisionBlocked: `wrong_state` while the edition is under review.
        OtherDraft: `version_changed`.
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
            if not has_read(present.version):
                raise OtherDraft(present)
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
