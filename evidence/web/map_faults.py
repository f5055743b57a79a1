"""Where on the page of a column map a refusal stands: at the input of what its path in the document names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import re2
from django.utils.translation import gettext as _

from core.errors import InputError
from core.text import Text
from evidence.web.map_form import FieldRow, MapForm
from operations.templatetags.words import said

_OF_A_FIELD = re2.compile(r"fields\.([a-z_0-9]+)(?:\.([a-z]+))?(?:\..*)?")
_CONDITION = re2.compile(r"filter\.([0-9]{1,3})(?:\..*)?")
_BY_ITS_NAME = {"map": "map", "title": "title_zh", "timezone": "timezone", "unpivot": "spread"}
_OF_THE_TABLE = re2.compile(r"table\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """An input by its id, what it is called, and what is wrong with it; as a bound field of any other form."""

    id_for_label: str
    label: str
    errors: tuple[str, ...] = ()


def placed(form: MapForm, faults: Iterable[InputError]) -> tuple[MapForm, tuple[InputError, ...]]:
    """The form with what is wrong at its inputs, in the order of the page, and what belongs to none of them."""
    shown = {place.id_for_label: place for place in _places(form)}
    left = []
    for fault in faults:
        at = _input_of((fault.where.field if fault.where else None) or "", {row.name: row for row in form.rows})
        if at in shown:
            words = tuple(dict.fromkeys((*shown[at].errors, said(fault.told))))
            shown[at] = replace(shown[at], errors=words)
        else:
            left.append(fault)
    return replace(form, told=tuple(place for place in shown.values() if place.errors)), tuple(left)


def _input_of(path: str, rows: Mapping[str, FieldRow]) -> str:
    """The id of the input; empty where the page has none for it."""
    if (match := _OF_A_FIELD.fullmatch(path)) and (row := rows.get(match.group(1))):
        part = match.group(2) or ""
        return f"{part}-{row.name}" if part in _parts(row) else f"column-{row.name}"
    if match := _CONDITION.fullmatch(path):
        return f"filter-column-{match.group(1)}"
    if match := _OF_THE_TABLE.fullmatch(path):
        return str(match.group(1))
    return _BY_ITS_NAME.get(path.split(".")[0], "")


def _places(form: MapForm) -> Iterable[Place]:
    for row in form.rows:
        for part, called in _parts(row).items():
            yield Place(f"{part}-{row.name}", said(row.title) + (f" {called}" if called else ""))
    yield Place("timezone", _("Time zone"))
    for name, called in (
        *(("header", _("Row of headings")), ("header_rows", _("Rows of headings")), ("skip", _("Rows skipped below"))),
        *(("separator", _("Separator")), ("sheet", _("Sheet"))),
    ):
        yield Place(name, called)
    yield Place("spread", _("Columns turned into rows"))
    for at in range(len(form.conditions)):
        yield Place(f"filter-column-{at}", f"{_('Rows that count')} {at + 1}")
    yield Place("map", _("Name of the map"))
    yield Place("title_zh", _("Title in Chinese"))


def _parts(row: FieldRow) -> Mapping[str, str]:
    """Its inputs and what each is called beside the title of the field."""
    return {
        "column": "",
        "constant": said(Text(zh="常量", en="constant")),
        **({"unit": said(Text(zh="单位", en="unit"))} if row.units else {}),
        **({"form": said(Text(zh="时刻写法", en="form of instants"))} if row.forms else {}),
        **({"words": said(Text(zh="词语", en="words"))} if row.has_words else {}),
    }
