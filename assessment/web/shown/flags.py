"""Flags as the pages of the assessing body show them, before the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment.flag_selectors import is_awaited, reasons_beside
from assessment.models import Assessment, FlagReason, StoredResult
from assessment.result_selectors import flagged
from assessment.selectors import Somebody
from assessment.web.shown.trace import SupportShown, rests_on_shown
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import files_named
from indicators.integrity.base import Flag, Severity
from indicators.integrity.registry import CHECK_BY_CODE

_TONES = {Severity.IMPOSSIBLE: "bad", Severity.SERIOUS: "caution", Severity.NOTABLE: ""}


@dataclass(frozen=True, slots=True)
class FlagShown:
    """One flag with the title of its check and the rows it rests on.

    `reasons`: what the centre said to it; None of a flag the centre is not told of.
    """

    flag: Flag
    title: Text
    tone: str
    supports: tuple[SupportShown, ...]
    reasons: tuple[FlagReason, ...] | None


def flags_shown(user: Somebody, stored: StoredResult | None, *, case: Assessment | None) -> dict[str, Any]:
    """`flagged` for templates, empty for everybody but the assessing body.

    Args:
        case: the one that stands at the result; None of a provisional one, of which nobody was asked anything.
    """
    found = flagged(user, stored) if stored is not None else None
    if stored is None or found is None:
        return {}
    named = [support.evidence for flag in found.flags for support in flag.rests_on]
    files = files_named(user, centre=stored.centre_id, digests=named)
    said = reasons_beside(case, found.flags)
    return {
        "flagged": {
            "screened_at": found.screening.screened_at if found.screening else None,
            "flags": [_shown(flag, files, said) for flag in found.flags],
            "copies": [{"item": item, "centres": ", ".join(centres)} for item, centres in found.copies],
            "count": len(found.flags) + len(found.copies),
            "is_awaited": case is not None and is_awaited(case),
            "checks": len(found.screening.content["checks"]) if found.screening else 0,
        }
    }


def _shown(flag: Flag, files: Mapping[str, Evidence], said: Mapping[str, tuple[FlagReason, ...]]) -> FlagShown:
    check = CHECK_BY_CODE.get(flag.code)
    return FlagShown(
        flag,
        check.title if check else Text(zh=flag.code, en=flag.code),
        _TONES[flag.severity],
        tuple(rests_on_shown(flag.rests_on, files)),
        said.get(flag.key),
    )
