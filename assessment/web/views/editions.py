"""Two editions side by side: what changed, and which centres would change with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from assessment.scoring.effects import worth
from assessment.services.editions.rescore import Rescored, rescored
from assessment.web.sheets.lists import effects_sheet
from assessment.web.shown.difference import signed
from core.text import Text
from indicators.models import Edition
from indicators.rubric.diff.editions import diff_editions
from indicators.selectors import edition_before, typed, visible_editions
from indicators.web.crumbs import crumbs
from operations.http.sheets import asks_for_sheet, sheet_answer


@require_GET
def edition_diff(request: HttpRequest, rubric: str, edition: str) -> HttpResponse:
    """From `?from=`, else the edition before; centres are those of the rankings this person may see."""
    new = get_object_or_404(visible_editions(request.user), rubric=rubric, edition=edition)
    others = visible_editions(request.user).filter(rubric=rubric).exclude(pk=new.pk)
    old = _old(request, new)
    centres = rescored(request.user, old=old, new=new)
    changed = [one for one in centres if one.effect.changes]
    rows = [_row(one) for one in changed]
    if asks_for_sheet(request):
        return sheet_answer(effects_sheet(f"{old} – {new.edition}", rows, old=old.edition, new=new.edition))
    context = {
        "stored": new,
        "old": old,
        "new": new,
        "others": others,
        "diff": diff_editions(typed(old), typed(new), worth=worth),
        "centres": rows,
        "judged": len(centres),
        "grades": sum(one.effect.changes_grade for one in changed),
        "new_measures": _not_held(centres, new),
        "crumbs": crumbs(new, (Text(zh="版次比较", en="Comparison"), "")),
    }
    return render(request, "assessment/edition_diff.html", context)


def _old(request: HttpRequest, new: Edition) -> Edition:
    given = request.GET.get("from")
    if given is None:
        old = edition_before(new, user=request.user)
    else:
        old = visible_editions(request.user).filter(rubric=new.rubric, edition=given).exclude(pk=new.pk).first()
    if old is None:
        raise Http404
    return old


def _row(one: Rescored) -> dict[str, Any]:
    before, after = one.effect.old, one.effect.new
    step = after.score - before.score if before.score is not None and after.score is not None else None
    return {
        "name": one.name,
        "scored_with": one.scored_with,
        "old": before,
        "new": after,
        "step": None if step is None else signed(step),
        "changes_grade": one.effect.changes_grade,
    }


def _not_held(centres: Sequence[Rescored], new: Edition) -> list[Text]:
    """What the newer edition asks for and was not known when at least one of these centres was measured."""
    missing = {name for one in centres for name in one.not_held}
    return [measure.title for name, measure in typed(new).measures.items() if name in missing]
