"""Where on the page of a column map a refusal stands: at the input of what its path in the document names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import re2
from django.utils.translation import gettext as _

from core.errors import InputError
from evidence.web.map_form import FieldRow, MapForm, Place
from operations.templatetags.words import said

_OF_A_FIELD = re2.compile(r"(?s)fields\.([a-z_0-9]+)(?:\.([a-z]+))?(?:\..*)?")
_CONDITION = re2.compile(r"filter\.([0-9]{1,3})(?:\..*)?")
_OF_THE_TABLE = re2.compile(r"table\.([a-z_]+)")


def placed(form: MapForm, faults: Iterable[InputError]) -> tuple[MapForm, tuple[InputError, ...]]:
    """The form with what is wrong at its inputs, in the order of the page, and what belongs to none of them."""
    shown = {place.id_for_label: place for place in _places(form)}
    left = []
    for fault in faults:
        at = _input_of((fault.where.field if fault.where else None) or "", form)
        if at in shown:
            words = tuple(dict.fromkeys((*shown[at].errors, said(fault.told))))
            shown[at] = replace(shown[at], errors=words)
        else:
            left.append(fault)
    return replace(form, told=tuple(place for place in shown.values() if place.errors)), tuple(left)


def _input_of(path: str, form: MapForm) -> str:
    """The id of the input; empty where the page has none for it."""
    if match := _OF_A_FIELD.fullmatch(path):
        row = next((row for row in form.rows if row.name == match.group(1)), None)
        part = match.group(2) or ""
        return "" if row is None else f"{part}-{row.name}" if part in _parts(row) else f"column-{row.name}"
    if match := _CONDITION.fullmatch(path):
        return f"filter-column-{match.group(1)}"
    if match := _OF_THE_TABLE.fullmatch(path):
        return str(match.group(1))
    if path.startswith("unpivot"):
        return "listed" if form.spread == "listed" else "spread"
    return {"map": "map", "timezone": "timezone"}.get(path, "")


def _places(form: MapForm) -> Iterable[Place]:
    """Every input that has a name of its own on the page, as it is called there."""
    for row in form.rows:
        for part, called in _parts(row).items():
            yield Place(f"{part}-{row.name}", said(row.title) + (f"{_(': ')}{called}" if called else ""))
    yield Place("timezone", _("Time zone"))
    yield Place("header", _("Row of headings"))
    yield Place("header_rows", _("Rows of headings"))
    yield Place("skip", _("Rows skipped below"))
    yield Place("separator", _("Separator"))
    yield Place("sheet", _("Sheet"))
    yield Place("spread", _("Columns turned into rows"))
    yield Place("listed", _("The columns, one a line"))
    for at in range(len(form.conditions)):
        yield Place(f"filter-column-{at}", f"{_('Rows that count')} {at + 1}")
    yield Place("map", _("Name of the map"))


def _parts(row: FieldRow) -> Mapping[str, str]:
    """The inputs of a field and what each is called beside its title."""
    return {
        "column": "",
        "constant": _("constant"),
        **({"unit": _("unit")} if row.units else {}),
        **({"form": _("form of instants")} if row.forms else {}),
        **({"words": _("words")} if row.has_words else {}),
    }
