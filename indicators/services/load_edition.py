"""Enter a rubric edition from its folder; a published one never changes."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core.errors import RubricError
from core.text import Text
from indicators.models import Edition, EditionState
from indicators.rubric import model
from indicators.rubric.loader import load_edition as read_edition
from operations import audit


def load_edition(folder: Path) -> Edition:
    """The stored edition: published when its folder is sealed, else a draft that may be loaded again.

    Raises:
        RubricError: for a faulty folder, or `edition_is_final` for other content under a published name.
    """
    read = read_edition(folder)
    with transaction.atomic():
        present = Edition.objects.select_for_update().filter(rubric=read.rubric, edition=read.edition).first()
        if (
            present is not None
            and present.digest == read.digest
            and (present.state != EditionState.DRAFT or not read.final)
        ):
            return present
        if present is not None and present.state != EditionState.DRAFT:
            raise _final(present, read)
        edition = present or Edition(rubric=read.rubric, edition=read.edition)
        edition.digest, edition.content = read.digest, dict(read.content)
        edition.standing_zh, edition.standing_en = read.standing.zh, read.standing.en
        edition.state = EditionState.PUBLISHED if read.final else EditionState.DRAFT
        edition.published_at = timezone.now() if read.final else None
        edition.full_clean()
        edition.save()
        audit.record(
            actor=audit.SYSTEM, act="edition.loaded", subject=f"edition/{edition}", details={"digest": read.digest}
        )
        return edition


def _final(present: Edition, read: model.Edition) -> RubricError:
    return RubricError(
        "edition_is_final",
        Text(
            zh=f"版本 {present} 已发布（{present.digest}），内容不得更改（{read.digest}）。",
            en=f"Edition {present} is published ({present.digest}) and cannot become {read.digest}.",
        ),
        hint=Text(zh="请将修改放入新的版本文件夹。", en="Put the change into the folder of a new edition."),
    )
