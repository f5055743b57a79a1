"""The agreement with the holder, as it was signed for a case."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

Person = settings.AUTH_USER_MODEL


class SignedAgreement(models.Model):
    """Which text (ISO/IEC 17065, 4.1.2) an owner of the centre signed for a case, and what may be published.

    `text` and `digest` name a version in `assessment/documents/agreements`; `parties` is `{"body", "operator",
    "signatory"}`, each name as it was on that day. Never changed.
    """

    assessment = models.OneToOneField("assessment.Assessment", on_delete=models.PROTECT, related_name="agreement")
    text = models.CharField(max_length=20)
    digest = models.CharField(max_length=71)  # sha256:…
    may_publish = models.BooleanField()  # results beyond register and ranking, as an example or in studies
    parties: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.text} for {self.assessment_id}"
