"""What a visit takes along and brings back: the pack to print for halls without a network, and pictures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import visible_visits
from assessment.models import CasePart, EvaluationPlan, Part, Sample, SiteVisit
from assessment.sampling.draw import seed_of
from assessment.services import draw_sample, site_visit
from assessment.web.case_pages import form_page
from assessment.web.minutes import PARTS
from assessment.web.sample_forms import KINDS
from assessment.web.visit_forms import PhotographForm
from assessment.web.visit_pages import visit_crumbs
from assessment.web.visit_walk import walk_list
from centres.permissions import signed_in
from centres.selectors import zone_of
from core.errors import UserFacingError
from core.text import Text
from evidence import store

_PACK = Text(zh="现场评价资料包", en="Visit pack")
_PICTURES = Text(zh="照片", en="Pictures")
_SPARE_LINES = range(6)
# Who is met on site; those who will judge the case are not.
_ON_SITE = (Part.APPLICANT, Part.REGISTRAR, Part.ASSESSOR)


@login_required
@require_GET
def pack(request: HttpRequest, pk: str) -> HttpResponse:
    """All that is needed in a hall without a network, on paper."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    case = visit.assessment
    zone = zone_of(case.centre)
    context = {
        "centre": case.centre,
        "crumbs": visit_crumbs(visit, (_PACK, "")),
        "visit": visit,
        "case": case,
        "plan": EvaluationPlan.objects.filter(assessment=case).first(),
        "people": _people(visit),
        "meters": walk_list(case.centre, zone=zone),
        "samples": [_drawn(one) for one in case.samples.all()],
        "zone": zone,
        "spare": _SPARE_LINES,
    }
    return render(request, "assessment/visit_pack.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest, pk: str) -> HttpResponse:
    """The pictures of a visit; an assessor adds one with what it shows, where and when."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    person = signed_in(request.user)
    if visit.closed_at is not None:
        raise Http404
    if not person.has_perm("assessment.evaluate"):
        raise PermissionDenied
    bound = request.method == "POST"
    form = PhotographForm(
        request.POST if bound else None, request.FILES if bound else None, zone=zone_of(visit.assessment.centre)
    )
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            _keep(visit, form, request)
        except UserFacingError as refusal:
            problem = refusal
        else:
            messages.success(request, _("It was saved."), extra_tags="good")
            return redirect("assessment:visit_pictures", visit.pk)
    context = {
        "centre": visit.assessment.centre,
        "crumbs": visit_crumbs(visit, (_PICTURES, "")),
        "visit": visit,
        "photographs": list(visit.photographs.all()),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/visit_pictures.html", context)


def _keep(visit: SiteVisit, form: PhotographForm, request: HttpRequest) -> None:
    told: dict[str, Any] = dict(form.cleaned_data)
    file = told.pop("file")
    try:
        with store.received(file.chunks(), limit=site_visit.LARGEST_PICTURE) as received:
            site_visit.add_photograph(visit, received, zone=form.zone, person=signed_in(request.user), **told)
    except store.TooLarge as error:
        raise UserFacingError("too_large", Text(zh="照片过大。", en="The picture is too large.")) from error


def _people(visit: SiteVisit) -> list[dict[str, Any]]:
    """Those who took a part in the case so far and those assigned to assess it, with their pillars."""
    case = visit.assessment
    pillars: dict[int, list[str]] = {}
    assigned = {}
    for one in case.assignments.select_related("person"):
        pillars.setdefault(one.person_id, []).append(one.pillar)
        assigned[one.person_id] = {"person": one.person, "part": PARTS[Part.ASSESSOR]}
    taken = CasePart.objects.filter(assessment=case, part__in=_ON_SITE).select_related("person")
    people = {one.person_id: {"person": one.person, "part": PARTS[one.part]} for one in taken} | assigned
    return [{**one, "pillars": pillars.get(key, [])} for key, one in people.items()]


def _drawn(sample: Sample) -> dict[str, Any]:
    """A sample for the paper: what was drawn, and the seed it was drawn with, which anybody can repeat."""
    record = draw_sample.record_of(sample)
    seed = seed_of(record.secret, inventory_commitment=record.inventory_commitment).hex() if record else ""
    return {"sample": sample, "of": KINDS[sample.of], "record": record, "seed": seed}
