from __future__ import annotations

from typing import Any

from rest_framework import serializers

from evidence.models import ArchiveMember, Evidence, ObservationTable, Upload
from operations.http.serializers import StrictSerializer


class EvidenceListed(serializers.ModelSerializer[Evidence]):
    centre: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField("slug", read_only=True)
    sha256 = serializers.CharField(source="blob_id", read_only=True)
    size = serializers.IntegerField(source="blob.size", read_only=True)
    job = serializers.UUIDField(source="job_id", read_only=True)

    class Meta:
        model = Evidence
        fields: tuple[str, ...] = (
            "id",
            "centre",
            "name",
            "sha256",
            "size",
            "state",
            "format",
            "parser",
            "issue_counts",
            "version",
            "supersedes",
            "job",
            "received_at",
        )


class TableSerializer(serializers.ModelSerializer[ObservationTable]):
    class Meta:
        model = ObservationTable
        fields = ("kind", "rows")


class MemberSerializer(serializers.ModelSerializer[ArchiveMember]):
    """A file of an archive, and the evidence it became."""

    evidence = serializers.UUIDField(source="evidence_id", read_only=True)

    class Meta:
        model = ArchiveMember
        fields = ("name", "evidence")


class OriginSerializer(serializers.ModelSerializer[ArchiveMember]):
    """The archive an evidence came in, by its digest, and its name there."""

    archive = serializers.UUIDField(source="archive_id", read_only=True)
    sha256 = serializers.CharField(source="archive.blob_id", read_only=True)
    member = serializers.CharField(source="name", read_only=True)

    class Meta:
        model = ArchiveMember
        fields = ("archive", "sha256", "member")


class EvidenceSerializer(EvidenceListed):
    uploaded_by: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField("username", read_only=True)
    tables = TableSerializer(many=True, read_only=True)
    members = MemberSerializer(many=True, read_only=True)
    origins = OriginSerializer(many=True, read_only=True)
    map = serializers.SerializerMethodField()
    rereads = serializers.UUIDField(source="rereads_id", read_only=True, allow_null=True)
    superseded_by: serializers.PrimaryKeyRelatedField[Any] = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True
    )

    class Meta(EvidenceListed.Meta):
        fields = (
            *EvidenceListed.Meta.fields,
            "declared_format",
            "declared_encoding",
            "timezone",
            "map",
            "rereads",
            "encoding",
            "replaces",
            "superseded_by",
            "facts",
            "runs",
            "tables",
            "members",
            "origins",
            "coverage",
            "issues",
            "problem",
            "uploaded_by",
        )

    def get_map(self, evidence: Evidence) -> str | None:
        """The column map it was read by, as `name@version`."""
        return str(evidence.column_map) if evidence.column_map else None


class ReceptionAnswer(StrictSerializer):
    id = serializers.UUIDField()
    state = serializers.CharField()
    job = serializers.UUIDField()


class UploadForm(StrictSerializer):
    """The multipart twin of the raw upload, for people and simple clients."""

    file = serializers.FileField()
    centre = serializers.CharField()
    format = serializers.CharField(required=False)
    timezone = serializers.CharField(required=False)
    encoding = serializers.CharField(required=False)
    map = serializers.CharField(required=False)
    replaces = serializers.CharField(required=False)
    digest = serializers.CharField(required=False)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """`offset` bytes have arrived; then there is `evidence`, or the `problem` the file was refused for."""

    centre: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField("slug", read_only=True)
    name = serializers.CharField(source="declared.name", read_only=True)
    sha256 = serializers.CharField(source="declared.sha256", read_only=True)
    evidence = serializers.UUIDField(source="evidence_id", read_only=True)
    job = serializers.UUIDField(source="job_id", read_only=True)

    class Meta:
        model = Upload
        fields = (
            "id",
            "centre",
            "name",
            "sha256",
            "length",
            "offset",
            "evidence",
            "problem",
            "job",
            "created_at",
            "expires_at",
        )


class NothingSaid(StrictSerializer):
    """The act is in the address."""


class LineSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    text = serializers.CharField()
    is_cut = serializers.BooleanField()


class LinesAnswer(serializers.Serializer[Any]):
    evidence = serializers.UUIDField()
    line = serializers.IntegerField()
    lines = LineSerializer(many=True)
