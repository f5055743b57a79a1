"""What papers tell of an edition and of what a centre has installed."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.documents.content.words import EditionWords, Installed
from centres.profile import FacilityProfile
from core.errors import InsufficientData
from indicators.measures.references import accelerators, peak_pflops, scale_tier
from indicators.models import Edition
from indicators.selectors import typed


def edition_words(edition: Edition) -> EditionWords:
    rubric = typed(edition)
    lines: Sequence[int] = ()
    if rubric.grades:
        lines = [int(grade.at_least) for grade in rubric.grades.grades if grade.at_least > 0]
    return EditionWords(
        title=rubric.title,
        edition=edition.edition,
        digest=edition.digest,
        standing=edition.standing if edition.standing_zh else rubric.standing,
        limits=tuple(lines),
    )


def installed(profile: FacilityProfile) -> Installed:
    """Peak and scale tier by the accelerator table, with the rows they come from; unknown where a card is not in it."""
    try:
        tier, peak = scale_tier(profile), peak_pflops(profile)
    except InsufficientData:
        return Installed(tier=None, peak_pflop_s=None, source="")
    rows = {row.model for group in profile.accelerators if (row := accelerators().find(group.model)) is not None}
    return Installed(tier=tier, peak_pflop_s=peak, source="; ".join(accelerators().cited(row) for row in sorted(rows)))
