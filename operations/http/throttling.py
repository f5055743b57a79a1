"""How often people and addresses may ask; every answer says what is left."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:  # the framework's views load these classes by name
    from rest_framework.views import APIView


class _Counted(SimpleRateThrottle):
    num_requests: int | None
    duration: int | None

    def allow_request(self, request: Request, view: APIView) -> bool:
        allowed = super().allow_request(request, view)
        if getattr(self, "key", None) and self.num_requests and self.duration:
            oldest = self.history[-1] if self.history else self.now
            request._request.quota = {  # type: ignore[attr-defined]  # ours; the middleware reads it
                "RateLimit-Limit": str(self.num_requests),
                "RateLimit-Remaining": str(max(0, self.num_requests - len(self.history))),
                "RateLimit-Reset": str(math.ceil(self.duration - (self.now - oldest))),
            }
        return allowed


class ByPerson(_Counted):
    scope = "person"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"throttle-person-{request.user.pk}" if request.user.is_authenticated else None


class ByAddress(_Counted):
    """For those who have not signed in."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return None if request.user.is_authenticated else f"throttle-address-{self.get_ident(request)}"


class SignIn(_Counted):
    """Guesses at one account from one address."""

    scope = "sign_in"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        data: Any = request.data if isinstance(request.data, dict) else {}
        name: Any = next((data[field] for field in ("username", "login", "email") if field in data), "")
        told = hashlib.sha256(str(name).encode(errors="replace")).hexdigest()  # as long as any cache takes a key
        return f"throttle-sign-in-{self.get_ident(request)}-{told}"


def seconds_to_wait(request: HttpRequest, *, by: type[_Counted] = SignIn) -> int:
    """Counts what a page is asked (a try to sign in, if nothing else) with those by the API; 0 while not too many."""
    throttle, page = by(), cast(Any, None)  # the throttle asks nothing of a view
    asked = Request(request, parsers=[FormParser(), MultiPartParser()])
    return 0 if throttle.allow_request(asked, page) else max(1, math.ceil(throttle.wait() or 1))
