"""Who may assess which pillar; what pillars there are, the editions say."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.services.evaluation.grant_competence import grant_competence
from centres.api.accounts import account_of
from centres.models import Competence
from centres.permissions import signed_in
from centres.selectors import visible_competences
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class CompetenceRequest(StrictSerializer):
    person = serializers.CharField(max_length=150, help_text="user name")
    pillar = serializers.CharField(max_length=20)
    grounds = serializers.CharField(max_length=4000)
    valid_until = serializers.DateField()


class CompetenceSerializer(serializers.ModelSerializer[Competence]):
    person = serializers.CharField(source="person.username", read_only=True)
    granted_by = serializers.CharField(source="granted_by.username", read_only=True)

    class Meta:
        model = Competence
        fields = ("person", "pillar", "grounds", "granted_by", "granted_on", "valid_until")


class Competences(StrictQuery, generics.ListAPIView[Competence]):
    """Who may assess which pillar until when: your own, everybody's for registrars and administrators."""

    serializer_class = CompetenceSerializer
    ordering = ("pillar", "-id")

    def get_queryset(self) -> QuerySet[Competence]:
        return visible_competences(self.request.user)

    @extend_schema(request=CompetenceRequest, responses={201: CompetenceSerializer})
    def post(self, request: Request) -> Response:
        given = validated(CompetenceRequest, request)
        person = account_of(request, given, "person", permission="centres.grant_competence")
        made = grant_competence(person, granted_by=signed_in(request.user), **given)
        return Response(CompetenceSerializer(made).data, status=status.HTTP_201_CREATED)
