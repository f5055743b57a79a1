"""What happened to a thing, as the audit log has it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.serializers import HappenedSerializer
from assessment.models import Assessment
from assessment.services.histories.history import KINDS, history_of
from operations.http.views import StrictQuery


class History(StrictQuery):
    """Everything that happened to it and in it, oldest first; for those who may read the thing itself."""

    model: type[Model] = Assessment

    @extend_schema(responses=HappenedSerializer(many=True))
    def get(self, request: Request, **named: Any) -> Response:
        thing = get_object_or_404(KINDS[self.model].readable(request.user), **named)
        return Response(HappenedSerializer(history_of(thing, reader=request.user), many=True).data)
