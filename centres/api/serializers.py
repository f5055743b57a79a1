from __future__ import annotations

from rest_framework import serializers

from centres.models import Centre
from operations.http.serializers import StrictSerializer
from operations.models import Job


class TokenRequest(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    code = serializers.CharField(max_length=20, required=False, default="", help_text="one-time or recovery code")
    only_reads = serializers.BooleanField(required=False, default=False, help_text="a token that changes nothing")


class TokenAnswer(StrictSerializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class NamesSerializer(StrictSerializer):
    zh = serializers.CharField()
    en = serializers.CharField()


class CentreSerializer(serializers.ModelSerializer[Centre]):
    name = NamesSerializer(source="name.as_json", read_only=True)

    class Meta:
        model = Centre
        fields = ("slug", "name", "province", "created_at")


class ProfileAnswer(StrictSerializer):
    centre = serializers.SlugField()
    digest = serializers.CharField()
    created_at = serializers.DateTimeField()
    profile = serializers.DictField()


class JobSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = ("id", "task", "subject", "state", "attempts", "progress", "problem", "created_at", "finished_at")
