"""Check what is handed in, submit it, and keep the receipt."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from assessment.centre_selectors.packages import Package, package_of, receipts_of
from assessment.centre_selectors.tasks import desk_of
from assessment.documents.content.words import class_words
from assessment.models import Assessment, AssessmentState, SubmissionReceipt
from assessment.scoring.explain.tasks import TaskState
from assessment.services.application.submit import submit
from assessment.web.forms.acts import SubmitForm
from assessment.web.pages.access import inside_case
from assessment.web.pages.case import case_crumbs
from assessment.web.printed.answer import asks_for_paper, paper_answer
from assessment.web.printed.receipt import receipt_paper
from assessment.web.shown.result import CHECK, edition_shown
from assessment.web.shown.task_words import STATES
from centres.permissions import signed_in
from centres.provinces import province_name
from centres.web import who_may
from core.errors import UserFacingError
from core.text import Text
from evidence.selectors import reasons_of_rejection

RECEIPT = Text(zh="提交回执", en="Receipt of the submission")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: str) -> HttpResponse:
    """Everything that would be frozen; submitted only as it was shown."""
    case = inside_case(request, pk)
    if not rules.has_perm("assessment.submit", request.user, case):
        raise PermissionDenied(who_may.ENGINEERS)
    if case.state != AssessmentState.DRAFT:
        return redirect("assessment:receipt" if case.submissions else "assessment:assessment", case.pk)
    form = SubmitForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            submit(
                case,
                person=signed_in(request.user),
                reason=given["reason"],
                package_digest=given["package_digest"],
            )
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:receipt", case.pk)
    return _check_page(request, case, form, problem)


@login_required
@require_GET
def receipt(request: HttpRequest, pk: str) -> HttpResponse:
    """The receipt as a page to print; `?submission=` shows an earlier one."""
    case = inside_case(request, pk)
    kept = _kept(request, case)
    manifest = kept.manifest
    context = {
        "assessment": case,
        "centre": case.centre,
        "crumbs": case_crumbs(case, (RECEIPT, "")),
        "receipt": kept,
        "manifest": manifest,
        "submitted_at": dt.datetime.fromisoformat(manifest["submitted_at"]),
        "counting": [file for file in manifest["package"]["files"] if file["counts"]],
        "left_out": _with_reasons(case, [file for file in manifest["package"]["files"] if not file["counts"]]),
        "edition": edition_shown(case.edition),
        "key": kept.receipt.signature.key.id,
        "signature": kept.receipt.signature.as_json()["value"],
        "earlier": [one.submission for one in receipts_of(case).only("submission") if one.pk != kept.pk],
        "file_address": reverse("assessment:receipt_file", args=[case.pk]) + f"?submission={kept.submission}",
    }
    if asks_for_paper(request):
        return paper_answer(request, receipt_paper(RECEIPT, context), name="receipt")
    return render(request, "assessment/receipt.html", context)


@login_required
@require_GET
def receipt_file(request: HttpRequest, pk: str) -> HttpResponse:
    """The receipt as a file for `zhiheng receipt verify`."""
    case = inside_case(request, pk)
    kept = _kept(request, case)
    content = json.dumps(kept.receipt.as_json(), ensure_ascii=False, indent=2) + "\n"
    name = f"receipt-{case.centre.slug}-{kept.issued_at:%Y%m%d}-{kept.submission}.json"
    return HttpResponse(
        content,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _check_page(
    request: HttpRequest, case: Assessment, form: SubmitForm, problem: UserFacingError | None
) -> HttpResponse:
    package = package_of(case.centre, edition=case.edition)
    desk = desk_of(case.centre)
    counts = desk.counts
    context = {
        "assessment": case,
        "centre": case.centre,
        "crumbs": case_crumbs(case, (CHECK, "")),
        "package": package,
        "obstacles": list(package.obstacles()),
        "returned": case.acts.filter(act="return").select_related("person").last(),
        "profile": _profile(package),
        "edition": edition_shown(case.edition),
        "counts": [{"sign": STATES[state], "number": counts[state]} for state in TaskState if counts[state]],
        "problems": [task for task in desk.tasks if task.state is TaskState.PROBLEM],
        "result": desk.result,
        "blocks": [one for one in desk.result.consequences if one.effect == "block"] if desk.result else [],
        "form": form,
        "problem": problem,
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "assessment/check.html", context, status=422 if refused else 200)


def _profile(package: Package) -> dict[str, Any] | None:
    if package.profile_version is None:
        return None
    profile = package.profile_version.profile
    return {
        "profile": profile,
        "digest": package.profile_version.digest,
        "province": province_name(profile.place.province),
        "centre_class": class_words(profile),
    }


def _with_reasons(case: Assessment, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Beside each file why it does not count; the manifest's own code where its words are no longer kept."""
    reasons = reasons_of_rejection(case.centre, digests=[file["sha256"] for file in files]) if files else {}
    return [file | {"why": reasons.get((file["sha256"], file["problem"]), file["problem"])} for file in files]


def _kept(request: HttpRequest, case: Assessment) -> SubmissionReceipt:
    found = receipts_of(case)
    number = request.GET.get("submission", "")
    if number:
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise Http404
        found = found.filter(submission=int(number))
    kept = found.first()
    if kept is None:
        raise Http404
    return kept
