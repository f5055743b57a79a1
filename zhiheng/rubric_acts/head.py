"""What identifies an edition, as the acts on a rubric print it."""

from __future__ import annotations

from typing import Any

from indicators.rubric.model import Edition


def head_json(edition: Edition) -> dict[str, Any]:
    return {
        "contract": 1,
        "rubric": edition.rubric,
        "edition": edition.edition,
        "digest": edition.digest,
        "final": edition.final,
        "title": edition.title,
        "standing": edition.standing,
    }
