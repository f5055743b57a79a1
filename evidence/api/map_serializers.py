from __future__ import annotations

from typing import Any

from rest_framework import serializers

from evidence.models import ColumnMapVersion
from evidence.parsers.maps.document import mapped_kinds
from operations.http.serializers import StrictSerializer


class ColumnMapListed(serializers.ModelSerializer[ColumnMapVersion]):
    centre: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField("slug", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)
    title = serializers.JSONField(source="content.title", read_only=True)
    saved_by: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = ColumnMapVersion
        fields: tuple[str, ...] = ("centre", "name", "version", "title", "kind", "digest", "saved_by", "saved_at")


class ColumnMapSerializer(ColumnMapListed):
    map = serializers.JSONField(source="content", read_only=True)

    class Meta(ColumnMapListed.Meta):
        fields = (*ColumnMapListed.Meta.fields, "map")


class MapDocument(StrictSerializer):
    """A column map (contract 1); its own check names each fault."""

    map = serializers.DictField()


class PreviewCall(StrictSerializer):
    """A document to try, or a saved map by `name` or `name@version`."""

    map = serializers.DictField(required=False)
    name = serializers.CharField(required=False)


class RereadCall(StrictSerializer):
    name = serializers.CharField(help_text="of a saved map: its newest version, or `name@version`")


class ReasonAnswer(serializers.Serializer[Any]):
    field = serializers.CharField()
    column = serializers.CharField()
    why = serializers.DictField()


class ProposalAnswer(serializers.Serializer[Any]):
    map = serializers.DictField()
    reasons = ReasonAnswer(many=True)
    questions = serializers.ListField(child=serializers.DictField())


class ProposalsAnswer(serializers.Serializer[Any]):
    headings = serializers.ListField(child=serializers.CharField())
    header = serializers.IntegerField()
    sheet = serializers.CharField(allow_null=True)
    fitting = ColumnMapListed(many=True)
    proposals = ProposalAnswer(many=True)


class PreviewAnswer(serializers.Serializer[Any]):
    is_part = serializers.BooleanField()
    rows = serializers.ListField(child=serializers.DictField())
    coverage = serializers.DictField()
    issues = serializers.ListField(child=serializers.DictField())
    issue_counts = serializers.DictField()


KINDS = mapped_kinds()
