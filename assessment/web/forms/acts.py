"""The reason under an act, the judgement of a case, and what is confirmed when a package is handed in."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessment.services.chain.table import Transition
from operations.http.form_fields import WordsField
from operations.http.version_field import FormOfAVersion
from operations.templatetags.words import said


class ReasonForm(forms.Form):
    """Why an act is taken; it stands in the record for ever."""

    reason = WordsField(
        label=_("Reason"),
        max_length=4000,
        help_text=_("It stands in the record with your name and cannot be changed afterwards."),
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "id_reason_helptext"}),
        error_messages={"required": _("Write down the reason for this step.")},
    )


class ActForm(ReasonForm, FormOfAVersion):
    """Why an act is taken, and on which version of the case."""


class JudgementForm(ActForm):
    """One of the acts that are open now, and why."""

    act = forms.ChoiceField(
        label=_("What you decide"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you decide."),
            "invalid_choice": _("This act is not open to you now. Choose one of those below."),
        },
    )
    field_order = ("act", "reason")

    def __init__(self, data: QueryDict | None, *, acts: Sequence[Transition], version: int) -> None:
        super().__init__(data, initial={"version": version})
        field = self.fields["act"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [(one.act, capfirst(said(one.title))) for one in acts]


class SubmitForm(forms.Form):
    """That what is shown is what is meant to be handed in; `package_digest` says what was shown."""

    reason = WordsField(
        label=_("Remark"),
        required=False,
        max_length=4000,
        help_text=_("For the assessing body; it stands on the receipt."),
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "id_reason_helptext"}),
    )
    confirmed = forms.BooleanField(
        label=_("We have checked the profile and the files, and hand them in as they are"),
        error_messages={"required": _("Confirm that you have checked what is handed in.")},
    )
    package_digest = forms.CharField(required=False, max_length=71, widget=forms.HiddenInput)
