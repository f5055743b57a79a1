"""Signing in with one or two factors, confirming, passwords: the package's views, answering as ours do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import rules
from allauth.account.views import (
    LoginView,
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    ReauthenticateView,
)
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from centres.models import CentreRole, Person
from centres.permissions import needs_second_factor, signed_in
from centres.services.second_factor import has_second_factor
from core.text import Text
from operations import audit
from operations.http.throttling import seconds_to_wait


class _Refusing:
    """A form that is refused is shown again with 422."""

    def form_invalid(self, form: Any) -> HttpResponse:
        page = self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined]  # of a FormView
        page.status_code = 422
        return page


class SignIn(_Refusing, LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"elsewhere": _elsewhere()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return too_many(request) or super().post(request, *args, **kwargs)


class SignOut(LogoutView):
    http_method_names = ["post", "options"]  # noqa: RUF012  (Django's own shape)


class SignInCode(AuthenticateView):
    """The second step of signing in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        page = super().form_invalid(form)
        page.status_code = 422
        return page


class ConfirmByCode(_Refusing, ReauthenticateByCodeView):
    """A fresh proof; what waited for it then goes on."""


class ConfirmByPassword(_Refusing, ReauthenticateView):
    """For those without a second factor."""


class Account(IndexView):
    """Who one is here, and how one signs in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = signed_in(self.request.user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "has_second_factor": has_second_factor(person),
            "needs_second_factor": needs_second_factor(person),
            "staff_roles": person.staff_roles.all(),
            "memberships": person.memberships.select_related("centre"),
            "invites_to": list(_invites_to(person)),
        }


class SetUp(_Refusing, ActivateTOTPView):
    """The first code proves that the key has arrived, and counts as a proof of this session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"needs_second_factor": needs_second_factor(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        person = signed_in(self.request.user)
        post_authentication(self.request, Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP))
        audit.record(actor=person, act="second_factor.set_up", subject=f"person/{person.get_username()}")
        return answer


class Remove(_Refusing, DeactivateTOTPView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"needs_second_factor": needs_second_factor(self.request.user)}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        person = signed_in(self.request.user)
        audit.record(actor=person, act="second_factor.removed", subject=f"person/{person.get_username()}")
        return answer


class RecoveryCodes(ViewRecoveryCodesView):
    """What stands in for a lost app: each code once. Whoever has none yet is led to where they are made."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            return redirect("mfa_generate_recovery_codes")


class NewRecoveryCodes(_Refusing, GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        person = signed_in(self.request.user)
        audit.record(actor=person, act="second_factor.new_recovery_codes", subject=f"person/{person.get_username()}")
        return answer


class ChangePassword(_Refusing, PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect(reverse("account_reset_password"))  # who only ever signed in elsewhere sets one by mail
        return super().dispatch(request, *args, **kwargs)


class Forgotten(_Refusing, PasswordResetView):
    """The same answer whether the address is known or not."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return too_many(request) or super().post(request, *args, **kwargs)


class ForgottenSent(PasswordResetDoneView):
    pass


class NewPassword(_Refusing, PasswordResetFromKeyView):
    pass


class NewPasswordDone(PasswordResetFromKeyDoneView):
    pass


def _elsewhere() -> list[dict[str, str]]:
    """Where else people may sign in from this installation."""
    if not settings.OIDC_SERVER:
        return []
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps = providers["openid_connect"]["APPS"]
    return [
        {"name": app["name"], "address": reverse("openid_connect_login", args=[app["provider_id"]])} for app in apps
    ]


def _invites_to(person: Person) -> Iterator[dict[str, Any]]:
    if rules.has_perm("centres.invite_staff", person):
        yield {"words": Text(**settings.BODY_NAME), "address": reverse("centres:staff")}
    for one in person.memberships.select_related("centre").filter(role=CentreRole.OWNER):
        yield {"words": one.centre.name, "address": reverse("centres:people", args=[one.centre.slug])}


def too_many(request: HttpRequest) -> HttpResponse | None:
    """The answer to somebody who tries too often, None to all others."""
    wait = seconds_to_wait(request)
    if not wait:
        return None
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(wait)
    return answer
