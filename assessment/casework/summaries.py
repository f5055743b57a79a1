"""What lists read of results, beside the trees."""

from __future__ import annotations

from typing import Any

from django.db import models

from assessment.scoring.explain.kept import About
from assessment.scoring.summary import Summary
from core.text import Text


class ResultSummary(models.Model):
    """What lists show of a result; written in the transaction that keeps it, and never changed.

    A table of its own: the columns of a result lie behind its tree, and a database reads its way through a row.
    `score` is the published one with its own decimals; `content` is `Summary.as_json()`, `figures` its part of that
    name once more, for lists of all centres.
    """

    result = models.OneToOneField(
        "assessment.StoredResult", on_delete=models.CASCADE, primary_key=True, related_name="summary"
    )
    digest = models.CharField(max_length=71)  # sha256:…, of the result
    inputs_digest = models.CharField(max_length=71)
    name_zh = models.TextField()  # of the centre, as it was measured under
    name_en = models.TextField()
    verdict = models.CharField(max_length=10)  # scored | blocked
    score = models.CharField(max_length=40, null=True)  # noqa: DJ001  (none is not the same as an empty one)
    grade = models.CharField(max_length=20, blank=True)
    province = models.CharField(max_length=40, blank=True)
    scale_tier = models.CharField(max_length=20, blank=True)
    centre_class = models.CharField(max_length=20, blank=True)
    figures: models.JSONField[dict[str, list[str]], dict[str, list[str]]] = models.JSONField(default=dict)
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    class Meta:
        verbose_name_plural = "result summaries"

    def __str__(self) -> str:
        return f"{self.digest[:15]} {self.grade} {self.score}"

    @property
    def name(self) -> Text:
        return Text(zh=self.name_zh, en=self.name_en)

    @property
    def summary(self) -> Summary:
        return Summary.from_json(self.content)


class DrawnKeys(models.Model):
    """How a result came out in every draw of its edition's robustness: what its intervals are read off, in any company.

    `keys` are those of `Drawn.packed`; they are drawn anew where `method` is not the present one.
    """

    result = models.OneToOneField(
        "assessment.StoredResult", on_delete=models.CASCADE, primary_key=True, related_name="drawn_keys"
    )
    method = models.PositiveSmallIntegerField()
    keys = models.BinaryField()

    class Meta:
        verbose_name_plural = "drawn keys"

    def __str__(self) -> str:
        return f"{self.result_id} by method {self.method}"


class KeptExplanation(models.Model):
    """What took long to find out about a result: `content` is the text of `scoring.explain.kept`, by its `method`.

    Where there is none, or one by another method, it is found when somebody asks.
    """

    result = models.ForeignKey("assessment.StoredResult", on_delete=models.CASCADE, related_name="explanations")
    about = models.CharField(max_length=10, choices=[(about.value, about.value) for about in About])
    method = models.PositiveSmallIntegerField()
    content = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("result", "about"), name="one_explanation_of_each_kind"),)

    def __str__(self) -> str:
        return f"{self.about} of {self.result_id}"


class KeptDifference(models.Model):
    """What led from one result to another: `content` is the text of `scoring.explain.kept`, by its `method`.

    Kept for the results a page compares with each other; where there is none it is found when somebody asks.
    """

    before = models.ForeignKey("assessment.StoredResult", on_delete=models.CASCADE, related_name="+")
    after = models.ForeignKey("assessment.StoredResult", on_delete=models.CASCADE, related_name="differences")
    method = models.PositiveSmallIntegerField()
    content = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("after", "before"), name="one_difference_of_two_results"),)

    def __str__(self) -> str:
        return f"from {self.before_id} to {self.after_id}"
