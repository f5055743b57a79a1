"""Forms by which somebody complains, appeals or objects, by name and with a way to be answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessment.models import DisputeKind
from assessment.web.shown.dispute_words import KINDS
from centres.models import Person
from operations.http.form_fields import WordsField
from operations.http.validators import on_one_line
from operations.templatetags.words import said


class StatementForm(forms.Form):
    """What is wrong, who says so, and where the answer goes."""

    statement = WordsField(
        label=_("What is wrong"),
        help_text=_("Say what you know, from where, and which figure or fact it concerns."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Say what is wrong.")},
    )
    name = forms.CharField(
        label=_("Your name or organisation"),
        max_length=200,
        validators=[on_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Say who you are.")},
    )
    contact = forms.CharField(
        label=_("How we reach you"),
        help_text=_("An e-mail address or a telephone number. Those who handle the matter see it, nobody else."),
        max_length=200,
        validators=[on_one_line],
        error_messages={"required": _("Say where the answer is to go.")},
    )

    def __init__(self, data: Any = None, *, person: Person | None) -> None:
        """What is known of a person who signed in is filled in."""
        known = {"name": said(person.name), "contact": person.email} if person else {}
        super().__init__(data, initial=known)


class LodgeForm(StatementForm):
    """The same from inside a case, where one may choose between a complaint and an appeal."""

    kind = forms.TypedChoiceField(
        label=_("What it is"),
        coerce=DisputeKind,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is."),
            "invalid_choice": _("Choose what it is."),
        },
    )
    field_order = ("kind", "statement", "name", "contact")

    def __init__(self, data: Any = None, *, person: Person, kinds: Sequence[DisputeKind]) -> None:
        super().__init__(data, person=person)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [(kind.value, capfirst(said(KINDS[kind]))) for kind in kinds]
        if len(kinds) == 1:
            field.initial = kinds[0].value
