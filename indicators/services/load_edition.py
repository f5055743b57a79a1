"""Enter a rubric edition from its folder; a published one never changes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core.errors import RubricError
from core.text import Text
from indicators.models import Edition, EditionState
from indicators.rubric.loader import load_edition as read_edition
from indicators.rubric.tree import natural
from indicators.services import life
from indicators.services.upload_edition import filled
from operations import audit


def load_edition(folder: Path) -> Edition:
    """The stored edition: published when its folder is sealed, else a draft that may be loaded again.

    A sealed edition supersedes the published one of its rubric, unless that is the later of the two by its number.

    Raises:
        RubricError: for a faulty folder, `edition_is_final` for other content under a published name, or
            `edition_under_review` for an unsealed folder whose edition was proposed meanwhile.
    """
    read = read_edition(folder)
    with transaction.atomic():
        present = Edition.objects.select_for_update().filter(rubric=read.rubric, edition=read.edition).first()
        if present is not None and present.is_final:
            if present.digest != read.digest:
                raise life.edition_is_final(present, found=read.digest)
            return present
        if present is not None and not read.final:
            if present.digest == read.digest:
                return present
            if present.state == EditionState.REVIEW:
                raise _under_review(present)
        edition = filled(present or Edition(rubric=read.rubric, edition=read.edition), read)
        edition.state, edition.sealed = EditionState.DRAFT, read.final
        if read.final:
            _enter_sealed(edition)
        edition.full_clean()
        edition.save()
        audit.record(actor=audit.SYSTEM, act="edition.loaded", subject=edition.subject, details={"digest": read.digest})
        return edition


def _enter_sealed(edition: Edition) -> None:
    """Published, or at once superseded when it is history here."""
    edition.published_at = timezone.now()
    published = Edition.objects.filter(rubric=edition.rubric, state=EditionState.PUBLISHED)
    if any(natural(other.edition) > natural(edition.edition) for other in published):
        edition.state, edition.superseded_at = EditionState.SUPERSEDED, edition.published_at
        return
    life.supersede_others(edition, person=None, reason="")
    edition.state = EditionState.PUBLISHED


def _under_review(present: Edition) -> RubricError:
    return RubricError(
        "edition_under_review",
        Text(
            zh=f"版次 {present} 正在审核，不能由文件夹替换。",
            en=f"Edition {present} is under review and cannot be replaced from a folder.",
        ),
        hint=Text(zh="请先退回草稿。", en="Have it returned to draft first."),
    )
