from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessment.case_selectors import works_on
from assessment.certificate_selectors import standing_of
from assessment.models import Act, Assessment, Certificate, Kind, RankedReport
from assessment.result_selectors import summary_kept
from assessment.services.chain.table import Of, allowed_acts
from centres.profile import CentreClass, ScaleTier
from operations.http.serializers import StrictSerializer
from operations.http.validators import on_one_line


class TitleSerializer(StrictSerializer):
    """Words that stand on papers."""

    zh = serializers.CharField(max_length=200, validators=[on_one_line])
    en = serializers.CharField(max_length=200, validators=[on_one_line])


class OpenRequest(StrictSerializer):
    centre = serializers.SlugField(max_length=63)
    rubric = serializers.CharField(max_length=60, required=False, default="zhisuan")
    kind = serializers.ChoiceField(choices=Kind.choices, required=False, default=Kind.CERTIFICATION)


class ActRequest(StrictSerializer):
    """A step needs its reason, so that the record says why."""

    reason = serializers.CharField(max_length=4000)


class SubmitRequest(StrictSerializer):
    reason = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    package_digest = serializers.CharField(
        max_length=71, required=False, default="", help_text="of the package that was looked at; another one refuses"
    )


class DecideRequest(ActRequest):
    decision = serializers.ChoiceField(choices=("certify", "refuse"))


UNTOLD: Mapping[str, Any] = {"person": None, "reason": ""}  # what stands in an act for whoever may not know it


class ActSerializer(serializers.ModelSerializer[Act]):
    person = serializers.SerializerMethodField()

    class Meta:
        model = Act
        fields = ("of", "act", "from_state", "to_state", "part", "person", "reason", "at")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}, "nullable": True})
    def get_person(self, act: Act) -> dict[str, str] | None:
        return act.person.name.as_json() if act.person else None


def result_shown(kind: str, *, digest: str, verdict: str, score: str | None, grade: str) -> dict[str, Any]:
    """A result in few words; of a pre-assessment there are figures, but no grade and no facility score."""
    if kind == Kind.PRE_ASSESSMENT:
        return {"digest": digest, "verdict": None, "score": None, "grade": None}
    return {"digest": digest, "verdict": verdict, "score": score, "grade": grade or None}


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """Where an assessment stands, what may be done next, and what was done."""

    centre = serializers.CharField(source="centre.slug", read_only=True)
    rubric = serializers.CharField(source="edition.rubric", read_only=True)
    edition = serializers.CharField(source="edition.edition", read_only=True)
    edition_digest = serializers.CharField(source="edition.digest", read_only=True)
    allowed_acts = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    certificate = serializers.SerializerMethodField()
    acts = ActSerializer(many=True, read_only=True)

    class Meta:
        model = Assessment
        fields = (
            *("id", "centre", "kind", "procedure", "rating", "notice_days", "concurrence_due", "notice_until"),
            *("scheme_type", "two_deciders_from", "rubric", "edition", "edition_digest", "state", "allowed_acts"),
            *("result", "certificate", "job", "version", "created_at", "acts"),
        )

    def to_representation(self, instance: Assessment) -> dict[str, Any]:
        """Who acted and why is for those who see the inside of the case; the regulator sees that it happened."""
        body: dict[str, Any] = super().to_representation(instance)
        if not works_on(self.context["request"].user, instance):
            body["acts"] = [act | UNTOLD for act in body["acts"]]
        return body

    def get_allowed_acts(self, assessment: Assessment) -> list[str]:
        return list(allowed_acts(assessment.state, assessment))

    def get_result(self, assessment: Assessment) -> dict[str, Any] | None:
        if (result := assessment.result) is None:
            return None
        kept = summary_kept(result)
        return result_shown(
            assessment.kind, digest=kept.digest, verdict=kept.verdict, score=kept.score, grade=kept.grade
        )

    def get_certificate(self, assessment: Assessment) -> str | None:
        certificate = getattr(assessment, "certificate", None)
        return certificate.number if certificate else None


class HappenedSerializer(serializers.Serializer[Any]):
    """One line of a history; `sequence` and `hash` are those of the audit log."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    act = serializers.CharField()
    words = serializers.DictField(source="words.as_json", child=serializers.CharField())
    who = serializers.DictField(source="who.as_json", child=serializers.CharField())
    whom = serializers.DictField(
        source="whom.as_json",
        child=serializers.CharField(),
        allow_null=True,
        help_text="who was assigned, invited or sent away; null where the act concerns nobody else",
    )
    subject = serializers.CharField()
    reason = serializers.CharField()
    hash = serializers.CharField()


class ExplanationAnswer(StrictSerializer):
    """Why a result is what it is, and what would lift it; every figure is text.

    `lost` is a tree like the result's; on every scale the `parts` of a node add up to the node.
    """

    result_digest = serializers.CharField()
    method = serializers.DictField(child=serializers.CharField())
    lost = serializers.DictField()
    lost_by_cause = serializers.DictField(child=serializers.DictField())
    advice = serializers.DictField(allow_null=True, help_text="null where the result cannot be computed again")
    sentences = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    difference = serializers.DictField(allow_null=True, help_text="to the centre's previous result")


class CopyAnswer(StrictSerializer):
    evidence = serializers.CharField()
    name = serializers.CharField()
    centres = serializers.ListField(child=serializers.CharField())


class FlagsAnswer(StrictSerializer):
    """What is odd about the evidence of a result, the gravest first; nothing of it enters the score."""

    result_digest = serializers.CharField()
    screened_at = serializers.DateTimeField(allow_null=True, help_text="null: the result is older than the checks")
    screening_digest = serializers.CharField(allow_null=True)
    flags = serializers.ListField(
        child=serializers.DictField(),
        help_text="`reasons`: what the centre said to it, the words that count last; null: it is not told of this flag",
    )
    copies = CopyAnswer(many=True)
    checks = serializers.DictField(child=serializers.CharField(), help_text="version of every check")
    compared = serializers.DictField(child=serializers.CharField(), help_text="prints of other centres, by digest")


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """What the public may know of a certificate."""

    standing = serializers.SerializerMethodField()
    allowed_acts = serializers.SerializerMethodField()
    centre = serializers.CharField(source="assessment.centre.slug", read_only=True)
    name = serializers.DictField(
        source="result.profile_version.name.as_json", child=serializers.CharField(), read_only=True
    )
    rubric = serializers.CharField(source="assessment.edition.rubric", read_only=True)
    edition = serializers.CharField(source="assessment.edition.edition", read_only=True)
    edition_digest = serializers.CharField(source="assessment.edition.digest", read_only=True)
    scheme_type = serializers.CharField(source="assessment.scheme_type", read_only=True)
    grade = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField()
    result_digest = serializers.SerializerMethodField()
    inputs_digest = serializers.SerializerMethodField()

    class Meta:
        model = Certificate
        fields = (
            *("number", "standing", "centre", "name", "scheme_type", "rubric", "edition", "edition_digest", "grade"),
            *("score", "result_digest", "inputs_digest", "issued_on", "valid_until", "surveillance_due_on"),
            *("withdrawal_on", "replaces"),
            *("allowed_acts", "pdf_sha256", "job"),
        )

    def get_allowed_acts(self, certificate: Certificate) -> list[str]:
        return list(allowed_acts(standing_of(certificate).value, certificate.assessment, of=Of.CERTIFICATE))

    def get_standing(self, certificate: Certificate) -> str:
        return standing_of(certificate).value

    def get_grade(self, certificate: Certificate) -> str:
        return summary_kept(certificate.result).grade

    def get_score(self, certificate: Certificate) -> str:
        return summary_kept(certificate.result).score or ""

    def get_result_digest(self, certificate: Certificate) -> str:
        return summary_kept(certificate.result).digest

    def get_inputs_digest(self, certificate: Certificate) -> str:
        return summary_kept(certificate.result).inputs_digest


class ReportRequest(StrictSerializer):
    title = TitleSerializer(required=False)
    rubric = serializers.CharField(max_length=60, required=False, default="zhisuan")
    edition = serializers.CharField(max_length=20, required=False, default="")
    province = serializers.CharField(max_length=40, required=False)
    scale_tier = serializers.ChoiceField(choices=[tier.value for tier in ScaleTier], required=False)
    centre_class = serializers.ChoiceField(choices=[kind.value for kind in CentreClass], required=False)


class ReportSerializer(serializers.ModelSerializer[RankedReport]):
    title = serializers.DictField(source="title.as_json", child=serializers.CharField(), read_only=True)
    rubric = serializers.CharField(source="edition.rubric", read_only=True)
    edition = serializers.CharField(source="edition.edition", read_only=True)
    centres = serializers.SerializerMethodField()

    class Meta:
        model = RankedReport
        fields = (
            *("id", "title", "rubric", "edition", "query", "centres", "made_on"),
            *("pdf_sha256", "csv_sha256", "xlsx_sha256", "docx_sha256", "job"),
        )

    def get_centres(self, report: RankedReport) -> int:
        return len(report.rows)


class GradeLine(StrictSerializer):
    grade = serializers.CharField()
    at_least = serializers.CharField()


class Firm(StrictSerializer):
    """How firmly a rank stands: 5 % and 95 % of the scores and ranks drawn, the bracket, grade lines inside."""

    score = serializers.ListField(child=serializers.CharField())
    rank = serializers.ListField(child=serializers.IntegerField())
    tie_group = serializers.IntegerField()
    lines = GradeLine(many=True)


class VersionChangesAnswer(StrictSerializer):
    """Two versions of a file: rows by kind, and what the newer one does to measures and score."""

    before = serializers.DictField()
    after = serializers.DictField()
    kinds = serializers.ListField(child=serializers.DictField())
    effect = serializers.DictField(allow_null=True, help_text="null without a profile or a published edition")


class RankingRow(StrictSerializer):
    """One line of a ranking; a blocked centre has no rank, its consequences say why."""

    rank = serializers.IntegerField(allow_null=True)
    peer_rank = serializers.IntegerField(allow_null=True)
    peer_group = serializers.ListField(child=serializers.CharField(), allow_null=True)
    centre = serializers.CharField()
    name = TitleSerializer()
    province = serializers.CharField()
    grade = serializers.CharField(allow_null=True)
    score = serializers.CharField(allow_null=True)
    pillars = serializers.DictField(child=serializers.CharField(allow_null=True))
    consequences = serializers.ListField(child=serializers.DictField())
    certificate = serializers.CharField(allow_null=True)
    standing = serializers.CharField(allow_null=True, help_text="of the certificate today; null without one")
    state = serializers.CharField(help_text="of the case")
    remark = TitleSerializer(allow_null=True, help_text="null where a certificate in force stands behind the row")
    result_digest = serializers.CharField()
    firmness = Firm(allow_null=True, help_text="5–95 % of the draws; null where blocked")


class RankingAnswer(StrictSerializer):
    rubric = serializers.CharField()
    edition = serializers.CharField()
    edition_digest = serializers.CharField()
    query = serializers.DictField(child=serializers.CharField())
    varied = serializers.DictField(child=serializers.CharField(), allow_null=True, help_text="what intervals rest on")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    rows = RankingRow(many=True)
