"""Forms of a site visit: its schedule, and its record as one document."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.web.case_forms import as_read, day, words

LARGEST_RECORD = 20_000_000  # bytes


class VisitForm(forms.Form):
    """When and where, and what is looked at in which order."""

    begins_on = day(_("First day"))
    ends_on = day(_("Last day"))
    place = forms.CharField(label=_("Place"), max_length=200, error_messages={"required": _("Say where it is.")})
    agenda = words(_("Agenda"), required=False, help_text=_("What is looked at, with whom, in which order."), rows=6)


class RecordForm(forms.Form):
    """The record as it stands now; the version tells whether somebody else was first."""

    file = forms.FileField(
        label=_("Record (JSON)"),
        help_text=_("The whole record as one document, as described under the site visit in the documentation."),
        error_messages={"required": _("Choose the record."), "empty": _("The file is empty.")},
    )
    version = as_read()

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RECORD:
            raise forms.ValidationError(_("The record is too large."))
        return bytes(file.read())
