"""What others rely on is done with a second factor proved just now: by token, session, or a code sent along."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from knox.models import AuthToken
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from centres.models import Person, TokenGrant
from centres.permissions import needs_second_factor
from centres.services.second_factor import check_code, is_fresh, proved_at
from core.errors import UserFacingError
from core.provenance import Where
from core.text import Text

HEADER = "X-One-Time-Code"


class FreshSecondFactor(BasePermission):
    """Asked before anything is looked up, so that a repeated request finds no kept refusal.

    Whoever needs no second factor is not asked for one: the service turns them away by their role.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        person = request.user
        if request.method in SAFE_METHODS or not isinstance(person, Person) or not needs_second_factor(person):
            return True
        if code := request.headers.get(HEADER):
            check_code(person, code)
            if isinstance(request.auth, AuthToken):  # whoever calls by a session confirms with a page
                TokenGrant.objects.filter(token=request.auth).update(proved_at=timezone.now())
            return True
        if is_fresh(_proved_at(request, person)):
            return True
        raise UserFacingError(
            "fresh_code_needed",
            Text(zh="此操作须重新验证第二因素。", en="This act asks for a fresh proof of your second factor."),
            where=Where(field=HEADER),
            hint=Text(
                zh=f"请重复此请求，并用 {HEADER} 头给出当前的一次性验证码。",
                en=f"Repeat the request with the header {HEADER} and the code your app shows now.",
            ),
        )


def _proved_at(request: Request, person: Person) -> dt.datetime | None:
    if isinstance(request.auth, AuthToken):
        grant = TokenGrant.objects.filter(token=request.auth).first()
        return grant.proved_at if grant else None
    return proved_at(request._request, person)
