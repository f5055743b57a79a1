"""What every page inside a case begins and ends with: whose case it is, the way to it, and a form with its refusal."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assessment.case_selectors import works_on
from assessment.documents.content.words import NO_DECISION
from assessment.models import Assessment, Kind
from assessment.selectors import visible_assessments
from assessment.web.shown.acts import state_words
from centres.web.crumbs import Step, crumbs
from core.text import Text


def visible_case(request: HttpRequest, pk: str) -> Assessment:
    found: Assessment = get_object_or_404(visible_assessments(request.user), pk=pk)
    return found


def case_worked_on(request: HttpRequest, pk: str) -> Assessment:
    """The case, for whoever sees its inside; to others the page is as absent as that of no case."""
    case = visible_case(request, pk)
    if not works_on(request.user, case):
        raise Http404
    return case


def case_crumbs(case: Assessment, *further: Step) -> list[dict[str, Any]]:
    words = Text(zh=f"评价（{state_words(case.state).zh}）", en=f"Assessment ({state_words(case.state).en})")
    steps = crumbs(case.centre, (words, reverse("assessment:assessment", args=[case.pk])), *further)
    if case.kind == Kind.PRE_ASSESSMENT:
        steps[-1]["remark"] = NO_DECISION  # below the way to it, on every page of such a case
    return steps


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with `form` and `problem` in its context: 422 when either refuses what was posted."""
    form = context["form"]
    refused = context["problem"] is not None or bool(form.is_bound and form.errors)
    return render(request, template, context, status=422 if refused else 200)
