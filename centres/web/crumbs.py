"""Where a page of a centre stands: home, the centre, the page itself."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from centres.models import Centre
from core.text import Text

_HOME = Text(zh="排名", en="Ranking")


def crumbs(centre: Centre | None, here: Text) -> list[dict[str, Any]]:
    """Without a centre the page stands right below home."""
    above = [(_HOME, reverse("assessment:home"))]
    if centre is not None:
        above.append((centre.name, reverse("assessment:centre", args=[centre.slug])))
    return [{"words": words, "address": address} for words, address in (*above, (here, ""))]
