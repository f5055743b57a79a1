"""Flags as the pages of the assessing body show them, before the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessment.models import StoredResult
from assessment.selectors import Somebody, flagged
from assessment.web.trace import SupportShown, rests_on_shown
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import files_named
from indicators.integrity.base import Flag, Severity
from indicators.integrity.registry import CHECK_BY_CODE

_TONES = {Severity.IMPOSSIBLE: "bad", Severity.SERIOUS: "caution", Severity.NOTABLE: ""}


@dataclass(frozen=True, slots=True)
class FlagShown:
    """One flag with the title of its check and the rows it rests on."""

    flag: Flag
    title: Text
    tone: str
    supports: tuple[SupportShown, ...]


def flags_shown(user: Somebody, stored: StoredResult | None) -> dict[str, Any]:
    """`flagged` for templates, empty for everybody but the assessing body."""
    found = flagged(user, stored) if stored is not None else None
    if stored is None or found is None:
        return {}
    named = [support.evidence for flag in found.flags for support in flag.rests_on]
    files = files_named(user, centre=stored.centre_id, digests=named)
    return {
        "flagged": {
            "screened_at": found.screening.screened_at if found.screening else None,
            "flags": [_shown(flag, files) for flag in found.flags],
            "copies": [{"item": item, "centres": ", ".join(centres)} for item, centres in found.copies],
            "count": len(found.flags) + len(found.copies),
            "checks": len(found.screening.content["checks"]) if found.screening else 0,
        }
    }


def _shown(flag: Flag, files: dict[str, Evidence]) -> FlagShown:
    check = CHECK_BY_CODE.get(flag.code)
    return FlagShown(
        flag,
        check.title if check else Text(zh=flag.code, en=flag.code),
        _TONES[flag.severity],
        tuple(rests_on_shown(flag.rests_on, files)),
    )
