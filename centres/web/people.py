"""Who works for a centre, or for the body; whom they invite; and the page an invitation leads to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centres.models import Centre, CentreRole, Invitation, Membership, Person, Role, StaffRole
from centres.permissions import signed_in
from centres.provinces import PROVINCES, province_name
from centres.selectors import open_invitation, visible_centres, visible_invitations
from centres.services.accept_invitation import accept_invitation, accept_with_new_account
from centres.services.invite import hash_of, invite, revoke_invitation
from centres.services.join_centre import leave_centre
from centres.web import who_may
from centres.web.account import too_many
from centres.web.crumbs import PEOPLE, people_crumbs
from centres.web.sheets import people_sheet
from core.errors import UserFacingError
from operations.http.sheets import asks_for_sheet, sheet_answer
from operations.http.validators import on_one_line, reached_by_mail
from operations.templatetags.words import said


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        validators=[reached_by_mail],
        error_messages={"required": gettext_lazy("Type the address to invite.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), error_messages={"required": gettext_lazy("Choose a role.")})

    def __init__(self, *args: Any, of_a_centre: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = (CentreRole if of_a_centre else Role).choices
        self.fields["role"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]  # a field of choices
        if not of_a_centre:
            self.fields["province"] = forms.ChoiceField(
                label=gettext_lazy("Province"),
                help_text=gettext_lazy("For regulators: the province whose centres they see; empty for all."),
                choices=[("", "–"), *((one, said(province_name(one))) for one in PROVINCES)],
                required=False,
            )


class NewAccountForm(forms.Form):
    """Refusals of the service are told at their fields."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Choose a user name.")},
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Your name in Chinese"),
        max_length=100,
        validators=[on_one_line],
        error_messages={"required": gettext_lazy("Type your name as papers print it in Chinese.")},
    )
    name_en = forms.CharField(
        label=gettext_lazy("Your name in English"),
        max_length=100,
        validators=[on_one_line],
        error_messages={"required": gettext_lazy("Type your name as papers print it in English.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least ten characters; a few words are easier to remember than symbols."),
        error_messages={"required": gettext_lazy("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_centre(request: HttpRequest, slug: str) -> HttpResponse:
    """Members and open invitations of a centre."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not request.user.has_perm("centres.invite_to_centre", centre):
        raise PermissionDenied(who_may.INVITING)
    return _people(request, centre)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_body(request: HttpRequest) -> HttpResponse:
    """Roles outside the centres, and who is invited to one."""
    if not request.user.has_perm("centres.invite_staff"):
        raise PermissionDenied(who_may.ADMINISTRATORS)
    return _people(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """What the link offers; taken with the account one is signed in with, or with a new one."""
    if request.method == "POST" and (refusal := too_many(request)):
        return refusal
    invitation = open_invitation(hash_of(token))
    if invitation is None:
        return render(request, "centres/invitation_ended.html", status=404)
    person = request.user if isinstance(request.user, Person) else None
    form = NewAccountForm(request.POST if request.method == "POST" and person is None else None)
    problem: UserFacingError | None = None
    if request.method == "POST" and (person is not None or form.is_valid()):
        try:
            if person is not None:
                accept_invitation(token, person=person)
                return redirect("assessment:mine")
            accept_with_new_account(token, **form.cleaned_data)
            messages.success(request, _("Your account is made. Sign in with it."), extra_tags="good")
            return redirect("account_login")
        except UserFacingError as refused:
            problem = _at_its_field(form, refused)
    context = {"invitation": invitation, "form": form, "problem": problem}
    refused_ = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "centres/invitation.html", context, status=422 if refused_ else 200)


def _people(request: HttpRequest, centre: Centre | None) -> HttpResponse:
    if asks_for_sheet(request):
        return sheet_answer(people_sheet(PEOPLE, *_listed(request, centre)))
    person, act = signed_in(request.user), request.POST.get("act")
    form = InviteForm(request.POST if act == "invite" else None, of_a_centre=centre is not None)
    problem: UserFacingError | None = None
    if request.method == "POST":
        try:
            if done := _do(request, centre, form, person):
                messages.success(request, done, extra_tags="good")
                return redirect(request.path)
        except UserFacingError as refusal:
            problem = refusal
    return _answer(request, centre, form, problem)


def _do(request: HttpRequest, centre: Centre | None, form: InviteForm, person: Person) -> str:
    """What was done, in words; nothing where the form says what is missing."""
    match request.POST.get("act"), request.POST.get("which", ""):
        case "invite", _which:
            if not form.is_valid():
                return ""
            made = invite(centre=centre, person=person, **form.cleaned_data)
            return _("The invitation is on its way to %(email)s.") % {"email": made.email}
        case "revoke", which:
            invitation = get_object_or_404(visible_invitations(person), pk=_uuid(which), centre=centre)
            revoke_invitation(invitation, person=person)
            return _("The invitation was taken back.")
        case "leave", which if centre is not None:
            leave_centre(_member(centre, which), person=person)
            return _("They do not work for the centre any more.")
    raise PermissionDenied


def _member(centre: Centre, username: str) -> Membership:
    for one in centre.memberships.select_related("user"):
        if one.user.username == username:
            return one
    raise Http404


def _answer(
    request: HttpRequest, centre: Centre | None, form: InviteForm, problem: UserFacingError | None
) -> HttpResponse:
    people, invitations = _listed(request, centre)
    context = {
        "centre": centre,
        "people": people,
        "invitations": invitations,
        "form": form,
        "problem": problem,
        "crumbs": people_crumbs(centre),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "centres/people.html", context, status=422 if refused else 200)


def _listed(
    request: HttpRequest, centre: Centre | None
) -> tuple[QuerySet[Membership] | QuerySet[StaffRole], QuerySet[Invitation]]:
    """Who works for the centre, or for the body, and who is invited to."""
    invited = visible_invitations(request.user).filter(centre=centre, accepted_at=None, revoked_at=None)
    if centre is None:
        return StaffRole.objects.select_related("user").order_by("role", "user__username"), invited
    return Membership.objects.filter(centre=centre).select_related("user").order_by("user__username"), invited


def _at_its_field(form: NewAccountForm, refusal: UserFacingError) -> UserFacingError | None:
    field = refusal.where.field if refusal.where else None
    if not form.is_bound or field not in form.fields:
        return refusal
    form.add_error(field, ValidationError(said(refusal.message), code=refusal.code))
    return None


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
