"""The admin site: for administrators, by the role they hold at this moment, through the one door of all."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from centres.permissions import is_administrator
from centres.web import who_may


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return bool(is_administrator(request.user))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(who_may.ADMINISTRATORS)
        following = get_next_redirect_url(request) or reverse("admin:index")
        return redirect_to_login(following, settings.LOGIN_URL)
