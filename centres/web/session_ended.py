"""A form sent after the session had ended: what was typed is shown on the page that says so, instead of being lost."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

_NOT_SHOWN = ("csrf", "password", "code")  # what proves who somebody is
_KEY = re.compile(r"[\x21-\x7e]{0,20}")  # a choice, a number: no work to do again


class KeepWhatWasTyped:
    """Only what a page of ours sent gets here: the check against forged forms comes before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or not _leads_to_sign_in(response):
            return response
        typed = _typed(request)
        if not typed:
            return response
        back = urlencode({"next": request.get_full_path()})
        context = {"typed": typed, "sign_in": f"{reverse('account_login')}?{back}"}
        return render(request, "centres/session_ended.html", context, status=403)


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    return response.status_code == 302 and response["Location"].startswith(settings.LOGIN_URL + "?")


def _typed(request: HttpRequest) -> list[str]:
    """What was written in each field, in their order."""
    fields = ((name, words.strip()) for name, values in request.POST.lists() for words in values)
    return [words for name, words in fields if not _KEY.fullmatch(words) and not _is_secret(name)]


def _is_secret(name: str) -> bool:
    return any(word in name for word in _NOT_SHOWN)
