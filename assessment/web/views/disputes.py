"""Complaints, appeals and objections as those see them who lodged them and those who handle them."""

from __future__ import annotations

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import visible_disputes
from assessment.models import Dispute, DisputeKind, Part
from assessment.services import disputes
from assessment.services.chain import separation
from assessment.services.chain.table import Of, Transition, rows
from assessment.web.forms.acts import ReasonForm
from assessment.web.forms.disputes import LodgeForm
from assessment.web.pages.case import case_crumbs, form_page, visible_case
from assessment.web.pages.crumbs import DISPUTES, dispute_crumbs
from assessment.web.sheets.lists import disputes_sheet
from assessment.web.shown.acts import open_acts
from assessment.web.shown.dispute_words import OVER, dispute_row
from assessment.web.views.announcements import say_received
from centres.models import Person
from centres.permissions import signed_in
from centres.selectors import visible_centres
from core.errors import DecisionBlocked, UserFacingError
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer


@login_required
@require_GET
def handled(request: HttpRequest) -> HttpResponse:
    """All for those who handle them, else those one lodged; the undecided first, the oldest of them on top."""
    undecided_first = Case(When(state__in=OVER, then=1), default=0)
    found = visible_disputes(request.user).order_by(undecided_first, "lodged_at", "id")
    if asks_for_sheet(request):
        return sheet_answer(disputes_sheet(DISPUTES, map(dispute_row, in_chunks(found))))
    page = page_of(request, found)
    shown = [dispute_row(one) for one in page.object_list]
    return render(request, "assessment/disputes.html", {"title": DISPUTES, "disputes": shown, "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: HttpRequest, pk: str) -> HttpResponse:
    """Disputes about a case; whoever sees the case complains or objects, and the centre appeals against a decision."""
    case = visible_case(request, pk)
    person = signed_in(request.user)
    shown = visible_disputes(request.user).filter(assessment=case)
    if asks_for_sheet(request):
        return sheet_answer(disputes_sheet(DISPUTES, map(dispute_row, in_chunks(shown))))
    kinds = [DisputeKind.COMPLAINT]
    if disputes.open_to_objections(case):
        kinds.insert(0, DisputeKind.OBJECTION)
    if disputes.appealable(case, person):
        kinds.insert(0, DisputeKind.APPEAL)
    form = LodgeForm(request.POST if request.method == "POST" else None, person=person, kinds=kinds)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = disputes.lodge(case, person=person, **form.cleaned_data)
        except UserFacingError as refusal:
            problem = refusal
        else:
            say_received(request, str(made.pk))
            return redirect("assessment:case_disputes", case.pk)
    context = {
        "title": DISPUTES,
        "centre": case.centre,
        "crumbs": case_crumbs(case, (DISPUTES, "")),
        "disputes": [dispute_row(one) for one in shown],
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/case_disputes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, pk: str) -> HttpResponse:
    """One dispute; a handler who took no part in the case acts on it with a reason."""
    item = get_object_or_404(visible_disputes(request.user), pk=pk)
    person = signed_in(request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        if not rules.has_perm("assessment.handle_dispute", person) or act not in _ACTS:
            raise PermissionDenied
        if form.is_valid():
            try:
                disputes.act_on(item, act, person=person, reason=form.cleaned_data["reason"])
            except UserFacingError as refusal:
                problem = refusal
                item = visible_disputes(person).get(pk=item.pk)  # with what changed meanwhile
            else:
                return redirect("assessment:dispute", item.pk)
    row = dispute_row(item)
    case, centre = item.assessment, item.assessment.centre
    hindrance = _hindrance(item, person)
    context = {
        "row": row,
        "crumbs": dispute_crumbs(item),
        # Somebody who objected from outside does not see the case.
        "case_address": reverse("assessment:assessment", args=[case.pk])
        if visible_centres(person).filter(pk=centre.pk).exists()
        else "",
        "acts": () if hindrance else _open(item, person),
        "hindrance": hindrance,
        "interests_address": reverse("assessment:interests", args=[centre.slug]),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/dispute.html", context)


_ACTS = ("acknowledge", "uphold", "dismiss")


def _open(item: Dispute, person: Person) -> tuple[Transition, ...]:
    return open_acts(item.assessment, person=person, of=Of.DISPUTE, state=item.state)


def _hindrance(item: Dispute, person: Person) -> DecisionBlocked | None:
    """Why a handler may not handle this one, while there is something to do."""
    case = item.assessment
    if not rules.has_perm("assessment.handle_dispute", person) or not rows(Of.DISPUTE, item.state, case):
        return None
    if item.lodged_by and item.lodged_by.natural_person == person.natural_person:
        return separation.two_parts()
    return separation.obstacle(case, person=person, part=Part.APPEAL_HANDLER)
