"""The board in words: why a centre stands out and where that leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy

from assessment.board_selectors.reasons import Reason
from assessment.board_selectors.signs import Sign
from assessment.board_selectors.standings import Standing
from assessment.services.board.remind import LONGEST
from assessment.web.shown.acts import state_words
from centres.models import Person
from centres.permissions import sees_work
from core.text import Text
from operations.http.form_fields import WordsField

TITLE = Text(zh="监管看板", en="Regulator's board")
SIGNS: dict[Sign, tuple[Text, str, str]] = {
    Sign.NOT_REPORTED: (Text(zh="未上报", en="not reported"), "caution", "empty"),
    Sign.CAME_BACK: (Text(zh="被退回", en="came back"), "bad", "cross"),
    Sign.REJECTED: (Text(zh="证据被退回", en="evidence rejected"), "bad", "cross"),
    Sign.ENDS_SOON: (Text(zh="证书将到期", en="certificate ends"), "caution", "half"),
    Sign.IDLE: (Text(zh="闲置预警", en="early warning: idle"), "caution", "half"),
    Sign.PUE_RISING: (Text(zh="能耗预警", en="early warning: PUE"), "caution", "half"),
}


@dataclass(frozen=True, slots=True)
class ReasonShown:
    reason: Reason
    words: Text
    tone: str
    shape: str
    address: str


class ReminderForm(forms.Form):
    """What a centre is reminded of."""

    text = WordsField(
        label=gettext_lazy("What the centre is reminded of"),
        max_length=LONGEST,
        help_text=gettext_lazy("It stands on the centre's page until somebody there has noted it, and in the record."),
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "id_text_helptext"}),
        error_messages={"required": gettext_lazy("Write down what the centre is reminded of.")},
    )


class OwnTableForm(forms.Form):
    """A table of one's own."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("UTF-8 or GB18030, 1 MiB at most. First column: centre; beside it up to twelve others."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv", "aria-describedby": "id_file_helptext"}),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


def standing_shown(one: Standing) -> dict[str, Any]:
    """One centre as a row of a list."""
    return {
        "one": one,
        "name": one.centre.name,
        "address": reverse("assessment:board_centre", args=[one.centre.slug]),
        "state": state_words(one.state) if one.state else None,
        "signs": [SIGNS[sign] for sign in dict.fromkeys(reason.sign for reason in one.reasons)],
    }


def reasons_shown(one: Standing, person: Person) -> list[ReasonShown]:
    """The reasons of a centre with where they lead this person."""
    # A file itself is between the centre and the body; what is wrong with it is said here.
    opens_files = sees_work(person, one.centre)
    return [ReasonShown(reason, *SIGNS[reason.sign], _address(reason, one, opens_files)) for reason in one.reasons]


def _address(reason: Reason, one: Standing, opens_files: bool) -> str:
    match reason.sign:
        case Sign.IDLE | Sign.PUE_RISING:
            return reverse("assessment:trace", args=[one.centre.slug, reason.subject])
        case Sign.ENDS_SOON:
            return reverse("assessment:certificate", args=[reason.subject])
        case Sign.REJECTED:
            return reverse("evidence:evidence", args=[reason.subject]) if opens_files else ""
        case _:
            return reverse("assessment:assessment", args=[reason.subject]) if reason.subject else ""
