"""The record of a site visit, part by part: what is typed is kept as a draft, then saved into the one record."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessment.case_selectors import visible_visits
from assessment.models import SiteVisit
from assessment.services.visits import site_visit, visit_drafts
from assessment.web.forms.record import PartForm, typed_in
from assessment.web.forms.record_parts import PART_OF, Part, after
from assessment.web.forms.record_rows import clock_of
from assessment.web.pages.case import form_page
from assessment.web.pages.visit import visit_crumbs
from assessment.web.pages.visit_walk import expected_rows
from centres.models import Person
from centres.permissions import signed_in
from centres.selectors import zone_of
from centres.web import who_may
from core.errors import DecisionBlocked, UserFacingError
from core.text import Text

_CHANGED = DecisionBlocked(
    "version_changed",
    Text(zh="这一部分在此期间已被他人改动。", en="Somebody else has changed this part meanwhile."),
    hint=Text(
        zh="您填写的内容仍在。请在现场评价页对照后再保存。",
        en="What you typed is still here. Compare on the page of the visit, then save again.",
    ),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_part(request: HttpRequest, pk: str, part: str) -> HttpResponse:
    """One part of the record; what is refused stays as it was typed."""
    visit, person, shown = _found(request, pk, part)
    draft = visit_drafts.draft_of(visit, _key(request, shown), person=person)
    form = _form(request, visit, shown, typed=draft.content if draft else None)
    problem: UserFacingError | None = None
    if request.method == "POST" and request.POST.get("go") == "draft":
        problem = _kept(request, visit, shown, form, person)
        if problem is None:
            messages.success(request, _("What you typed is kept, for you alone."), extra_tags="good")
            return redirect(_address(visit, shown, request))
    elif request.method == "POST":
        problem = _saved(request, visit, shown, form, person)
        if problem is None and form.is_valid():
            return _onwards(request, visit, shown, form)
    context = _context(visit, shown, form) | {
        "draft": draft,
        "draft_address": _address(visit, shown, request, route="visit_draft"),
        "address": _address(visit, shown, request),
        "problem": problem,
    }
    return form_page(request, "assessment/visit_part.html", context)


@login_required
@require_POST
def draft(request: HttpRequest, pk: str, part: str) -> HttpResponse:
    """Keep what is being typed; the script sends it as the pen rests."""
    visit, person, shown = _found(request, pk, part)
    if refusal := _kept(request, visit, shown, _form(request, visit, shown), person):
        raise refusal
    return JsonResponse({"kept": True})


def _saved(
    request: HttpRequest, visit: SiteVisit, shown: Part, form: PartForm, person: Person
) -> UserFacingError | None:
    """Write the record with this part as typed; a refusal keeps the words as a draft as well."""
    problem: UserFacingError | None = _CHANGED if form.refuses_what_changed() else None
    if problem is None and form.is_valid():
        try:
            site_visit.write_record(visit, record=form.record, person=person, version=visit.version)
        except UserFacingError as refusal:
            problem = refusal
        else:
            visit_drafts.drop_draft(visit, _key(request, shown), person=person)
            return None
    unkept = _kept(request, visit, shown, form, person)
    return problem or unkept


def _onwards(request: HttpRequest, visit: SiteVisit, shown: Part, form: PartForm) -> HttpResponse:
    """To the next page of the part, to the next part, or back to the visit."""
    messages.success(request, _("It was saved."), extra_tags="good")
    page = _page(request)
    following = after(shown)
    if request.POST.get("go") != "next" or (page >= form.pages and following is None):
        return redirect("assessment:visit", visit.pk)
    if page < form.pages:
        return redirect(f"{_address(visit, shown)}?page={page + 1}")
    return redirect(_address(visit, following or shown))


def _found(request: HttpRequest, pk: str, slug: str) -> tuple[SiteVisit, Person, Part]:
    """A visit that is still written, for an assessor; to readers of the case the form is forbidden."""
    visit = get_object_or_404(visible_visits(request.user), pk=pk)
    person = signed_in(request.user)
    if slug not in PART_OF or visit.closed_at is not None:
        raise Http404
    if not rules.has_perm("assessment.evaluate", person):
        raise PermissionDenied(who_may.ASSESSORS)
    return visit, person, PART_OF[slug]


def _form(request: HttpRequest, visit: SiteVisit, shown: Part, *, typed: dict[str, str] | None = None) -> PartForm:
    zone = zone_of(visit.assessment.centre)
    return PartForm(
        request.POST if request.method == "POST" else None,
        part=shown,
        record=visit.record,
        clock=clock_of(visit.record, zone),
        expected=expected_rows(visit, shown, zone=zone),
        page=_page(request),
        typed=typed,
    )


def _kept(
    request: HttpRequest, visit: SiteVisit, shown: Part, form: PartForm, person: Person
) -> UserFacingError | None:
    """Keep what was typed as a draft; who may not write the record keeps none of it."""
    content = dict(typed_in(request.POST, form))
    if not form.differs_from_the_record(content):
        visit_drafts.drop_draft(visit, _key(request, shown), person=person)
        return None
    try:
        visit_drafts.keep_draft(visit, _key(request, shown), content=content, person=person)
    except UserFacingError as refusal:
        return refusal
    return None


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "1")
    return int(number) if number.isdecimal() and len(number) < 5 else 1


def _key(request: HttpRequest, shown: Part) -> str:
    """What a draft of this page is kept under."""
    return f"{shown.slug}:{_page(request)}"


def _address(visit: SiteVisit, shown: Part, request: HttpRequest | None = None, *, route: str = "visit_part") -> str:
    page = _page(request) if request is not None else 1
    return reverse(f"assessment:{route}", args=[visit.pk, shown.slug]) + (f"?page={page}" if page > 1 else "")


def _context(visit: SiteVisit, shown: Part, form: PartForm) -> dict[str, Any]:
    return {
        "centre": visit.assessment.centre,
        "crumbs": visit_crumbs(visit, (shown.title, "")),
        "visit": visit,
        "part": shown,
        "form": form,
        "page": form.start // shown.per_page + 1,
        "zone": zone_of(visit.assessment.centre),
    }
