"""Announced decisions, objections to them, complaints and appeals."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, person_of
from assessment.case_selectors import announced, visible_disputes
from assessment.models import Assessment, Dispute, DisputeKind
from assessment.services import disputes
from assessment.services.chain.table import Of, allowed_acts
from centres.models import Person
from operations.http.serializers import StrictSerializer, validated
from operations.http.validators import on_one_line
from operations.http.views import StrictQuery


class LodgeRequest(StrictSerializer):
    kind = serializers.ChoiceField(choices=DisputeKind.choices)
    statement = serializers.CharField(max_length=8000)
    name = serializers.CharField(max_length=200, validators=[on_one_line])
    contact = serializers.CharField(max_length=200, validators=[on_one_line])


class ObjectRequest(StrictSerializer):
    statement = serializers.CharField(max_length=8000)
    name = serializers.CharField(max_length=200, validators=[on_one_line])
    contact = serializers.CharField(max_length=200, validators=[on_one_line])


class DisputeActRequest(StrictSerializer):
    act = serializers.ChoiceField(choices=("acknowledge", "uphold", "dismiss"))
    reason = serializers.CharField(max_length=8000)


class DisputeSerializer(serializers.ModelSerializer[Dispute]):
    """A dispute as its handler and the body see it."""

    allowed_acts = serializers.SerializerMethodField()

    class Meta:
        model = Dispute
        fields = (
            *("id", "assessment", "kind", "state", "allowed_acts", "statement", "name", "contact", "lodged_at"),
            *("answer", "ended_at"),
        )

    def get_allowed_acts(self, dispute: Dispute) -> list[str]:
        return list(allowed_acts(dispute.state, dispute.assessment, of=Of.DISPUTE))


class Receipt(StrictSerializer):
    """What whoever lodged a dispute gets back."""

    id = serializers.UUIDField()
    state = serializers.CharField()


class AnnouncementSerializer(serializers.ModelSerializer[Assessment]):
    """A decision that takes effect unless an objection is upheld."""

    centre = serializers.CharField(source="centre.slug", read_only=True)
    name = serializers.DictField(source="centre.name.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Assessment
        fields = ("id", "centre", "name", "notice_until")


class Disputes(StrictQuery):
    """Disputes about a case; somebody who sees the case lodges one."""

    @extend_schema(responses=DisputeSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        case = assessment_of(request, pk)
        return Response(DisputeSerializer(visible_disputes(request.user).filter(assessment=case), many=True).data)

    @extend_schema(request=LodgeRequest, responses={201: Receipt})
    def post(self, request: Request, pk: UUID) -> Response:
        given = validated(LodgeRequest, request)
        kind = DisputeKind(given.pop("kind"))
        made = disputes.lodge(assessment_of(request, pk), kind=kind, person=person_of(request), **given)
        return Response({"id": made.pk, "state": made.state}, status=status.HTTP_201_CREATED)


class DisputeActs(StrictQuery):
    """Somebody who took no part in the case acknowledges, upholds or dismisses."""

    @extend_schema(request=DisputeActRequest, responses=DisputeSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        dispute = get_object_or_404(visible_disputes(request.user), pk=pk)
        given = validated(DisputeActRequest, request)
        acted = disputes.act_on(dispute, given["act"], person=person_of(request), reason=given["reason"])
        return Response(DisputeSerializer(acted).data)


class Announcements(StrictQuery, generics.ListAPIView[Assessment]):
    """Decisions that are announced and open to objections; anyone reads them."""

    serializer_class = AnnouncementSerializer
    permission_classes = (AllowAny,)
    ordering = ("notice_until", "id")

    def get_queryset(self) -> QuerySet[Assessment]:
        return announced()


class Objections(StrictQuery):
    """Anyone objects to an announced decision, by name."""

    permission_classes = (AllowAny,)

    @extend_schema(request=ObjectRequest, responses={201: Receipt})
    def post(self, request: Request, pk: UUID) -> Response:
        case = get_object_or_404(announced(), pk=pk)
        person = request.user if isinstance(request.user, Person) else None
        given = validated(ObjectRequest, request)
        made = disputes.lodge(case, kind=DisputeKind.OBJECTION, person=person, **given)
        return Response({"id": made.pk, "state": made.state}, status=status.HTTP_201_CREATED)
