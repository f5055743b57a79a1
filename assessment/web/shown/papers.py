"""A file somebody holds, against the papers that were issued: the same to the byte, altered, or of somebody else."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessment.certificate_selectors import certificates
from assessment.models import Certificate
from core.text import Text

_AS_ISSUED = Text(zh="与签发的文件相同", en="As it was issued")
_ALTERED = Text(zh="已被改动", en="Altered")
_NOT_THIS_CENTRE = Text(zh="不属于该中心", en="Not this centre")
_NOT_THIS_ONE = Text(zh="不是这份证书", en="Not this certificate")
_NEVER_ISSUED = Text(zh="并非签发的文件", en="Not a paper that was issued")


class PaperForm(forms.Form):
    """The file, and the number of the page it is compared on."""

    file = forms.FileField(
        label=_("File of the certificate (PDF)"),
        help_text=_("It is compared byte for byte with what was issued, and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )
    number = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """What can be no number is unknown as any other is: nobody typed it here, so there is nothing to mend."""
        if self.errors.pop("number", None) is not None:
            self.cleaned_data["number"] = ""
        return self.cleaned_data


def issued_as(file: UploadedFile[bytes]) -> Certificate | None:
    """The certificate whose paper has these very bytes."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return certificates().filter(pdf_sha256=digest.hexdigest()).first()


def compared(about: Certificate | None, issued: Certificate | None) -> dict[str, Any]:
    """What is to be said of a file.

    Args:
        about: the certificate it should be; None where no number was named.
        issued: the certificate whose paper it is.
    """
    if issued is None and about is None:
        meaning = Text(
            zh="名录中没有这样的文件：它已被改动，或从未在此签发。请键入纸面上的编号，查看名录的记载。",
            en="The register has no such paper: altered, or never issued here. Type the number printed on it.",
        )
        return _said(_NEVER_ISSUED, meaning)
    if issued is None:
        meaning = Text(
            zh="该文件不是按此编号签发的文件，即使只差一个字节，或在签发后追加了页。请以本页为准。",
            en="This is not the file that was issued under this number, if only by a byte or an appended page. "
            "Rely on this page.",
        )
        return _said(_ALTERED, meaning)
    if about is None or about == issued:
        same = Text(
            zh="逐字节相同。证书是否有效，以名录为准。",
            en="Byte for byte. What it is worth today, the register says.",
        )
        return {"tone": "good", "shape": "full", "words": _AS_ISSUED, "meaning": same}
    holder = issued.assessment.centre
    meaning = Text(
        zh=f"该文件是{holder.name.zh}的证书 {issued.number}；编号或二维码取自另一份证书。",
        en=f"The file is certificate {issued.number} of {holder.name.en}; the number or the code is of another paper.",
    )
    return _said(_NOT_THIS_CENTRE if holder != about.assessment.centre else _NOT_THIS_ONE, meaning)


def _said(words: Text, meaning: Text) -> dict[str, Any]:
    return {"tone": "bad", "shape": "cross", "words": words, "meaning": meaning}
