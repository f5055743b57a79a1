"""Which results a page compares with each other, and what led from one to the other."""

from __future__ import annotations

import functools

from assessment.certificate_selectors import in_force
from assessment.models import Assessment, KeptDifference, Kind, StoredResult
from assessment.result_selectors import row_by_key, situation_of
from assessment.scoring.explain.difference import Difference, difference
from assessment.scoring.explain.kept import METHOD, difference_from_text


def previous_result(stored: StoredResult, *, assessment: Assessment | None, insider: bool) -> StoredResult | None:
    """The result of the centre before this one: of its earlier assessment, or the earlier provisional one.

    The public is shown only what was certified and still is, as everywhere.
    """
    if assessment is None:
        older = StoredResult.objects.filter(centre=stored.centre_id, pk__lt=stored.pk).order_by("-pk")
        return older.defer("tree", "inputs").first() if insider else None
    earlier = Assessment.objects.filter(centre=assessment.centre_id, created_at__lt=assessment.created_at)
    if not insider:
        earlier = in_force(earlier)
    earlier = earlier.exclude(result=None).exclude(result=stored).exclude(kind=Kind.PRE_ASSESSMENT)
    newest = earlier.select_related("result").defer("result__tree", "result__inputs").order_by("-created_at").first()
    return newest.result if newest is not None else None


def compared_with(stored: StoredResult, *, assessment: Assessment | None) -> list[StoredResult]:
    """The results that pages compare this one with.

    The one before as insiders and as the public see it, mostly the same; and what the case was measured to be, where
    rulings made this result of it.
    """
    found = [previous_result(stored, assessment=assessment, insider=insider) for insider in (True, False)]
    if assessment is not None and assessment.result_id == stored.pk:
        found.append(assessment.measured)
    return list({one.pk: one for one in found if one is not None}.values())


def difference_between(before: StoredResult, after: StoredResult) -> Difference | None:
    """What led from one result to another, kept or found now; None where one of them cannot be computed again."""
    return _difference((before.pk, before.digest), (after.pk, after.digest))


def difference_found(before: int, after: int) -> Difference | None:
    """The same by the keys of the results, and always found now: both are scored again, and what lies on the way."""
    first, last = (situation_of(row_by_key(pk)) for pk in (before, after))
    return difference(first, last) if first is not None and last is not None else None


@functools.lru_cache(maxsize=64)
def _difference(before: tuple[int, str], after: tuple[int, str]) -> Difference | None:  # digests keep their meaning
    of_both = KeptDifference.objects.filter(before=before[0], after=after[0], method=METHOD)
    content = of_both.values_list("content", flat=True).first()
    return difference_from_text(content) if content is not None else difference_found(before[0], after[0])
