"""Forms of a site visit: its schedule, its record as one document, a picture; the record's parts: `record`."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.web.forms.casework import words
from assessment.web.forms.record_rows import Clock
from operations.http.form_fields import DayField
from operations.http.version_field import FormOfAVersion

LARGEST_RECORD = 20_000_000  # bytes


class VisitForm(forms.Form):
    """When and where, and what is looked at in which order."""

    begins_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    place = forms.CharField(label=_("Place"), max_length=200, error_messages={"required": _("Say where it is.")})
    agenda = words(_("Agenda"), required=False, help_text=_("What is looked at, with whom, in which order."), rows=6)


class RecordForm(FormOfAVersion):
    """The record as it stands now; the version tells whether somebody else was first."""

    file = forms.FileField(
        label=_("Record (JSON)"),
        help_text=_("The whole record as one document, as described under the site visit in the documentation."),
        error_messages={"required": _("Choose the record."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RECORD:
            raise forms.ValidationError(_("The record is too large."))
        return bytes(file.read())


class PhotographForm(forms.Form):
    """A picture with what it shows, where and when; the time by the centre's clocks."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG or PNG, as the camera wrote it."),
        error_messages={"required": _("Choose a picture."), "empty": _("The file is empty.")},
    )
    shows = forms.CharField(
        label=_("What it shows"), max_length=200, error_messages={"required": _("Write something here.")}
    )
    taken_at = forms.CharField(
        label=_("Taken at"),
        max_length=40,
        help_text=_("Such as 2026-11-20 09:30, by the centre's clocks."),
        error_messages={"required": _("Write day and time as 2026-11-20 09:30.")},
    )
    place = forms.CharField(
        label=_("Place"), max_length=200, help_text=_("Hall, row, rack."),
        error_messages={"required": _("Say where it is.")},
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_taken_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(Clock(ZoneInfo(self.zone), {}).instant(self.cleaned_data["taken_at"]))
