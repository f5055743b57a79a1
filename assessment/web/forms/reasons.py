"""The form in which a centre gives its reasons: a field for each figure it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessment.flag_selectors import Question
from assessment.web.forms.casework import words
from core.provenance import DIGEST_PREFIX
from operations.templatetags.words import said


class ReasonsForm(forms.Form):
    """Empty: what was said stands beside it. A field filled with that would, on a page that has grown old, take back
    what a colleague has said meanwhile.
    """

    def __init__(self, data: Any, *, questions: Sequence[Question]) -> None:
        super().__init__(data)
        self._asked = {field_name(one): one for one in questions}
        for name, one in self._asked.items():
            label = _("Reason: {title} ({subject})").format(title=said(one.check.title), subject=one.flag.subject)
            self.fields[name] = words(label, required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.said:
            self.add_error(None, _("Write a reason that does not stand there yet."))
        return self.cleaned_data

    @property
    def said(self) -> list[tuple[str, str]]:
        """Key of the flag and words, where there are any others than before."""
        given = ((one, self.cleaned_data.get(name, "")) for name, one in self._asked.items())
        return [(one.flag.key, text) for one, text in given if text and text != _last(one)]


def field_name(question: Question) -> str:
    return question.flag.key.removeprefix(DIGEST_PREFIX)


def _last(question: Question) -> str:
    return question.reason.text if question.reason else ""
