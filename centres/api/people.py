"""Interests, and accounts of one person."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from centres.api.accounts import account_of
from centres.models import Declaration
from centres.permissions import signed_in
from centres.selectors import visible_centres, visible_declarations
from centres.services.declare_interests import declare_interests
from centres.services.link_accounts import link_accounts
from centres.services.second_factor import reset_second_factor
from operations.http.named import named
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class DeclarationRequest(StrictSerializer):
    centre = serializers.SlugField(max_length=63)
    conflict = serializers.BooleanField()
    statement = serializers.CharField(max_length=4000)
    valid_until = serializers.DateField(required=False, default=None)


class DeclarationSerializer(serializers.ModelSerializer[Declaration]):
    person = serializers.CharField(source="person.username", read_only=True)
    centre = serializers.CharField(source="centre.slug", read_only=True)

    class Meta:
        model = Declaration
        fields = ("person", "centre", "conflict", "statement", "declared_on", "valid_until")


class Declarations(StrictQuery, generics.ListAPIView[Declaration]):
    """Your own declarations of interests, everybody's for registrars and administrators; POST makes one more."""

    serializer_class = DeclarationSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Declaration]:
        return visible_declarations(self.request.user)

    @extend_schema(request=DeclarationRequest, responses={201: DeclarationSerializer})
    def post(self, request: Request) -> Response:
        given = validated(DeclarationRequest, request)
        centre = named(visible_centres(request.user), field="centre", slug=given.pop("centre"))
        made = declare_interests(centre, person=signed_in(request.user), **given)
        return Response(DeclarationSerializer(made).data, status=status.HTTP_201_CREATED)


class LinkRequest(StrictSerializer):
    account = serializers.CharField(max_length=150, help_text="user name")
    to = serializers.CharField(max_length=150, help_text="user name of the same human being")
    reason = serializers.CharField(max_length=4000)


class Links(StrictQuery):
    """Two accounts are one human being; an administrator says so."""

    @extend_schema(request=LinkRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        given = validated(LinkRequest, request)
        account, to = (
            account_of(request, given, field, permission="centres.link_accounts") for field in ("account", "to")
        )
        link_accounts(account, to=to, reason=given["reason"], person=signed_in(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResetRequest(StrictSerializer):
    account = serializers.CharField(max_length=150, help_text="user name")
    reason = serializers.CharField(max_length=4000)


class SecondFactorResets(StrictQuery):
    """Somebody lost app and recovery codes; an administrator lets them set up a new second factor."""

    @extend_schema(request=ResetRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        given = validated(ResetRequest, request)
        account = account_of(request, given, "account", permission="centres.reset_second_factor")
        reset_second_factor(account, reason=given["reason"], person=signed_in(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)
