"""Rubric editions: what was published is open to anyone; drafts go through review to publication here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import rules
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from centres.models import Person
from indicators.api.parsers import ZIP, ArchiveParser
from indicators.api.serializers import (
    EditionAtWork,
    EditionListed,
    EditionSerializer,
    PublishRequest,
    StepRequest,
    UploadRequest,
)
from indicators.models import Edition, EditionState
from indicators.selectors import visible_editions
from indicators.services import life
from indicators.services.propose_edition import propose_edition
from indicators.services.publish_edition import publish_edition
from indicators.services.return_edition import return_edition
from indicators.services.upload_edition import upload_edition
from operations.http.filters import described, word_of
from operations.http.parser import StrictJSONParser
from operations.http.serializers import StrictSerializer
from operations.http.versions import Asks, has_read, version_read
from operations.http.views import StrictQuery


@extend_schema_view(
    get=extend_schema(parameters=[OpenApiParameter("rubric", str), described("state", EditionState.values)])
)
class Editions(StrictQuery, generics.ListAPIView[Edition]):
    """Every published rubric edition, open to anyone; rubric authors and publishers see drafts too.

    An author hands in a draft: the folder as a zip archive, or its files as JSON; in place of another draft, naming
    with `If-Match` the version of that.
    """

    asks_for_version = ("POST", Asks.TO_REPLACE)

    serializer_class = EditionListed
    permission_classes = (AllowAny,)
    parser_classes = (StrictJSONParser, ArchiveParser)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.query_parameters = frozenset() if request.method == "POST" else frozenset(("rubric", "state"))
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Edition]:
        given = self.request.query_params
        word_of("state", given.get("state"), EditionState.values)
        return visible_editions(self.request.user).filter(**{name: given[name] for name in given.keys() & _EXACT})

    @extend_schema(
        request={"application/json": UploadRequest, ZIP: OpenApiTypes.BINARY},
        responses={200: EditionAtWork, 201: EditionAtWork},
    )
    def post(self, request: Request) -> Response:
        person = _person(request)
        life.permit(life.UPLOAD, person=person)  # before anything of the body is read
        files, reason = _files(request)
        uploaded = upload_edition(files, person=person, reason=reason, has_read=partial(has_read, request))
        edition = uploaded.edition
        code = status.HTTP_201_CREATED if uploaded.is_new else status.HTTP_200_OK
        address = reverse("api:edition", args=(edition.rubric, edition.edition))
        return _shown(request, edition, code=code, headers={"Location": address})


_EXACT = frozenset(("rubric", "state"))


class EditionDetail(StrictQuery):
    """One edition with its content as authored, from which the digest can be recomputed.

    Who writes or publishes rubrics also sees what was done, what may be done, and what came of the cases.
    """

    permission_classes = (AllowAny,)

    @extend_schema(responses=EditionAtWork)
    def get(self, request: Request, rubric: str, edition: str) -> Response:
        return _shown(request, _edition(request, rubric, edition))


class _ActDoor(StrictQuery):
    """A step in the life of an edition, by somebody who says with `If-Match` which version they have read."""

    asks_for_version = ("POST", Asks.ALWAYS)
    permission_classes = (IsAuthenticated,)
    request_serializer: type[StrictSerializer] = StepRequest
    act: Callable[..., Edition]

    def post(self, request: Request, rubric: str, edition: str) -> Response:
        found = _edition(request, rubric, edition)
        reader = self.request_serializer(data=request.data)
        reader.is_valid(raise_exception=True)
        version = version_read(request, present=found.version)
        acted = type(self).act(found, person=_person(request), version=version, **reader.validated_data)
        return _shown(request, acted)


@extend_schema(request=StepRequest, responses=EditionAtWork)
class Propose(_ActDoor):
    """An author proposes the draft for review; its cases must have come out."""

    act = staticmethod(propose_edition)


@extend_schema(request=StepRequest, responses=EditionAtWork)
class Return(_ActDoor):
    """Back to draft, with the reason."""

    act = staticmethod(return_edition)


@extend_schema(request=PublishRequest, responses=EditionAtWork)
class Publish(_ActDoor):
    """A second person publishes exactly the content it has read; the edition before it is superseded."""

    request_serializer = PublishRequest
    act = staticmethod(publish_edition)


def _person(request: Request) -> Person:
    if not isinstance(request.user, Person):
        raise NotAuthenticated
    return request.user


def _edition(request: Request, rubric: str, edition: str) -> Edition:
    found: Edition = get_object_or_404(visible_editions(request.user), rubric=rubric, edition=edition)
    return found


def _files(request: Request) -> tuple[dict[str, bytes], str]:
    """What was handed in, and why: an archive says nothing about the reason."""
    data: Any = request.data
    if (request.content_type or "").partition(";")[0].strip().lower() == ZIP:
        return data, ""
    reader = UploadRequest(data=data)
    reader.is_valid(raise_exception=True)
    given = reader.validated_data
    return {name: text.encode() for name, text in given["files"].items()}, given["reason"]


def _shown(
    request: Request, edition: Edition, *, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    fresh = visible_editions(request.user).prefetch_related("acts__person").get(pk=edition.pk)
    of_the_trade = rules.has_perm("indicators.read_drafts", request.user)
    body = (EditionAtWork if of_the_trade else EditionSerializer)(fresh).data
    return Response(body, status=code, headers={"ETag": f'"{fresh.version}"', **(headers or {})})
