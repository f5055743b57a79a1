"""How firmly stored results of one edition stand, tried together from what they were scored from."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from assessment.models import StoredResult
from assessment.scoring.firmness import Firmness, Tried, tried
from assessment.selectors import facility_of
from indicators.models import Edition
from indicators.selectors import typed


def firmness_among(stored: Iterable[StoredResult], *, edition: Edition) -> Tried | None:
    """All of them tried together, so that ranks are counted among them; None where there is nothing to try.

    Worked out once for the same edition and results, whoever asks and in whatever order.
    """
    keys = tuple(sorted((one.pk, one.digest) for one in stored))
    return _tried(edition.digest, keys) if keys else None


def firmness_of(stored: StoredResult) -> tuple[Firmness, Tried] | None:
    """How firmly one result stands by itself: its score as in any company, its rank alone; None where it is blocked."""
    found = firmness_among([stored], edition=stored.edition)
    if found is None or stored.result.facility not in found.of:
        return None
    return found.of[stored.result.facility], found


@functools.lru_cache(maxsize=256)
def _tried(
    edition_digest: str, keys: tuple[tuple[int, str], ...]
) -> Tried | None:  # a digest never changes its meaning
    rows = StoredResult.objects.select_related("profile_version").in_bulk([pk for pk, _ in keys])
    edition = typed(Edition.objects.get(digest=edition_digest))
    return tried(edition, [(rows[pk].result, facility_of(rows[pk])) for pk, _ in keys])
