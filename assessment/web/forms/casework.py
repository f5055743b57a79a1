"""Forms of a case beside the reason: plan, assignment, findings, questions, interests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessment.models import Severity
from assessment.services.evaluation.evaluate import VISITED_FROM
from centres.models import Person
from core.text import Text
from operations.http.form_fields import DayField, WordsField
from operations.http.version_field import FormOfAVersion
from operations.templatetags.words import said

_LONG = 8000


def words(label: Any, *, help_text: Any = "", required: bool = True, rows: int = 4) -> WordsField:
    return WordsField(
        label=label,
        help_text=help_text,
        max_length=_LONG,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Write something here.")},
    )


class PlanForm(FormOfAVersion):
    """How a case is evaluated, before it begins."""

    plan = words(_("Plan"), help_text=_("What is looked at, by whom, where and how."), rows=8)
    visit_needed = forms.BooleanField(
        label=_("A site visit is needed"),
        required=False,
        initial=True,
        help_text=format_lazy(_("From {grade} on a result needs one in any case."), grade=VISITED_FROM),
    )
    reason = words(_("Reason"), rows=2)


class AgreementForm(forms.Form):
    """An owner's signature under the text that was read."""

    digest = forms.CharField(max_length=71, widget=forms.HiddenInput)
    may_publish = forms.TypedChoiceField(
        label=_("Use of results beyond register and ranking, as an example or in studies"),
        choices=(("yes", _("permitted")), ("no", _("not permitted"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is permitted.")},
    )
    confirmed = forms.BooleanField(
        label=_("We have read the agreement and accept it; I may sign for the operator"),
        error_messages={"required": _("Confirm that you have read the agreement and may sign it.")},
    )

    @property
    def said(self) -> dict[str, Any]:
        """What the service is told; valid forms alone have it."""
        return {name: self.cleaned_data[name] for name in ("digest", "may_publish")}


class AssignForm(FormOfAVersion):
    """An assessor and the pillars given to them."""

    assessor = forms.ModelChoiceField(
        label=_("Assessor"),
        queryset=Person.objects.none(),
        to_field_name="username",
        empty_label="–",
        error_messages={"required": _("Choose an assessor."), "invalid_choice": _("Choose an assessor.")},
    )
    pillars = forms.MultipleChoiceField(
        label=_("Pillars"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one pillar.")},
    )

    def __init__(self, data: Any, *, pillars: Sequence[tuple[str, Text]], assessors: Any, version: int) -> None:
        super().__init__(data, initial={"version": version})
        _offer(self, assessors, pillars)


class TakeOffForm(FormOfAVersion):
    """An assessor of the case who is to leave it, off which pillars, and why."""

    assessor = forms.ModelChoiceField(
        label=_("Assessor"),
        queryset=Person.objects.none(),
        to_field_name="username",
        empty_label="–",
        error_messages={"required": _("Choose an assessor."), "invalid_choice": _("Choose an assessor.")},
    )
    pillars = forms.MultipleChoiceField(
        label=_("Pillars"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all that were given to them."),
    )
    reason = words(_("Reason"), help_text=_("They are told it by mail."), rows=2)

    def __init__(self, data: Any, *, pillars: Sequence[tuple[str, Text]], assessors: Any, version: int) -> None:
        super().__init__(data, initial={"version": version})
        _offer(self, assessors, pillars)


class FindingForm(forms.Form):
    """A new finding."""

    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=(("", "–"), *Severity.choices),  # nothing is as severe as the first of a list by default
        error_messages={"required": _("Choose how severe it is.")},
    )
    node = forms.CharField(
        label=_("Indicator"),
        max_length=40,
        required=False,
        help_text=_("Its code, such as GR-1.1; empty: the whole case."),
    )
    statement = words(_("What was found"), rows=6)
    due_on = DayField(
        label=_("To be corrected by"), required=False, help_text=_("Empty: 60 days (major), 90 days (minor).")
    )


class FindingActForm(FormOfAVersion):
    """An act on a finding; cause and correction belong to an answer."""

    root_cause = words(_("Root cause"), required=False)
    corrective_action = words(_("Corrective action"), required=False)
    text = words(_("What was done, or why"), help_text=_("It stands under the finding with your name."))

    def __init__(self, *args: Any, answers: bool, needed: bool, **kwargs: Any) -> None:
        """`answers`: it is the centre's form; `needed`: the finding is a nonconformity."""
        super().__init__(*args, **kwargs)
        for name in ("root_cause", "corrective_action"):
            self.fields[name].required = needed
            if not answers:
                del self.fields[name]


class QuestionForm(forms.Form):
    text = words(_("Question"), rows=3)
    due_on = DayField(label=_("Reply by"))


class ReplyForm(forms.Form):
    text = words(_("Reply"), rows=3)


class InterestsForm(forms.Form):
    """What somebody of the body declares about a centre."""

    conflict = forms.TypedChoiceField(
        label=_("Conflict of interest"),
        choices=(("no", _("none")), ("yes", _("there is one"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether there is one.")},
    )
    statement = words(
        _("Statement"), help_text=_("Employment, advice, shares, family: in the last two years and at present.")
    )
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Empty: a year without conflict, two years with one.")
    )


def _offer(form: forms.Form, assessors: Any, pillars: Sequence[tuple[str, Text]]) -> None:
    """Which people and pillars may be chosen."""
    people, codes = form.fields["assessor"], form.fields["pillars"]
    assert isinstance(people, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
    assert isinstance(codes, forms.MultipleChoiceField)  # noqa: S101  (likewise)
    people.queryset = assessors
    people.label_from_instance = lambda person: said(person.name)  # type: ignore[method-assign, assignment]  # Django's own way
    codes.choices = [(code, f"{code} {said(title)}") for code, title in pillars]
