"""Figures of a submission that cross a published bound, and the reasons the centre gives for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import case_worked_on, person_of
from assessment.flag_selectors import CODE, Question, may_be_answered, questions_of
from assessment.models import Assessment, FlagReason
from assessment.services.application.give_reasons import give_reasons
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class GivenReason(StrictSerializer):
    flag = serializers.CharField(max_length=71, help_text="`flag` of a question")
    text = serializers.CharField(max_length=8000)


class ReasonsRequest(StrictSerializer):
    reasons = GivenReason(many=True, allow_empty=False)


class FlagReasonAnswer(serializers.ModelSerializer[FlagReason]):
    given_by = serializers.DictField(source="given_by.name.as_json", child=serializers.CharField(), read_only=True)

    class Meta:
        model = FlagReason
        fields = ("text", "given_by", "given_at")


class QuestionAnswer(StrictSerializer):
    """What is odd, and what was said to it, the words that count last."""

    code = serializers.CharField(help_text="implausible")
    flag = serializers.CharField()
    check = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    message = serializers.DictField(child=serializers.CharField())
    subject = serializers.CharField()
    period = serializers.CharField(allow_blank=True)
    figures = serializers.ListField(child=serializers.DictField())
    rests_on = serializers.ListField(child=serializers.DictField())
    reasons = FlagReasonAnswer(many=True)


class QuestionsAnswer(StrictSerializer):
    """The questions of the submission that counts; none before it is scored."""

    may_be_answered = serializers.BooleanField()
    questions = QuestionAnswer(many=True)


class FlagReasons(StrictQuery):
    """What needs a reason of the centre. `accept` and `certify` wait for one of each (`reason_needed`)."""

    @extend_schema(responses=QuestionsAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(_told(case_worked_on(request, pk)))

    @extend_schema(request=ReasonsRequest, responses={201: QuestionsAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Adds reasons, one or several at once; words that stand there already are not added again."""
        case = case_worked_on(request, pk)
        said = [(one["flag"], one["text"]) for one in validated(ReasonsRequest, request)["reasons"]]
        give_reasons(case, said, person=person_of(request))
        return Response(_told(case), status=status.HTTP_201_CREATED)


def reasons_told(reasons: Sequence[FlagReason] | None) -> dict[str, Any]:
    """What stands beside a flag: None of one the centre is not told of."""
    return {"reasons": None if reasons is None else FlagReasonAnswer(reasons, many=True).data}


def _told(case: Assessment) -> dict[str, Any]:
    return {"may_be_answered": may_be_answered(case), "questions": [_question(one) for one in questions_of(case)]}


def _question(one: Question) -> dict[str, Any]:
    flag = one.flag.as_json()
    return {
        "code": CODE,
        "flag": one.flag.key,
        "check": flag["code"],
        "title": one.check.title.as_json(),
        "message": flag["reason"],
        **{name: flag[name] for name in ("subject", "period", "figures", "rests_on")},
        **reasons_told(one.reasons),
    }
