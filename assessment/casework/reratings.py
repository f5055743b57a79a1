"""The draw of certified cases that another assessor rates anew."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

Person = settings.AUTH_USER_MODEL


class RatingDraw(models.Model):
    """A draw from the certificates in force that nobody can steer; see `assessment.sampling`.

    A registrar commits to a secret; later somebody else of the body gives a word of their own, the certificates in
    force on that day are listed, and the draw follows. `certificates` and `drawn` are numbers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.DecimalField(max_digits=5, decimal_places=4)
    body_commitment = models.CharField(max_length=71)
    secret = models.CharField(max_length=64)  # opened to others with the draw
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    word = models.CharField(max_length=200, blank=True)
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    drawn_at = models.DateTimeField(null=True)
    certificates: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    drawn: models.JSONField[list[str], list[str]] = models.JSONField(default=list)

    class Meta:
        ordering = ("-asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                name="one_open_draw_of_certificates", fields=("share",), condition=Q(drawn_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"draw of {self.asked_at:%Y-%m-%d}"

    @property
    def subject(self) -> str:
        return f"draw/{self.pk}"
