"""The page of a case for its reviewer and its decider; on paper it is the minutes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessment.desk_selectors import sits_at_the_desk
from assessment.models import Assessment, Kind
from assessment.result_selectors import result_of
from assessment.selectors import visible_assessments
from assessment.services.acts import ACTS
from assessment.services.chain.table import ASKS_FOR_A_FRESH_FACTOR
from assessment.web.forms.acts import JudgementForm
from assessment.web.pages.case import case_crumbs
from assessment.web.printed.answer import asks_for_paper, paper_answer
from assessment.web.printed.minutes import minutes_paper
from assessment.web.shown.acts import open_acts, state_words
from assessment.web.shown.flags import flags_shown
from assessment.web.shown.minutes import JUDGING_HERE, NOTHING_OPEN, TITLE, minutes_shown
from assessment.web.shown.result import edition_shown, spread_of
from centres.permissions import signed_in
from centres.web.second_factor import require_fresh_second_factor
from core.errors import UserFacingError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: HttpRequest, pk: str) -> HttpResponse:
    """Result, causes, rulings, findings, disputes, flags, borders, deeds; then the judgement that is this person's."""
    case = get_object_or_404(visible_assessments(request.user), pk=pk)
    if case.result is None or not sits_at_the_desk(request.user, case):
        raise Http404
    person = signed_in(request.user)
    if asks_for_paper(request):
        return paper_answer(request, minutes_paper(_said(request, case)), name="minutes")
    acts = [act for act in open_acts(case, person=person) if act.act in ACTS and act.part in JUDGING_HERE]
    form = JudgementForm(request.POST if request.method == "POST" else None, acts=acts, version=case.version)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        act = form.cleaned_data.pop("act")
        if act in ASKS_FOR_A_FRESH_FACTOR:
            require_fresh_second_factor(request, person)
        try:
            ACTS[act](case, person=person, **form.cleaned_data)
        except UserFacingError as refusal:
            problem = refusal
            form.renewed(case.version)
        else:
            return redirect("assessment:minutes", case.pk)
    context = {
        "crumbs": case_crumbs(case, (TITLE, "")),
        "title": TITLE,
        "spread": spread_of(case.result) if case.kind != Kind.PRE_ASSESSMENT else None,
        "result_address": reverse("assessment:result", args=[case.centre.slug]),
        "acts": acts,
        "nothing_open": NOTHING_OPEN,
        "asks_for_a_code": any(act.act in ASKS_FOR_A_FRESH_FACTOR for act in acts),
        "form": form,
        "problem": problem,
        **_said(request, case),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "assessment/minutes.html", context, status=422 if refused else 200)


def _said(request: HttpRequest, case: Assessment) -> dict[str, Any]:
    """What the minutes say, on the page and as a paper."""
    assert case.result is not None  # noqa: S101  (the view saw to it)
    return {
        "case": case,
        "centre": case.centre,
        "state": state_words(case.state),
        "printed_at": timezone.localtime(),
        # A pre-assessment has figures, but neither grade nor score of the facility.
        "result": result_of(case.result) if case.kind != Kind.PRE_ASSESSMENT else None,
        "digest": case.result.digest,
        "edition": edition_shown(case.edition),
        **minutes_shown(case, person=signed_in(request.user)),
        **flags_shown(request.user, case.result, case=case),
    }
