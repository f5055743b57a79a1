"""Forms of a verifiable sample: the body asks for an inventory, the centre hands it in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessment.sampling.draw import SHARE_OF_CARDS
from assessment.sampling.inventory import LARGEST, read_inventory
from core.errors import InputError
from core.quantity import plain
from operations.http.form_fields import FigureField, WholeField, WordsField
from operations.templatetags.words import place, said

_PERCENT = Decimal(100)


class AskForm(forms.Form):
    """What is drawn from, and how much of it; fixed from now on."""

    of = forms.ChoiceField(
        label=_("What is drawn"),
        choices=(("cards", _("cards")), ("nodes", _("nodes")), ("jobs", _("jobs"))),
        error_messages={"required": _("Choose what is drawn."), "invalid_choice": _("Choose what is drawn.")},
    )
    share = FigureField(
        label=_("Share in percent"),
        min_value=Decimal("0.01"),
        max_value=_PERCENT,
        decimal_places=2,
        initial=plain((SHARE_OF_CARDS * _PERCENT).normalize()),
        help_text=_("Share and minimum number are fixed with the commitment."),
        error_messages={
            "required": _("Write a share."),
            "invalid": _("Write a number such as 5."),
            **dict.fromkeys(("min_value", "max_value", "max_decimal_places"), _("Write a share from 0.01 to 100.")),
        },
    )
    at_least = WholeField(
        label=_("Minimum number"),
        min_value=0,
        max_value=1_000_000,
        initial=1,
        error_messages={
            "required": _("Write a number."),
            "invalid": _("Write a whole number."),
            **dict.fromkeys(("min_value", "max_value"), _("Write a number from 0 to 1,000,000.")),
        },
    )

    def asked(self) -> dict[str, Any]:
        """What the service takes: the share as a part of one."""
        return self.cleaned_data | {"share": self.cleaned_data["share"] / _PERCENT}


class InventoryForm(forms.Form):
    """The centre's inventory, typed or as a file, with a word of its own."""

    names = WordsField(
        label=_("Inventory"),
        required=False,
        strip=False,  # or the lines of a refusal are not those of the field
        help_text=_("One serial number or identifier per line; list all there are."),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "aria-required": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"aria-required": "false"}),
        help_text=_("Text in UTF-8, one per line, or a CSV whose first column is headed serial, node or job."),
    )
    word = forms.CharField(
        label=_("A word of your own"),
        required=False,
        max_length=200,
        help_text=_("Anything you like. It enters the seed, so that the draw depends on you as well."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:  # such as a file that was chosen and is empty
            return given
        if not given["names"].strip():
            given["names"] = ""
        if bool(given["names"]) == bool(given["file"]):
            self.add_error(
                "names", forms.ValidationError(_("Write the inventory here or choose a file, one of the two."))
            )
        return given

    def committed(self) -> dict[str, Any]:
        """What the service takes.

        Raises:
            InputError: as `read_inventory`.
        """
        file, typed = self.cleaned_data["file"], self.cleaned_data["names"]
        content = file.read(LARGEST + 1) if file else typed.encode()
        return {"names": list(read_inventory(content)), "word": self.cleaned_data["word"]}

    def refuse(self, refusal: InputError) -> None:
        """Say what is wrong with the inventory, and in which line, at the field it came by."""
        line = f"{capfirst(place(refusal.where))}{gettext(': ')}" if refusal.where else ""
        self.add_error("file" if self.cleaned_data["file"] else "names", f"{line}{said(refusal.told)}")


class WordForm(forms.Form):
    """The other half of the seed of the draw that was shown."""

    draw = forms.UUIDField(widget=forms.HiddenInput)
    word = forms.CharField(
        label=_("A word of your own"),
        max_length=200,
        help_text=_("Anything nobody could foresee; it stands in the record of the draw."),
        error_messages={"required": _("Write a word.")},
    )
