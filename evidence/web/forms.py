"""The form by which a person hands in one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import ParseError
from core.zones import zone_names
from evidence.models import ColumnMapVersion
from evidence.parsers.maps.opening import openings
from evidence.parsers.maps.parser import FORMAT as MAPPED_TABLE
from evidence.parsers.maps.parser import TITLE as MAPPED_TITLE
from evidence.parsers.registry import PARSERS
from evidence.parsers.text.source import HEAD_BYTES, Source
from operations.templatetags.words import said

ENCODINGS = (("utf-8", "UTF-8"), ("gb18030", "GB18030 / GBK"), ("big5", "Big5"), ("utf-16", "UTF-16"))


class UploadForm(forms.Form):
    """One file and what it does not say itself; everything but the file may be left empty."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "As your tools write it: log, table, workbook or declaration, also .gz or .zst; or many in a .zip or .tar."
        ),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        help_text=_("Only needed when the format is not recognised."),
        error_messages={"invalid_choice": _("Choose one of the listed formats.")},
    )
    column_map = forms.ChoiceField(
        label=_("Column map"),
        required=False,
        help_text=_("For a table of your own that was mapped before."),
        error_messages={"invalid_choice": _("Choose one of the listed maps.")},
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

    def __init__(self, *args: Any, maps: Sequence[ColumnMapVersion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if maps:
            chosen = self.fields["column_map"]
            assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  (for the type checker)
            listed = [(one.name, f"{said(one.title)} ({one})") for one in maps]
            chosen.choices = [("", _("none")), *listed]
        else:
            del self.fields["column_map"]
        formats = sorted((parser.format, f"{said(parser.title)} ({parser.format})") for parser in PARSERS)
        choices = self.fields["format"]
        assert isinstance(choices, forms.ChoiceField)  # noqa: S101  (for the type checker)
        own = (MAPPED_TABLE, f"{said(MAPPED_TITLE)} ({MAPPED_TABLE})")
        choices.choices = [("", _("recognise it")), own, *formats]

    def clean_timezone(self) -> str:
        zone = str(self.cleaned_data["timezone"]).strip()
        if zone and zone not in zone_names():
            raise forms.ValidationError(
                _("“%(zone)s” is not a time zone. Write its name, for example Asia/Shanghai or UTC."),
                params={"zone": zone},
            )
        return zone


def is_table(file: Any) -> bool:
    """Whether a file that no format claims is a table, whose columns a person can map."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    try:
        return bool(openings(Source.of_bytes(head, file.name or "")))
    except ParseError:
        return False
