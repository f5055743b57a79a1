"""A centre's own page."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from assessment.documents.content.words import TIERS, class_words
from assessment.models import OVER, Assessment, Kind
from assessment.services.application.open_assessment import open_assessment
from assessment.services.chain.done_words import done_title
from assessment.web.shown.acts import state_words
from assessment.web.shown.flags import flags_shown
from assessment.web.shown.kind_words import KINDS, kinds_offered
from assessment.web.shown.result import Shown, description, edition_shown, shown_to, spread_of, tier_of
from centres.models import Person
from centres.permissions import is_member, sees_work
from centres.provinces import province_name
from centres.selectors import current_profile, visible_centres
from centres.web import who_may
from centres.web.crumbs import crumbs
from core.errors import InputError, UserFacingError
from core.text import Text
from evidence.selectors import listed_evidence
from evidence.web.sheets import evidence_sheet
from indicators.selectors import current_edition
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer
from operations.templatetags.words import said


@require_GET
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    """Identity, grade, pillars, how it was assessed; for its own people also the evidence, which they may take home."""
    shown = shown_to(request.user, slug)
    if asks_for_sheet(request) and shown.is_insider:
        files = listed_evidence(request.user).filter(centre=shown.centre)
        return sheet_answer(evidence_sheet(shown.centre.name, in_chunks(files)))
    context = {
        "centre": shown.centre,
        "name": shown.name,
        "crumbs": crumbs(shown.centre, name=shown.name),
        "may_upload": request.user.has_perm("centres.upload_evidence", shown.centre),
        "may_change_profile": request.user.has_perm("centres.change_profile", shown.centre),
        "may_invite": request.user.has_perm("centres.invite_to_centre", shown.centre),
        **_profile(shown),
        **_result(shown),
        **(_for_insiders(request, shown) if shown.is_insider else {}),
        **flags_shown(request.user, shown.stored, case=shown.assessment),
    }
    return render(request, "centres/centre.html", context)


@login_required
@require_POST
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Open an assessment of the chosen kind against the current edition, which is pinned from here on."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not rules.has_perm("centres.apply", request.user, centre):
        raise PermissionDenied(who_may.ENGINEERS)
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the decorator ensures)
    try:
        kind = _chosen(request.POST.get("kind", ""))
        assessment = open_assessment(centre, edition=current_edition(), person=request.user, kind=kind)
    except UserFacingError as refusal:
        messages.error(request, said(refusal.told), extra_tags="bad")
        return redirect("assessment:centre", slug)
    return redirect("assessment:assessment", assessment.pk)


def _chosen(kind: str) -> Kind:
    """Raises:
    InputError: `no_kind`.
    """
    if kind not in Kind.values:
        raise InputError(
            "no_kind",
            Text(zh="没有选择申请的类别。", en="It was not chosen what is applied for."),
            hint=Text(zh="请在“您申请什么？”下选择一项。", en="Choose one below “What do you apply for?”."),
        )
    return Kind(kind)


def _profile(shown: Shown) -> dict[str, Any]:
    """The profile the result rests on; for insiders without a result the present one."""
    version = shown.stored.profile_version if shown.stored else None
    if version is None and shown.is_insider:
        version = current_profile(shown.centre)
    if version is None:
        return {}
    profile = version.profile
    tier = tier_of(profile)
    return {
        "profile": profile,
        "province": province_name(profile.place.province),
        "description": description(profile, tier),
        "centre_class": class_words(profile),
        "scale_tier": TIERS[tier] if tier else None,
    }


def _result(shown: Shown) -> dict[str, Any]:
    if shown.stored is None:
        return {}
    certificate = getattr(shown.assessment, "certificate", None)
    acts = shown.assessment.acts.select_related("person") if shown.assessment else ()
    return {
        "result": shown.result,
        "digest": shown.stored.digest,
        "spread": spread_of(shown.stored),
        "provisional": shown.provisional,
        "edition": edition_shown(shown.stored.edition),
        "result_address": reverse("assessment:result", args=[shown.centre.slug]),
        "certificate": certificate,
        "acts": [{"words": done_title(act.act), "at": act.at} for act in acts],
    }


def _for_insiders(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    newest = Assessment.objects.filter(centre=shown.centre).order_by("-created_at").first()
    is_open = newest is not None and newest.state not in OVER
    page = page_of(request, listed_evidence(request.user).filter(centre=shown.centre))
    return {
        "is_insider": True,
        "reminders": shown.centre.reminders.filter(noted_at=None).select_related("sent_by")
        if is_member(request.user, shown.centre)
        else [],
        "sees_work": sees_work(request.user, shown.centre),
        "page": page,
        "evidence_list": page.object_list,
        "newest": newest,
        "newest_state": state_words(newest.state) if newest else None,
        "newest_kind": KINDS[Kind(newest.kind)] if newest else None,
        "kinds": [] if is_open else kinds_offered(request.user, shown.centre),
    }
