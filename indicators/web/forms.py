"""Handing in an edition, and the reason under a step of its life."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.rubric.files import LARGEST_EDITION
from operations.http.form_fields import WholeField, WordsField
from operations.http.version_field import LAST_VERSION, FormOfAVersion


class UploadForm(forms.Form):
    """The folder of an edition as a zip archive."""

    archive = forms.FileField(
        label=_("Zip archive of the edition's folder"),
        help_text=_(
            "rubric.yaml, cases.yaml and the folders of the tree. It stays a draft until a second person publishes it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={"required": _("Choose the archive.")},
    )
    reason = WordsField(
        label=_("What is new in it"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    replaces = WholeField(required=False, min_value=0, max_value=LAST_VERSION, widget=forms.HiddenInput)

    def clean_archive(self) -> Any:
        archive = self.cleaned_data["archive"]
        if archive.size > LARGEST_EDITION:
            raise forms.ValidationError(_("The archive is larger than 16 MiB."))
        return archive


class StepForm(FormOfAVersion):
    """Why a step is taken, and which version with which content was read before it."""

    reason = WordsField(
        label=_("Reason"),
        max_length=4000,
        help_text=_("It stands in the record with your name and cannot be changed afterwards."),
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "id_reason_helptext"}),
        error_messages={"required": _("Write down the reason for this step.")},
    )
    digest = forms.CharField(widget=forms.HiddenInput)
