"""Pages of a site visit: scheduled, its record read and handed in as one document, closed when nothing is lacking."""

from __future__ import annotations

import rules
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from assessment.case_selectors import visible_visits
from assessment.services.chain.table import When, holds
from assessment.services.visits import site_visit
from assessment.visit_selectors import is_prepared
from assessment.web.forms.visits import RecordForm, VisitForm
from assessment.web.pages.case import case_crumbs, case_worked_on, form_page
from assessment.web.pages.visit import TITLE, parts_of, seen_on, visit_crumbs
from assessment.web.printed.answer import asks_for_paper, paper_answer
from assessment.web.printed.visit import visit_report
from assessment.web.sheets.lists import visits_sheet
from centres.permissions import signed_in
from core.errors import UserFacingError
from operations.http.parser import strict_json
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer
from operations.http.version_field import FormOfAVersion


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: HttpRequest, pk: str) -> HttpResponse:
    """The visits of a case; an assessor of it schedules one."""
    case = case_worked_on(request, pk)
    scheduled = visible_visits(request.user).filter(assessment=case)
    if asks_for_sheet(request):
        return sheet_answer(visits_sheet(TITLE, in_chunks(scheduled)))
    form = VisitForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = site_visit.schedule_visit(case, person=signed_in(request.user), **form.cleaned_data)
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:visit", made.pk)
    context = {
        "centre": case.centre,
        "crumbs": case_crumbs(case, (TITLE, "")),
        "visits": scheduled,
        "may_schedule": rules.has_perm("assessment.evaluate", request.user) and (is_prepared(case) or form.is_bound),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/visits.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, pk: str) -> HttpResponse:
    """One visit; an assessor hands in its record and closes it."""
    item = get_object_or_404(visible_visits(request.user), pk=pk)
    if asks_for_paper(request):
        paper = visit_report(item, seen_on(item), list(item.photographs.all()))
        return paper_answer(request, paper, name="site-visit")
    person = signed_in(request.user)
    read, closes = {"version": item.version}, request.POST.get("act") == "close"
    writes = request.method == "POST" and not closes
    closing = FormOfAVersion(request.POST if closes else None, initial=read)
    record = RecordForm(request.POST if writes else None, request.FILES if writes else None, initial=read)
    form = closing if closes else record
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            told = form.cleaned_data
            if closes:
                site_visit.close_visit(item, person=person, version=told["version"])
            else:
                site_visit.write_record(item, record=strict_json(told["file"]), person=person, version=told["version"])
        except UserFacingError as refusal:
            problem = refusal
            item.refresh_from_db()
            form.renewed(item.version)
        else:
            return redirect("assessment:visit", item.pk)
    may_write = (
        item.closed_at is None
        and rules.has_perm("assessment.evaluate", person)
        and holds(When.EVALUATION, item.assessment)
    )
    context = {
        "centre": item.assessment.centre,
        "crumbs": visit_crumbs(item),
        "visit": item,
        **seen_on(item),
        "parts": parts_of(item, person) if may_write else [],
        "photographs": list(item.photographs.all()),
        "may_write": may_write,
        "form": form,
        "record_form": record,
        "closing_form": closing,
        "problem": problem,
    }
    return form_page(request, "assessment/visit.html", context)
