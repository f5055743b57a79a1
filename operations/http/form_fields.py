"""Fields of the site's forms: words, days and numbers are read one way, whatever page they are typed on.

The framework is kinder than the rest of the platform: it takes `１２` and `1_0` for numbers and `1/2/2027` for the day
the language of the page makes of it, and hands words over with the line ends of the wire.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.days import of_our_time
from core.errors import InputError
from core.quantity import read_number
from core.text import with_line_feeds
from operations.templatetags.words import said


class WordsField(forms.CharField):
    """Several lines of words, stored and counted with the line ends a browser counts: one character each."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        words = super().to_python(value)
        return None if words is None else with_line_feeds(words)


class DayField(forms.DateField):
    """A day as all papers write it, of our time."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {  # noqa: RUF012  (the framework's way)
        "required": _("Choose a day."),
        "invalid": _("Write the day as 2026-03-31."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def strptime(self, value: str, format: str) -> dt.date:
        if not value.isascii():
            raise ValueError(value)
        return super().strptime(value, format)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        try:
            return day and of_our_time(day, field="")
        except InputError as refusal:
            raise ValidationError(said(refusal.told), code=refusal.code) from refusal


class FigureField(forms.DecimalField):
    """A figure by the one grammar of figures."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_by_the_grammar(self, value))


class WholeField(forms.IntegerField):
    """A whole number by the same."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_by_the_grammar(self, value))


def _by_the_grammar(field: forms.Field, value: Any) -> Any:
    if value not in field.empty_values:
        try:
            read_number(str(value).strip())
        except InputError as refusal:
            raise ValidationError(field.error_messages["invalid"], code="invalid") from refusal
    return value
