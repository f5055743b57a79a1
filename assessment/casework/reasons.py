"""What a centre says to figures that cross a published bound."""

from __future__ import annotations

from django.conf import settings
from django.db import models

Person = settings.AUTH_USER_MODEL


class FlagReason(models.Model):
    """A reason of the centre for a flag of an open check. Only added: of several to one flag the last counts.

    `flag` is the key of the flag, `screening` the one it stood in when the reason was given.
    """

    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="flag_reasons")
    screening = models.ForeignKey("assessment.Screening", on_delete=models.PROTECT, related_name="+")
    flag = models.CharField(max_length=71)  # sha256:…
    text = models.TextField()
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.flag[:15]} of {self.assessment_id}"
