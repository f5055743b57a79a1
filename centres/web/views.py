"""Fill in a centre's profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from centres.models import Centre, Person, ProfileVersion
from centres.profile import FacilityProfile
from centres.profile_reading import ProfileError, read_profile_yaml
from centres.selectors import current_profile, visible_centres
from centres.services.save_profile import save_profile
from centres.web import who_may
from centres.web.crumbs import crumbs
from centres.web.profile_form import ProfileForm
from core.errors import UserFacingError
from core.text import Text
from operations.http.form_fields import WordsField

LARGEST_YAML = 200_000
_PROFILE = Text(zh="设施档案", en="Profile")


class YamlForm(forms.Form):
    """The whole profile as one YAML text."""

    content = WordsField(
        label=gettext_lazy("Profile in YAML"),
        max_length=LARGEST_YAML,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Paste the profile.")},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """The profile field by field."""
    centre = _changeable(request, slug)
    present = current_profile(centre)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial_content=_content(centre, present))
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid() and form.profile:
        problem = _save(request, centre, form.profile)
        if problem is None:
            return redirect("assessment:centre", centre.slug)
    return _answer(request, centre, form, problem, "centres/profile.html", present=present)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_yaml(request: HttpRequest, slug: str) -> HttpResponse:
    """The profile as one YAML text, for those who keep it in a file."""
    centre = _changeable(request, slug)
    present = current_profile(centre)
    form = YamlForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    faults: tuple[UserFacingError, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            problem = _save(request, centre, read_profile_yaml(form.cleaned_data["content"].encode()))
            if problem is None:
                return redirect("assessment:centre", centre.slug)
        except ProfileError as refusal:
            faults = refusal.faults
        except UserFacingError as refusal:
            problem = refusal
    return _answer(request, centre, form, problem, "centres/profile_yaml.html", present=present, faults=faults)


def _changeable(request: HttpRequest, slug: str) -> Centre:
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not request.user.has_perm("centres.change_profile", centre):
        raise PermissionDenied(who_may.ENGINEERS)
    return centre


def _content(centre: Centre, present: ProfileVersion | None) -> dict[str, Any]:
    """The present profile's content, or what is already known of a centre without one."""
    if present is not None:
        return dict(present.content)
    return {
        "contract": 1,
        "centre": {"id": centre.slug, "name": {"zh": centre.name_zh, "en": centre.name_en}},
        "place": {"province": centre.province, "timezone": "Asia/Shanghai"},
        "services_span_nodes": True,
    }


def _save(request: HttpRequest, centre: Centre, profile: FacilityProfile) -> UserFacingError | None:
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the views ensure)
    try:
        save_profile(centre, profile, person=request.user, replacing=request.POST.get("replacing", ""))
    except UserFacingError as refusal:
        return refusal
    messages.success(request, _("The profile was saved; the figures are being computed again."), extra_tags="good")
    return None


def _answer(
    request: HttpRequest,
    centre: Centre,
    form: forms.Form,
    problem: UserFacingError | None,
    template: str,
    *,
    present: ProfileVersion | None,
    faults: tuple[UserFacingError, ...] = (),
) -> HttpResponse:
    """With the digest of what saving replaces: as the form was opened, until its reader learns of another version."""
    overtaken = problem is not None and problem.code == "version_changed"
    shown = current_profile(centre) if overtaken else present
    known = shown.digest if shown else ""
    replacing = request.POST.get("replacing", "") if form.is_bound and not overtaken else known
    refused = problem is not None or bool(faults) or bool(form.is_bound and form.errors)
    context = {
        "centre": centre,
        "form": form,
        "problem": problem,
        "faults": faults,
        "crumbs": crumbs(centre, (_PROFILE, "")),
        "replacing": replacing,
    }
    return render(request, template, context, status=422 if refused else 200)
