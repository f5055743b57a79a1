"""The facility profile as a plain form: every field named by its path, checked by the profile's own rules.

The form holds text only; `read_profile` is the one place where it becomes a profile, so that form, YAML and API
refuse the same things with the same words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, get_args

import re2
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centres.profile import CentreClass, FacilityProfile, Meter
from centres.profile_reading import ProfileError, read_profile
from centres.profile_rules import MOST_METERS, MOST_MODELS
from core.errors import UserFacingError
from operations.templatetags.words import said

SPARE_ROWS = {"accelerators": 1, "meters": 3}  # an incomer and two lines of the halls need one saving
MOST_ROWS = {"accelerators": MOST_MODELS, "meters": MOST_METERS}
_ROW = re2.compile(r"(accelerators|meters)\[([0-9]{1,6})\](?:\.(.+))?")


_METER_WORDS = {
    "utility_incomer": _("utility incomer"),
    "transformer_output": _("transformer output"),
    "ups_output": _("UPS output"),
    "pdu_output": _("PDU output"),
    "it_input": _("input of the IT equipment"),
    "cooling": _("cooling"),
    "generation": _("generation"),
    "other": _("other (meter)"),
    "facility": _("the whole facility"),
    "it": _("IT equipment"),
    "onsite_renewable": _("renewable generation on site"),
    "cumulative": _("register, counting up"),
    "interval": _("energy per interval"),
    "on_change": _("register, written on change"),
    "PT1M": _("1 minute"),
    "PT5M": _("5 minutes"),
    "PT15M": _("15 minutes"),
    "PT30M": _("30 minutes"),
    "PT1H": _("1 hour"),
    "P1D": _("1 day"),
    "P1M": _("1 month"),
    "start": _("start of the interval"),
    "end": _("end of the interval"),
}


def _choices(field: str) -> list[tuple[str, Any]]:
    """The words a meter's field may have, as people say them; units stay as they are written."""
    annotation = Meter.model_fields[field].annotation
    words = [word for part in (annotation, *get_args(annotation)) for word in get_args(part) if isinstance(word, str)]
    known = dict.fromkeys(word for word in (*get_args(annotation), *words) if isinstance(word, str))
    return [("", "–"), *((word, _METER_WORDS.get(word, word)) for word in known)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the form: its path in the profile, label, help, and what kind of value it takes."""

    path: str
    label: Any
    help: Any = ""
    kind: str = "text"  # text | count | flag | date
    choices: Any = ()
    required: bool = False


ENTRIES = (
    Entry("centre.name.zh", _("Name in Chinese"), required=True),
    Entry("centre.name.en", _("Name in English"), required=True),
    Entry("operator.zh", _("Operator in Chinese"), required=True),
    Entry("operator.en", _("Operator in English"), required=True),
    Entry("place.province", _("Province"), required=True),
    Entry("place.city", _("City"), required=True),
    Entry(
        "place.timezone",
        _("Time zone"),
        _("Months and days are counted in it, for example Asia/Shanghai."),
        required=True,
    ),
    Entry("place.hub_node", _("In a national hub node"), kind="flag"),
    Entry(
        "class",
        _("Class"),
        _("What most card-hours are used for; it decides tree and weights."),
        choices=[
            (CentreClass.TRAINING_LED.value, _("training-led")),
            (CentreClass.INFERENCE_LED.value, _("inference-led")),
            (CentreClass.MIXED.value, _("mixed")),
        ],
        required=True,
    ),
    Entry("training_share", _("Training share"), _("For mixed centres only: a number from 0 to 1, such as 0.60.")),
    Entry(
        "applied_on",
        _("Applied on"),
        _("All windows are counted back from this day, for example 2026-03-31."),
        kind="date",
        required=True,
    ),
    Entry("it_capacity_kw", _("IT capacity in kW"), required=True),
    Entry("racks.count", _("Racks"), kind="count"),
    Entry("racks.density_kw_max", _("Highest rack density in kW")),
    Entry("link_line_rate_gb_s", _("Network line rate per card in GB/s"), _("One direction, as installed.")),
    Entry("services_span_nodes", _("Services run on more than one node"), kind="flag"),
    Entry("self_use_only", _("For the operator's own use only"), kind="flag"),
)
ROWS = {
    "accelerators": (
        Entry("model", _("Model")),
        Entry("cards", _("Cards"), kind="count"),
        Entry("cards_per_node", _("Cards per node"), kind="count"),
    ),
    "meters": (
        Entry("id", _("Meter")),
        Entry("at", _("Located at"), choices=_choices("at")),
        Entry("measures", _("Measures"), choices=_choices("measures")),
        Entry("kind", _("Kind"), choices=_choices("kind")),
        Entry("unit", _("Unit"), choices=_choices("unit")),
        Entry("multiplier", _("Multiplier")),
        Entry("interval", _("Interval"), choices=_choices("interval")),
        Entry("stamp", _("Stamp"), choices=_choices("stamp")),
        Entry("max_silence", _("Longest silence"), choices=_choices("max_silence")),
        Entry("register_max", _("Rolls over after")),
        Entry("calibrated_on", _("Calibrated on"), kind="date"),
        Entry("parent", _("Parent")),
    ),
}


_TITLES = {"accelerators": _("Accelerators"), "meters": _("Meters")}


class ProfileForm(forms.Form):
    """Takes a profile's plain content (`profile.content`) as `initial_content`, gives a checked profile.

    Fields the form does not show (empowerment modes, register limits …) keep the values of `initial_content`.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, initial_content: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.content = initial_content
        self.profile: FacilityProfile | None = None
        self._places: dict[str, list[int]] = {}  # of each row of the profile, by table: which row of the form it is
        for entry in ENTRIES:
            self.fields[entry.path] = _field(entry, _at(initial_content, entry.path))
        for name, entries in ROWS.items():
            present = initial_content.get(name) or ()
            filled = min(_rows_in(data, name), MOST_ROWS[name])
            for index in range(max(len(present), filled) + SPARE_ROWS[name]):
                row = present[index] if index < len(present) else {}
                for entry in entries:
                    field = _field(entry, row.get(entry.path))
                    field.label = f"{entry.label} {index + 1}"  # on top it is told from the same of the next row
                    self.fields[f"{name}[{index}].{entry.path}"] = field

    @property
    def singles(self) -> Iterator[forms.BoundField]:
        return (self[entry.path] for entry in ENTRIES)

    @property
    def tables(self) -> list[dict[str, Any]]:
        """Each table of rows: its title, and row by row the bound fields, each with what its column is called."""
        shown = []
        for name, entries in ROWS.items():
            count = sum(
                1 for field in self.fields if field.startswith(f"{name}[") and field.endswith(f"].{entries[0].path}")
            )
            rows = [
                [{"label": entry.label, "field": self[f"{name}[{index}].{entry.path}"]} for entry in entries]
                for index in range(count)
            ]
            shown.append({"title": _TITLES[name], "rows": rows})
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            self.profile = read_profile(self._assembled(cleaned))
        except ProfileError as refusal:
            for fault in refusal.faults:
                self._tell(fault)
        return cleaned

    def _assembled(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        content = {key: value for key, value in self.content.items() if key not in ROWS}
        for entry in ENTRIES:
            _put(content, entry.path.split("."), _value(entry, cleaned.get(entry.path)))
        for name, entries in ROWS.items():
            rows = dict(self._rows(name, entries, cleaned))
            content[name], self._places[name] = list(rows.values()), list(rows)
        if not content.get("racks"):
            content.pop("racks", None)
        return content

    def _rows(
        self, name: str, entries: tuple[Entry, ...], cleaned: Mapping[str, Any]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows with at least one value and where they stand; what the form does not show of a row stays as it was."""
        present = self.content.get(name) or ()
        shown = {entry.path for entry in entries}
        for index in range(len(self.fields)):
            if f"{name}[{index}].{entries[0].path}" not in self.fields:
                return
            values = {entry.path: _value(entry, cleaned.get(f"{name}[{index}].{entry.path}")) for entry in entries}
            filled = {path: value for path, value in values.items() if value not in (None, "")}
            if filled:
                kept = present[index] if index < len(present) else {}
                yield index, {key: value for key, value in kept.items() if key not in shown} | filled

    def _tell(self, fault: UserFacingError) -> None:
        """The fault at its field; at the top where the form has no such field."""
        path = self._shown_at((fault.where.field if fault.where else None) or "")
        words = said(fault.told)
        if path in ROWS:  # a table that lacks rows is mended in its first cell
            self.add_error(f"{path}[0].{ROWS[path][0].path}", f"{_TITLES[path]}{gettext(': ')}{words}")
        elif path in self.fields:
            self.add_error(path, words)
        else:
            self.add_error(None, f"{path}{gettext(': ')}{words}" if path else words)

    def _shown_at(self, path: str) -> str:
        """A path of the profile as one of the form, of whose empty rows it knows nothing; of a row its first cell."""
        if (match := _ROW.fullmatch(path)) is None:
            return path
        name, row, column = match.group(1), int(match.group(2)), match.group(3) or ROWS[match.group(1)][0].path
        places = self._places[name]
        return f"{name}[{places[row] if row < len(places) else row}].{column}"


def _field(entry: Entry, value: Any) -> forms.Field:
    """All fields accept any text: the profile's own rules decide."""
    if entry.kind == "flag":
        return forms.BooleanField(label=entry.label, required=False, initial=bool(value))
    common: dict[str, Any] = {"label": entry.label, "help_text": entry.help, "required": False, "initial": value}
    if entry.choices:
        field: forms.Field = forms.ChoiceField(choices=entry.choices, **common)
    else:
        field = forms.CharField(max_length=200, **common)
    field.widget.attrs |= {"aria-required": "true"} if entry.required else {}
    return field


def _value(entry: Entry, given: Any) -> Any:
    """What the profile's rules are given: counts and dates typed where they can be, all else as typed."""
    if given in (None, ""):
        return None
    if entry.kind == "count" and str(given).isascii() and str(given).isdigit():
        return int(given)
    if entry.kind == "date":
        with suppress(ValueError):
            return dt.date.fromisoformat(given)
    return given


def _at(content: Mapping[str, Any], path: str) -> Any:
    value: Any = content
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _put(content: dict[str, Any], steps: list[str], value: Any) -> None:
    """Set or remove one value, without touching the content it was copied from."""
    *parents, last = steps
    for step in parents:
        content[step] = dict(content.get(step) or {})
        content = content[step]
    if value is None:
        content.pop(last, None)
    else:
        content[last] = value


def _rows_in(data: Mapping[str, Any] | None, name: str) -> int:
    """Up to which row a posted form was filled."""
    told = [key for key, value in (data or {}).items() if value]
    found = [int(match.group(2)) + 1 for key in told if (match := _ROW.fullmatch(key)) and match.group(1) == name]
    return max(found, default=0)
