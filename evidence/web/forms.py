"""The form by which a person hands in one file."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from evidence.parsers.registry import PARSERS
from operations.templatetags.words import said

ENCODINGS = (("utf-8", "UTF-8"), ("gb18030", "GB18030 / GBK"), ("utf-16", "UTF-16"))


class UploadForm(forms.Form):
    """One file and what it does not say itself; everything but the file may be left empty."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Logs, tables, workbooks or declarations as your tools write them; .gz is fine."),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        help_text=_("Only needed when the format is not recognised."),
        error_messages={"invalid_choice": _("Choose one of the listed formats.")},
    )
    timezone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=60,
        help_text=_("For instants written without one, for example Asia/Shanghai. It is never guessed."),
    )
    encoding = forms.ChoiceField(
        label=_("Text encoding"),
        required=False,
        choices=[("", _("recognise it")), *ENCODINGS],
        help_text=_("Only needed when the text cannot be decoded."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        formats = sorted((parser.format, f"{said(parser.title)} ({parser.format})") for parser in PARSERS)
        choices = self.fields["format"]
        assert isinstance(choices, forms.ChoiceField)  # noqa: S101  (for the type checker)
        choices.choices = [("", _("recognise it")), *formats]

    def clean_timezone(self) -> str:
        zone = str(self.cleaned_data["timezone"]).strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(
                _("“%(zone)s” is not a time zone. Write its name, for example Asia/Shanghai or UTC."),
                params={"zone": zone},
            )
        return zone
