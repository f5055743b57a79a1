"""Complaints, appeals against a decision, and objections while a decision is announced."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.casework.states import DisputeKind, DisputeState

Person = settings.AUTH_USER_MODEL


class Dispute(models.Model):
    """Decided by somebody who took no other part in the case; `lodged_by` is empty for the public."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=10, choices=DisputeKind)
    state = models.CharField(max_length=12, choices=DisputeState, default=DisputeState.RECEIVED)
    statement = models.TextField()
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=200)
    lodged_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    lodged_at = models.DateTimeField(auto_now_add=True)
    handler = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    answer = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("lodged_at", "id")
        constraints = (
            models.CheckConstraint(
                name="a_decided_dispute_has_handler_and_answer",
                condition=Q(state=DisputeState.RECEIVED)
                | (Q(handler__isnull=False) & (Q(state=DisputeState.ACKNOWLEDGED) | ~Q(answer=""))),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def subject(self) -> str:
        return f"dispute/{self.pk}"
