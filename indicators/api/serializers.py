from __future__ import annotations

from rest_framework import serializers

from indicators.models import Edition


class EditionListed(serializers.ModelSerializer[Edition]):
    standing = serializers.DictField(source="standing.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Edition
        fields: tuple[str, ...] = ("rubric", "edition", "digest", "standing", "state", "published_at")


class EditionSerializer(EditionListed):
    class Meta(EditionListed.Meta):
        fields = (*EditionListed.Meta.fields, "content")
