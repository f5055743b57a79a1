"""A column map: which column of a table is which field of an observation, with unit, zone, filter and constants.

A document of contract 1, YAML or JSON. It is checked as a whole before anything is read with it; two documents that
read alike have one digest, whatever they are called and however they are laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.canonical import canonical_digest
from core.errors import InputError
from core.text import Text
from evidence.observations.schema import Kind
from evidence.parsers.maps.fields import MAPPED_KINDS, Field, fields_of

CONTRACT = 1
SEPARATORS = (",", ";", "\t", "|")
# How an instant may be written beside ISO 8601, and which end of a period it stands for.
FORMS = (
    "iso",
    "month_start",
    "month_end",
    "day_start",
    "day_end",
    "day/month/year",
    "month/day/year",
    "digits",
    "epoch_s",
    "epoch_ms",
)
# Which columns of a wide sheet are turned into rows, where they are not listed by name.
SPREADS = ("months", "days", "times", "others")

ColumnName = str | int  # a heading; in a table without one the number of the column, from 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where the table stands in its file; empty and 0 where that is found by its headings.

    Args:
        header: number of the (first) row of headings, from 1; None: found; 0: there is none.
        header_rows: over how many rows the headings are spread.
        skip: rows below the headings that hold no data, such as one of units.
    """

    sheet: str = ""
    header: int | None = None
    header_rows: int = 1
    skip: int = 0
    separator: str = ""

    def as_json(self) -> dict[str, Any]:
        told = {"sheet": self.sheet, "header": self.header, "separator": self.separator, "skip": self.skip}
        kept = {name: value for name, value in told.items() if value not in ("", None)}
        if not self.skip:
            del kept["skip"]
        return kept | ({"header_rows": self.header_rows} if self.header_rows != 1 else {})


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Columns that become rows: each cell a row, its heading and its value under two names of their own."""

    columns: tuple[ColumnName, ...] | str  # listed, or one of SPREADS
    heading: str
    cell: str

    def as_json(self) -> dict[str, Any]:
        columns = self.columns if isinstance(self.columns, str) else list(self.columns)
        return {"columns": columns, "heading": self.heading, "cell": self.cell}


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows that count: those whose column holds one of `words`, or none of them; an empty word is an empty cell."""

    column: ColumnName
    words: tuple[str, ...]
    is_not: bool

    def as_json(self) -> dict[str, Any]:
        return {"column": self.column, "is_not" if self.is_not else "is": list(self.words)}


@dataclass(frozen=True, slots=True)
class Filling:
    """What fills one field: columns (joined by a blank where there are several), or the same constant in every row.

    Args:
        unit: name of the unit of the figures; empty: the heading tells it.
        unit_column: the column that tells the unit of each row.
        form: how instants are written, of FORMS.
        timezone: of this column's instants, where it differs from the map's.
        words: what the words of the table stand for, folded.
    """

    columns: tuple[ColumnName, ...] = ()
    constant: str = ""
    unit: str = ""
    unit_column: ColumnName | None = None
    form: str = "iso"
    timezone: str = ""
    words: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if self.columns:
            told["column"] = self.columns[0] if len(self.columns) == 1 else list(self.columns)
        else:
            told["constant"] = self.constant
        if self.unit_column is not None:
            told["unit"] = {"column": self.unit_column}
        elif self.unit:
            told["unit"] = self.unit
        if self.form != "iso":
            told["form"] = self.form
        if self.timezone:
            told["timezone"] = self.timezone
        return told | ({"words": dict(self.words)} if self.words else {})


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A checked map; made by `read_map` only."""

    name: str
    title: Text
    kind: Kind
    fields: tuple[tuple[str, Filling], ...]
    place: Place = Place()
    timezone: str = ""
    unpivot: Unpivot | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def declared(self) -> dict[str, Field]:
        """What the kind says of its fields."""
        return fields_of(self.kind.name)

    @property
    def columns(self) -> tuple[ColumnName, ...]:
        """Every column of the file the map names, once, in order; those it unpivots by a word are not among them."""
        named: list[ColumnName] = []
        for _, filling in self.fields:
            named += filling.columns
            if filling.unit_column is not None:
                named.append(filling.unit_column)
        named += [condition.column for condition in self.conditions]
        if self.unpivot is not None:
            own = (self.unpivot.heading, self.unpivot.cell)
            named = [column for column in named if column not in own]
            if not isinstance(self.unpivot.columns, str):
                named += self.unpivot.columns
        return tuple(dict.fromkeys(named))

    def as_json(self) -> dict[str, Any]:
        """The document, with nothing left to a default that could change."""
        return {"contract": CONTRACT, "map": self.name, "title": self.title.as_json(), **self._reading()}

    @property
    def digest(self) -> str:
        """`sha256:…` of everything that decides what is read; name and title do not."""
        return canonical_digest(self._reading())

    def _reading(self) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": self.kind.name}
        if self.timezone:
            told["timezone"] = self.timezone
        if place := self.place.as_json():
            told["table"] = place
        if self.unpivot is not None:
            told["unpivot"] = self.unpivot.as_json()
        if self.conditions:
            told["filter"] = [condition.as_json() for condition in self.conditions]
        return told | {"fields": {name: filling.as_json() for name, filling in self.fields}}


class MapError(InputError):
    """A map that cannot be used; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: tuple[InputError, ...]) -> None:
        first = faults[0]
        super().__init__(first.code, first.message, where=first.where, hint=first.hint)
        self.faults = faults


def mapped_kinds() -> tuple[str, ...]:
    return tuple(MAPPED_KINDS)
