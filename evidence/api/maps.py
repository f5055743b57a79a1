"""Column maps: saved per centre, proposed for a file, tried on it, and used to read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from centres.models import Centre
from centres.permissions import signed_in
from centres.selectors import visible_centres
from evidence.api.map_serializers import (
    KINDS,
    ColumnMapListed,
    ColumnMapSerializer,
    MapDocument,
    PreviewAnswer,
    PreviewCall,
    ProposalsAnswer,
    RereadCall,
)
from evidence.api.serializers import ReceptionAnswer
from evidence.map_selectors import fitting_maps, named_map, newest_maps, preview_of, proposals_for, visible_maps
from evidence.models import ColumnMapVersion, Evidence
from evidence.parsers.maps.checking import read_map
from evidence.selectors import visible_evidence
from evidence.services.reread_evidence import reread_evidence
from evidence.services.save_column_map import save_column_map
from operations.http.filters import described, word_of
from operations.http.versions import Asks, version_read
from operations.http.views import StrictQuery


class ColumnMaps(StrictQuery, generics.ListAPIView[ColumnMapVersion]):
    """The column maps of a centre, newest versions; save one, or after it the next, naming it with `If-Match`."""

    asks_for_version = ("POST", Asks.TO_REPLACE)
    serializer_class = ColumnMapListed
    ordering = ("name",)

    def get_queryset(self) -> QuerySet[ColumnMapVersion]:
        return newest_maps(visible_maps(self.request.user).filter(centre=self._centre()))

    @extend_schema(request=MapDocument, responses={200: ColumnMapSerializer, 201: ColumnMapSerializer})
    def post(self, request: Request, slug: str) -> Response:
        centre = self._centre()
        if not request.user.has_perm("evidence.save_column_map", centre):
            raise PermissionDenied
        call = MapDocument(data=request.data)
        call.is_valid(raise_exception=True)
        column_map = read_map(call.validated_data["map"])
        newest = newest_maps(visible_maps(request.user).filter(centre=centre, name=column_map.name)).first()
        replacing = version_read(request, present=newest.number if newest else None)
        saved = save_column_map(centre, column_map, person=signed_in(request.user), replacing=replacing)
        version = saved.version
        return Response(
            ColumnMapSerializer(version).data,
            status=status.HTTP_201_CREATED if saved.is_new else status.HTTP_200_OK,
            headers={
                "Location": reverse("api:column_map_version", args=(slug, version.name, version.number)),
                "ETag": f'"{version.number}"',
            },
        )

    def _centre(self) -> Centre:
        return get_object_or_404(visible_centres(self.request.user), slug=self.kwargs["slug"])


@extend_schema_view(get=extend_schema(operation_id="centres_maps_versions_list"))
class ColumnMapVersions(StrictQuery, generics.ListAPIView[ColumnMapVersion]):
    """All versions of one map, the newest first."""

    serializer_class = ColumnMapListed
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[ColumnMapVersion]:
        centre = get_object_or_404(visible_centres(self.request.user), slug=self.kwargs["slug"])
        found = visible_maps(self.request.user).filter(centre=centre, name=self.kwargs["name"])
        get_object_or_404(found, number=1)
        return found


class ColumnMapDetail(StrictQuery):
    """One version of a map; it never changes."""

    @extend_schema(responses=ColumnMapSerializer)
    def get(self, request: Request, slug: str, name: str, number: int) -> Response:
        centre = get_object_or_404(visible_centres(request.user), slug=slug)
        version = get_object_or_404(visible_maps(request.user), centre=centre, name=name, number=number)
        return Response(ColumnMapSerializer(version).data, headers={"ETag": f'"{version.number}"'})


class MapProposal(StrictQuery):
    """Maps proposed for a file from headings and values, and the saved ones that fit it; nothing is applied."""

    query_parameters = frozenset(("kind",))

    @extend_schema(parameters=[described("kind", KINDS)], responses=ProposalsAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
        kind = word_of("kind", request.query_params.get("kind"), KINDS)
        opening, proposals = proposals_for(evidence, kind=kind)
        return Response(
            {
                "headings": list(opening.headings),
                "header": opening.header,
                "sheet": opening.sheet,
                "fitting": ColumnMapListed(fitting_maps(evidence), many=True).data,
                "proposals": [proposal.as_json() for proposal in proposals],
            }
        )


class MapPreview(StrictQuery):
    """The first rows a map would make of a file, with the issues; nothing is kept."""

    takes_idempotency_keys = False  # it has no effect

    @extend_schema(request=PreviewCall, responses=PreviewAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        evidence = _own(request, pk)
        call = PreviewCall(data=request.data)
        call.is_valid(raise_exception=True)
        given = call.validated_data
        if ("map" in given) == ("name" in given):
            raise ValidationError({"map": [ErrorDetail("Either map or name.", code="invalid")]})
        content = given["map"] if "map" in given else named_map(evidence.centre, given["name"]).content
        return Response(preview_of(evidence, read_map(content)).as_json())


class Reread(StrictQuery):
    """Read a file anew by a saved map; what was read before counts until the new reading is accepted."""

    @extend_schema(request=RereadCall, responses={201: ReceptionAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        evidence = _own(request, pk)
        call = RereadCall(data=request.data)
        call.is_valid(raise_exception=True)
        version = named_map(evidence.centre, call.validated_data["name"])
        again = reread_evidence(evidence, version, person=signed_in(request.user))
        body: dict[str, Any] = {"id": again.pk, "state": again.state, "job": again.job_id}
        return Response(
            body, status=status.HTTP_201_CREATED, headers={"Location": reverse("api:evidence", args=(again.pk,))}
        )


def _own(request: Request, pk: UUID) -> Evidence:
    """An evidence of a centre the person works for; one that may not be seen does not exist."""
    evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
    if not request.user.has_perm("evidence.reread_evidence", evidence):
        raise PermissionDenied
    return evidence
