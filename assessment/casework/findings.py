"""Remarks on a node of the rubric, what the centre does about them, and the questions in between."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.casework.states import FindingState, Severity

Person = settings.AUTH_USER_MODEL


class Finding(models.Model):
    """A nonconformity or observation. What was said of it stands in its notes, which are only added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="findings")
    node = models.CharField(max_length=40, blank=True)  # code in the edition; empty: the case as a whole
    severity = models.CharField(max_length=12, choices=Severity)
    statement = models.TextField()
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(null=True)
    root_cause = models.TextField(blank=True)
    corrective_action = models.TextField(blank=True)
    effectiveness = models.TextField(blank=True)  # what the check of the correction showed
    version = models.PositiveIntegerField(default=1)  # for ETag and If-Match

    class Meta:
        ordering = ("raised_at", "id")
        constraints = (
            models.CheckConstraint(
                name="an_answered_nonconformity_has_cause_and_action",
                condition=Q(severity=Severity.OBSERVATION)
                | Q(state__in=(FindingState.OPEN, FindingState.RETRACTED))
                | (~Q(root_cause="") & ~Q(corrective_action="")),
            ),
            models.CheckConstraint(
                name="a_closed_nonconformity_was_checked",
                condition=Q(severity=Severity.OBSERVATION) | ~Q(state=FindingState.CLOSED) | ~Q(effectiveness=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.severity} {self.node} {self.state}"

    @property
    def subject(self) -> str:
        return f"finding/{self.pk}"


class FindingNote(models.Model):
    """One entry under a finding: an act with its reason, a question with the day a reply is due, or the reply."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=20)  # one of the table, or `ask`, `reply`
    text = models.TextField()
    reply_to = models.ForeignKey("self", on_delete=models.PROTECT, related_name="replies", null=True)
    due_on = models.DateField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="a_question_has_a_day_and_a_reply_a_question",
                condition=(~Q(act="ask") | Q(due_on__isnull=False)) & (~Q(act="reply") | Q(reply_to__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} by {self.person}"
