"""What would be submitted now, the receipt of what was, and the keys receipts are signed with."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import case_worked_on
from assessment.centre_selectors.packages import package_of, receipts_of, signing_keys
from assessment.models import AssessmentState
from assessment.receipts.manifest import CONTRACT
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from operations.http.serializers import StrictSerializer
from operations.http.views import StrictQuery


class PackageAnswer(StrictSerializer):
    """`package_digest` sent along with the submission refuses it when the package has changed since."""

    package_digest = serializers.CharField()
    package = serializers.DictField()
    obstacles = serializers.ListField(child=serializers.DictField(), help_text="empty: it may be submitted")


class ReceiptAnswer(StrictSerializer):
    """The signature is over the canonical JSON (RFC 8785) of `manifest`; `zhiheng receipt verify` checks it."""

    contract = serializers.IntegerField()
    receipt = serializers.CharField()
    manifest = serializers.DictField()
    manifest_digest = serializers.CharField()
    signature = serializers.DictField(child=serializers.CharField())


class KeysAnswer(StrictSerializer):
    """The first key is the one in use; the others signed earlier receipts."""

    contract = serializers.IntegerField()
    keys = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class AssessmentPackage(StrictQuery):
    """What would be frozen if the centre submitted now: edition, profile, every file with how it was read."""

    @extend_schema(responses=PackageAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        case = case_worked_on(request, pk)
        if case.state != AssessmentState.DRAFT:
            raise Http404
        package = package_of(case.centre, edition=case.edition)
        found = [obstacle.as_json() for obstacle in package.obstacles()]
        return Response({"package_digest": package.digest, "package": package.content, "obstacles": found})


class AssessmentReceipt(StrictQuery):
    """The signed receipt of a submission: of the last one, or of the one asked for by number."""

    query_parameters = frozenset(("submission",))

    @extend_schema(parameters=[OpenApiParameter("submission", int)], responses=ReceiptAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        found = receipts_of(case_worked_on(request, pk))
        if (number := request.query_params.get("submission")) is not None:
            found = found.filter(submission=_whole(number))
        kept = found.first()
        if kept is None:
            raise Http404
        return Response(kept.receipt.as_json(), headers={"ETag": f'"{kept.digest}"'})


class SigningKeys(StrictQuery):
    """The public keys receipts are checked with; open to anyone."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=KeysAnswer)
    def get(self, request: Request) -> Response:
        return Response({"contract": CONTRACT, "keys": [key.as_json() for key in signing_keys()]})


def _whole(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise InputError(
            "invalid",
            Text(zh="提交的编号应为整数。", en="A submission is told by a whole number."),
            where=Where(field="submission"),
            hint=Text(zh="请只写数字，例如 submission=1。", en="Write digits alone, such as `submission=1`."),
        )
    return int(number)
