"""Pages of a verifiable sample: asked for, committed to, drawn, and the list to check on site."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import visible_samples
from assessment.models import Sample
from assessment.sampling.inventory import inventory_file
from assessment.sampling.subjects import SUBJECTS
from assessment.services.visits import draw_sample
from assessment.visit_selectors import cards_counted, is_prepared
from assessment.web.forms.samples import AskForm, InventoryForm
from assessment.web.pages.case import case_crumbs, case_worked_on, form_page
from assessment.web.pages.crumbs import SAMPLES, sample_crumbs
from assessment.web.sheets.lists import drawn_sheet, samples_sheet
from centres.permissions import signed_in
from core.errors import InputError, UserFacingError
from core.quantity import plain
from core.text import Text
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: HttpRequest, pk: str) -> HttpResponse:
    """The samples of a case; an assessor of it commits to a secret and asks for an inventory."""
    case = case_worked_on(request, pk)
    drawn = visible_samples(request.user).filter(assessment=case)
    if asks_for_sheet(request):
        return sheet_answer(samples_sheet(SAMPLES, map(_row, in_chunks(drawn))))
    form = AskForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = draw_sample.ask_for_inventory(case, person=signed_in(request.user), **form.asked())
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:sample", made.pk)
    context = {
        "centre": case.centre,
        "crumbs": case_crumbs(case, (SAMPLES, "")),
        "samples": [_row(one) for one in drawn],
        "may_ask": rules.has_perm("assessment.evaluate", request.user) and is_prepared(case),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/samples.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, pk: str) -> HttpResponse:
    """One sample; the centre commits to its inventory here, and the draw follows at once."""
    item = get_object_or_404(visible_samples(request.user), pk=pk)
    if asks_for_sheet(request) and (drawn := draw_sample.record_of(item)) is not None:
        return sheet_answer(drawn_sheet(SUBJECTS[item.of], drawn.names))
    bound = request.method == "POST"
    form = InventoryForm(request.POST if bound else None, request.FILES if bound else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            draw_sample.commit_inventory(item, person=signed_in(request.user), **form.committed())
        except InputError as refusal:
            form.refuse(refusal)
        except UserFacingError as refusal:
            problem = refusal
            item.refresh_from_db()
        else:
            return redirect("assessment:sample", item.pk)
    case = item.assessment
    context = {
        "centre": case.centre,
        "crumbs": sample_crumbs(item),
        "row": _row(item),
        "record": draw_sample.record_of(item),
        "cards": cards_counted(item).words if item.of == "cards" else None,
        "may_commit": item.drawn_at is None
        and is_prepared(case)
        and rules.has_perm("assessment.submit", request.user, case),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/sample.html", context)


@login_required
@require_GET
def record(request: HttpRequest, pk: str) -> JsonResponse:
    """What `zhiheng sample verify` reads; absent before the draw, as the secret is."""
    found = draw_sample.record_of(get_object_or_404(visible_samples(request.user), pk=pk))
    if found is None:
        raise Http404
    answer = JsonResponse(found.as_json(), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="record.json"'
    return answer


@login_required
@require_GET
def inventory(request: HttpRequest, pk: str) -> HttpResponse:
    """The inventory as it was committed to, one name a line."""
    item = get_object_or_404(visible_samples(request.user), pk=pk)
    if item.committed_at is None:
        raise Http404
    answer = HttpResponse(inventory_file(item.inventory, of=item.of), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="inventory.txt"'
    return answer


def _row(item: Sample) -> dict[str, Any]:
    return {
        "item": item,
        "address": reverse("assessment:sample", args=[item.pk]),
        "of": SUBJECTS[item.of],
        "percent": plain((item.share * 100).normalize()),
        "state": _state(item),
    }


def _state(item: Sample) -> Text:
    if item.drawn_at:
        return Text(zh=f"已抽取 {len(item.drawn)} 项", en=f"{len(item.drawn)} drawn")
    if not is_prepared(item.assessment):
        return Text(zh="未抽取，评价已结束", en="not drawn, the evaluation has ended")
    return Text(zh="等待中心提交清单", en="waiting for the inventory of the centre")
