"""The agreement of a case: read by whoever works on it, signed by an owner of the centre, and printed."""

from __future__ import annotations

import rules
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessment.services.application.agreement_of import agreement_of
from assessment.services.application.sign_agreement import sign_agreement
from assessment.web.forms.casework import AgreementForm
from assessment.web.pages.case import case_crumbs, case_worked_on, form_page
from assessment.web.shown.result import AGREEMENT
from centres.permissions import signed_in
from core.errors import UserFacingError
from operations.http.version_field import refilled


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_agreement(request: HttpRequest, pk: str) -> HttpResponse:
    """What body and holder agree on; once signed it stays as it was signed."""
    case = case_worked_on(request, pk)
    found = agreement_of(case)
    form = AgreementForm(request.POST if request.method == "POST" else None, initial={"digest": found.text.digest})
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            sign_agreement(case, person=signed_in(request.user), **form.said)
        except UserFacingError as refusal:
            problem = refusal
            # Whoever reads the text that is in force now confirms and signs that one.
            found = agreement_of(case)
            refilled(form, digest=found.text.digest, confirmed="")
        else:
            return redirect("assessment:certification_agreement", case.pk)
    context = {
        "centre": case.centre,
        "crumbs": case_crumbs(case, (AGREEMENT, "")),
        "title": found.title,
        "found": found,
        "may_sign": found.may_be_signed and rules.has_perm("assessment.sign_agreement", request.user, case),
        "printed_at": timezone.localtime(),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/agreement.html", context)
