"""Which version of a file counts, where its uploader knows better than its rows tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from centres.permissions import signed_in
from evidence.api.serializers import EvidenceSerializer, NothingSaid
from evidence.models import Evidence
from evidence.selectors import visible_evidence
from evidence.services.versions import count_again, tell_apart
from operations.http.views import StrictQuery


class _VersionAct(StrictQuery):
    act: Callable[..., None]

    def post(self, request: Request, pk: UUID) -> Response:
        evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
        NothingSaid(data=request.data).is_valid(raise_exception=True)
        if not request.user.has_perm("centres.upload_evidence", evidence.centre):
            raise PermissionDenied
        type(self).act(evidence, person=signed_in(request.user))
        return Response(EvidenceSerializer(Evidence.objects.get(pk=evidence.pk)).data)


@extend_schema(request=NothingSaid, responses=EvidenceSerializer)
class CountAgain(_VersionAct):
    """Have a superseded version count again in place of the one that counts now."""

    act: Any = staticmethod(count_again)


@extend_schema(request=NothingSaid, responses=EvidenceSerializer)
class TellApart(_VersionAct):
    """Say that a file is no new version of the one it took the place of: both count."""

    act: Any = staticmethod(tell_apart)
