"""Filters of the ranking, and the reason under an act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessment.documents.content.words import CLASSES, TIERS
from assessment.models import Assessment, AssessmentState
from assessment.ranking_selectors import RankingQuery
from assessment.services.chain.table import Transition
from centres.profile import CentreClass, ScaleTier
from centres.provinces import province_name
from indicators.models import Edition
from operations.http.version_field import FormOfAVersion
from operations.templatetags.words import said


class RankingFilters(forms.Form):
    """Which centres to rank; tier and class together are a peer group. Unknown words filter nothing."""

    province = forms.ChoiceField(label=_("Region"), required=False)
    scale = forms.ChoiceField(label=_("Scale tier"), required=False)
    use = forms.ChoiceField(label=_("Class"), required=False)
    edition = forms.ChoiceField(label=_("Rubric edition"), required=False)

    def __init__(self, data: QueryDict, *, editions: Sequence[Edition]) -> None:
        """`editions` may be chosen from; where there is one, nothing is asked."""
        super().__init__(data)
        if len(editions) > 1:
            self._offer("edition", [(one.edition, one.edition) for one in editions], every=_("newest with a ranking"))
        else:
            del self.fields["edition"]
        certified = Assessment.objects.filter(state=AssessmentState.CERTIFIED)
        provinces = sorted(set(certified.values_list("centre__province", flat=True)))
        self._offer("province", [(province, said(province_name(province))) for province in provinces])
        self._offer("scale", [(tier.value, said(TIERS[tier])) for tier in ScaleTier])
        self._offer("use", [(use.value, said(CLASSES[use])) for use in CentreClass])

    def _offer(self, name: str, choices: list[tuple[str, str]], *, every: Any = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [("", every or _("all")), *choices]

    @property
    def chosen_edition(self) -> str:
        """Its name; empty where none was chosen."""
        self.is_valid()
        return self.cleaned_data.get("edition") or ""

    @property
    def query(self) -> RankingQuery:
        self.is_valid()
        scale, use = self.cleaned_data.get("scale"), self.cleaned_data.get("use")
        return RankingQuery(
            province=self.cleaned_data.get("province") or "",
            scale_tier=ScaleTier(scale) if scale else None,
            centre_class=CentreClass(use) if use else None,
        )


class ReasonForm(forms.Form):
    """Why an act is taken; it stands in the record for ever."""

    reason = forms.CharField(
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

    reason = forms.CharField(
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
