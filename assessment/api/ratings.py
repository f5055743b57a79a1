"""The desk of the assessors: indicators of a case with what was ruled on each, one by one or many figures at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, person_of
from assessment.desk_selectors import Item, Standing, agreement_of, items_for, sits_at_the_desk
from assessment.models import Assessment, Rating, RatingDraft
from assessment.scoring.agreement import Agreement
from assessment.services.chain.table import Of, allowed_acts
from assessment.services.desk import ratings
from assessment.services.desk.accept_figures import accept_figures
from assessment.services.desk.ratings import Said
from centres.models import Person
from core.quantity import plain, shortest
from operations.http.serializers import FigureField, StrictSerializer, validated
from operations.http.version_field import LAST_VERSION
from operations.http.versions import Asks, version_read
from operations.http.views import StrictQuery

_TEXT = {"type": "object", "additionalProperties": {"type": "string"}}


class RatingSerializer(serializers.ModelSerializer[Rating]):
    """What was saved in one seat."""

    person = serializers.DictField(source="person.name.as_json", child=serializers.CharField(), read_only=True)
    allowed_acts = serializers.SerializerMethodField()

    class Meta:
        model = Rating
        fields = ("seat", "state", "level", "ground", "text", "person", "version", "saved_at", "allowed_acts")

    def get_allowed_acts(self, rating: Rating) -> list[str]:
        return list(allowed_acts(rating.state, rating.assessment, of=Of.RATING))


class ItemSerializer(serializers.Serializer[Item]):
    """One indicator of the case as this person may see it; `hidden`: another's blind rating is there."""

    node = serializers.CharField(source="code")
    title = serializers.DictField(source="indicator.title.as_json", child=serializers.CharField())
    pillar = serializers.CharField(source="pillar.code")
    judged = serializers.BooleanField()
    twice = serializers.BooleanField()
    outcome = serializers.CharField(source="node.outcome")
    value = serializers.SerializerMethodField(method_name="value_of")  # `get_value` is a field's own
    unit = serializers.SerializerMethodField()
    quality = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()
    standing = serializers.ChoiceField(choices=[(one.value, one.value) for one in Standing])
    hidden = serializers.BooleanField()
    ratings = serializers.SerializerMethodField()

    def value_of(self, item: Item) -> str | None:
        value = item.node.inputs.value if item.node.inputs else None
        return None if value is None else shortest(value)

    def get_unit(self, item: Item) -> str:
        return item.node.inputs.unit if item.node.inputs else ""

    def get_quality(self, item: Item) -> str | None:
        return item.node.inputs.quality.value if item.node.inputs and item.node.inputs.quality else None

    def get_points(self, item: Item) -> str | None:
        return None if item.node.published is None else plain(item.node.published)

    def get_flags(self, item: Item) -> list[str]:
        return sorted({flag.code for flag in item.flags})

    @extend_schema_field(RatingSerializer(many=True))
    def get_ratings(self, item: Item) -> Any:
        return RatingSerializer(list(item.ratings.values()), many=True).data


class DeskSerializer(serializers.Serializer[Any]):
    """All indicators of a case, how many are settled, and the codes of those that are not."""

    rule = serializers.CharField(help_text="none, single or double, as the case was opened")
    settled = serializers.IntegerField()
    total = serializers.IntegerField()
    left = serializers.ListField(child=serializers.CharField())
    items = ItemSerializer(many=True)


class RuleRequest(StrictSerializer):
    act = serializers.ChoiceField(choices=[(act, act) for act in ratings.ACTS])
    level = FigureField(max_digits=9, decimal_places=4, required=False, allow_null=True, default=None)
    ground = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=8000, required=False, allow_blank=True, default="")


class AcceptRequest(StrictSerializer):
    codes = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, allow_null=True, default=None, max_length=500
    )


class AcceptedAnswer(StrictSerializer):
    accepted = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(child=serializers.CharField())


class DraftRequest(StrictSerializer):
    act = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    level = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    ground = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=8000, required=False, allow_blank=True, trim_whitespace=False, default="")
    on_version = serializers.IntegerField(min_value=0, max_value=LAST_VERSION, required=False, default=0)


class DraftSerializer(serializers.ModelSerializer[RatingDraft]):
    content = serializers.DictField(child=serializers.CharField(allow_blank=True))

    class Meta:
        model = RatingDraft
        fields = ("node", "content", "on_version", "saved_at")


class KappaSerializer(serializers.Serializer[Agreement]):
    """Shares of one and kappa with four decimals; null where there is none, and `reason` says why."""

    weighting = serializers.CharField()
    pairs = serializers.IntegerField()
    alike = serializers.IntegerField()
    observed = serializers.CharField(allow_null=True)
    expected = serializers.CharField(allow_null=True)
    kappa = serializers.CharField(allow_null=True)
    reason = serializers.DictField(allow_null=True)

    def to_representation(self, found: Agreement) -> dict[str, Any]:
        return found.as_json()


class AgreementSerializer(serializers.Serializer[Any]):
    """How two raters compare; only indicators both have rated."""

    rated_by_both = serializers.IntegerField()
    not_applicable = serializers.IntegerField()
    plain = KappaSerializer()
    weighted = KappaSerializer()
    disagreed = ItemSerializer(many=True)


class Ratings(StrictQuery):
    """The desk of a case: for those who evaluate, review and decide; as absent as none for everybody else."""

    @extend_schema(operation_id="assessments_desk_retrieve", responses=DeskSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        case, person = _desk(request, pk)
        found = items_for(person, case)
        left = [one.code for one in found if not one.standing.is_settled]
        body = {"rule": case.rating, "total": len(found), "settled": len(found) - len(left), "left": left}
        return Response(DeskSerializer(body | {"items": found}).data)


class RatingDoor(StrictQuery):
    """One indicator. POST rules on it; `If-Match` with the version that was read (0: none): of two at once one wins."""

    asks_for_version = ("POST", Asks.ALWAYS)

    @extend_schema(responses=ItemSerializer)
    def get(self, request: Request, pk: UUID, code: str) -> Response:
        case, person = _desk(request, pk)
        return _shown(case, code, person)

    @extend_schema(request=RuleRequest, responses=ItemSerializer)
    def post(self, request: Request, pk: UUID, code: str) -> Response:
        case, person = _desk(request, pk)
        given = validated(RuleRequest, request)
        act = given.pop("act")
        version = version_read(request, present=_version_of(case, code, person))
        ratings.rule(case, code, act, person=person, said=Said(**given), version=version)
        return _shown(case, code, person)


class UndoRating(StrictQuery):
    """Take back what this person saved last on an indicator; its words become a draft."""

    asks_for_version = ("POST", Asks.ALWAYS)

    @extend_schema(request=None, responses=ItemSerializer)
    def post(self, request: Request, pk: UUID, code: str) -> Response:
        case, person = _desk(request, pk)
        version = version_read(request, present=_version_of(case, code, person))
        ratings.undo(case, code, person=person, version=version)
        return _shown(case, code, person)


class RatingDraftDoor(StrictQuery):
    """What this person is typing: theirs alone, kept until they save."""

    @extend_schema(responses=DraftSerializer)
    def get(self, request: Request, pk: UUID, code: str) -> Response:
        case, person = _desk(request, pk)
        draft = ratings.draft_of(case, code, person=person)
        if draft is None:
            raise Http404
        return Response(DraftSerializer(draft).data)

    @extend_schema(request=DraftRequest, responses={200: DraftSerializer, 204: None})
    def put(self, request: Request, pk: UUID, code: str) -> Response:
        case, person = _desk(request, pk)
        given = validated(DraftRequest, request)
        on_version = given.pop("on_version")
        kept = ratings.keep_draft(case, code, content=given, person=person, on_version=on_version)
        if kept is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(DraftSerializer(kept).data)


class AcceptFigures(StrictQuery):
    """Accept all measured figures nothing is odd about, or those named in `codes`."""

    @extend_schema(request=AcceptRequest, responses=AcceptedAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        case, person = _desk(request, pk)
        accepted = accept_figures(case, person=person, **validated(AcceptRequest, request))
        left = [one.code for one in items_for(person, case) if not (one.standing.is_settled or one.foreign)]
        return Response({"accepted": accepted, "left": left}, status=status.HTTP_200_OK)


class AgreementDoor(StrictQuery):
    """Cohen's kappa of the two raters, plain and weighted, and what is still to be adjudicated."""

    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        case, person = _desk(request, pk)
        found = agreement_of(items_for(person, case))
        body = {
            "rated_by_both": len(found.items),
            "not_applicable": found.out,
            "plain": found.plain,
            "weighted": found.weighted,
            "disagreed": found.disagreed,
        }
        return Response(AgreementSerializer(body).data)


def _desk(request: Request, pk: UUID) -> tuple[Assessment, Person]:
    case, person = assessment_of(request, pk), person_of(request)
    if not sits_at_the_desk(person, case):
        raise Http404
    return case, person


def _shown(case: Assessment, code: str, person: Person) -> Response:
    item = ratings.find(case, code).seen_by(person)
    return Response(ItemSerializer(item).data, headers={"ETag": f'"{item.version_for(person)}"'})


def _version_of(case: Assessment, code: str, person: Person) -> int:
    return ratings.find(case, code).version_for(person)
