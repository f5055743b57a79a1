"""What anybody may do without an account: read what is announced and object, complain about a certificate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import announced
from assessment.certificate_selectors import verification
from assessment.models import Assessment, DisputeKind, Kind
from assessment.services import disputes
from assessment.web.forms.disputes import StatementForm
from assessment.web.pages.crumbs import certificate_crumbs
from assessment.web.sheets.lists import announcements_sheet
from assessment.web.shown.result import edition_shown
from centres.models import Person, ProfileVersion
from centres.provinces import province_name
from centres.web.crumbs import trail
from core.errors import UserFacingError
from core.text import Text
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer
from operations.http.throttling import ByAddress, seconds_to_wait

_ANNOUNCED = Text(zh="公示", en="Announcements")
_DECISIONS: dict[str, Text] = {
    Kind.CERTIFICATION: Text(zh="拟发证", en="certificate to be granted"),
    Kind.RENEWAL: Text(zh="拟准予换证", en="certificate to be renewed"),
}


@require_GET
def announcements(request: HttpRequest) -> HttpResponse:
    """Decisions that take effect unless an objection is upheld; the one that ends first on top."""
    found = announced().order_by("notice_until", "id")
    if asks_for_sheet(request):
        return sheet_answer(announcements_sheet(_ANNOUNCED, map(_announcement_row, in_chunks(found))))
    page = page_of(request, found)
    rows = [_announcement_row(case) for case in page.object_list]
    return render(request, "assessment/announcements.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def announcement(request: HttpRequest, pk: str) -> HttpResponse:
    """One announced decision, and the form by which anybody objects to it."""
    case = get_object_or_404(announced(), pk=pk)
    title = Text(zh="对公示提出异议", en="Object to an announced decision")
    context = {
        "row": _announcement_row(case),
        "crumbs": trail((_ANNOUNCED, reverse("assessment:announcements")), (_decided_about(case).name, "")),
        "explanation": Text(
            zh="任何人都可以在公示期内署名提出异议。异议由未参与本案的人员处理；"
            "有异议未处理完毕时，决定不生效；异议成立的，案件重新审议。",
            en="Anybody may object by name until the last day. Somebody who took no part in the case decides about it; "
            "the decision waits until then, and the case is reopened where the objection is upheld.",
        ),
    }
    return _lodge(request, case, DisputeKind.OBJECTION, title, context, then=reverse("assessment:announcements"))


@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody complains about the holder of a certificate or about how it came about."""
    found = verification(number).certificate
    if found is None:
        raise Http404
    own = reverse("assessment:certificate", args=[found.number])
    title = Text(zh="投诉", en="Complain")
    context = {
        "number": found.number,
        "centre": found.result.profile_version,
        "crumbs": certificate_crumbs(found.number, (title, "")),
        "explanation": Text(
            zh="任何人都可以对持证中心或评价工作署名投诉。投诉由未参与本案的人员处理，处理结果答复投诉人。",
            en="Anybody may complain by name, about the holder or about how it was assessed. "
            "Somebody who took no part in the case decides and answers.",
        ),
    }
    return _lodge(request, found.assessment, DisputeKind.COMPLAINT, title, context, then=own)


def _lodge(
    request: HttpRequest, case: Assessment, kind: DisputeKind, title: Text, context: dict[str, Any], *, then: str
) -> HttpResponse:
    person = request.user if isinstance(request.user, Person) else None
    form = StatementForm(request.POST if request.method == "POST" else None, person=person)
    problem: UserFacingError | None = None
    wait = 0
    if form.is_bound and form.is_valid():
        try:
            if wait := seconds_to_wait(request, by=ByAddress):
                raise _too_many(wait)
            made = disputes.lodge(case, kind=kind, person=person, **form.cleaned_data)
        except UserFacingError as refusal:
            problem = refusal
        else:
            say_received(request, str(made.pk))
            return redirect(then)
    context |= {"title": title, "form": form, "problem": problem}
    refused = problem is not None or bool(form.is_bound and form.errors)
    answer = render(request, "assessment/lodge.html", context, status=422 if refused else 200)
    if wait:
        answer.status_code, answer["Retry-After"] = 429, str(wait)
    return answer


def say_received(request: HttpRequest, reference: str) -> None:
    """The receipt: a number to ask with later."""
    words = _("It was received and will be answered. Note the reference: %(reference)s")
    messages.success(request, words % {"reference": reference}, extra_tags="good")


def _too_many(wait: int) -> UserFacingError:
    """Said on the form itself, so that what was typed is still there."""
    return UserFacingError(
        "throttled",
        Text(zh="从您的网络提交过于频繁。", en="Too much was sent from your network."),
        hint=Text(zh=f"请在 {wait} 秒后再次提交。", en=f"Send it again in {wait} seconds."),
    )


def _decided_about(case: Assessment) -> ProfileVersion:
    """The centre as it was submitted: the notice runs for that one."""
    assert case.profile_version is not None  # noqa: S101  (nothing is decided before it was submitted)
    return case.profile_version


def _announcement_row(case: Assessment) -> dict[str, Any]:
    decided_about = _decided_about(case)
    return {
        "centre": decided_about.name,
        "address": reverse("assessment:announcement", args=[case.pk]),
        "decision": _DECISIONS[case.kind],
        "region": province_name(decided_about.province),
        "edition": edition_shown(case.edition),
        "until": case.notice_until,
    }
