"""What a centre was given for what it handed in."""

from __future__ import annotations

from typing import Any

from django.db import models

from assessment.receipts.receipt import Receipt
from core.signature import PublicKey, Signature


class SubmissionReceipt(models.Model):
    """The signed manifest of one submission, made in the transaction that froze the package; never changed.

    `digest` is that of the canonical JSON of `manifest`, over which `signature` was made.
    """

    assessment = models.ForeignKey("assessment.Assessment", on_delete=models.PROTECT, related_name="receipts")
    submission = models.PositiveSmallIntegerField()
    manifest: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    digest = models.CharField(max_length=71)  # sha256:…
    public_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ("assessment", "-submission")
        constraints = (models.UniqueConstraint(fields=("assessment", "submission"), name="one_receipt_per_submission"),)

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.submission} {self.digest[:15]}"

    @property
    def receipt(self) -> Receipt:
        key = PublicKey(bytes(self.public_key))
        return Receipt(self.manifest, self.digest, Signature(key, bytes(self.signature)))
