"""What a regulator adds to the picture: reminders to centres, and a table of figures of their own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from centres.models import Centre

Person = settings.AUTH_USER_MODEL


class Reminder(models.Model):
    """A word to a centre, shown on its page until one of its people has noted it; rows are never deleted."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="reminders")
    text = models.TextField()
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    mailed = models.PositiveSmallIntegerField(default=0)  # to how many people of the centre it went by mail
    noted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.centre} {self.sent_at:%Y-%m-%d}"


class OwnTable(models.Model):
    """The newest table a person joined to their list of centres: `cells` by centre, in the order of `columns`."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="own_table")
    columns: models.JSONField[list[str], list[str]] = models.JSONField()
    cells: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    name = models.CharField(max_length=255)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.person} {self.name}"
