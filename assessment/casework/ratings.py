"""What assessors ruled on each indicator of a case: who, which level or why not, every version of it, and drafts."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.casework.states import RatingState, Seat

Person = settings.AUTH_USER_MODEL
_WITH_WORDS = (
    RatingState.DISPUTED,
    RatingState.NOT_APPLICABLE,
    RatingState.APPROVED,
    RatingState.JUDGED,
    RatingState.PROPOSED,
)


class Rating(models.Model):
    """One indicator of a case in one seat: the first, the second who does not see the first, or the adjudication.

    It holds the newest version; `versions` hold them all. `person` is who saved last, `seconded_by` who approved a
    reason for not applicable or agreed to a proposed level.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="ratings")
    node = models.CharField(max_length=40)  # code of the indicator in the edition
    seat = models.CharField(max_length=12, choices=Seat, default=Seat.FIRST)
    state = models.CharField(max_length=15, choices=RatingState, default=RatingState.OPEN)
    level = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    ground = models.CharField(max_length=80, blank=True)  # a reason the indicator declares for not applicable
    text = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seconded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    version = models.PositiveIntegerField(default=0)  # for ETag and If-Match; 0: nothing was saved yet
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("node", "seat")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "node", "seat"), name="one_rating_per_indicator_and_seat"),
            models.CheckConstraint(
                name="a_level_is_what_is_judged",
                condition=Q(level__isnull=False, state__in=(RatingState.JUDGED, RatingState.PROPOSED))
                | (Q(level=None) & ~Q(state__in=(RatingState.JUDGED, RatingState.PROPOSED))),
            ),
            models.CheckConstraint(
                name="what_is_not_accepted_has_its_reason",
                condition=~Q(state__in=_WITH_WORDS) | ~Q(text="") | ~Q(ground=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.node} {self.seat} {self.state}"

    @property
    def subject(self) -> str:
        return f"rating/{self.pk}"


class RatingVersion(models.Model):
    """One saved version of a rating, never changed."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    act = models.CharField(max_length=20)
    state = models.CharField(max_length=15, choices=RatingState)
    level = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    ground = models.CharField(max_length=80, blank=True)
    text = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("rating", "version")
        constraints = (models.UniqueConstraint(fields=("rating", "version"), name="each_version_of_a_rating_once"),)

    def __str__(self) -> str:
        return f"{self.version} {self.state}"


class RatingDraft(models.Model):
    """What somebody typed and has not saved: theirs alone, gone when they save.

    `content` is `{"act", "level", "ground", "text"}` as typed, checked by nobody; `on_version` the one it was typed on.
    """

    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.CASCADE, related_name="+")
    node = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    on_version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("node",)
        constraints = (
            models.UniqueConstraint(fields=("assessment", "node", "person"), name="one_draft_per_person_and_indicator"),
        )

    def __str__(self) -> str:
        return f"draft {self.node}"
