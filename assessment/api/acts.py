"""The doors of the chain: one address per act of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import rules
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.api.common import assessment_of, certificate_shown, person_of, shown
from assessment.api.serializers import (
    ActRequest,
    AssessmentSerializer,
    CertificateSerializer,
    DecideRequest,
    SubmitRequest,
)
from assessment.certificate_selectors import certificates
from assessment.models import Assessment
from assessment.services.acts import ACTS
from assessment.services.application.submit import submit
from assessment.services.certificates import life as certificate_life
from assessment.services.chain.certificate_version import version_of
from assessment.services.decision.decide import decide
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation, take_off
from centres.api.second_factor import FreshSecondFactor
from centres.models import Person
from centres.selectors import visible_centres
from operations.http.named import named
from operations.http.serializers import StrictSerializer, validated
from operations.http.versions import Asks, version_named, version_read
from operations.http.views import StrictQuery

FRESH = (IsAuthenticated, FreshSecondFactor)  # doors of `table.ASKS_FOR_A_FRESH_FACTOR`


class CertificateActRequest(ActRequest):
    act = serializers.ChoiceField(choices=sorted(certificate_life.ACTS))
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=2000),
        required=False,
        help_text="of `survey`, by code of a watched indicator: why nothing was measured since the certificate",
    )


class CertificateActs(StrictQuery):
    """Surveillance, suspension, restoration, withdrawal (撤销) or cancellation (注销) of a certificate."""

    permission_classes = FRESH
    asks_for_version = ("POST", Asks.WHERE_NAMED)

    @extend_schema(request=CertificateActRequest, responses=CertificateSerializer)
    def post(self, request: Request, number: str) -> Response:
        person = person_of(request)
        visible = certificates().filter(assessment__centre__in=visible_centres(person))
        certificate = get_object_or_404(visible, pk=number)
        given = validated(CertificateActRequest, request)
        version = version_named(request, present=version_of(certificate))
        acted = certificate_life.take(given.pop("act"), certificate, person=person, version=version, **given)
        return certificate_shown(acted)


class _ActDoor(StrictQuery):
    """A step of the chain, by somebody who says with `If-Match` which version of the case they have read."""

    asks_for_version = ("POST", Asks.ALWAYS)
    request_serializer: type[StrictSerializer] = ActRequest
    act: Callable[..., Assessment]

    def post(self, request: Request, pk: UUID) -> Response:
        assessment = assessment_of(request, pk)
        given = validated(self.request_serializer, request)
        version = version_read(request, present=assessment.version)
        return shown(request, type(self).act(assessment, person=person_of(request), version=version, **given))


@extend_schema(request=SubmitRequest, responses=AssessmentSerializer)
class Submit(_ActDoor):
    """Freeze the package; `job` scores it, `receipt/` is the signed receipt."""

    request_serializer = SubmitRequest
    act = staticmethod(submit)


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Discontinue(_ActDoor):
    """The centre withdraws its application."""

    act = staticmethod(ACTS["discontinue"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class TakeUp(_ActDoor):
    """A registrar takes up the review of an application."""

    act = staticmethod(ACTS["take_up"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Return(_ActDoor):
    """The application goes back to be completed."""

    act = staticmethod(ACTS["return"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Accept(_ActDoor):
    """The application is accepted: scope, class and edition are fixed."""

    act = staticmethod(ACTS["accept"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Decline(_ActDoor):
    """The application is declined, with reasons."""

    act = staticmethod(ACTS["decline"])


class AssignRequest(StrictSerializer):
    assessor = serializers.CharField(max_length=150, help_text="user name")
    pillars = serializers.ListField(child=serializers.CharField(max_length=20), allow_empty=False)


@extend_schema(request=AssignRequest, responses=AssessmentSerializer)
class Assign(_ActDoor):
    """A registrar gives pillars of the case to an assessor."""

    request_serializer = AssignRequest

    @staticmethod
    def act(assessment: Assessment, *, person: Person, assessor: str, pillars: list[str], version: int) -> Assessment:
        if not rules.has_perm("assessment.admit", person):
            raise PermissionDenied  # before a name of an account is looked up: others need not learn of it
        account = named(Person.objects.all(), field="assessor", username=assessor)
        assign(assessment, assessor=account, pillars=pillars, person=person, version=version)
        return assessment


class TakeOffRequest(ActRequest):
    assessor = serializers.CharField(max_length=150, help_text="user name")
    pillars = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, help_text="none: all of theirs"
    )


@extend_schema(request=TakeOffRequest, responses=AssessmentSerializer)
class TakeOff(_ActDoor):
    """A registrar takes an assessor off pillars of the case; what they ruled stays."""

    request_serializer = TakeOffRequest

    @staticmethod
    def act(assessment: Assessment, *, person: Person, assessor: str, **given: Any) -> Assessment:
        if not rules.has_perm("assessment.admit", person):
            raise PermissionDenied  # as for `Assign`
        account = named(Person.objects.all(), field="assessor", username=assessor)
        take_off(assessment, assessor=account, person=person, **given)
        return assessment


class BeginRequest(ActRequest):
    plan = serializers.CharField(max_length=20_000)
    visit_needed = serializers.BooleanField(required=False, default=True)


@extend_schema(request=BeginRequest, responses=AssessmentSerializer)
class Begin(_ActDoor):
    """An assigned assessor lays down the plan and begins."""

    request_serializer = BeginRequest
    act = staticmethod(begin_evaluation)


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Evaluate(_ActDoor):
    """An assessor evaluated the package."""

    act = staticmethod(ACTS["evaluate"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Review(_ActDoor):
    """A reviewer who did not evaluate agrees."""

    act = staticmethod(ACTS["review"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class SendBack(_ActDoor):
    """A reviewer returns the evaluation."""

    act = staticmethod(ACTS["send_back"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class IssueStatement(_ActDoor):
    """A pre-assessment ends in a statement without a grade."""

    permission_classes = FRESH
    act = staticmethod(ACTS["state"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class Concur(_ActDoor):
    """A second decider agrees to a grade two have to decide on; another one then decides."""

    permission_classes = FRESH
    act = staticmethod(ACTS["concur"])


@extend_schema(request=DecideRequest, responses=AssessmentSerializer)
class Decide(_ActDoor):
    """A decider who did neither decides: `certify` or `refuse`."""

    permission_classes = FRESH
    request_serializer = DecideRequest

    @staticmethod
    def act(assessment: Assessment, *, decision: str, **given: Any) -> Assessment:
        return decide(assessment, certify=decision == "certify", **given)


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class AskAgain(_ActDoor):
    """A decider returns the case to its reviewer."""

    act = staticmethod(ACTS["ask_again"])


@extend_schema(request=ActRequest, responses=AssessmentSerializer)
class TakeEffect(_ActDoor):
    """After the period of notice the decision takes effect."""

    permission_classes = FRESH
    act = staticmethod(ACTS["take_effect"])
