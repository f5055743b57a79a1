"""What a certificate is worth today, for whoever holds the paper."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessment.models import Certificate
from assessment.selectors import Standing, Verification, verification
from assessment.services.certificate_numbers import is_well_formed
from assessment.services.issue_certificate import content_of
from assessment.web.shown import edition_shown
from core.text import Text
from evidence import store

_VERIFY = Text(zh="证书查验", en="Verify a certificate")
_WORDS = {
    Standing.VALID: ("good", "full", Text(zh="有效", en="Valid")),
    Standing.EXPIRED: ("bad", "dash", Text(zh="已到期", en="Expired")),
    Standing.SUSPENDED: ("bad", "half", Text(zh="已暂停", en="Suspended")),
    Standing.WITHDRAWN: ("bad", "cross", Text(zh="已撤销", en="Withdrawn")),
    Standing.TERMINATED: ("bad", "cross", Text(zh="已注销", en="Cancelled")),
    Standing.UNKNOWN: ("bad", "cross", Text(zh="查无此证", en="Unknown number")),
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


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """A field for the number; a typed one leads to its page."""
    number = request.GET.get("number")
    if number and number.strip():
        return redirect("assessment:certificate", number.strip().upper()[:60].replace("/", "-"))
    problem = _("Type the number of the certificate.") if number is not None else ""
    return render(request, "assessment/verify.html", {"problem": problem, "number": ""}, status=422 if problem else 200)


@require_GET
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The register's answer with all the paper says; an unknown number is said to be unknown, with 404."""
    answer = verification(number)
    tone, shape, words = _WORDS[answer.standing]
    context = {
        "number": answer.number,
        "standing": {"tone": tone, "shape": shape, "words": words, "meaning": _meaning(answer)},
        "certificate": answer.certificate,
        "crumbs": [
            {"words": _VERIFY, "address": reverse("assessment:verify")},
            {"words": answer.number, "address": ""},
        ],
        **(_paper(answer.certificate) if answer.certificate else {}),
    }
    response = render(request, "assessment/certificate.html", context, status=200 if answer.certificate else 404)
    if answer.certificate and not answer.certificate.pdf_sha256:
        response["Refresh"] = "3"  # the paper is a matter of seconds
    return response


@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> FileResponse:
    """The paper itself; certificates are public."""
    found = verification(number).certificate
    if found is None or not found.pdf_sha256:
        raise Http404
    return FileResponse(
        store.open_blob(found.pdf_sha256), filename=f"{found.number}.pdf", content_type="application/pdf"
    )


def _meaning(answer: Verification) -> Text:
    if answer.certificate is None:
        return _UNKNOWN if is_well_formed(answer.number.strip().upper()) else _MISTYPED
    until = answer.certificate.valid_until.isoformat()
    if answer.standing is Standing.VALID:
        return Text(zh=f"有效期至 {until}。", en=f"Valid until {until}.")
    if answer.standing is Standing.EXPIRED:
        return Text(zh=f"已于 {until} 到期。", en=f"It expired on {until}.")
    return _NOT_NOW


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
