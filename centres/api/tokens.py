from __future__ import annotations

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from centres.api.authentication import TokenAuthentication
from centres.api.serializers import TokenAnswer, TokenRequest
from centres.permissions import signed_in
from centres.services.issue_token import issue_token
from operations import audit
from operations.http.throttling import ByAddress, SignIn
from operations.http.views import StrictQuery


class Tokens(StrictQuery):
    """Get a token for a user name and password, and a one-time code where the account has a second factor; give it
    back with DELETE.
    """

    authentication_classes = (TokenAuthentication,)
    takes_idempotency_keys = False  # a token is never written down

    def get_permissions(self) -> list[AllowAny | IsAuthenticated]:
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [ByAddress(), SignIn()] if self.request.method == "POST" else []

    @extend_schema(request=TokenRequest, responses={201: TokenAnswer})
    def post(self, request: Request) -> Response:
        asked = TokenRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        person = authenticate(request._request, username=given["username"], password=given["password"])
        if person is None:
            raise AuthenticationFailed
        stored, token = issue_token(signed_in(person), code=given["code"], read_only=given["only_reads"])
        answer = {"token": token, "expires_at": stored.expiry}
        return Response(answer, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        request.auth.delete()
        audit.record(actor=request.user, act="token.revoked", subject=f"person/{request.user.get_username()}")
        return Response(status=status.HTTP_204_NO_CONTENT)
