"""The base of every API view."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from operations import idempotency
from operations.http.pagination import ListPages
from operations.http.versions import Asks

PAGING = frozenset({"cursor", "limit"})
PAGING_DESCRIBED = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class StrictQuery(APIView):
    """Query parameters a view does not declare, or that have no value, are refused, not ignored.

    `Idempotency-Key` is honoured. `asks_for_version`: the method that reads `If-Match`, and when.
    """

    query_parameters: frozenset[str] = frozenset()
    takes_idempotency_keys = True
    asks_for_version: tuple[str, Asks] | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = self.query_parameters | (PAGING if hasattr(self, "paginator") else frozenset())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name: [ErrorDetail(name, code="unknown_parameter")] for name in unknown})
        repeated = sorted(name for name in known if len(request.query_params.getlist(name)) > 1)
        if repeated:
            raise ValidationError({name: [ErrorDetail(name, code="repeated_parameter")] for name in repeated})
        empty = sorted(name for name in known - PAGING if request.query_params.get(name) == "")
        if empty and request.method not in _CHANGING:  # a variable nobody set must not ask for everything, or nothing
            raise ValidationError({name: [ErrorDetail(name, code="empty_parameter")] for name in empty})
        if self.takes_idempotency_keys and request.method in _CHANGING:
            self._keyed = idempotency.begin(request)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            return exc.response
        try:
            return super().handle_exception(exc)
        except Exception:
            if keyed := self.__dict__.pop("_keyed", None):  # a bug is no answer to keep
                keyed.delete()
            raise

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if keyed := self.__dict__.pop("_keyed", None):
            idempotency.end(keyed, answer)
        return answer


class PagedList(StrictQuery):
    """A view of a list that is worked out: `?limit=` and `?cursor=` as everywhere, the links beside what is listed."""

    @cached_property
    def paginator(self) -> ListPages:
        return ListPages()
