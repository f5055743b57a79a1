"""What takes long to find out about a result is found by the job that scores, and kept for whoever looks at it."""

from __future__ import annotations

from assessment.models import KeptExplanation, StoredResult
from assessment.scoring.explain.kept import METHOD, About, as_text, found
from assessment.selectors import situation_of


def keep_explanations(stored: StoredResult) -> None:
    """Advice, borders and stakes of a result, once; nothing of one that cannot be computed again.

    Nor of one that rests on no file, which every centre has while it begins: the next file will make another.
    """
    if not stored.inputs.get("sources", {}).get("evidence"):
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
