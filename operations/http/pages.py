"""One page of a long list, by `?page=` in the address; `includes/_pages.html` leads to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

EACH = 50


def page_of(request: HttpRequest, items: Sequence[Any] | QuerySet[Any], *, each: int = EACH) -> Page[Any]:
    """The page that is asked for; the first for what is no number, the last for what lies behind it."""
    return Paginator(items, each).get_page(request.GET.get("page"))
