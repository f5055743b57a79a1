"""The draws of certified cases that are rated anew; for the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import person_of
from assessment.models import RatingDraw
from assessment.services.desk.draw_reratings import ask_for_draw, draw_cases, record_of, to_rate
from centres.permissions import is_of_the_body
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class WordRequest(StrictSerializer):
    word = serializers.CharField(max_length=200)


class RatingDrawSerializer(serializers.ModelSerializer[RatingDraw]):
    """The commitment from the start; after the draw `record` and `certificates` hold all that repeats it."""

    record = serializers.SerializerMethodField()
    to_rate = serializers.SerializerMethodField()

    class Meta:
        model = RatingDraw
        fields = ("id", "share", "body_commitment", "asked_at", "drawn_at", "certificates", "record", "to_rate")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_record(self, draw: RatingDraw) -> dict[str, Any] | None:
        record = record_of(draw)
        return record.as_json() if record else None

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_to_rate(self, draw: RatingDraw) -> list[dict[str, Any]]:
        return [
            {
                "certificate": one.certificate.number,
                "assessment": str(one.assessment.pk),
                "centre": one.assessment.centre.slug,
                "not_by": [name.as_json() for name in one.not_by],
            }
            for one in self.context["to_rate"][draw.pk]
        ]


class Reratings(StrictQuery, generics.ListAPIView[RatingDraw]):
    """Draws so far, newest first; a registrar asks for one, which commits to a secret."""

    serializer_class = RatingDrawSerializer
    queryset = RatingDraw.objects.all()
    ordering = ("-asked_at",)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not is_of_the_body(request.user):
            raise PermissionDenied
        return self.get_paginated_response(_shown(self.paginate_queryset(self.get_queryset()) or ()))

    @extend_schema(request=None, responses={201: RatingDrawSerializer})
    def post(self, request: Request) -> Response:
        made = ask_for_draw(person=person_of(request))
        return Response(_shown((made,))[0], status=status.HTTP_201_CREATED)


class DrawReratings(StrictQuery):
    """Somebody else of the body gives a word, and the draw follows."""

    @extend_schema(request=WordRequest, responses=RatingDrawSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        if not is_of_the_body(request.user):
            raise PermissionDenied
        draw = get_object_or_404(RatingDraw, pk=pk)
        given = validated(WordRequest, request)
        return Response(_shown((draw_cases(draw, person=person_of(request), **given),))[0])


def _shown(draws: Sequence[RatingDraw]) -> Sequence[dict[str, Any]]:
    shown = RatingDrawSerializer(draws, many=True, context={"to_rate": to_rate(draws)})
    return cast("Sequence[dict[str, Any]]", shown.data)
