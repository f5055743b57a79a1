"""Rubric editions and their life: draft, under review, published by a second person, superseded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.text import Text
from operations.models import Job

Person = settings.AUTH_USER_MODEL


class EditionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("under review")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


FINAL_STATES = (EditionState.PUBLISHED, EditionState.SUPERSEDED)


class Edition(models.Model):
    """One version of a rubric. `content` is what was authored; `digest` is of its canonical JSON.

    Once published neither changes: triggers refuse it. `sealed` editions came final with the code and were published
    where the code is; of all others two people stand here, and the database insists that they are two.
    """

    rubric = models.CharField(max_length=60)
    edition = models.CharField(max_length=20)
    digest = models.CharField(max_length=71, unique=True)  # sha256:…
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    standing_zh = models.TextField(blank=True)
    standing_en = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=EditionState, default=EditionState.DRAFT)
    sealed = models.BooleanField(default=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)  # runs the cases
    version = models.PositiveIntegerField(default=1)  # for ETag and If-Match
    published_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("rubric", "-edition")
        constraints = (
            models.UniqueConstraint(fields=("rubric", "edition"), name="each_edition_once"),
            models.UniqueConstraint(
                fields=("rubric",), condition=Q(state="published"), name="one_published_edition_per_rubric"
            ),
            models.CheckConstraint(
                name="two_people_publish_an_edition",
                condition=Q(state__in=("draft", "review"))
                | Q(sealed=True)
                | (
                    Q(proposed_by__isnull=False, published_by__isnull=False)
                    & ~Q(published_by=F("proposed_by"))
                    & (Q(author=None) | ~Q(published_by=F("author")))
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rubric}/{self.edition}"

    @property
    def subject(self) -> str:
        return f"edition/{self}"

    @property
    def standing(self) -> Text:
        return Text(zh=self.standing_zh, en=self.standing_en)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


class EditionAct(models.Model):
    """One step in the life of an edition: who took it, when, why, and on which content. Rows are only added."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=71)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.act} by {self.person}"


class EditionTrial(models.Model):
    """What came of running the cases an edition brings along; of one content, so it never goes stale."""

    digest = models.CharField(max_length=71, primary_key=True)
    cases = models.PositiveIntegerField()
    misses: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    untested: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    tried_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.digest[:15]} {self.cases} cases"

    @property
    def passed(self) -> bool:
        return bool(self.cases) and not self.misses and not self.untested
