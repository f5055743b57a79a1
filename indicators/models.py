"""Rubric editions as they were loaded; the YAML folders are their source."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.text import Text


class EditionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


class Edition(models.Model):
    """One immutable version of a rubric. `content` is what was authored; `digest` is of its canonical JSON."""

    rubric = models.CharField(max_length=60)
    edition = models.CharField(max_length=20)
    digest = models.CharField(max_length=71, unique=True)  # sha256:…
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    standing_zh = models.TextField(blank=True)
    standing_en = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=EditionState, default=EditionState.PUBLISHED)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("rubric", "-edition")
        constraints = (models.UniqueConstraint(fields=("rubric", "edition"), name="each_edition_once"),)

    def __str__(self) -> str:
        return f"{self.rubric}/{self.edition}"

    @property
    def standing(self) -> Text:
        return Text(zh=self.standing_zh, en=self.standing_en)
