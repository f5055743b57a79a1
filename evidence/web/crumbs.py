"""Where a page of evidence stands: home, the centre, its evidence, the page itself."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.models import Centre
from core.text import Text

_HOME = Text(zh="排名", en="Ranking")
_EVIDENCE = Text(zh="证据", en="Evidence")


def crumbs(centre: Centre, *further: tuple[Any, str]) -> list[dict[str, Any]]:
    """Home, the centre, its evidence, and what lies below; the last one, without an address, is where the reader is."""
    own = reverse("assessment:centre", args=[centre.slug])
    steps = ((_HOME, reverse("assessment:home")), (centre.name, own), (_EVIDENCE, f"{own}#evidence"), *further)
    return [{"words": words, "address": address} for words, address in steps]
