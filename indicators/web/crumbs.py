"""Where a page about an edition stands: the editions, the edition, the page itself."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.web.crumbs import Step, trail
from core.text import Text
from indicators.models import Edition

RUBRICS = Text(zh="评分细则", en="Rubric")


def crumbs(edition: Edition, *further: Step) -> list[dict[str, Any]]:
    """The editions, this one, and what lies below."""
    own = (str(edition), reverse("indicators:rubric", args=[edition.rubric, edition.edition]))
    return trail((RUBRICS, reverse("indicators:rubrics")), own, *further)
