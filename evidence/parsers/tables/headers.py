"""Column headings people write, in Chinese or English, and the fields they mean.

A heading is folded (width, case, blanks, `_`, `-` and full-width brackets do not matter) and may carry a
unit: `电量(kWh)`, `value_kwh`. What a heading was read as is shown to the uploader; nothing is mapped silently.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, Severity


@dataclass(frozen=True, slots=True)
class Unit:
    """An energy unit as written: the unit it is read in and the factor to it."""

    name: str
    factor: Decimal = Decimal(1)


ENERGY_UNITS = {
    "Wh": Unit("Wh"),
    "kWh": Unit("kWh"),
    "KWH": Unit("kWh"),
    "kwh": Unit("kWh"),
    "度": Unit("kWh"),
    "千瓦时": Unit("kWh"),
    "kW·h": Unit("kWh"),
    "MWh": Unit("MWh"),
    "MWH": Unit("MWh"),
    "mwh": Unit("MWh"),
    "兆瓦时": Unit("MWh"),
    "万kWh": Unit("kWh", Decimal(10_000)),
    "万千瓦时": Unit("kWh", Decimal(10_000)),
    "万度": Unit("kWh", Decimal(10_000)),
}
POWER_UNITS = frozenset({"W", "kW", "KW", "kw", "MW", "千瓦", "兆瓦"})

LONGEST_HEADING = 256  # a longer cell is text, and names no field

_NOT_COMPARED = dict.fromkeys(map(ord, " \t\r\n_-\ufeff"))
_IN_BRACKETS = re2.compile(r"^(.*?)\s*[\(\[]\s*([^\(\)\[\]]{1,12})\s*[\)\]]$")
_AS_SUFFIX = re2.compile(r"^(.*?)[\s_/]+(Wh|kWh|KWH|kwh|MWh|MWH|mwh|kW|kw|KW|MW|万?度|万?千瓦时|兆瓦时|万kWh)$")


@dataclass(frozen=True)
class Heading:
    """A field of a table: its name in our contract and the other headings it is known under."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = True

    @cached_property
    def keys(self) -> frozenset[str]:
        """What it is known under, as headings are compared."""
        return frozenset(folded(text) for text in (self.name, *self.also))


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which column of a file is which field: indices by field name, and the unit where a heading names one."""

    columns: dict[str, int]
    units: dict[str, str]
    missing: tuple[str, ...]
    repeated: tuple[str, ...]
    ignored: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def complete(self) -> bool:
        return not self.missing and not self.repeated


def folded(text: str) -> str:
    """The form in which headings are compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_NOT_COMPARED)


def without_unit(text: str) -> tuple[str, str | None]:
    """A heading and the unit written with it, if that unit is one of energy or power."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())  # a head of a sheet may be broken into lines
    for pattern in (_IN_BRACKETS, _AS_SUFFIX):
        match = pattern.match(plain)
        if match and (match.group(2) in ENERGY_UNITS or match.group(2) in POWER_UNITS):
            return match.group(1), match.group(2)
    return plain, None


def mapped(cells: Sequence[str], headings: Sequence[Heading]) -> HeaderMap:
    """Find the fields of a table among the cells of its header row."""
    fields = _names_by_key(tuple(headings))
    columns: dict[str, int] = {}
    units: dict[str, str] = {}
    repeated: list[str] = []
    ignored: list[str] = []
    renamed: list[tuple[str, str]] = []
    for index, cell in enumerate(cells):
        whole, label, unit = _keys(cell) if len(cell) <= LONGEST_HEADING else ("", "", None)
        name = fields.get(whole) or fields.get(label)
        if name is None:
            if cell.strip():
                ignored.append(cell.strip())
            continue
        if name in columns:
            repeated.append(name)
            continue
        columns[name] = index
        if unit is not None:
            units[name] = unit
        if cell.strip() != name:
            renamed.append((cell.strip(), name))
    missing = tuple(heading.name for heading in headings if heading.required and heading.name not in columns)
    return HeaderMap(columns, units, missing, tuple(repeated), tuple(ignored), tuple(renamed))


def keys_of(cell: str) -> tuple[str, ...]:
    """What a cell may be known under as a heading; nothing where it is none."""
    return tuple(filter(None, _keys(cell)[:2])) if len(cell) <= LONGEST_HEADING else ()


@lru_cache(maxsize=4096)  # every format asks the same first lines for its own headings
def _keys(cell: str) -> tuple[str, str, str | None]:
    """What a cell may be known under, with its unit and without, and that unit."""
    label, unit = without_unit(cell)
    return folded(cell), folded(label), unit


@cache
def _names_by_key(headings: tuple[Heading, ...]) -> dict[str, str]:
    return {key: heading.name for heading in headings for key in heading.keys}


def require_complete(header: HeaderMap, headings: Sequence[Heading], *, where: Where) -> None:
    """Refuse a table that lacks a required column, names one twice or has none of ours, telling all of them at once.

    Raises:
        ParseError: `missing_column` or `repeated_column`.
    """
    if header.missing:
        names = ", ".join(header.missing)
        told = Text(zh=f"表头缺少列：{names}。", en=f"The header lacks the columns {names}.")
        raise _missing(told, header.missing, headings, where=where)
    if not header.columns:
        told = Text(zh="表头中没有任何可读取的列。", en="The header has none of the columns that are read.")
        raise _missing(told, [heading.name for heading in headings], headings, where=where)
    if header.repeated:
        names = ", ".join(header.repeated)
        raise ParseError(
            "repeated_column",
            Text(zh=f"列重复出现：{names}。", en=f"Columns stand in the header more than once: {names}."),
            where=where,
            hint=Text(zh="请只保留其中一列。", en="Keep only one of them."),
        )


def _missing(told: Text, names: Sequence[str], headings: Sequence[Heading], *, where: Where) -> ParseError:
    known = {heading.name: heading.also for heading in headings}
    forms = "; ".join(f"{name}: {' / '.join((name, *known[name]))}" for name in names)
    hint = Text(zh=f"可用的列名：{forms}", en=f"Accepted headings: {forms}")
    return ParseError("missing_column", told, where=where, hint=hint)


def show_mapping(header: HeaderMap, issues: Issues, *, where: Where) -> None:
    """Tell the uploader what each heading was read as, and which columns are not read."""
    if header.renamed:
        pairs = ", ".join(f"{shown} → {name}" for shown, name in header.renamed)
        issues.add(
            "column_mapped",
            Text(zh=f"表头对应关系：{pairs}。", en=f"Headings were read as: {pairs}."),
            where=where,
            severity=Severity.INFO,
        )
    if header.ignored:
        names = ", ".join(header.ignored)
        issues.add(
            "column_ignored",
            Text(zh=f"以下列未读取：{names}。", en=f"These columns are not read: {names}."),
            where=where,
            severity=Severity.INFO,
        )


def energy_unit(written: str | None, *, where: Where) -> Unit | None:
    """The energy unit of a heading; none when the heading names no unit.

    Raises:
        ParseError: `wrong_unit` for a unit of power in a column of energy.
    """
    if written is None:
        return None
    if written in POWER_UNITS:
        raise ParseError(
            "wrong_unit",
            Text(
                zh=f"电量列的单位写成了功率单位“{written}”。",
                en=f"The energy column carries the unit of power “{written}”.",
            ),
            where=where,
            hint=Text(zh="请提供电量（kWh），而不是功率。", en="Give energy (kWh), not power."),
        )
    return ENERGY_UNITS[written]
