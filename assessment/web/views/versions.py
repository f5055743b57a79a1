"""What a new version of an evidence file changed: rows, measures, score."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from assessment.services.results.version_changes import version_changes
from assessment.web.sheets.changes import measures_sheet, rows_sheet
from assessment.web.shown.versions import effect_difference, kinds_shown, lines_shown, measures_shown
from core.errors import InputError
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import versions_of, visible_evidence
from evidence.web.crumbs import file_crumbs
from operations.http.formats import asks_for
from operations.http.sheets import asks_for_sheet, sheet_answer

CHANGES = Text(zh="版本差异", en="What changed")


@login_required
@require_GET
def changes(request: HttpRequest, pk: str) -> HttpResponse:
    """From an older version to this one; `?since=` names another than the one it took the place of."""
    newer = get_object_or_404(visible_evidence(request.user), pk=pk)
    older = _older(newer, request.GET.get("since", ""))
    context = {
        "older": older,
        "newer": newer,
        "centre": newer.centre,
        "others": versions_of(newer),
        "crumbs": file_crumbs(newer, (CHANGES, "")),
    }
    try:
        found = version_changes(older, newer)
        for one in found.rows:
            if asks_for_sheet(request, of=one.kind.name):
                return sheet_answer(rows_sheet(one.kind.title, lines_shown(one), older=older, newer=newer))
    except InputError as refusal:
        status = 422 if asks_for(request, "xlsx") else 200
        return render(request, "assessment/version_changes.html", context | {"refusal": refusal}, status=status)
    if found.effect is not None and asks_for_sheet(request, of="measures"):
        return sheet_answer(measures_sheet(CHANGES, measures_shown(found.effect)))
    context |= {"kinds": kinds_shown(found), "effect": found.effect}
    if found.effect is not None:
        context |= {"measures": measures_shown(found.effect), "difference": effect_difference(found.effect)}
    return render(request, "assessment/version_changes.html", context)


def _older(newer: Evidence, since: str) -> Evidence:
    older = next((other for other in versions_of(newer) if str(other.pk) == since), None) if since else newer.supersedes
    if older is None:
        raise Http404
    return older
