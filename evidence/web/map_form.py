"""The form of a column map: one row per field of the kind, and the way back from what was typed to a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from core.text import Text
from evidence.observations.schema import INSTANT
from evidence.parsers.maps.document import FORMS, SPREADS
from evidence.parsers.maps.field_words import field_title
from evidence.parsers.maps.fields import MAPPED_KINDS, Field, fields_of
from evidence.parsers.maps.units import names_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HEADING, CELL = "heading", "cell"
_CONSTANT, _ROW_UNIT = "=", "column:"
CONDITIONS = 2
Draft = dict[str, Any]
Choice = tuple[str, str | Text]

_FORM_WORDS = {
    "iso": Text(zh="年月日 时:分（ISO）", en="ISO 8601"),
    "month_start": Text(zh="月份，取月初", en="month, its start"),
    "month_end": Text(zh="月份，取月末", en="month, its end"),
    "day_start": Text(zh="日期，取 0 时", en="day, its start"),
    "day_end": Text(zh="日期，取 24 时", en="day, its end"),
    "day/month/year": Text(zh="日/月/年", en="day/month/year"),
    "month/day/year": Text(zh="月/日/年", en="month/day/year"),
    "digits": Text(zh="连写数字 202504010015", en="digits, 202504010015"),
    "epoch_s": Text(zh="1970 年以来的秒", en="seconds since 1970"),
    "epoch_ms": Text(zh="1970 年以来的毫秒", en="milliseconds since 1970"),
}
_SPREAD_WORDS = {
    "": Text(zh="不转换", en="none"),
    "months": Text(zh="列名为月份的列", en="columns headed by months"),
    "days": Text(zh="列名为日期的列", en="columns headed by days"),
    "times": Text(zh="列名为时刻的列", en="columns headed by times of day"),
    "others": Text(zh="其余各列", en="all columns not used otherwise"),
    "listed": Text(zh="下列各列", en="the columns listed below"),
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field with the choices there are for it and what is chosen."""

    name: str
    title: Text
    required: bool
    column: str
    columns: tuple[Choice, ...]
    constant: str
    second: str
    seconds: tuple[Choice, ...]
    unit: str
    units: tuple[Choice, ...]
    form: str
    forms: tuple[Choice, ...]
    words: str
    meanings: str
    why: Text | None = None

    @property
    def has_words(self) -> bool:
        return bool(self.meanings or self.words)


@dataclass(frozen=True, slots=True)
class ConditionRow:
    column: str
    is_not: bool
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """An input by its id, what it is called, and what is wrong with it; as a bound field of any other form."""

    id_for_label: str
    label: str
    errors: tuple[str, ...] = ()


class Called(NamedTuple):
    """A part of the page by the heading it stands under."""

    label: StrPromise


_PARTS = {
    "fields": Called(_("Which column is what")),
    "title": Called(_("Title")),
}


@dataclass(frozen=True, slots=True)
class MapForm:
    """What the page shows of a draft."""

    draft: Draft
    headings: tuple[str, ...]
    rows: tuple[FieldRow, ...]
    conditions: tuple[ConditionRow, ...]
    spread: str
    listed: str
    told: tuple[Place, ...] = ()  # what is wrong at its inputs, by `map_faults.placed`
    spreads: tuple[Choice, ...] = field(default=tuple(_SPREAD_WORDS.items()))

    def __iter__(self) -> Iterator[Place]:
        return iter(self.told)

    @property
    def errors(self) -> bool:
        return bool(self.told)

    @property
    def fields(self) -> Mapping[str, Called]:
        """What refusals name, as people see it; of any other form these are its fields."""
        return _PARTS

    @property
    def columns(self) -> tuple[Choice, ...]:
        return tuple((heading, heading) for heading in _used(self.headings))


def form_of(draft: Draft, headings: Sequence[str], *, reasons: Mapping[str, Text] | None = None) -> MapForm:
    """The form filled with a draft, which need not be a valid map."""
    known = reasons or {}
    unpivot = _mapping(draft.get("unpivot"))
    fields = _mapping(draft.get("fields"))
    own = fields_of(str(draft["kind"]))
    rows = tuple(
        _row(one, _filling(fields.get(name)), headings, spread=bool(unpivot), why=known.get(name))
        for name, one in sorted(own.items(), key=lambda item: not item[1].required)
    )
    columns = unpivot.get("columns", "")
    listed = "\n".join(str(name) for name in columns) if isinstance(columns, list | tuple) else ""
    conditions = [_condition(one) for one in draft.get("filter") or []]
    conditions += [ConditionRow("", False, "")] * max(0, CONDITIONS - len(conditions))
    spread = "listed" if isinstance(columns, list | tuple) else str(columns)
    return MapForm(draft, tuple(headings), rows, tuple(conditions), spread, listed)


def draft_of(posted: Mapping[str, str], *, kind: str) -> Draft:
    """The draft a person typed; it is checked as any other document afterwards."""
    draft: Draft = {"contract": 1, "map": posted.get("map", "").strip(), "kind": kind}
    title = {"zh": posted.get("title_zh", "").strip(), "en": posted.get("title_en", "").strip()}
    if any(title.values()):
        draft["title"] = {"zh": title["zh"] or title["en"], "en": title["en"] or title["zh"]}
    if zone := posted.get("timezone", "").strip():
        draft["timezone"] = zone
    if table := _table(posted):
        draft["table"] = table
    if spread := posted.get("spread", ""):
        listed = [line.strip() for line in posted.get("listed", "").splitlines() if line.strip()]
        draft["unpivot"] = {
            "columns": spread if spread in SPREADS else listed,
            "heading": HEADING,
            "cell": CELL,
        }
    if conditions := _conditions(posted):
        draft["filter"] = conditions
    own = fields_of(kind)
    fields = {name: filled for name, one in own.items() if (filled := _posted_field(posted, one)) is not None}
    return draft | {"fields": fields}


def _posted_field(posted: Mapping[str, str], own: Field) -> Draft | None:
    name = own.name
    column = posted.get(f"column-{name}", "")
    if not column:
        return None
    filled: Draft = {}
    if column == _CONSTANT:
        filled["constant"] = posted.get(f"constant-{name}", "").strip()
    else:
        second = posted.get(f"second-{name}", "")
        filled["column"] = [column, second] if second else column
    unit = posted.get(f"unit-{name}", "")
    if unit.startswith(_ROW_UNIT):
        filled["unit"] = {"column": unit.removeprefix(_ROW_UNIT)}
    elif unit:
        filled["unit"] = unit
    if (form := posted.get(f"form-{name}", "iso")) != "iso":
        filled["form"] = form
    if words := _words_of(posted.get(f"words-{name}", "")):
        filled["words"] = words
    return filled


def _table(posted: Mapping[str, str]) -> Draft:
    """Numbers as numbers; what is none is left for the check to refuse."""
    table: Draft = {}
    for name in ("header", "header_rows", "skip"):
        text = posted.get(name, "").strip()
        if text:
            table[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
    for name in ("sheet", "separator"):
        if text := posted.get(name, "").strip():
            table[name] = text
    return table


def _conditions(posted: Mapping[str, str]) -> list[Draft]:
    found = []
    for number in range(20):
        column = posted.get(f"filter-column-{number}", "")
        if not column:
            continue
        words = [line.strip() for line in posted.get(f"filter-words-{number}", "").splitlines()]
        words = [word for word in words if word] or [""]
        found.append({"column": column, "is_not" if posted.get(f"filter-how-{number}") == "is_not" else "is": words})
    return found


def _words_of(text: str) -> dict[str, str]:
    """Lines of `word = meaning`.

    A word that comes again with another meaning gets a blank behind it, as a mapping would keep the last alone. To the
    check blanks are nothing: it sees both and refuses them, and both stay on the page.
    """
    words: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        word, _, meaning = (part.strip() for part in line.partition("="))
        while words.get(word, meaning) != meaning:
            word += " "
        words[word] = meaning
    return words


def _row(own: Field, filling: Draft, headings: Sequence[str], *, spread: bool, why: Text | None) -> FieldRow:
    columns: list[Choice] = [("", Text(zh="（不取）", en="(nothing)"))]
    if spread:
        columns += [
            (HEADING, Text(zh="▸ 转为行之列的列名", en="▸ heading of the columns turned into rows")),
            (CELL, Text(zh="▸ 转为行之列的值", en="▸ value of the columns turned into rows")),
        ]
    columns += [(heading, heading) for heading in _used(headings)]
    columns.append((_CONSTANT, Text(zh="▸ 常量（右侧填写）", en="▸ a constant, written beside")))
    chosen = filling.get("column", "")
    parts = [str(one) for one in chosen] if isinstance(chosen, list | tuple) else [str(chosen)]
    column = _CONSTANT if "constant" in filling else parts[0]
    if column and column not in {value for value, _ in columns}:
        columns.append((column, column))  # of a map made for another file
    unit = filling.get("unit", "")
    unit = f"{_ROW_UNIT}{unit.get('column', '')}" if isinstance(unit, Mapping) else str(unit)
    words = _mapping(filling.get("words"))
    return FieldRow(
        name=own.name,
        title=field_title(own.name),
        required=own.required,
        column=column,
        columns=tuple(columns),
        constant=str(filling.get("constant", "")),
        second=parts[1] if len(parts) > 1 else "",
        seconds=tuple((heading, heading) for heading in _used(headings)) if own.type == INSTANT else (),
        unit=unit,
        units=_units(own, headings),
        form=str(filling.get("form", "iso")),
        forms=tuple((name, _FORM_WORDS[name]) for name in FORMS) if own.type == INSTANT else (),
        words="\n".join(f"{word} = {meaning}" for word, meaning in words.items()),
        meanings=", ".join(own.meanings),
        why=why,
    )


def _units(own: Field, headings: Sequence[str]) -> tuple[Choice, ...]:
    if not own.units:
        return ()
    units: list[Choice] = [("", Text(zh="以表头所写为准", en="as the heading says"))]
    units += [(name, name) for name in names_of(own.dimensions)]
    units += [
        (f"{_ROW_UNIT}{heading}", Text(zh=f"每行见列“{heading}”", en=f"of each row, in “{heading}”"))
        for heading in _used(headings)
    ]
    return tuple(units)


def _condition(value: Any) -> ConditionRow:
    told = _mapping(value)
    words = told.get("is_not", told.get("is"))
    listed = words if isinstance(words, list) else [words or ""]
    return ConditionRow(str(told.get("column", "")), "is_not" in told, "\n".join(str(word) for word in listed))


def _used(headings: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(heading for heading in headings if heading.strip()))


def _filling(value: Any) -> Draft:
    if isinstance(value, str | int):
        return {"column": value}
    return _mapping(value)


def _mapping(value: Any) -> Draft:
    return dict(value) if isinstance(value, Mapping) else {}


KIND_CHOICES: tuple[Choice, ...] = tuple((name, kind.title) for name, kind in MAPPED_KINDS.items())
