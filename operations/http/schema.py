"""The machine-readable description of the API."""

from __future__ import annotations

import threading
from typing import Any, Literal

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from operations.http.versions import HEADER, Asks
from operations.http.words import STATUS_TITLE

Direction = Literal["request", "response"]
_ONE = threading.Lock()


class OneAtATime(SchemaGenerator):
    """The library loads its extensions into globals at the first use: two threads at once would see half of them."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        with _ONE:
            return super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]  # the library's


class Described(AutoSchema):
    """What every view of ours declares about itself, told in its own place of the description."""

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = super().get_override_parameters()
        if asks := self._asks():
            required = asks is Asks.ALWAYS
            named = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=required, description=asks.value.en)
            found = [*found, named]
        return found

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        found = super()._get_response_bodies(direction=direction)
        if asks := self._asks():
            refusals = (412,) if asks is Asks.WHERE_NAMED else (412, 428)
            found |= {str(status): {"description": STATUS_TITLE[status].en} for status in refusals}
        return found

    def _asks(self) -> Asks | None:
        method, asks = getattr(self.view, "asks_for_version", None) or ("", None)
        return asks if method == self.method else None
