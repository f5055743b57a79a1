"""Rows of a part as text and back: what the record holds, what is to be looked at, and which of them are filled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import re2
from django.forms import ValidationError
from django.utils.translation import gettext as _

from assessment.web.forms.record_parts import Column, Part
from core.text import Text

_COMMAS = re2.compile(r"[,，、\n]")
_MINUTES = 16  # characters of 2026-11-20T09:30
Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form: what stands in it, and what stood there before anybody typed.

    Args:
        given: text that is there from the start (the name of a meter, its unit), which alone fills nothing.
        remark: what is known of it already, beside the fields.
    """

    values: Mapping[str, str]
    given: Mapping[str, str]
    remark: Text | None = None

    @property
    def is_filled(self) -> bool:
        return any(words and words != self.given.get(name, "") for name, words in self.values.items())

    def with_(self, typed: Mapping[str, str]) -> Row:
        return Row(typed, self.given, self.remark)


@dataclass(frozen=True, slots=True)
class Clock:
    """The centre's clocks; instants that stand in the record keep the offset they were written with."""

    zone: ZoneInfo
    kept: Mapping[dt.datetime, str]

    def local(self, written: str) -> str:
        """An instant of the record as people write it: to the minute unless it is finer."""
        local = dt.datetime.fromisoformat(written).astimezone(self.zone).replace(tzinfo=None).isoformat()
        return (local[:_MINUTES] if local[_MINUTES:] in ("", ":00") else local).replace("T", " ")

    def instant(self, words: str) -> str:
        """Raises:
        ValidationError: no day and time.
        """
        try:
            read = dt.datetime.fromisoformat(words)
        except ValueError:
            read = None
        if read is None or len(words) < _MINUTES:
            raise ValidationError(_("Write day and time as 2026-11-20 09:30."))
        moment = read if read.tzinfo else read.replace(tzinfo=self.zone)
        return self.kept.get(moment, moment.isoformat())


def clock_of(record: Any, zone: str) -> Clock:
    return Clock(ZoneInfo(zone), dict(_instants(record)))


def _instants(record: Any) -> Iterator[tuple[dt.datetime, str]]:
    """Every instant of a record, wherever it stands, as it is written."""
    if isinstance(record, dict):
        for name, value in record.items():
            if name.endswith("_at"):
                yield dt.datetime.fromisoformat(value), value
            else:
                yield from _instants(value)
    elif isinstance(record, list):
        for value in record:
            yield from _instants(value)


def as_text(value: Any, column: Column, clock: Clock) -> str:
    if value is None:
        return ""
    if column.kind == "instant":
        return clock.local(value)
    if column.kind == "flag":
        return "yes" if value else "no"
    return ", ".join(value) if column.kind == "list" else str(value)


def as_value(words: str, column: Column, clock: Clock) -> Any:
    """What the record's rules are given; None: nothing was typed.

    Raises:
        ValidationError: an instant that is none; everything else the record's own rules refuse.
    """
    if not words:
        return None
    if column.kind == "instant":
        return clock.instant(words)
    if column.kind == "flag":
        return words == "yes"
    if column.kind == "list":
        return [one for one in (part.strip() for part in _COMMAS.split(words)) if one]
    return words


def rows_of(part: Part, kept: Sequence[Mapping[str, Any]], expected: Sequence[Row], clock: Clock) -> list[Row]:
    """What is to be looked at in its order, each with what the record has on it, then what else the record has."""
    told = [{column.name: as_text(one.get(column.name), column, clock) for column in part.columns} for one in kept]
    by_key = {one[part.key]: one for one in told}
    known = {row.given[part.key]: row for row in expected}
    looked_at = [row.with_(by_key.get(name, row.given)) for name, row in known.items()]
    if len(by_key) < len(told) or not known:  # a name that stands there twice cannot be told by its name
        return [known.get(one[part.key], Row({}, {})).with_(one) for one in told] + [
            row for name, row in known.items() if name not in by_key
        ]
    return looked_at + [Row(one, {}) for one in told if one[part.key] not in known]
