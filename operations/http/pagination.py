"""Cursor pages. A cursor is signed for its list and its reader, so a broken or borrowed one is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:  # the framework's views load these classes by name
    from rest_framework.views import APIView


Item = TypeVar("Item")


class Pages(CursorPagination):
    """`?limit=` up to 200, `?cursor=` from `next` or `previous`. Views give `ordering`; the default is newest first."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering: Any = ("-pk",)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> Any:
        self.signer = Signer(salt=f"cursor {request.path} {request.user.pk}")
        return super().paginate_queryset(queryset, request, view)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Any:
        return getattr(view, "ordering", self.ordering)

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get("limit")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= self.max_page_size):
            raise ValidationError({"limit": [ErrorDetail("limit", code="bad_limit")]})
        return int(given)

    def encode_cursor(self, cursor: Cursor) -> str:
        tokens = {"o": cursor.offset, "r": int(cursor.reverse), "p": cursor.position}
        encoded = b64encode(urlencode({name: value for name, value in tokens.items() if value}).encode()).decode()
        return replace_query_param(str(self.base_url), self.cursor_query_param, self.signer.sign(encoded))

    def decode_cursor(self, request: Request) -> Cursor | None:
        given = request.query_params.get(self.cursor_query_param)
        if given is None:
            return None
        try:
            unsigned = self.signer.unsign(given)
            return super().decode_cursor(_WithCursor(unsigned))  # type: ignore[arg-type]  # all it looks at
        except (BadSignature, NotFound) as error:
            raise ValidationError({"cursor": [ErrorDetail("cursor", code="bad_cursor")]}) from error


class ListPages(Pages):
    """The same for a list that is worked out and not queried; a cursor is a place in it."""

    offset_cutoff = 10**9  # where a list ends is known

    def part_of(self, listed: Sequence[Item], request: Request) -> Sequence[Item]:
        self.request, self.base_url = request, request.build_absolute_uri()
        self.signer = Signer(salt=f"cursor {request.path} {request.user.pk}")
        self._size, self._total = self.get_page_size(request), len(listed)
        cursor = self.decode_cursor(request)
        self._start = cursor.offset if cursor else 0
        return listed[self._start : self._start + self._size]

    def get_next_link(self) -> str | None:
        after = self._start + self._size
        return self._link(after) if after < self._total else None

    def get_previous_link(self) -> str | None:
        return self._link(max(0, self._start - self._size)) if self._start else None

    def _link(self, start: int) -> str:
        return self.encode_cursor(Cursor(offset=start, reverse=False, position=None))


class _WithCursor:
    """The one thing of a request that decoding looks at."""

    def __init__(self, cursor: str) -> None:
        self.query_params = {"cursor": cursor}
