"""Figures that cross a published bound, and why: read by whoever works on the case, said by the centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from assessment.flag_selectors import Question, is_awaited, is_required, may_be_answered, questions_of
from assessment.models import Assessment, AssessmentState
from assessment.selectors import Somebody
from assessment.services.application.give_reasons import give_reasons
from assessment.web.forms.reasons import ReasonsForm, field_name
from assessment.web.pages.case import case_crumbs, case_worked_on, form_page
from assessment.web.shown.result import REASONS
from assessment.web.shown.trace import rests_on_shown
from centres.permissions import signed_in
from core.errors import UserFacingError
from evidence.selectors import files_named


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag_reasons(request: HttpRequest, pk: str) -> HttpResponse:
    """One field for each figure; those that are filled are saved together."""
    case = case_worked_on(request, pk)
    questions = questions_of(case)
    form = ReasonsForm(request.POST if request.method == "POST" else None, questions=questions)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            give_reasons(case, form.said, person=signed_in(request.user))
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:flag_reasons", case.pk)
    may_write = may_be_answered(case) and rules.has_perm("assessment.submit", request.user, case)
    context = {
        "centre": case.centre,
        "crumbs": case_crumbs(case, (REASONS, "")),
        "questions": _shown(request.user, case, questions, form),
        "is_scored": case.result_id is not None,
        "waits": _waits(case),
        "is_awaited": is_awaited(case),
        "may_write": may_write and bool(questions),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/reasons.html", context)


def _waits(case: Assessment) -> str:
    """The act that waits for what is missing, if any does."""
    if not (is_required(case) and is_awaited(case)):
        return ""
    return "accept" if case.state in (AssessmentState.SUBMITTED, AssessmentState.UNDER_REVIEW) else "certify"


def _shown(user: Somebody, case: Assessment, questions: Sequence[Question], form: ReasonsForm) -> list[dict[str, Any]]:
    """Each with the rows it rests on and its field."""
    named = [support.evidence for one in questions for support in one.flag.rests_on]
    files = files_named(user, centre=case.centre_id, digests=named)
    return [
        {"asked": one, "supports": rests_on_shown(one.flag.rests_on, files), "field": form[field_name(one)]}
        for one in questions
    ]
