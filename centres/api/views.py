from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from centres.api.parsers import JSONProfileParser, YAMLProfileParser
from centres.api.serializers import CentreSerializer, JobSerializer, ProfileAnswer
from centres.models import Centre, ProfileVersion
from centres.permissions import signed_in
from centres.profile import FacilityProfile
from centres.selectors import current_profile, visible_centres, visible_jobs
from centres.services.create_centre import create_centre
from centres.services.save_profile import save_profile
from operations.http.versions import Asks, digest_read
from operations.http.views import StrictQuery
from operations.models import Job


class Centres(StrictQuery, generics.ListAPIView[Centre]):
    """The centres you may see; administrators enter new ones by their profile (JSON or YAML)."""

    serializer_class = CentreSerializer
    parser_classes = (JSONProfileParser, YAMLProfileParser)
    ordering = ("slug",)

    def get_queryset(self) -> QuerySet[Centre]:
        return visible_centres(self.request.user)

    @extend_schema(request={"application/json": dict, "application/yaml": str}, responses={201: CentreSerializer})
    def post(self, request: Request) -> Response:
        if not request.user.has_perm("centres.add_centre"):
            raise PermissionDenied
        centre = create_centre(_profile(request), person=signed_in(request.user))
        address = reverse("api:centre", args=(centre.slug,))
        return Response(CentreSerializer(centre).data, status=status.HTTP_201_CREATED, headers={"Location": address})


class CentreDetail(StrictQuery, generics.RetrieveAPIView[Centre]):
    """One centre."""

    serializer_class = CentreSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Centre]:
        return visible_centres(self.request.user)


class Profile(StrictQuery):
    """The facility profile: read it with its version (`ETag`), replace it naming that version (`If-Match`)."""

    parser_classes = (JSONProfileParser, YAMLProfileParser)
    asks_for_version = ("PUT", Asks.TO_REPLACE)

    @extend_schema(responses=ProfileAnswer)
    def get(self, request: Request, slug: str) -> Response:
        version = current_profile(get_object_or_404(visible_centres(request.user), slug=slug))
        if version is None:
            return Response({"centre": slug, "digest": None, "created_at": None, "profile": None})
        return _answer(version)

    @extend_schema(request={"application/json": dict, "application/yaml": str}, responses=ProfileAnswer)
    def put(self, request: Request, slug: str) -> Response:
        centre = get_object_or_404(visible_centres(request.user), slug=slug)
        if not request.user.has_perm("centres.change_profile", centre):
            raise PermissionDenied
        profile, present = _profile(request), current_profile(centre)
        replacing = digest_read(request, present=present.digest if present else None)
        return _answer(save_profile(centre, profile, person=signed_in(request.user), replacing=replacing))


class JobDetail(StrictQuery, generics.RetrieveAPIView[Job]):
    """How far a piece of work is, and how it ended."""

    serializer_class = JobSerializer

    def get_queryset(self) -> QuerySet[Job]:
        return visible_jobs(self.request.user)


def _profile(request: Request) -> FacilityProfile:
    data: Any = request.data
    if not isinstance(data, dict) or "profile" not in data:  # no body at all
        raise ValidationError({"centre": [ErrorDetail("This field is required.", code="required")]})
    profile: FacilityProfile = data["profile"]
    return profile


def _answer(version: ProfileVersion) -> Response:
    body = {
        "centre": version.centre.slug,
        "digest": version.digest,
        "created_at": version.created_at,
        "profile": version.content,
    }
    return Response(body, headers={"ETag": f'"{version.digest}"'})
