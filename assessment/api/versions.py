"""What a new version of an evidence file changed, for whoever may see the evidence."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.serializers import VersionChangesAnswer
from assessment.services.results.version_changes import version_changes
from evidence.models import Evidence
from evidence.selectors import versions_of, visible_evidence
from operations.http.views import StrictQuery

LISTED_ROWS = 100
MOST_LISTED = 1000


class EvidenceChanges(StrictQuery):
    """Rows added, removed and changed since another version of the file, and what that does to measures and score."""

    query_parameters = frozenset(("since", "rows"))

    @extend_schema(
        parameters=[
            OpenApiParameter("since", UUID, description="another version; by default the one it took the place of"),
            OpenApiParameter("rows", int, description=f"rows listed of each sort, at most {MOST_LISTED}"),
        ],
        responses=VersionChangesAnswer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        newer = get_object_or_404(visible_evidence(request.user), pk=pk)
        older = _older(newer, request.query_params.get("since", ""))
        rows = _rows(request.query_params.get("rows", str(LISTED_ROWS)))
        return Response(version_changes(older, newer).as_json(limit=rows))


def _older(newer: Evidence, since: str) -> Evidence:
    if not since:
        if newer.supersedes is None:
            raise Http404
        return newer.supersedes
    for other in versions_of(newer):
        if str(other.pk) == since:
            return other
    raise ValidationError({"since": [ErrorDetail("No version of this file.", code="does_not_exist")]})


def _rows(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 6 and int(given) <= MOST_LISTED):
        raise ValidationError({"rows": [ErrorDetail(f"0 to {MOST_LISTED}.", code="invalid")]})
    return int(given)
