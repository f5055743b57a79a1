"""The page of a history: one for every kind of thing the audit log speaks of."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from assessment.services.histories.history import KINDS, history_of
from assessment.web.pages.histories import way_to
from assessment.web.sheets.lists import history_sheet
from centres.models import Centre
from operations.http.sheets import asks_for_sheet, sheet_answer


@login_required
@require_GET
def history(request: HttpRequest, model: type[Model], **named: Any) -> HttpResponse:
    """Everything that happened to it and in it, from the audit log."""
    thing = get_object_or_404(KINDS[model].readable(request.user), **named)
    crumbs, told = way_to(thing, reader=request.user), history_of(thing, reader=request.user)
    if asks_for_sheet(request):
        return sheet_answer(history_sheet(crumbs[-1]["words"], told))
    context = {
        "whose": crumbs[-2]["words"],
        "crumbs": crumbs,
        "history": told,
        "apart": model is Centre,  # from its files and cases
    }
    return render(request, "assessment/history.html", context)
