"""Verifiable samples and site visits of a case."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, person_of
from assessment.case_selectors import visible_samples, visible_visits
from assessment.models import Photograph, Sample, SiteVisit
from assessment.sampling.draw import SHARE_OF_CARDS
from assessment.services.visits import draw_sample, site_visit
from assessment.services.visits.pictures import LARGEST_PICTURE, picture_too_large
from assessment.services.visits.visit_pack import pack_pdf_of
from evidence import store
from operations.http.filters import described
from operations.http.language import LANGUAGES, language_asked
from operations.http.multipart import EachFieldOnce
from operations.http.serializers import FigureField, InstantField, StrictSerializer, validated
from operations.http.versions import Asks, version_read
from operations.http.views import StrictQuery


class SampleRequest(StrictSerializer):
    of = serializers.ChoiceField(choices=("cards", "nodes", "jobs"))
    share = FigureField(
        max_digits=5, decimal_places=4, min_value=Decimal("0.0001"), max_value=Decimal(1), required=False,
        default=SHARE_OF_CARDS,
    )  # fmt: skip
    at_least = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, default=1)


class InventoryRequest(StrictSerializer):
    names = serializers.ListField(child=serializers.CharField(max_length=200), allow_empty=False)
    word = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """The body's commitment from the start; after the draw `record` holds all that repeats it."""

    record = serializers.SerializerMethodField()

    class Meta:
        model = Sample
        fields = ("id", "assessment", "of", "share", "at_least", "body_commitment", "committed_at", "record")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_record(self, sample: Sample) -> dict[str, Any] | None:
        record = draw_sample.record_of(sample)
        return record.as_json() if record else None


class Samples(StrictQuery):
    """Samples of a case; an assessor asks for an inventory, having committed to a secret."""

    @extend_schema(responses=SampleSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        case = assessment_of(request, pk)
        return Response(SampleSerializer(visible_samples(request.user).filter(assessment=case), many=True).data)

    @extend_schema(request=SampleRequest, responses={201: SampleSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        given = validated(SampleRequest, request)
        made = draw_sample.ask_for_inventory(assessment_of(request, pk), person=person_of(request), **given)
        return Response(SampleSerializer(made).data, status=status.HTTP_201_CREATED)


class SampleInventory(StrictQuery):
    """The centre commits to its inventory; the draw follows at once."""

    @extend_schema(request=InventoryRequest, responses=SampleSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        sample = get_object_or_404(visible_samples(request.user), pk=pk)
        given = validated(InventoryRequest, request)
        drawn = draw_sample.commit_inventory(sample, person=person_of(request), **given)
        return Response(SampleSerializer(drawn).data)


class VisitRequest(StrictSerializer):
    begins_on = serializers.DateField()
    ends_on = serializers.DateField()
    place = serializers.CharField(max_length=200)
    agenda = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")


class PhotographRequest(StrictSerializer):
    file = serializers.FileField()
    shows = serializers.CharField(max_length=200)
    taken_at = InstantField()
    zone = serializers.CharField(max_length=60)
    place = serializers.CharField(max_length=200)


class PhotographSerializer(serializers.ModelSerializer[Photograph]):
    sha256 = serializers.CharField(source="blob_id", read_only=True)

    class Meta:
        model = Photograph
        fields = ("id", "sha256", "media_type", "shows", "taken_at", "zone", "place")


class VisitSerializer(serializers.ModelSerializer[SiteVisit]):
    """A visit with its record and pictures; the record's fields are described in docs/site-visit.md."""

    record = serializers.DictField(read_only=True)
    photographs = PhotographSerializer(many=True, read_only=True)

    class Meta:
        model = SiteVisit
        fields = (
            *("id", "assessment", "begins_on", "ends_on", "place", "agenda", "record", "photographs"),
            *("closed_at", "version"),
        )


class Visits(StrictQuery):
    """Site visits of a case; an assessor schedules one."""

    @extend_schema(responses=VisitSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        case = assessment_of(request, pk)
        return Response(VisitSerializer(visible_visits(request.user).filter(assessment=case), many=True).data)

    @extend_schema(request=VisitRequest, responses={201: VisitSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        given = validated(VisitRequest, request)
        made = site_visit.schedule_visit(assessment_of(request, pk), person=person_of(request), **given)
        return _shown(request, made, code=status.HTTP_201_CREATED)


class VisitRecordDoor(StrictQuery):
    """The visit with its record; PUT replaces the whole record, naming with `If-Match` the version that was read."""

    asks_for_version = ("PUT", Asks.ALWAYS)

    @extend_schema(responses=VisitSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return _shown(request, _visit(request, pk))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=VisitSerializer)
    def put(self, request: Request, pk: UUID) -> Response:
        visit = _visit(request, pk)
        person, version = person_of(request), version_read(request, present=visit.version)
        return _shown(request, site_visit.write_record(visit, record=request.data, person=person, version=version))


class VisitPhotographs(StrictQuery):
    """A picture taken on site, JPEG or PNG, with time and place."""

    parser_classes = (EachFieldOnce,)
    takes_idempotency_keys = False  # the same picture with the same words again is the same picture

    @extend_schema(request={"multipart/form-data": PhotographRequest}, responses={201: VisitSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        visit = _visit(request, pk)
        given = validated(PhotographRequest, request)
        file = given.pop("file")
        try:
            with store.received(file.chunks(), limit=LARGEST_PICTURE) as received:
                site_visit.add_photograph(visit, received, person=person_of(request), **given)
        except store.TooLarge as error:
            raise picture_too_large() from error
        return _shown(request, visit, code=status.HTTP_201_CREATED)


class VisitPhotograph(StrictQuery):
    """One picture as it was handed in."""

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID, photograph: UUID) -> FileResponse:
        picture = get_object_or_404(_visit(request, pk).photographs, pk=photograph)
        return FileResponse(
            store.open_blob(picture.blob_id),
            as_attachment=True,
            filename=f"{picture.pk}.{picture.media_type.partition('/')[2]}",
            content_type=picture.media_type,
        )


class VisitPackPDF(StrictQuery):
    """The pack to print for halls without a network, made anew each time."""

    query_parameters = frozenset(("language",))

    @extend_schema(
        parameters=[described("language", LANGUAGES, "of the paper")],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID) -> FileResponse:
        visit = _visit(request, pk)
        paper = io.BytesIO(pack_pdf_of(visit, language=language_asked(request)))
        name = f"visit-pack-{visit.begins_on}.pdf"
        return FileResponse(paper, as_attachment=True, filename=name, content_type="application/pdf")


class CloseVisit(StrictQuery):
    """The visit is complete; its record changes no more, so `If-Match` names the one that was read."""

    asks_for_version = ("POST", Asks.ALWAYS)

    @extend_schema(request=None, responses=VisitSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        visit = _visit(request, pk)
        version = version_read(request, present=visit.version)
        return _shown(request, site_visit.close_visit(visit, person=person_of(request), version=version))


def _visit(request: Request, pk: UUID) -> SiteVisit:
    found: SiteVisit = get_object_or_404(visible_visits(request.user), pk=pk)
    return found


def _shown(request: Request, visit: SiteVisit, *, code: int = status.HTTP_200_OK) -> Response:
    fresh = visible_visits(request.user).get(pk=visit.pk)
    return Response(VisitSerializer(fresh).data, status=code, headers={"ETag": f'"{fresh.version}"'})
