"""The evaluation plan with its verifiable sample, and what was seen on site."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

Person = settings.AUTH_USER_MODEL


class EvaluationPlan(models.Model):
    """How a case is evaluated. It never changes once evaluation has begun; a new one follows it."""

    assessment = models.OneToOneField("assessment.Assessment", on_delete=models.PROTECT, related_name="plan")
    text = models.TextField()  # what is looked at, by whom, where and how
    visit_needed = models.BooleanField(default=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"plan of {self.assessment_id}"


class Sample(models.Model):
    """A draw from an inventory that neither side can steer; see `assessment.sampling`.

    The body commits to a secret first, then the centre commits to its inventory with a word of its own, then the
    secret is opened and the draw follows. `inventory` is kept from the second step on; nobody changes it afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="samples")
    of = models.CharField(max_length=20)  # cards | nodes | jobs
    share = models.DecimalField(max_digits=5, decimal_places=4)
    at_least = models.PositiveIntegerField(default=1)
    body_commitment = models.CharField(max_length=71)
    secret = models.CharField(max_length=64)  # opened to others once the inventory is there
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    inventory: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    inventory_commitment = models.CharField(max_length=71, blank=True)
    centre_word = models.CharField(max_length=200, blank=True)
    committed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    committed_at = models.DateTimeField(null=True)
    drawn: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                name="nothing_is_drawn_before_both_committed",
                condition=Q(drawn_at=None) | (Q(committed_at__isnull=False) & ~Q(inventory_commitment="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.of} of {self.assessment_id}"

    @property
    def subject(self) -> str:
        return f"sample/{self.pk}"


class SiteVisit(models.Model):
    """A visit to one site: from the schedule to the closing meeting; `record` is what was seen there.

    `record` is validated by `assessment.sampling.visit_record.VisitRecord` on the way in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="visits")
    begins_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(max_length=200)
    agenda = models.TextField(blank=True)
    record: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("begins_on", "id")
        constraints = (
            models.CheckConstraint(name="a_visit_ends_after_it_begins", condition=Q(ends_on__gte=F("begins_on"))),
        )

    def __str__(self) -> str:
        return f"{self.place} {self.begins_on}"

    @property
    def subject(self) -> str:
        return f"visit/{self.pk}"


class VisitDraft(models.Model):
    """What somebody typed into a part of a visit's record and has not saved: theirs alone, gone when they save.

    `content` is every field as typed, checked by nobody; `part` names the page of the form.
    """

    visit = models.ForeignKey(SiteVisit, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    content: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("part",)
        constraints = (
            models.UniqueConstraint(fields=("visit", "part", "person"), name="one_draft_per_person_and_part"),
        )

    def __str__(self) -> str:
        return f"draft {self.part}"


class Photograph(models.Model):
    """A picture taken on site; its bytes lie in the store by digest and never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(SiteVisit, on_delete=models.PROTECT, related_name="photographs")
    blob = models.ForeignKey("evidence.Blob", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=20, choices=(("image/jpeg", "JPEG"), ("image/png", "PNG")))
    shows = models.CharField(_("what it shows"), max_length=200)
    taken_at = models.DateTimeField()  # UTC
    zone = models.CharField(max_length=60)  # in which it was taken
    place = models.CharField(max_length=200)  # hall, row, rack; or coordinates
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("taken_at", "id")
        constraints = (models.UniqueConstraint(fields=("visit", "blob"), name="each_picture_once_per_visit"),)

    def __str__(self) -> str:
        return self.shows
