"""What surveillance of the certificate of a case found, and what it would look at now."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import case_worked_on
from assessment.models import Certificate, Surveillance
from assessment.services.certificates.surveillance import changed_since, watched_of
from operations.http.serializers import StrictSerializer
from operations.http.views import StrictQuery


class SurveillanceSerializer(serializers.ModelSerializer[Surveillance]):
    made_by = serializers.DictField(source="made_by.name.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Surveillance
        fields = ("made_at", "made_by", "figures", "changes")


class SurveillanceAnswer(StrictSerializer):
    """Figures are text; `after` is null where nothing was measured since the certificate."""

    watched = serializers.ListField(child=serializers.DictField(), help_text="as the evidence stands now")
    major_changes = serializers.ListField(
        child=serializers.DictField(), help_text="of the facility since the certificate, as its profile tells now"
    )
    surveillances = SurveillanceSerializer(many=True)


class Surveillances(StrictQuery):
    """The watched indicators of a certificate: on it, and measured since."""

    @extend_schema(responses=SurveillanceAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        case = case_worked_on(request, pk)
        found = Certificate.objects.select_related("result__profile_version", "assessment__edition")
        certificate = found.filter(assessment=case).first()
        if certificate is None:
            raise Http404
        kept = certificate.surveillances.select_related("made_by")
        watched = [one.as_json() for one in watched_of(certificate)]
        changed = [one.as_json() for one in changed_since(certificate)]
        surveillances = SurveillanceSerializer(kept, many=True).data
        return Response({"watched": watched, "major_changes": changed, "surveillances": surveillances})
