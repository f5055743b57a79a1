"""What takes long to find out about a result is found by a job, and kept for whoever looks at it."""

from __future__ import annotations

from assessment.difference_selectors import compared_with, difference_found
from assessment.models import Assessment, KeptDifference, KeptExplanation, StoredResult
from assessment.result_selectors import situation_of
from assessment.scoring.explain.kept import METHOD, About, as_text, difference_as_text, found
from assessment.selectors import current_result
from operations.jobs import enqueue
from operations.models import Job

TASK = "assessment.explain_result"


def explain(stored: StoredResult, *, assessment: Assessment | None) -> None:
    """Everything the pages about a result tell that takes long; done twice it finds nothing new.

    Args:
        assessment: the case it is a result of; None for a provisional one.
    """
    keep_explanations(stored)
    if assessment is not None or current_result(stored.centre) == stored:  # else no page shows what came before it
        keep_differences(stored, assessment=assessment)


def explain_later(stored: StoredResult, *, assessment: Assessment | None) -> Job:
    """The same by a job, which lets everything go first that somebody waits for."""
    case = None if assessment is None else str(assessment.pk)
    return enqueue(TASK, subject=f"result/{stored.pk}", scope=stored.centre.slug, result=stored.pk, assessment=case)


def rests_on_files(stored: StoredResult) -> bool:
    """Whether it was measured at all; of what a centre has before its first file nothing is found out."""
    return bool(stored.inputs.get("sources", {}).get("evidence"))


def keep_explanations(stored: StoredResult) -> None:
    """Advice, borders and stakes of a result, once; nothing of one that cannot be computed again."""
    if not rests_on_files(stored):
        return
    kept = KeptExplanation.objects.filter(result=stored, method=METHOD)
    missing = set(About) - {About(about) for about in kept.values_list("about", flat=True)}
    situation = situation_of(stored) if missing else None
    if situation is None:
        return
    for about in sorted(missing):
        content = as_text(about, found(about, situation, stored.result))
        KeptExplanation.objects.update_or_create(
            result=stored, about=about, defaults={"method": METHOD, "content": content}
        )


def keep_differences(stored: StoredResult, *, assessment: Assessment | None) -> None:
    """What led to a result from each one that pages compare it with, once."""
    kept = KeptDifference.objects.filter(after=stored, method=METHOD).values_list("before", flat=True)
    known = set(kept)
    for before in compared_with(stored, assessment=assessment):
        if before.pk in known or (found := difference_found(before.pk, stored.pk)) is None:
            continue
        content = {"method": METHOD, "content": difference_as_text(found)}
        KeptDifference.objects.update_or_create(before=before, after=stored, defaults=content)
