"""Where a page of evidence stands: home, the centre, its evidence, the page itself."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.models import Centre
from centres.web import crumbs as of_centres
from centres.web.crumbs import Step
from core.text import Text
from evidence.models import Evidence

_EVIDENCE = Text(zh="证据", en="Evidence")


def crumbs(centre: Centre, *further: Step) -> list[dict[str, Any]]:
    """Home, the centre, its evidence, and what lies below."""
    own = reverse("assessment:centre", args=[centre.slug])
    return of_centres.crumbs(centre, (_EVIDENCE, f"{own}#evidence"), *further)


def file_crumbs(file: Evidence, *further: Step) -> list[dict[str, Any]]:
    """The way to one file, and what lies below it."""
    return crumbs(file.centre, (file.name, reverse("evidence:evidence", args=[file.pk])), *further)
