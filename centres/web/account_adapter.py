"""How the package that signs people in is to behave here: nobody signs up, secrets are sealed, words are ours."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from centres.models import Person
from centres.permissions import needs_second_factor
from centres.services.passwords import end_what_a_password_opened
from centres.services.second_factor import has_second_factor, is_fresh, proved_at
from operations import audit


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("User name or password is wrong. Check both and try again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "incorrect_password": _("The password is wrong. Try again."),
        "enter_current_password": _("The present password is wrong. Try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # accounts come by invitation

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say by themselves what was done."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("assessment:mine")

    def is_safe_url(self, url: str) -> bool:
        """What is no address at all, such as `//[`, leads nowhere; the package would stumble over it."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Who has a second factor confirms by it: a password alone would be the weaker of the two."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        second = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return second if second and isinstance(user, Person) and has_second_factor(user) else methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in just now is as good as confirming just now, with the second factor where there is one."""
        request = context.request
        if isinstance(request.user, Person) and has_second_factor(request.user):
            return not is_fresh(proved_at(request, request.user))
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Whoever knew the old password loses what they got with it."""
        super().set_password(user, password)
        end_what_a_password_opened(user)
        audit.record(actor=user, act="password.changed", subject=f"person/{user.get_username()}")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": _("You have no second factor yet. Set it up first, from your account."),
    }

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=4, border=4, light="#fff", dark="#000")
        return drawn.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_factor(authenticator.user)


def _seal() -> MultiFernet:
    """Made of the installation's secret key, so that a copy of the database alone gives no codes."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"zhiheng second factor {force_str(key)}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
