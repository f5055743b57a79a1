from __future__ import annotations

from typing import Any

from rest_framework import serializers

from indicators.models import Edition, EditionAct, EditionTrial
from indicators.selectors import trial_of
from indicators.services.life import allowed_acts
from operations.http.serializers import StrictSerializer


class EditionListed(serializers.ModelSerializer[Edition]):
    standing = serializers.DictField(source="standing.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Edition
        fields: tuple[str, ...] = (
            *("rubric", "edition", "digest", "standing", "state", "sealed"),
            *("published_at", "superseded_at"),
        )


class EditionActSerializer(serializers.ModelSerializer[EditionAct]):
    person = serializers.DictField(source="person.name.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = EditionAct
        fields = ("act", "from_state", "to_state", "person", "reason", "digest", "at")


class TrialSerializer(serializers.ModelSerializer[EditionTrial]):
    """What came of running the worked cases."""

    class Meta:
        model = EditionTrial
        fields = ("cases", "misses", "untested", "passed", "tried_at")


class EditionSerializer(EditionListed):
    class Meta(EditionListed.Meta):
        fields = (*EditionListed.Meta.fields, "version", "content")


class EditionAtWork(EditionSerializer):
    """With its life, for those who write and publish."""

    allowed_acts = serializers.SerializerMethodField()
    trial = serializers.SerializerMethodField()
    acts = EditionActSerializer(many=True, read_only=True)

    class Meta(EditionSerializer.Meta):
        fields = (*EditionSerializer.Meta.fields, "allowed_acts", "job", "trial", "acts")

    def get_allowed_acts(self, edition: Edition) -> list[str]:
        return list(allowed_acts(edition.state))

    def get_trial(self, edition: Edition) -> dict[str, Any] | None:
        trial = trial_of(edition)
        return dict(TrialSerializer(trial).data) if trial else None


class UploadRequest(StrictSerializer):
    """An edition as its files: YAML text by path inside the folder."""

    files = serializers.DictField(child=serializers.CharField(allow_blank=True, trim_whitespace=False))
    reason = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class StepRequest(StrictSerializer):
    """A step needs its reason, so that the record says why."""

    reason = serializers.CharField(max_length=4000)


class PublishRequest(StepRequest):
    """`digest` is of the content that was read; another content is not published by mistake."""

    digest = serializers.CharField(max_length=71)
