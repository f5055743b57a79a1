"""Second factors in tests: who needs one has one and has just proved it, unless a test is about that."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.one_time_codes import code_at, step_at

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(later: int = 0) -> str:
    """What the app of everybody here shows now, or so many steps later."""
    return code_at(SECRET, step_at(time.time()) + later)


def let_everybody_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    """`force_login` and `force_authenticate` sign in as by the door: with both factors where the role asks for two."""
    from django.test import Client
    from rest_framework.test import APIClient

    login, authenticate = Client.force_login, APIClient.force_authenticate

    def force_login(self: Client, user: Any, backend: str | None = None) -> None:
        login(self, user, backend or "django.contrib.auth.backends.ModelBackend")
        if give_factor(user):
            session = self.session
            session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()

    def force_authenticate(self: APIClient, user: Any = None, token: Any = None) -> None:
        if token is None and user is not None and give_factor(user):
            token = proved_token(user)
        authenticate(self, user, token)

    monkeypatch.setattr(Client, "force_login", force_login)
    monkeypatch.setattr(APIClient, "force_authenticate", force_authenticate)


def give_factor(person: Any) -> bool:
    """Whether the person needs a second factor; then they have this one."""
    from centres.permissions import needs_second_factor
    from centres.services.second_factor import give_second_factor, has_second_factor

    if not needs_second_factor(person):
        return False
    if not has_second_factor(person):
        give_second_factor(person, SECRET)
    return True


def proved_token(person: Any) -> Any:
    from django.utils import timezone
    from knox.models import AuthToken

    from centres.models import TokenGrant

    stored, _ = AuthToken.objects.create(user=person)
    TokenGrant.objects.create(token=stored, proved_at=timezone.now())
    return stored
