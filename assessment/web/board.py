"""The board in words: why a centre stands out and where that leads, and the same lists as workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.board_selectors.reasons import Reason
from assessment.board_selectors.signs import Sign
from assessment.board_selectors.standings import ProvinceLine, Standing
from assessment.documents.content.words import grade_words
from assessment.documents.spreadsheet import XLSX, Cell, workbook
from assessment.models import OwnTable
from assessment.services.remind import LONGEST
from assessment.web.acts import state_words
from centres.models import Person
from centres.permissions import sees_work
from centres.provinces import province_name
from core.text import Text
from operations.templatetags.words import said

TITLE = Text(zh="监管看板", en="Regulator's board")
SIGNS: dict[Sign, tuple[Text, str, str]] = {
    Sign.NOT_REPORTED: (Text(zh="未上报", en="not reported"), "caution", "empty"),
    Sign.CAME_BACK: (Text(zh="被退回", en="came back"), "bad", "cross"),
    Sign.REJECTED: (Text(zh="证据被退回", en="evidence rejected"), "bad", "cross"),
    Sign.ENDS_SOON: (Text(zh="证书将到期", en="certificate ends"), "caution", "half"),
    Sign.IDLE: (Text(zh="闲置预警", en="early warning: idle"), "caution", "half"),
    Sign.PUE_RISING: (Text(zh="能耗预警", en="early warning: PUE"), "caution", "half"),
}
REPORTED = Text(zh="已上报", en="reported")


@dataclass(frozen=True, slots=True)
class ReasonShown:
    reason: Reason
    words: Text
    tone: str
    shape: str
    address: str


class ReminderForm(forms.Form):
    """What a centre is reminded of."""

    text = forms.CharField(
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


# --- workbooks: the rows and columns of the pages ---------------------------------------------------------------------


def ranking_sheet(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Cell]]]:
    """The rows of the public ranking as its page shows them."""
    pillars = rows[0]["pillars"] if rows else ()
    headings = [
        *(_("Rank"), _("Rank range"), _("Centre"), _("Grade"), _("Score")),
        *(said(pillar.title) for pillar in pillars),
        *(_("Certificate"), _("Reason")),
    ]
    return headings, [_ranking_row(row) for row in rows]


def _ranking_row(row: Mapping[str, Any]) -> list[Cell]:
    ranked = row["rank"] is not None
    firm = row["firmness"]
    return [
        *(row["rank"], "–".join(str(end) for end in firm.rank) if firm else None, said(row["name"])),
        *(_grade(row["grade"]) if ranked else None, row["score"] if ranked else None),
        *(pillar.published for pillar in row["pillars"]),
        *(row["certificate_number"], None if ranked else said(row["reason"])),
    ]


def province_sheet(lines: Sequence[ProvinceLine]) -> tuple[list[str], list[list[Cell]]]:
    headings = [
        *(_("Province"), _("Centres"), _("Reported"), _("Not reported")),
        *(_("Came back"), _("Certificate ends"), _("Early warnings")),
    ]
    rows: list[list[Cell]] = [
        [
            *(said(province_name(one.province)), one.centres, one.reported, one.centres - one.reported),
            *(one.came_back, one.ends_soon, one.warned),
        ]
        for one in lines
    ]
    return headings, rows


def centre_sheet(standings: Sequence[Standing], table: OwnTable | None) -> tuple[list[str], list[list[Cell]]]:
    columns = table.columns if table else []
    headings = [
        *(_("Centre"), _("Identifier"), _("Province"), _("Assessment"), _("Evidence until"), _("Last handed in")),
        *(_("Grade"), _("Score"), _("Certificate"), _("Valid until"), _("What stands out"), *columns),
    ]
    return headings, [_sheet_row(one, len(columns)) for one in standings]


def _sheet_row(one: Standing, columns: int) -> list[Cell]:
    reasons = [f"{said(SIGNS[reason.sign][0])}{_(': ')}{said(reason.said)}" for reason in one.reasons]
    own: list[Cell] = [*one.cells, *([None] * (columns - len(one.cells)))]
    return [
        *(said(one.centre.name), one.centre.slug, said(province_name(one.centre.province))),
        said(state_words(one.state)) if one.state else None,
        one.month,
        one.received_at.date() if one.received_at else None,
        *(_grade(one.grade), one.score, one.certificate, one.valid_until),
        _("; ").join(reasons),
        *own,
    ]


def _grade(grade: str | None) -> str | None:
    return said(grade_words(grade)) if grade else None


def workbook_answer(name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> HttpResponse:
    """A workbook to download."""
    day = timezone.localdate().isoformat()
    answer = HttpResponse(workbook(title, headings, rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.xlsx"'
    return answer
