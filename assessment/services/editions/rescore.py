"""What another edition would make of the centres that were judged; no stored result is touched."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from assessment.models import StoredResult
from assessment.ranking_selectors import newest_judged
from assessment.result_selectors import facility_of
from assessment.scoring.effects import Effect, effects_between, scored
from assessment.scoring.result import Result
from assessment.selectors import Somebody
from centres.models import Centre
from core.text import Text
from indicators.models import Edition
from indicators.selectors import typed


@dataclass(frozen=True, slots=True)
class Rescored:
    """One centre under two editions, from the measurements its newest judged result was scored from.

    Args:
        scored_with: the edition that result rests on.
        name: of the centre, as it was measured.
        not_held: measures the newer edition asks for that were not known when the centre was measured.
    """

    centre: Centre
    name: Text
    scored_with: Edition
    effect: Effect
    not_held: tuple[str, ...]


def rescored(user: Somebody, *, old: Edition, new: Edition) -> list[Rescored]:
    """Every centre this person sees in rankings, under both editions; no stored result is touched.

    Ranks are counted among these centres. For measures the software did not know when a centre was measured the
    missing policy of `new` speaks.
    """
    found = {
        assessment.centre.slug: (assessment, assessment.result)
        for assessment in newest_judged(user)
        if assessment.result is not None and assessment.edition.rubric == new.rubric
    }
    again = {
        edition.digest: [_rescored(stored.pk, stored.digest, edition.digest) for _, stored in found.values()]
        for edition in (old, new)
    }
    before, after = ([result for result, _ in again[edition.digest]] for edition in (old, new))
    not_held = {result.facility: missing for result, missing in again[new.digest]}
    return [
        Rescored(assessment.centre, stored.profile_version.name, assessment.edition, effect, not_held[effect.facility])
        for effect in effects_between(typed(old), typed(new), before, after)
        for assessment, stored in (found[effect.facility],)
    ]


@functools.lru_cache(maxsize=8192)
def _rescored(pk: int, digest: str, edition_digest: str) -> tuple[Result, tuple[str, ...]]:
    """A stored result scored against an edition, without its tree, and the measures of it that were not known then.

    Neither of the two ever changes.
    """
    stored = StoredResult.objects.select_related("profile_version").get(pk=pk, digest=digest)
    edition, facility = typed(Edition.objects.get(digest=edition_digest)), facility_of(stored)
    [result] = scored(edition, [facility])
    not_held = tuple(name for name in edition.measures if name not in facility.measurements)
    return dataclasses.replace(result, root=dataclasses.replace(result.root, children=())), not_held
