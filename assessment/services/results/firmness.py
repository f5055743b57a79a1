"""How firmly stored results of one edition stand, read off the draws that are kept with them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Protocol

from assessment.models import DrawnKeys, StoredResult
from assessment.result_selectors import facility_of, summaries_of
from assessment.scoring.firmness import Firmness, Tried, drawn_for, read_off
from assessment.scoring.kept_draws import METHOD, may_be_kept, packed, unpacked
from assessment.scoring.result import Verdict
from assessment.scoring.robustness import Drawn
from indicators.models import Edition
from indicators.rubric import model
from indicators.selectors import typed, typed_by


class Kept(Protocol):
    """A stored result, or its summary: what tells it from every other."""

    @property
    def pk(self) -> int: ...

    @property
    def digest(self) -> str: ...


def firmness_among(results: Iterable[Kept], *, edition: Edition) -> Tried | None:
    """All of them tried together, so that ranks are counted among them; None where there is nothing to try.

    Worked out once for the same edition and results, whoever asks and in whatever order.
    """
    keys = tuple(sorted((one.pk, one.digest) for one in results))
    return _tried(edition.digest, keys) if keys else None


def firmness_of(stored: StoredResult) -> tuple[Firmness, Tried] | None:
    """How firmly one result stands by itself: its score as in any company, its rank alone; None where it is blocked."""
    found = firmness_among([stored], edition=stored.edition)
    firm = next(iter(found.of.values()), None) if found else None
    return (firm, found) if firm is not None and found is not None else None


def keep_draws(stored: StoredResult) -> DrawnKeys | None:
    """Draw for a result now and keep it; None where nothing is drawn, or not for it alone."""
    edition = typed(stored.edition)
    if stored.verdict == Verdict.BLOCKED or not may_be_kept(edition):
        return None
    drawn = drawn_for(edition, [facility_of(stored)])
    if drawn is None or not drawn.facilities:
        return None
    [keys] = packed(drawn).values()
    kept, _ = DrawnKeys.objects.update_or_create(result=stored, defaults={"method": METHOD, "keys": keys})
    return kept


@functools.lru_cache(maxsize=256)
def _tried(
    edition_digest: str, keys: tuple[tuple[int, str], ...]
) -> Tried | None:  # a digest never changes its meaning
    edition = typed_by(edition_digest)
    alone = may_be_kept(edition)  # else a blocked one is still compared with
    summaries = {
        one.summary.facility: one
        for one in summaries_of([pk for pk, _ in keys]).values()
        if one.verdict != Verdict.BLOCKED or not alone
    }
    drawn = _drawn(edition, {facility: one.pk for facility, one in summaries.items()})
    if drawn is None:
        return None
    grades = {facility: (one.grade or None, one.summary.own_grade) for facility, one in summaries.items()}
    return read_off(edition, drawn, grades)


def _drawn(edition: model.Edition, results: Mapping[str, int]) -> Drawn | None:
    """Kept draws of these results by facility; those of results without any are made now."""
    kept: dict[int, bytes] = {}
    if may_be_kept(edition):
        rows = DrawnKeys.objects.filter(result__in=results.values(), method=METHOD)
        kept = {pk: bytes(keys) for pk, keys in rows.values_list("pk", "keys")}
    missing = [pk for pk in results.values() if pk not in kept]
    if not kept or missing:
        rows_of_them = StoredResult.objects.select_related("profile_version").in_bulk(missing)
        drawn = drawn_for(edition, [facility_of(rows_of_them[pk]) for pk in missing])
        if drawn is None or not kept:
            return drawn
        own = packed(drawn)
        kept |= {results[facility]: keys for facility, keys in own.items()}
    return unpacked(edition, {facility: kept[pk] for facility, pk in results.items() if pk in kept})
