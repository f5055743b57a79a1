"""What a certificate is worth today, for whoever holds the paper; and the acts on it of those who may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessment.case_selectors import failed_checks, upheld_appeal, upheld_complaint, works_on
from assessment.certificate_selectors import Standing, Verification, certificates, standing_of, verification
from assessment.documents.content.certificate_paper import certificate_paper
from assessment.documents.content.standings import STANDINGS
from assessment.models import Certificate
from assessment.result_selectors import summary_kept
from assessment.services.certificates import life as certificate_life
from assessment.services.certificates.issue import content_of
from assessment.services.certificates.numbers import is_well_formed
from assessment.services.chain.certificate_version import version_of
from assessment.services.chain.table import Of, Transition
from assessment.web.forms.acts import ActForm
from assessment.web.pages.crumbs import certificate_crumbs
from assessment.web.printed.answer import paper_answer
from assessment.web.sheets.lists import register_sheet
from assessment.web.shown.acts import open_acts
from assessment.web.shown.papers import PaperForm, compared, issued_as
from assessment.web.shown.result import edition_shown
from assessment.web.shown.surveillance import changes_shown, reasons_of, surveillances_shown, watched_shown
from centres.models import Person
from centres.permissions import Somebody
from centres.provinces import province_name
from centres.selectors import visible_centres
from centres.web.second_factor import require_fresh_second_factor
from core.errors import UserFacingError
from core.text import Text
from evidence import store
from operations.http.formats import asks_for
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer

_REGISTER = Text(zh="证书名录", en="Register of certificates")
_OF_REGISTER = (
    *("state", "issued_on", "valid_until", "assessment__edition__rubric", "assessment__edition__edition"),
    *(f"result__summary__{name}" for name in ("name_zh", "name_en", "province", "grade", "score")),
)
_WORDS = {
    Standing.VALID: ("good", "full", STANDINGS["valid"]),
    Standing.EXPIRED: ("bad", "dash", STANDINGS["expired"]),
    Standing.SUSPENDED: ("bad", "half", STANDINGS["suspended"]),
    Standing.WITHDRAWN: ("bad", "cross", STANDINGS["withdrawn"]),
    Standing.TERMINATED: ("bad", "cross", STANDINGS["terminated"]),
    Standing.UNKNOWN: ("bad", "cross", STANDINGS["unknown"]),
}
_UNKNOWN = Text(
    zh="名录中没有这个编号。请核对纸面上的编号；若无误，请勿采信该证书。",
    en="The register has no such number. Compare it with the paper; if it is right, do not rely on the certificate.",
)
_MISTYPED = Text(
    zh="编号的格式或校验字符不符，可能有笔误。请核对纸面上的编号。",
    en="This cannot be a certificate number: its form or its check character is wrong. Compare it with the paper.",
)
_NOT_NOW = Text(zh="该证书目前不可作为依据。", en="The certificate must not be relied on at present.")
_WITHDRAWN_THEN = Text(zh="如未恢复，将于 {day} 撤销。", en="Unless it is reinstated, it is withdrawn on {day}.")
# Why a certificate has ended, as far as everybody may know: what was written down with the act is the body's.
_ENDED = {
    "withdraw": Text(zh="已于 {day} 由评价机构因故撤销。", en="Withdrawn on {day} by the body, for cause."),
    "terminate": Text(
        zh="已于 {day} 注销：应持证人要求，或因制度终止。",
        en="Cancelled on {day}, at the holder's wish or at the end of the scheme.",
    ),
    "replace": Text(zh="已于 {day} 由换发的证书取代。", en="Replaced on {day} by a renewed certificate."),
    "suspend": Text(zh="自 {day} 起暂停，直至原因消除。", en="Suspended on {day}, until its cause is mended."),
    "withdraw_late": Text(
        zh="已于 {day} 撤销：暂停六个月未恢复。", en="Withdrawn on {day}: suspended for six months and not reinstated."
    ),
    "suspend_late": Text(zh="自 {day} 起暂停：逾期未监督。", en="Suspended on {day}: its surveillance is overdue."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """A field for the number; a typed one leads to its page. A posted file is compared with what was issued.

    Below stands the register: every certificate there ever was, with what it is worth today.
    """
    if request.method == "POST":
        return _compared(request)
    if asks_for_sheet(request):
        return sheet_answer(register_sheet(_REGISTER, map(_register_row, in_chunks(_register()))))
    number = request.GET.get("number")
    if number and number.strip():
        return redirect("assessment:certificate", number.strip().upper()[:60].replace("/", "-"))
    asks = number is not None and "page" not in request.GET  # pages of the register keep an empty number
    problem = _("Type the number of the certificate.") if asks else ""
    return _verify_page(request, status=422 if problem else 200, problem=problem)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The register's answer with all the paper says; an unknown number is said to be unknown, with 404.

    A posted act with its reason is taken through its service, by somebody who sees the centre.
    """
    if asks_for(request, "docx") and (found := verification(number).certificate) is not None:
        return _annex(request, found)
    form = ActForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if request.method == "POST":
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path())
        visible = certificates().filter(assessment__centre__in=visible_centres(request.user))
        item = get_object_or_404(visible, pk=number)
        act = request.POST.get("act", "")
        if act not in certificate_life.ACTS:
            raise PermissionDenied
        if form.is_valid():
            require_fresh_second_factor(request, request.user)
            try:
                reasons = reasons_of(request.POST)
                certificate_life.take(act, item, person=request.user, reasons=reasons, **form.cleaned_data)
            except UserFacingError as refusal:
                problem = refusal
                form.renewed(version_of(item))
            else:
                return redirect("assessment:certificate", item.number)
        elif not _acts(item, request.user):
            raise PermissionDenied  # whoever may do nothing is not told what to write
    return _answer(request, number, form, problem)


@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> FileResponse:
    """The paper itself; certificates are public."""
    found = verification(number).certificate
    if found is None or not found.pdf_sha256:
        raise Http404
    return FileResponse(
        store.open_blob(found.pdf_sha256), filename=f"{found.number}.pdf", content_type="application/pdf"
    )


def _annex(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The words of the certificate to quote from, dated as it is."""
    body, day = Text(**settings.BODY_NAME), certificate.issued_on
    paper = certificate_paper(content_of(certificate), made_on=day, body=body)
    return paper_answer(request, paper, name=certificate.number)


def _compared(request: HttpRequest) -> HttpResponse:
    """On the page of the certificate that was named, or that the file is; else where a number can be typed."""
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _verify_page(request, status=422, paper_form=form)
    about, issued = verification(form.cleaned_data["number"]).certificate, issued_as(form.cleaned_data["file"])
    found = compared(about, issued)
    if (shown := about or issued) is not None:
        return _answer(request, shown.number, ActForm(), None, compared=found)
    return _verify_page(request, status=404, compared=found)


def _verify_page(request: HttpRequest, *, status: int, **further: Any) -> HttpResponse:
    page = page_of(request, _register())
    rows = [_register_row(one) for one in page.object_list]
    context = {"number": "", "paper_form": PaperForm(), "title": _REGISTER, "page": page, "rows": rows, **further}
    return render(request, "assessment/verify.html", context, status=status)


def _register() -> QuerySet[Certificate]:
    """The last issued on top, each with what is kept beside its result: the result itself lies behind its tree."""
    found = Certificate.objects.select_related("assessment__edition", "result__summary").only(*_OF_REGISTER)
    return found.order_by("-issued_on", "-number")


def _register_row(one: Certificate) -> dict[str, Any]:
    case, summary = one.assessment, summary_kept(one.result)
    tone, shape, words = _WORDS[standing_of(one)]
    return {
        "number": one.number,
        "address": reverse("assessment:certificate", args=[one.number]),
        "centre": summary.name,
        "region": province_name(summary.province),
        "grade": summary.grade,
        "score": None if summary.score is None else Decimal(summary.score),
        "edition": f"{case.edition.rubric}/{case.edition.edition}",
        "issued_on": one.issued_on,
        "valid_until": one.valid_until,
        "tone": tone,
        "shape": shape,
        "words": words,
    }


def _answer(
    request: HttpRequest,
    number: str,
    form: ActForm,
    problem: UserFacingError | None,
    *,
    compared: dict[str, Any] | None = None,
) -> HttpResponse:
    answer = verification(number)
    tone, shape, words = _WORDS[answer.standing]
    acts = _acts(answer.certificate, request.user) if answer.certificate else ()
    if answer.certificate and acts:
        form.initial["version"] = version_of(answer.certificate)
    context = {
        "number": answer.number,
        "standing": {"tone": tone, "shape": shape, "words": words, "meaning": _meaning(answer)},
        "certificate": answer.certificate,
        "crumbs": certificate_crumbs(answer.number),
        "acts": acts,
        **_surveillance(answer.certificate, request, acts),
        "failed_checks": failed_checks(answer.certificate.assessment) if answer.certificate and acts else [],
        "complaint": upheld_complaint(answer.certificate) if answer.certificate and acts else None,
        "upheld": upheld_appeal(answer.certificate) if answer.certificate and acts else None,
        "is_left": answer.certificate is not None and bool(acts) and certificate_life.is_left(answer.certificate),
        "form": form,
        "problem": problem,
        "paper_form": PaperForm(),
        "compared": compared,
        **(_paper(answer.certificate) if answer.certificate else {}),
        **(_further(answer.certificate, request.user) if answer.certificate else {}),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    status = 422 if refused else 200 if answer.certificate else 404
    response = render(request, "assessment/certificate.html", context, status=status)
    if answer.certificate and not answer.certificate.pdf_sha256 and not acts and not refused:
        response["Refresh"] = "3"  # the paper is a matter of seconds; not under the hands of somebody who types
    return response


def _acts(certificate: Certificate, user: Somebody) -> tuple[Transition, ...]:
    if not isinstance(user, Person):
        return ()
    return open_acts(certificate.assessment, person=user, of=Of.CERTIFICATE, state=standing_of(certificate).value)


def _surveillance(
    certificate: Certificate | None, request: HttpRequest, acts: tuple[Transition, ...]
) -> dict[str, Any]:
    """Figures then and since for whoever records a surveillance, major changes, and what earlier ones found."""
    if certificate is None:
        return {}
    surveys = any(row.act == "survey" for row in acts)
    return {
        "watched": watched_shown(certificate, reasons_of(request.POST)) if surveys else [],
        "changes": changes_shown(certificate, request.user),
        "surveillances": surveillances_shown(certificate, request.user),
    }


def _further(certificate: Certificate, user: Somebody) -> dict[str, str]:
    """The case for those who see it, where its own people appeal; the form of a complaint for everybody."""
    case = certificate.assessment
    insider = visible_centres(user).filter(pk=case.centre_id).exists()
    return {
        "case_address": reverse("assessment:assessment", args=[case.pk]) if insider else "",
        "history_address": reverse("assessment:certificate_history", args=[certificate.number])
        if works_on(user, case)
        else "",
        "disputes_address": reverse("assessment:case_disputes", args=[case.pk])
        if insider
        else reverse("assessment:complaint", args=[certificate.number]),
    }


def _meaning(answer: Verification) -> Text:
    if answer.certificate is None:
        return _UNKNOWN if is_well_formed(answer.number.strip().upper()) else _MISTYPED
    until = answer.certificate.valid_until.isoformat()
    if answer.standing is Standing.VALID:
        return Text(zh=f"有效期至 {until}。", en=f"Valid until {until}.")
    if answer.standing is Standing.EXPIRED:
        return Text(zh=f"已于 {until} 到期。", en=f"It expired on {until}.")
    last = answer.certificate.assessment.acts.filter(of=Of.CERTIFICATE.value, act__in=_ENDED).last()
    if last is None:
        return _NOT_NOW
    why = _ENDED[last.act].filled(day=timezone.localdate(last.at).isoformat())
    if answer.certificate.withdrawal_on is not None:
        unless = _WITHDRAWN_THEN.filled(day=answer.certificate.withdrawal_on.isoformat())
        why = Text(zh=f"{why.zh}{unless.zh}", en=f"{why.en} {unless.en}")
    return Text(zh=f"{why.zh}{_NOT_NOW.zh}", en=f"{why.en} {_NOT_NOW.en}")


def _paper(certificate: Certificate) -> dict[str, Any]:
    """The words of the paper, and where its numbers lead."""
    centre = certificate.assessment.centre
    return {
        "paper": content_of(certificate),
        "centre": centre,
        "centre_address": reverse("assessment:centre", args=[centre.slug]),
        "result_address": reverse("assessment:result", args=[centre.slug]),
        "edition": edition_shown(certificate.assessment.edition),
        "pdf_address": reverse("assessment:certificate_pdf", args=[certificate.number]),
        "pdf_ready": bool(certificate.pdf_sha256),
    }
