"""Where a page stands: the steps that lead to it, on pages of every app."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.models import Centre
from core.text import Text

HOME = Text(zh="排名", en="Ranking")
Step = tuple[Any, str]  # its words and its address


def trail(*steps: Step) -> list[dict[str, Any]]:
    """The last one is where the reader is, and leads nowhere."""
    return [
        {"words": words, "address": address if number < len(steps) else ""}
        for number, (words, address) in enumerate(steps, start=1)
    ]


def crumbs(centre: Centre | None, *further: Step) -> list[dict[str, Any]]:
    """Home, the centre where the page is one of a centre, and what lies below."""
    own = [(centre.name, reverse("assessment:centre", args=[centre.slug]))] if centre is not None else []
    return trail((HOME, reverse("assessment:home")), *own, *further)
