"""What surveillance found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

Person = settings.AUTH_USER_MODEL


class Surveillance(models.Model):
    """One surveillance of a certificate; never changed.

    `figures` has an entry per watched indicator: `{"code", "unit", "before", "after", "until", "reason"}`, figures as
    text; where nothing was measured since the issue, `reason` says why not. `changes` are the major changes that the
    centre's profile told of by then: `{"aspect", "before", "after"}`, words in both languages.
    """

    certificate = models.ForeignKey("assessment.Certificate", on_delete=models.PROTECT, related_name="surveillances")
    figures: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    changes: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.made_at:%Y-%m-%d}"
