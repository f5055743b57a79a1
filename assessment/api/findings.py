"""Findings of a case, the acts on them, and the questions in between."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, person_of
from assessment.case_selectors import visible_findings
from assessment.models import Finding, FindingNote, Severity
from assessment.services.evaluation import findings
from operations.http.serializers import StrictSerializer, validated
from operations.http.versions import Asks, version_read
from operations.http.views import StrictQuery


class NoteSerializer(serializers.ModelSerializer[FindingNote]):
    person = serializers.DictField(source="person.name.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = FindingNote
        fields = ("id", "act", "text", "person", "at", "due_on", "reply_to")


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """A finding with everything that was said under it, oldest first."""

    allowed_acts = serializers.SerializerMethodField()
    notes = NoteSerializer(many=True, read_only=True)

    class Meta:
        model = Finding
        fields = (
            *("id", "assessment", "node", "severity", "statement", "state", "allowed_acts", "due_on"),
            *("root_cause", "corrective_action", "effectiveness", "version", "raised_at", "notes"),
        )

    def get_allowed_acts(self, finding: Finding) -> list[str]:
        return list(findings.allowed(finding))


class RaiseRequest(StrictSerializer):
    node = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    severity = serializers.ChoiceField(choices=Severity.choices)
    statement = serializers.CharField(max_length=8000)
    due_on = serializers.DateField(required=False, default=None)


class FindingActRequest(StrictSerializer):
    act = serializers.ChoiceField(
        choices=("answer", "reject_answer", "accept_answer", "fail_check", "close", "retract")
    )
    text = serializers.CharField(max_length=8000)
    root_cause = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")
    corrective_action = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")


class AskRequest(StrictSerializer):
    text = serializers.CharField(max_length=8000)
    due_on = serializers.DateField()


class ReplyRequest(StrictSerializer):
    text = serializers.CharField(max_length=8000)


class Findings(StrictQuery):
    """The findings of a case; an assessor raises one."""

    @extend_schema(responses=FindingSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        case = assessment_of(request, pk)
        return Response(FindingSerializer(visible_findings(request.user).filter(assessment=case), many=True).data)

    @extend_schema(request=RaiseRequest, responses={201: FindingSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        case = assessment_of(request, pk)
        made = findings.raise_finding(case, person=person_of(request), **validated(RaiseRequest, request))
        return _shown(request, made, code=status.HTTP_201_CREATED)


class FindingDetail(StrictQuery):
    """One finding with its notes."""

    @extend_schema(responses=FindingSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return _shown(request, _finding(request, pk))


class FindingActs(StrictQuery):
    """One act on a finding. `If-Match` with the version: of two at once one is told who was first."""

    asks_for_version = ("POST", Asks.ALWAYS)

    @extend_schema(request=FindingActRequest, responses=FindingSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        finding = _finding(request, pk)
        given = validated(FindingActRequest, request)
        given["version"] = version_read(request, present=finding.version)
        return _shown(request, findings.act_on(finding, person=person_of(request), **given))


class FindingQuestions(StrictQuery):
    """A question under a finding, with the day a reply is due."""

    @extend_schema(request=AskRequest, responses={201: FindingSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        finding = _finding(request, pk)
        findings.ask(finding, person=person_of(request), **validated(AskRequest, request))
        return _shown(request, finding, code=status.HTTP_201_CREATED)


class FindingReplies(StrictQuery):
    """The reply to a question."""

    @extend_schema(request=ReplyRequest, responses={201: FindingSerializer})
    def post(self, request: Request, pk: UUID, question: int) -> Response:
        finding = _finding(request, pk)
        asked = get_object_or_404(finding.notes, pk=question)
        findings.reply(asked, person=person_of(request), **validated(ReplyRequest, request))
        return _shown(request, finding, code=status.HTTP_201_CREATED)


def _finding(request: Request, pk: UUID) -> Finding:
    found: Finding = get_object_or_404(visible_findings(request.user), pk=pk)
    return found


def _shown(request: Request, finding: Finding, *, code: int = status.HTTP_200_OK) -> Response:
    fresh = visible_findings(request.user).get(pk=finding.pk)
    headers = {"ETag": f'"{fresh.version}"'}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = reverse("api:finding", args=(fresh.pk,))
    return Response(FindingSerializer(fresh).data, status=code, headers=headers)
