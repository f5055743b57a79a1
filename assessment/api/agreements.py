"""The agreement of a case: its text, and the signature of an owner of the centre."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import case_worked_on, person_of
from assessment.services.application.agreement_of import AgreementOfCase, agreement_of
from assessment.services.application.sign_agreement import sign_agreement
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class SignRequest(StrictSerializer):
    digest = serializers.CharField(max_length=71, help_text="of the text that was read; another one refuses")
    may_publish = serializers.BooleanField(help_text="use of results beyond register and ranking")


class AgreementAnswer(StrictSerializer):
    """The text in force, or after the signature the one that was signed, with the names filled in."""

    agreement = serializers.CharField()
    digest = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    preamble = serializers.DictField(child=serializers.CharField())
    clauses = serializers.ListField(child=serializers.DictField())
    is_needed = serializers.BooleanField(help_text="the evaluation does not begin without it")
    signed_at = serializers.DateTimeField(allow_null=True)
    signed_by = serializers.DictField(child=serializers.CharField(), allow_null=True)
    may_publish = serializers.BooleanField(allow_null=True)


class CertificationAgreement(StrictQuery):
    """What body and holder agree on (ISO/IEC 17065, 4.1.2)."""

    @extend_schema(responses=AgreementAnswer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(_told(agreement_of(case_worked_on(request, pk))))

    @extend_schema(request=SignRequest, responses={201: AgreementAnswer})
    def post(self, request: Request, pk: UUID) -> Response:
        case = case_worked_on(request, pk)
        given = validated(SignRequest, request)
        sign_agreement(case, person=person_of(request), **given)
        return Response(_told(agreement_of(case)), status=status.HTTP_201_CREATED)


def _told(found: AgreementOfCase) -> object:
    signed = found.signed
    return AgreementAnswer(
        {
            "agreement": found.text.id,
            "digest": found.text.digest,
            "title": found.title.as_json(),
            "preamble": found.preamble.as_json(),
            "clauses": [{"title": one.title.as_json(), "text": one.text.as_json()} for one in found.text.clauses],
            "is_needed": found.is_needed,
            "signed_at": signed.signed_at if signed else None,
            "signed_by": found.signatory.as_json() if found.signatory else None,
            "may_publish": signed.may_publish if signed else None,
        }
    ).data
