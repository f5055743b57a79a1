"""What every app needs to remember: work to be done, and who did what."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("queued")
    LEASED = "leased", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    SET_ASIDE = "set_aside", _("set aside")


class Job(models.Model):
    """Work to be done, written in the transaction of the act that needs it.

    `subject` says what it is about (`evidence/<id>`, `centre/<slug>`); `scope` is the slug of the centre whose
    people may watch it, empty for the platform's own work. `lease` names the one run that may finish it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict, blank=True)
    subject = models.CharField(max_length=200, db_index=True)
    scope = models.CharField(max_length=63, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)  # when the broker was last told
    progress = models.JSONField(default=dict, blank=True)  # {"fraction": "0.40", "words": {"zh", "en"}}
    problem = models.JSONField(null=True, blank=True)  # as UserFacingError.as_json()
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "id")
        indexes = (
            models.Index(fields=("state", "leased_until"), name="job_by_state_and_lease"),
            models.Index(fields=("state", "scope", "created_at", "task"), name="job_by_state_and_turn"),
            models.Index(fields=("heartbeat_at", "scope"), name="job_by_last_service"),
        )
        constraints = (
            models.CheckConstraint(
                name="job_is_finished_when_it_ended",
                condition=models.Q(state__in=("queued", "leased"), finished_at=None)
                | models.Q(state__in=("done", "failed", "set_aside"), finished_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.subject}"

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.SET_ASIDE)


class AuditEntry(models.Model):
    """One consequential act. Rows are only ever added: triggers refuse changes, a hash chain shows them.

    `hash` is the SHA-256 of the canonical JSON of the row with `previous_hash`. `actor` is a user name,
    `system` or `anonymous`; text, so that the entry outlives the account.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=200, db_index=True)
    reason = models.TextField(blank=True)
    details: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.sequence} {self.actor} {self.act} {self.subject}"


class KeyedRequest(models.Model):
    """A request sent with an `Idempotency-Key`, and its answer once there is one.

    `fingerprint` is the SHA-256 of method, address and body; `standing` is what the person might do when they sent it;
    `status` is empty while the request runs.
    """

    person = models.CharField(max_length=150)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    standing = models.CharField(max_length=71, default="")  # sha256:…
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "key"), name="each_key_once_per_person"),)

    def __str__(self) -> str:
        return f"{self.person} {self.key}"
