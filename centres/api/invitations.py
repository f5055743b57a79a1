"""Invitations and the people of a centre."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from centres.models import Centre, Invitation, Membership
from centres.permissions import signed_in
from centres.selectors import visible_centres, visible_invitations
from centres.services.accept_invitation import accept_invitation, accept_with_new_account
from centres.services.invite import invite, revoke_invitation
from centres.services.join_centre import leave_centre
from operations.http.named import named
from operations.http.serializers import StrictSerializer, validated
from operations.http.throttling import ByAddress, ByPerson, SignIn
from operations.http.validators import on_one_line, reached_by_mail
from operations.http.views import StrictQuery


class InvitationRequest(StrictSerializer):
    email = serializers.EmailField(max_length=254, validators=[reached_by_mail])
    role = serializers.CharField(max_length=15)
    centre = serializers.SlugField(max_length=63, required=False, default=None, allow_null=True)
    province = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    centre = serializers.CharField(source="centre.slug", read_only=True, default=None)
    invited_by = serializers.CharField(source="invited_by.username", read_only=True)
    accepted_by = serializers.CharField(source="accepted_by.username", read_only=True, default=None)

    class Meta:
        model = Invitation
        fields = (
            *("id", "email", "centre", "role", "province", "invited_by", "invited_at", "expires_at"),
            *("revoked_at", "accepted_at", "accepted_by"),
        )


class Invitations(StrictQuery, generics.ListAPIView[Invitation]):
    """Of the centres you may invite people to, of the body for administrators; POST sends one by mail."""

    serializer_class = InvitationSerializer
    ordering = ("-invited_at", "id")

    def get_queryset(self) -> QuerySet[Invitation]:
        return visible_invitations(self.request.user)

    @extend_schema(request=InvitationRequest, responses={201: InvitationSerializer})
    def post(self, request: Request) -> Response:
        given = validated(InvitationRequest, request)
        slug = given.pop("centre")
        centre = named(visible_centres(request.user), field="centre", slug=slug) if slug else None
        made = invite(centre=centre, person=signed_in(request.user), **given)
        address = reverse("api:invitation", args=(made.pk,))
        answer = InvitationSerializer(made).data
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Location": address})


class InvitationDetail(StrictQuery, generics.RetrieveAPIView[Invitation]):
    """One invitation; DELETE takes it back."""

    serializer_class = InvitationSerializer

    def get_queryset(self) -> QuerySet[Invitation]:
        return visible_invitations(self.request.user)

    @extend_schema(request=None, responses=InvitationSerializer)
    def delete(self, request: Request, pk: UUID) -> Response:
        invitation = get_object_or_404(visible_invitations(request.user), pk=pk)
        revoked = revoke_invitation(invitation, person=signed_in(request.user))
        return Response(InvitationSerializer(revoked).data)


class NewAccount(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    name_zh = serializers.CharField(max_length=100, validators=[on_one_line])
    name_en = serializers.CharField(max_length=100, validators=[on_one_line])


class AcceptInvitationRequest(StrictSerializer):
    token = serializers.CharField(max_length=100, help_text="the last part of the link in the mail")
    account = NewAccount(required=False, default=None, help_text="left out by somebody who has one and is signed in")


class AcceptAnswer(StrictSerializer):
    username = serializers.CharField()


class AcceptInvitation(StrictQuery):
    """Take the role an invitation offers: with the account of this request, or with a new one."""

    permission_classes = (AllowAny,)
    takes_idempotency_keys = False  # it bears a secret

    def get_throttles(self) -> list[BaseThrottle]:
        return [ByPerson(), ByAddress(), SignIn()]

    @extend_schema(request=AcceptInvitationRequest, responses={200: AcceptAnswer, 201: AcceptAnswer})
    def post(self, request: Request) -> Response:
        given = validated(AcceptInvitationRequest, request)
        if given["account"] is not None:
            made = accept_with_new_account(given["token"], **given["account"])
            return Response({"username": made.username}, status=status.HTTP_201_CREATED)
        person = accept_invitation(given["token"], person=signed_in(request.user))
        return Response({"username": person.username})


class ColleagueSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ("username", "role")


class Members(StrictQuery, generics.ListAPIView[Membership]):
    """Who works for a centre, for those who may invite others to it."""

    serializer_class = ColleagueSerializer
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Membership]:
        return _centre(self.request, self.kwargs["slug"]).memberships.select_related("user")


class Member(StrictQuery):
    """DELETE ends somebody's work for a centre."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, username: str) -> Response:
        membership = get_object_or_404(_centre(request, slug).memberships, user__username=username)
        leave_centre(membership, person=signed_in(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _centre(request: Request, slug: str) -> Centre:
    centre: Centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not request.user.has_perm("centres.invite_to_centre", centre):
        raise PermissionDenied
    return centre
