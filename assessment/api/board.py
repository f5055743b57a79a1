"""The regulator's list of centres; its workbook is on the page of the board."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import known_province, person_of
from assessment.board_selectors.standings import Standing, board, own_table, watched_centres
from centres.models import Person
from core.period import instant
from core.quantity import plain
from operations.http.serializers import StrictSerializer
from operations.http.views import PAGING_DESCRIBED, PagedList


class BoardReason(StrictSerializer):
    """Why a centre stands out; `subject` is the case, file, certificate or indicator it is known from."""

    sign = serializers.CharField()
    said = serializers.DictField(child=serializers.CharField())
    source = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]  # a name of the base class
    subject = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)


class BoardRow(StrictSerializer):
    centre = serializers.CharField()
    name = serializers.DictField(child=serializers.CharField())
    province = serializers.CharField()
    reported = serializers.BooleanField()
    state = serializers.CharField(allow_null=True)
    evidence_until = serializers.CharField(allow_null=True)
    last_handed_in = serializers.CharField(allow_null=True)
    grade = serializers.CharField(allow_null=True)
    score = serializers.CharField(allow_null=True)
    certificate = serializers.CharField(allow_null=True)
    valid_until = serializers.CharField(allow_null=True)
    reasons = BoardReason(many=True)
    own = serializers.DictField(child=serializers.CharField())


class BoardAnswer(StrictSerializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    rows = BoardRow(many=True)


class BoardList(PagedList):
    """The centres you watch and what stands out about each, with your own columns; `?province=` chooses."""

    query_parameters = frozenset(("province",))

    @extend_schema(parameters=[OpenApiParameter("province", str), *PAGING_DESCRIBED], responses=BoardAnswer)
    def get(self, request: Request) -> Response:
        person = _watcher(request)
        watched = watched_centres(person).order_by("slug").values_list("pk", flat=True)
        if province := known_province("province", request.query_params.get("province")):
            watched = watched.filter(province=province)
        found = board(person, among=self.paginator.part_of(list(watched), request), months=True)
        table = own_table(person)
        columns = table.columns if table else []
        body = {
            "next": self.paginator.get_next_link(),
            "previous": self.paginator.get_previous_link(),
            "rows": [_row(one, columns) for one in found],
        }
        return Response(body)


def _watcher(request: Request) -> Person:
    person = person_of(request)
    if not person.has_perm("assessment.see_board"):
        raise PermissionDenied
    return person


def _row(one: Standing, columns: list[str]) -> dict[str, Any]:
    return {
        "centre": one.centre.slug,
        "name": one.centre.name.as_json(),
        "province": one.centre.province,
        "reported": one.reported,
        "state": one.state,
        "evidence_until": one.month,
        "last_handed_in": instant(one.received_at) if one.received_at else None,
        "grade": one.grade or None,
        "score": plain(one.score) if one.score is not None else None,
        "certificate": one.certificate,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "reasons": [
            {
                "sign": reason.sign.value,
                "said": reason.said.as_json(),
                "source": reason.source.as_json(),
                "subject": reason.subject,
                "words": reason.words,
            }
            for reason in one.reasons
        ],
        "own": dict(zip(columns, one.cells, strict=False)),
    }
