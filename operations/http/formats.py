"""Another form of a page at the page's own address: `?format=` names it."""

from __future__ import annotations

from django.http import HttpRequest


def asks_for(request: HttpRequest, *formats: str) -> str:
    """Which of these forms is asked for; empty for the page itself, and for whatever is posted to it."""
    asked = request.GET.get("format", "") if request.method in ("GET", "HEAD") else ""
    return asked if asked in formats else ""
