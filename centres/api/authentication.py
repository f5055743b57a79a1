"""Tokens as the package reads them; nonsense in the header is a wrong token and not a bug, and a token is worth what
stands behind it today.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from centres.models import Person, TokenGrant
from centres.permissions import needs_second_factor
from centres.services.issue_token import second_factor_missing
from centres.services.second_factor import has_second_factor
from core.errors import UserFacingError
from core.text import Text


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # the package has no types
    def authenticate(self, request: Request) -> tuple[Person, AuthToken] | None:
        found: tuple[Person, AuthToken] | None = super().authenticate(request)
        if found is not None:
            _check(*found, reads=request.method in SAFE_METHODS)
        return found

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)

    def _cleanup_token(self, token: AuthToken) -> bool:
        """Whether this one has run out, which removes it. The package looks through all tokens of the person, at every
        request; what a person no longer needs goes when they get a new one.
        """
        if token.expiry is None or token.expiry > timezone.now():
            return False
        token.delete()
        return True


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]  # nor has this one
    """How the schema describes it."""

    target_class = "centres.api.authentication.TokenAuthentication"


def _check(person: Person, token: AuthToken, *, reads: bool) -> None:
    """A role that asks for a second factor makes tokens without one worthless, also those given before the role."""
    grant = TokenGrant.objects.filter(token=token).first()
    proved = grant is not None and grant.proved_at is not None
    if needs_second_factor(person) and not (proved and has_second_factor(person)):
        raise second_factor_missing()
    if grant is not None and grant.read_only and not reads:
        raise UserFacingError(
            "read_only_token",
            Text(zh="此令牌只能读取。", en="This token only reads."),
            hint=Text(zh="请用不带 only_reads 的令牌。", en="Get one without only_reads."),
        )
