"""Cursor pages. A cursor is signed for its list and its reader, so a broken or borrowed one is refused."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:  # the framework's views load these classes by name
    from rest_framework.views import APIView


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


class _WithCursor:
    """The one thing of a request that decoding looks at."""

    def __init__(self, cursor: str) -> None:
        self.query_params = {"cursor": cursor}
