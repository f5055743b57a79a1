"""Whose role asks for a second factor is led to it first, whatever page they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from centres.models import Person
from centres.permissions import needs_second_factor
from centres.services.second_factor import has_second_factor, is_fresh, proved_at
from operations.http.problems import problem_response

API = "/api/"
# What somebody may do who has not proved it yet: set it up, prove it, leave, and read another language.
OPEN = frozenset(
    {
        "account_reauthenticate",
        "alive",
        "centres:sign_out",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "ready",
        "set_language",
    }
)


class SecondFactorMiddleware:
    """Asked anew at each request, so that a role or a factor that changed counts at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        person, match = request.user, request.resolver_match
        if not isinstance(person, Person) or match is None or match.view_name in OPEN:
            return None
        if not needs_second_factor(person):
            return None
        there = has_second_factor(person)
        if there and proved_at(request, person) is not None:
            return None
        if request.path_info.startswith(API):
            return problem_response(request, status=403, code="second_factor_missing")
        address = reverse("mfa_reauthenticate" if there else "mfa_activate_totp")
        return redirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def require_fresh_second_factor(request: HttpRequest, person: Person) -> None:
    """The act waits, with what was typed, until a code was entered; afterwards it goes on by itself.

    Raises:
        ReauthenticationRequired: the proof is older than the setting allows; answered by the page that asks for a code.
    """
    if needs_second_factor(person) and not is_fresh(proved_at(request, person)):
        raise ReauthenticationRequired
