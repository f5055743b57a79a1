"""Filters of the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessment.documents.content.words import CLASSES, TIERS
from assessment.models import Assessment, AssessmentState
from assessment.ranking_selectors import RankingQuery
from centres.profile import CentreClass, ScaleTier
from centres.provinces import province_name
from indicators.models import Edition
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
