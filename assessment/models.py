"""An assessment from application to certificate: what was judged, by whom, and what came out."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessment.casework.agreements import SignedAgreement
from assessment.casework.board import OwnTable, Reminder
from assessment.casework.disputes import Dispute
from assessment.casework.findings import Finding, FindingNote
from assessment.casework.parts import IN_HAND, Assignment, CasePart, Release
from assessment.casework.ratings import Rating, RatingDraft, RatingVersion
from assessment.casework.reasons import FlagReason
from assessment.casework.receipts import SubmissionReceipt
from assessment.casework.reratings import RatingDraw
from assessment.casework.states import (
    OVER,
    STANDING,
    AssessmentState,
    CertificateState,
    DisputeKind,
    DisputeState,
    FindingState,
    Kind,
    Part,
    Procedure,
    RatingRule,
    RatingState,
    SchemeType,
    Seat,
    Severity,
)
from assessment.casework.summaries import DrawnKeys, KeptDifference, KeptExplanation, ResultSummary
from assessment.casework.surveillance import Surveillance
from assessment.casework.visits import EvaluationPlan, Photograph, Sample, SiteVisit, VisitDraft
from assessment.scoring.result import Result
from centres.models import Centre, ProfileVersion
from core.text import Text
from evidence.models import Evidence
from indicators.models import Edition
from operations.models import Job

# fmt: off
__all__ = [
    "IN_HAND", "OVER", "STANDING", "Act", "AssessedEvidence", "Assessment", "AssessmentState", "Assignment", "CasePart",
    "Certificate", "CertificateSeries", "CertificateState", "Dispute", "DisputeKind", "DisputeState", "DrawnKeys",
    "EvaluationPlan", "Finding", "FindingNote", "FindingState", "FlagReason", "KeptDifference", "KeptExplanation",
    "Kind", "OwnTable", "Part", "Photograph", "Procedure", "ProvisionalResult", "RankedReport", "Rating", "RatingDraft",
    "RatingDraw", "RatingRule", "RatingState", "RatingVersion", "Release", "Reminder", "ResultSummary", "Sample",
    "SchemeType", "Seat", "Severity", "SignedAgreement", "SiteVisit", "StoredResult", "SubmissionReceipt",
    "Surveillance", "VisitDraft",
]
# fmt: on
Person = settings.AUTH_USER_MODEL


class StoredResult(models.Model):
    """An explained result tree, never changed: a trigger refuses updates.

    `inputs` is what `inputs_digest` is the digest of: profile attributes, measurements, and the sources they come from
    (evidence digests and parsers, profile, measure versions, reference tables); rows of before hold the sources alone.
    The same inputs give the same digest and therefore the same row.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="results")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    profile_version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="+")
    tree: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    inputs: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    digest = models.CharField(max_length=71)  # sha256:…
    inputs_digest = models.CharField(max_length=71)
    verdict = models.CharField(max_length=10)  # scored | blocked
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    grade = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("centre", "digest"), name="one_stored_result_per_digest"),)

    def __str__(self) -> str:
        return f"{self.centre} {self.digest[:15]}"

    @cached_property
    def result(self) -> Result:
        """Read once for each row that was fetched: a tree never changes, and reading one takes its time."""
        return Result.from_json(self.tree)


class ProvisionalResult(models.Model):
    """What a centre's accepted evidence amounts to at present; no promise, no rank.

    `evidence` names the files that were seen, rejected ones too: their digests do not tell how their uploader said
    they are to be read.
    """

    centre = models.OneToOneField(Centre, on_delete=models.CASCADE, related_name="provisional")
    result = models.ForeignKey(StoredResult, on_delete=models.PROTECT, related_name="+")
    evidence: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    scored_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"provisional {self.result}"


class Screening(models.Model):
    """What the plausibility checks said of the evidence behind a result; for the assessing body only.

    `content` is `{"flags", "checks", "compared"}`: the flags as JSON, the version of every check, and the digest of the
    prints of every other centre it was compared with. `prints` are this package's own, to find copies by.
    """

    result = models.ForeignKey(StoredResult, on_delete=models.PROTECT, related_name="screenings")
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    prints: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    digest = models.CharField(max_length=71)  # sha256:… of `content`
    screened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("result", "digest"), name="one_screening_per_digest"),)

    def __str__(self) -> str:
        return f"{self.result} {len(self.content['flags'])} flags"


class Assessment(models.Model):
    """One centre against one edition, by the procedure pinned when it was opened.

    Who took which part stands in `parts`; `assessor`, `reviewer` and `decider` are those who last acted as such. The
    three who judge are three natural persons; constraints here and triggers insist.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="assessments")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    profile_version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.CERTIFICATION)
    procedure = models.CharField(max_length=10, choices=Procedure, default=Procedure.FULL)
    notice_days = models.PositiveSmallIntegerField(default=0)  # 公示 before a decision to certify takes effect
    rating = models.CharField(max_length=10, choices=RatingRule, default=RatingRule.NONE)
    scheme_type = models.CharField(max_length=15, choices=SchemeType, default=SchemeType.ASSESSMENT)  # word on papers
    two_deciders_from = models.CharField(max_length=20, blank=True)  # grade from which two decide; empty: one does
    concurrence_due = models.BooleanField(default=False)  # a second one has yet to; kept by `transitions.take`
    notice_until = models.DateField(null=True)  # the last day on which one may object
    state = models.CharField(max_length=15, choices=AssessmentState, default=AssessmentState.DRAFT)
    submissions = models.PositiveSmallIntegerField(default=0)  # how often a package was frozen; the last one counts
    result = models.ForeignKey(StoredResult, on_delete=models.PROTECT, related_name="+", null=True)
    # As the package was measured, where the rulings of the evaluation made another result of it; else None.
    measured = models.ForeignKey(StoredResult, on_delete=models.PROTECT, related_name="+", null=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", null=True)  # scoring the package
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    assessor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    # Who decided for which body, by the names of that day (`issue.decided_as`); None before it was awarded.
    decision: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)  # for ETag and If-Match
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "id")
        indexes = (models.Index(fields=("created_at",), name="assessment_by_time"),)
        constraints = (
            models.UniqueConstraint(
                name="one_open_assessment_per_centre",
                fields=("centre",),
                condition=~Q(state__in=OVER),
            ),
            models.CheckConstraint(
                name="reviewer_is_not_the_assessor",
                condition=Q(assessor=None) | Q(reviewer=None) | ~Q(reviewer=F("assessor")),
            ),
            models.CheckConstraint(
                name="decider_did_not_assess_or_review",
                condition=Q(decider=None) | (~Q(decider=F("assessor")) & ~Q(decider=F("reviewer"))),
            ),
            models.CheckConstraint(
                name="the_applicant_does_not_judge",
                condition=Q(submitted_by=None)
                | (
                    (Q(assessor=None) | ~Q(assessor=F("submitted_by")))
                    & (Q(reviewer=None) | ~Q(reviewer=F("submitted_by")))
                    & (Q(decider=None) | ~Q(decider=F("submitted_by")))
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.centre} {self.edition} {self.state}"

    @property
    def subject(self) -> str:
        return f"assessment/{self.pk}"


class AssessedEvidence(models.Model):
    """One file of the frozen package, with what read it; those rejected by then are kept too, as results name them."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="package")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=71)
    parser = models.CharField(max_length=80)
    submission = models.PositiveSmallIntegerField(default=1)  # a returned application is frozen anew

    class Meta:
        ordering = ("digest",)
        verbose_name_plural = "assessed evidence"
        constraints = (
            models.UniqueConstraint(fields=("assessment", "submission", "evidence"), name="each_file_once_per_package"),
        )

    def __str__(self) -> str:
        return self.digest


class Act(models.Model):
    """One step of an assessment or of its certificate: who took it in which part, when and why. Rows are only added.

    Steps without a person are the platform's own, such as the end of a certificate's term.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="acts")
    of = models.CharField(max_length=12, default="assessment")  # or certificate
    act = models.CharField(max_length=20)
    from_state = models.CharField(max_length=15, blank=True)
    to_state = models.CharField(max_length=15)
    part = models.CharField(max_length=15, choices=Part)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="only_the_platform_acts_without_a_person",
                condition=Q(person__isnull=False, part__in=[part for part in Part if part != Part.SYSTEM])
                | Q(person=None, part=Part.SYSTEM),
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} by {self.person or 'the platform'}"


class Certificate(models.Model):
    """A certificate: its number, what it rests on and the paper once it is made."""

    number = models.CharField(max_length=20, primary_key=True)  # ZH-2026-0001-C
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="certificate")
    result = models.ForeignKey(StoredResult, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CertificateState, default=CertificateState.VALID)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    valid_until = models.DateField()
    surveillance_due_on = models.DateField(null=True, blank=True)
    suspended_on = models.DateField(null=True, blank=True)
    withdrawal_on = models.DateField(null=True, blank=True)  # announced for this day, unless it is restored before
    # An appeal against its suspension or withdrawal was upheld that day, and no decider has acted on it since.
    upheld_on = models.DateField(null=True, blank=True)
    # How firmly the result stood when it was issued: `{"varied": {zh, en}, "firmness": …}`; None: not on the paper.
    interval: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                name="certificate_ends_after_it_starts", condition=Q(valid_until__gt=F("issued_on"))
            ),
        )

    def __str__(self) -> str:
        return self.number


class CertificateSeries(models.Model):
    """The last number given in a year; locked while the next one is taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "certificate series"

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class RankedReport(models.Model):
    """A ranking as it stood when it was asked for: the query, the rows with their results, the papers.

    `rows` are `{"result": id, "rank", "peer_rank", "certificate", "standing", "case", "firmness"}` in order, so that
    the papers can be made again to the same bytes; `varied` is the sentence on what the intervals rest on, empty where
    there are none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    query: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    rows: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    varied: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    made_on = models.DateField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    csv_sha256 = models.CharField(max_length=64, blank=True)
    xlsx_sha256 = models.CharField(max_length=64, blank=True, default="")
    docx_sha256 = models.CharField(max_length=64, blank=True, default="")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return f"{self.title_en} {self.made_on}"

    @property
    def title(self) -> Text:
        return Text(zh=self.title_zh, en=self.title_en)
