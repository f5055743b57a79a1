"""The rubric for readers: its editions, one edition as a tree, one indicator with everything said about it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.text import Text
from indicators.models import Edition as StoredEdition
from indicators.models import EditionState
from indicators.rubric.words import aggregation_words
from indicators.selectors import edition_before, typed, visible_editions
from indicators.web.crumbs import RUBRICS, crumbs
from indicators.web.sheets import editions_sheet, rubric_sheet
from indicators.web.shown import indicator_shown, pillars_shown, pure_classes
from operations.http.sheets import asks_for_sheet, sheet_answer

ALL_CLASSES = Text(zh="全部类别", en="all classes")
STATES = {
    EditionState.DRAFT: Text(zh="草稿", en="draft"),
    EditionState.REVIEW: Text(zh="审核中", en="under review"),
    EditionState.PUBLISHED: Text(zh="已发布", en="published"),
    EditionState.SUPERSEDED: Text(zh="已被替代", en="superseded"),
}


@require_GET
def rubrics(request: HttpRequest) -> HttpResponse:
    listed = [
        {"edition": edition, "state": STATES[EditionState(edition.state)]} for edition in visible_editions(request.user)
    ]
    if asks_for_sheet(request):
        return sheet_answer(editions_sheet(RUBRICS, listed))
    may_draft = request.user.has_perm("indicators.draft_edition")
    return render(request, "indicators/rubrics.html", {"editions": listed, "may_draft": may_draft})


@require_GET
def rubric(request: HttpRequest, rubric: str, edition: str) -> HttpResponse:
    """The tree; `?class=` shows one class alone, with shares of the pillar beside the weights."""
    stored = visible(request, rubric, edition)
    tree = typed(stored)
    classes = pure_classes(tree)
    chosen = request.GET.get("class", "")
    if chosen not in {rule.id for rule in classes}:
        chosen = ""
    shown = [rule for rule in classes if chosen in ("", rule.id)]
    pillars = pillars_shown(tree, only=chosen)
    if asks_for_sheet(request):
        return sheet_answer(rubric_sheet(str(stored), pillars, shown))
    context = {
        "stored": stored,
        "state": STATES[EditionState(stored.state)],
        "edition": tree,
        "classes": shown,
        "filters": [{"id": "", "title": ALL_CLASSES}, *({"id": one.id, "title": one.title} for one in classes)]
        if len(classes) > 1
        else [],
        "chosen": chosen,
        "pillars": pillars,
        "root": {"aggregation": aggregation_words(tree.root.authored)},
        "before": edition_before(stored, user=request.user),
        "may_work": request.user.has_perm("indicators.read_drafts"),
        "crumbs": crumbs(stored),
    }
    return render(request, "indicators/rubric.html", context)


@require_GET
def indicator(request: HttpRequest, rubric: str, edition: str, code: str) -> HttpResponse:
    """One indicator; a group or an alternative has its place in the tree or on its indicator's page."""
    stored = visible(request, rubric, edition)
    tree = typed(stored)
    found = indicator_shown(tree, code)
    if found is None:
        return redirect(_place_of(code, stored))
    index = [one.code for one in tree.indicators]
    place = index.index(code)
    context = {
        "stored": stored,
        "state": STATES[EditionState(stored.state)],
        "edition": tree,
        "indicator": found,
        "node": found.row.node,
        "previous": index[place - 1] if place else "",
        "next": index[place + 1] if place + 1 < len(index) else "",
        "crumbs": crumbs(stored, (Text(zh=code, en=code), "")),
    }
    return render(request, "indicators/indicator.html", context)


def visible(request: HttpRequest, rubric: str, edition: str) -> StoredEdition:
    found: StoredEdition = get_object_or_404(visible_editions(request.user), rubric=rubric, edition=edition)
    return found


def _place_of(code: str, stored: StoredEdition) -> str:
    tree = typed(stored)
    if any(node.code == code for node in tree.root.walk()):
        return f"{reverse('indicators:rubric', args=[stored.rubric, stored.edition])}#{code}"
    for one in tree.indicators:
        if any(other.code == code for other in one.alternatives):
            return f"{reverse('indicators:indicator', args=[stored.rubric, stored.edition, one.code])}#{code}"
    raise Http404
