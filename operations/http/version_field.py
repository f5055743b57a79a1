"""The version in a form of a page: which one somebody had before them when they wrote."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations.http.form_fields import WholeField

LAST_VERSION = 2**31 - 1  # as the database counts them


def as_read() -> WholeField:
    """The version somebody had before them; no page of ours is sent without it."""
    stale = _("The page is no longer as it was read. Open it again and repeat what you did.")
    return WholeField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), stale),
        min_value=0,
        max_value=LAST_VERSION,
    )


class FormOfAVersion(forms.Form):
    """Any form whose act rests on what was read."""

    version = as_read()

    def renewed(self, version: int) -> None:
        """Take the version that is seen now, so that saving again goes through."""
        refilled(self, version=version)


def refilled(form: forms.Form, **fields: object) -> None:
    """Some fields of a form that was refused hold something else; the rest stays as it was typed."""
    data: Any = copy(form.data)
    for name, value in fields.items():
        data[name] = value
    form.data = data
