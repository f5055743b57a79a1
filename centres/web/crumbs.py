"""Where a page stands: the steps that lead to it, on pages of every app."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.models import Centre
from core.text import Text

HOME = Text(zh="排名", en="Ranking")
PEOPLE = Text(zh="人员", en="People")
Step = tuple[Any, str]  # its words and its address


def trail(*steps: Step) -> list[dict[str, Any]]:
    """The last one is where the reader is, and leads nowhere; nor does what has no page of its own, without address."""
    return [
        {"words": words, "address": address if number < len(steps) else ""}
        for number, (words, address) in enumerate(steps, start=1)
    ]


def crumbs(centre: Centre | None, *further: Step, name: Text | None = None) -> list[dict[str, Any]]:
    """Home, the centre where the page is one of a centre, and what lies below.

    Args:
        name: of the centre at the time the page speaks of, where that is not today.
    """
    own = [(name or centre.name, reverse("assessment:centre", args=[centre.slug]))] if centre is not None else []
    return trail((HOME, reverse("assessment:home")), *own, *further)


def people_crumbs(centre: Centre | None, *further: Step) -> list[dict[str, Any]]:
    """Who works for a centre, or for the body, and what lies below."""
    own = reverse("centres:people", args=[centre.slug]) if centre is not None else reverse("centres:staff")
    return crumbs(centre, (PEOPLE, own), *further)
