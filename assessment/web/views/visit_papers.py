"""What a visit takes along and brings back: the pack to print for halls without a network, and pictures."""

from __future__ import annotations

import io
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import visible_visits
from assessment.documents.content.visit_pack import TITLE
from assessment.models import SiteVisit
from assessment.services.visits import site_visit
from assessment.services.visits.pictures import LARGEST_PICTURE, picture_too_large
from assessment.services.visits.visit_pack import pack_of, pack_pdf_of
from assessment.web.forms.visits import PhotographForm
from assessment.web.pages.case import form_page
from assessment.web.pages.visit import visit_crumbs
from assessment.web.printed.answer import paper_answer
from assessment.web.printed.visit import pack_paper
from centres.permissions import signed_in
from centres.selectors import zone_of
from centres.web import who_may
from core.errors import UserFacingError
from core.text import Text
from evidence import store
from operations.http.formats import asks_for
from operations.templatetags.words import active_language

_PICTURES = Text(zh="照片", en="Pictures")


@login_required
@require_GET
def pack(request: HttpRequest, pk: str) -> HttpResponse:
    """All that is needed in a hall without a network, on paper."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    taken = pack_of(visit, language=active_language())
    if asks_for(request, "docx"):
        return paper_answer(request, pack_paper(visit.assessment, taken), name="visit-pack")
    context = {
        "centre": visit.assessment.centre,
        "crumbs": visit_crumbs(visit, (TITLE, "")),
        "visit": visit,
        "pack": taken,
    }
    return render(request, "assessment/visit_pack.html", context)


@login_required
@require_GET
def pack_pdf(request: HttpRequest, pk: str) -> FileResponse:
    """The same as a paper, in the language of the reader."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    paper = pack_pdf_of(visit, language=active_language())
    name = f"visit-pack-{visit.begins_on}.pdf"
    return FileResponse(io.BytesIO(paper), as_attachment=True, filename=name, content_type="application/pdf")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest, pk: str) -> HttpResponse:
    """The pictures of a visit; an assessor adds one with what it shows, where and when."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    person = signed_in(request.user)
    if visit.closed_at is not None:
        raise Http404
    if not rules.has_perm("assessment.evaluate", person):
        raise PermissionDenied(who_may.ASSESSORS)
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
        with store.received(file.chunks(), limit=LARGEST_PICTURE) as received:
            site_visit.add_photograph(visit, received, zone=form.zone, person=signed_in(request.user), **told)
    except store.TooLarge as error:
        raise picture_too_large() from error
