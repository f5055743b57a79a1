"""Rubric editions as people and other apps ask for them."""

from __future__ import annotations

import functools

import rules
from django.db.models import QuerySet

from centres.permissions import Somebody
from indicators.models import FINAL_STATES, Edition, EditionState, EditionTrial
from indicators.rubric import model
from indicators.rubric.loader import edition_of_content
from indicators.rubric.tree import natural


def editions() -> QuerySet[Edition]:
    """Everything that was ever published, newest first within its rubric."""
    return Edition.objects.filter(state__in=FINAL_STATES)


def visible_editions(user: Somebody) -> QuerySet[Edition]:
    """What was published, for everybody; drafts too for those who write and publish them."""
    return Edition.objects.all() if rules.has_perm("indicators.read_drafts", user) else editions()


def edition_before(edition: Edition, *, user: Somebody) -> Edition | None:
    """The edition of the same rubric whose number comes before; None for the first this person may see."""
    earlier = [
        other
        for other in visible_editions(user).filter(rubric=edition.rubric).exclude(pk=edition.pk)
        if natural(other.edition) < natural(edition.edition)
    ]
    return max(earlier, key=lambda other: natural(other.edition), default=None)


def trial_of(edition: Edition) -> EditionTrial | None:
    """What came of running the cases of this very content; None while nobody has."""
    return EditionTrial.objects.filter(pk=edition.digest).first()


def current_edition(rubric: str = "zhisuan") -> Edition:
    """The newest published edition of a rubric; its content is read when it is asked for, and `typed` keeps it.

    Raises:
        Edition.DoesNotExist: when none was published.
    """
    published = Edition.objects.filter(rubric=rubric, state=EditionState.PUBLISHED).defer("content")
    edition = published.order_by("-published_at", "-pk").first()
    if edition is None:
        raise Edition.DoesNotExist(f"no published edition of {rubric}")
    return edition


def pillars_there_are() -> tuple[str, ...]:
    """Codes of the pillars of every edition that was ever published, those of the newest first."""
    published = editions().defer("content").order_by("-published_at", "-pk")
    return tuple(dict.fromkeys(pillar.code for edition in published for pillar in typed(edition).root.children))


def typed(edition: Edition) -> model.Edition:
    """The edition as the scoring library takes it; its content is read once for the whole process."""
    return typed_by(edition.digest)


@functools.lru_cache(maxsize=16)
def typed_by(digest: str) -> model.Edition:  # a digest never changes its meaning
    """The same by the digest alone, where the row of the edition is not at hand."""
    return edition_of_content(Edition.objects.get(digest=digest).content)
