"""From a document to a checked map: every fault is told at once, each with its field and its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import re2

from core.errors import InputError, ParseError
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from core.yaml_document import Path, YamlDocument, bad_yaml, read_mapping
from evidence.observations.schema import COUNT, DATE, FIGURE, INSTANT
from evidence.parsers.columns.instants import declared_zone
from evidence.parsers.maps.document import (
    CONTRACT,
    FORMS,
    SEPARATORS,
    SPREADS,
    ColumnMap,
    ColumnName,
    Condition,
    Filling,
    MapError,
    Place,
    Unpivot,
    mapped_kinds,
)
from evidence.parsers.maps.fields import MAPPED_KINDS, Field, fields_of
from evidence.parsers.maps.map_words import WORDS
from evidence.parsers.maps.plain_values import LONGEST_WORD, is_column, is_number, is_printable, is_text, is_word, shown
from evidence.parsers.maps.units import Unit, names_of, unit_of
from evidence.parsers.tables.headers import folded

LARGEST_MAP = 64 * 1024
MOST_COLUMNS = 500
MOST_WORDS = 500
FURTHEST_ROW = 1000

_NAME = re2.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_KEYS = ("contract", "map", "title", "kind", "timezone", "table", "unpivot", "filter", "fields")
_TABLE_KEYS = ("sheet", "header", "header_rows", "skip", "separator")
_UNPIVOT_KEYS = ("columns", "heading", "cell")
_CONDITION_KEYS = ("column", "is", "is_not")
_FILLING_KEYS = ("column", "constant", "unit", "form", "timezone", "words")


def read_map_text(text: str | bytes) -> ColumnMap:
    """A map from its YAML.

    Raises:
        ParseError: what `core.yaml_document` raises, `too_large`.
        MapError: naming every fault with its line.
    """
    if len(text) > LARGEST_MAP:
        raise ParseError(
            "too_large",
            Text(zh="列映射文件过大。", en="The column map is too large."),
            hint=Text(
                zh=f"列映射最多 {LARGEST_MAP} 字节；请只写列映射本身。",
                en=f"A column map has {LARGEST_MAP} bytes at most; leave everything else out.",
            ),
        )
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise bad_yaml("not text", None) from error
    document = read_mapping(text)
    return _Reader(document.content, lambda path: _where(document, path)).map()


def read_map(content: Mapping[str, Any]) -> ColumnMap:
    """A map from plain values, as JSON brings them.

    Raises:
        MapError: naming every fault with its field.
    """
    return _Reader(content, lambda path: Where(field=_dotted(path) or None)).map()


def _where(document: YamlDocument, path: Path) -> Where:
    return Where(line=document.where(*path).line, field=_dotted(path) or None)


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


class _Reader:
    def __init__(self, content: Mapping[str, Any], where: Callable[[Path], Where]) -> None:
        self._content = content
        self._where = where
        self._faults: list[InputError] = []

    def map(self) -> ColumnMap:
        content = self._content
        self._known_keys(content, _KEYS, ())
        if content.get("contract") != CONTRACT:
            self._fault("map_contract", ("contract",), contract=CONTRACT)
        kind = content.get("kind")
        if not isinstance(kind, str) or kind not in MAPPED_KINDS:
            self._fault("map_kind", ("kind",), kind=shown(kind), known=", ".join(mapped_kinds()))
            raise MapError(tuple(self._faults))
        unpivot = self._unpivot(content.get("unpivot"))
        fields = self._fields(content.get("fields"), fields_of(kind))
        place = self._place(content.get("table"))
        made = ColumnMap(
            name=self._name(content.get("map")),
            title=self._title(content.get("title")),
            kind=MAPPED_KINDS[kind],
            fields=tuple((name, fields[name]) for name in fields_of(kind) if name in fields),
            place=place,
            timezone=self._zone(content.get("timezone"), ("timezone",)),
            unpivot=unpivot,
            conditions=tuple(self._conditions(content.get("filter"))),
        )
        if not self._faults:
            self._fit_together(made)
        if self._faults:
            raise MapError(tuple(self._faults))
        return made

    def _fit_together(self, made: ColumnMap) -> None:
        """What two parts of the document must agree on."""
        numbered = made.place.header == 0
        for column in made.columns:
            if isinstance(column, int) != numbered:
                self._fault("column_by_number" if numbered else "column_by_heading", ("fields",), column=column)
        if numbered and made.place.header_rows != 1:
            self._fault("bad_value", ("table", "header_rows"), name="header_rows")
        if len(made.columns) > MOST_COLUMNS:
            self._fault("too_many", ("fields",), most=MOST_COLUMNS)
        if not any(filling.columns for _, filling in made.fields):
            self._fault("nothing_mapped", ("fields",))
        if made.unpivot is not None:
            own = {made.unpivot.heading, made.unpivot.cell}
            used = {column for _, filling in made.fields for column in filling.columns}
            if made.unpivot.cell not in used:
                self._fault("cell_not_used", ("unpivot", "cell"), name=made.unpivot.cell)
            if numbered or len(own) < 2:
                self._fault("bad_value", ("unpivot",), name="unpivot")

    def _name(self, value: Any) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self._fault("map_name" if value else "map_unnamed", ("map",), name=shown(value))
        return ""

    def _title(self, value: Any) -> Text:
        if value is None:
            name = self._content.get("map")
            return Text(zh=str(name), en=str(name))
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_WORD:
            return Text(zh=value.strip(), en=value.strip())
        if isinstance(value, Mapping) and set(value) == {"zh", "en"} and all(map(is_word, value.values())):
            return Text(zh=value["zh"].strip(), en=value["en"].strip())
        self._fault("bad_value", ("title",), name="title")
        return Text(zh="", en="")

    def _zone(self, value: Any, path: Path) -> str:
        if value in (None, ""):
            return ""
        if isinstance(value, str):
            try:
                declared_zone(value)
                return value
            except ParseError:
                pass
        self._fault("map_zone", path, name=shown(value))
        return ""

    def _place(self, value: Any) -> Place:
        if value is None:
            return Place()
        if not self._is_mapping(value, _TABLE_KEYS, ("table",)):
            return Place()
        separator = value.get("separator") or ""
        separator = {"tab": "\t", "\\t": "\t"}.get(separator, separator) if isinstance(separator, str) else separator
        if separator not in ("", *SEPARATORS):
            self._fault("map_separator", ("table", "separator"), name=shown(separator))
        sheet = value.get("sheet") or ""
        if sheet and not is_word(sheet):
            self._fault("bad_value", ("table", "sheet"), name="sheet")
        header = value.get("header")
        return Place(
            sheet=str(sheet),
            header=None if header is None else self._row(header, "header", least=0),
            header_rows=self._row(value.get("header_rows", 1), "header_rows", least=1, most=5),
            skip=self._row(value.get("skip", 0), "skip", least=0, most=50),
            separator=separator if isinstance(separator, str) else "",
        )

    def _row(self, value: Any, name: str, *, least: int, most: int = FURTHEST_ROW) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._fault("map_row", ("table", name), name=name, least=least, most=most)
        return least

    def _unpivot(self, value: Any) -> Unpivot | None:
        if value is None or not self._is_mapping(value, _UNPIVOT_KEYS, ("unpivot",)):
            return None
        columns = value.get("columns")
        names: tuple[ColumnName, ...] | str = ()
        if isinstance(columns, str) and columns in SPREADS:
            names = columns
        elif isinstance(columns, list) and columns and all(map(is_column, columns)):
            names = tuple(dict.fromkeys(columns))
        else:
            self._fault("map_spread", ("unpivot", "columns"), known=", ".join(SPREADS))
        for name in ("heading", "cell"):
            if not is_word(value.get(name)):
                self._fault("bad_value", ("unpivot", name), name=name)
        return Unpivot(names, str(value.get("heading")), str(value.get("cell")))

    def _conditions(self, value: Any) -> Iterable[Condition]:
        if value is None:
            return
        if not isinstance(value, list) or len(value) > MOST_WORDS:
            self._fault("bad_value", ("filter",), name="filter")
            return
        for index, entry in enumerate(value):
            path: Path = ("filter", index)
            if not self._is_mapping(entry, _CONDITION_KEYS, path):
                continue
            words = entry.get("is", entry.get("is_not"))
            words = [words] if isinstance(words, str) else words
            good = isinstance(words, list) and words and len(words) <= MOST_WORDS and all(map(is_text, words))
            if not is_column(entry.get("column")) or ("is" in entry) == ("is_not" in entry) or not good:
                self._fault("map_condition", path)
                continue
            yield Condition(entry["column"], tuple(words), "is_not" in entry)

    def _fields(self, value: Any, known: Mapping[str, Field]) -> dict[str, Filling]:
        if not isinstance(value, Mapping) or not value:
            self._fault("nothing_mapped", ("fields",))
            return {}
        found: dict[str, Filling] = {}
        for name, entry in value.items():
            path: Path = ("fields", str(name))
            if name not in known:
                hint = meant(str(name), known, otherwise=_known(known))
                self._fault("map_field", path, hint=hint, name=shown(name))
                continue
            entry = {"column": entry} if isinstance(entry, str | int) and not isinstance(entry, bool) else entry
            if self._is_mapping(entry, _FILLING_KEYS, path):
                found[name] = self._filling(entry, known[name], path)
        for name, own in known.items():
            if own.required and name not in value:
                self._fault("map_lacks", ("fields", name), name=name)
        return found

    def _filling(self, entry: Mapping[str, Any], own: Field, path: Path) -> Filling:
        if ("column" in entry) == ("constant" in entry):
            self._fault("column_or_constant", path, name=own.name)
            return Filling()
        unit, unit_column = self._unit(entry.get("unit"), own, path)
        words = self._words(entry.get("words"), own, path)
        form = entry.get("form", "iso")
        if form not in FORMS or (form != "iso" and own.type != INSTANT):
            self._fault("map_form", (*path, "form"), name=own.name, known=", ".join(FORMS))
            form = "iso"
        zone = self._zone(entry.get("timezone"), (*path, "timezone"))
        if "constant" in entry:
            return Filling(constant=self._constant(entry["constant"], own, unit, path), unit=unit, form=form)
        columns = entry["column"] if isinstance(entry["column"], list) else [entry["column"]]
        most = 3 if own.type == INSTANT else 1
        if not 1 <= len(columns) <= most or not all(map(is_column, columns)):
            self._fault("bad_column", (*path, "column"), name=own.name)
            return Filling()
        return Filling(tuple(columns), "", unit, unit_column, form, zone, words)

    def _unit(self, value: Any, own: Field, path: Path) -> tuple[str, ColumnName | None]:
        if value is None:
            return "", None
        path = (*path, "unit")
        if not own.units:
            self._fault("unit_of_none", path, name=own.name)
            return "", None
        if isinstance(value, Mapping):
            if set(value) == {"column"} and is_column(value["column"]):
                return "", value["column"]
            self._fault("bad_value", path, name="unit")
            return "", None
        # A bare 1 is a number in YAML and means the plain ratio.
        unit: Unit | None = unit_of(str(value)) if isinstance(value, str | int) else None
        if unit is None:
            self._fault("unknown_unit", path, unit=shown(value), known=", ".join(names_of(own.dimensions)))
            return "", None
        if own.kept_in(unit) is None:
            self._fault("wrong_unit", path, unit=unit.name, name=own.name, known=", ".join(names_of(own.dimensions)))
        return unit.name, None

    def _words(self, value: Any, own: Field, path: Path) -> tuple[tuple[str, str], ...]:
        if value is None:
            return ()
        path = (*path, "words")
        if own.type in (FIGURE, INSTANT, DATE) or (own.type == COUNT and not own.levels):
            self._fault("words_of_none", path, name=own.name)
            return ()
        if not isinstance(value, Mapping) or not value or len(value) > MOST_WORDS:
            self._fault("bad_value", path, name="words")
            return ()
        allowed = own.meanings
        found: dict[str, str] = {}
        for word, meaning in value.items():
            said = {True: "yes", False: "no"}.get(meaning) if isinstance(meaning, bool) else meaning
            said = str(said) if isinstance(said, int) else said
            if not isinstance(said, str) or not is_word(said) or (allowed and said not in allowed):
                self._fault("map_word", (*path, word), word=shown(word), known=", ".join(allowed) or "…")
                continue
            first = found.setdefault(folded(str(word)), said)
            if first != said:
                self._fault("word_twice", (*path, word), word=shown(str(word).strip()), first=first, second=said)
        return tuple(sorted(found.items()))

    def _constant(self, value: Any, own: Field, unit: str, path: Path) -> str:
        """The constant as the text a cell would hold; a figure with a dimension needs its unit."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        text = str(value).strip()
        if own.units and not unit:
            self._fault("constant_unit", (*path, "unit"), name=own.name, known=", ".join(names_of(own.dimensions)))
        if not text or len(text) > LONGEST_WORD or isinstance(value, Mapping | list) or not is_printable(text):
            self._fault("bad_value", (*path, "constant"), name=own.name)
        elif own.type in (FIGURE, COUNT) and not own.levels and not is_number(text):
            self._fault("constant_number", (*path, "constant"), name=own.name, word=text[:60])
        elif (allowed := own.meanings) and not own.is_state and not own.means(text):
            self._fault("map_word", (*path, "constant"), word=text, known=", ".join(allowed))
        return text

    def _is_mapping(self, value: Any, known: tuple[str, ...], path: Path) -> bool:
        if not isinstance(value, Mapping):
            self._fault("bad_value", path, name=str(path[-1]))
            return False
        self._known_keys(value, known, path)
        return True

    def _known_keys(self, value: Mapping[str, Any], known: tuple[str, ...], path: Path) -> None:
        for key in value:
            if key not in known:
                hint = meant(str(key), known, otherwise=_known(known))
                self._fault("map_key", (*path, str(key)), hint=hint, name=shown(key))

    def _fault(self, code: str, path: Path, *, hint: Text | None = None, **words: object) -> None:
        message, own_hint = WORDS[code]
        told = hint or own_hint.filled(**words)
        self._faults.append(InputError(code, message.filled(**words), where=self._where(path), hint=told))


def _known(known: Iterable[str]) -> Text:
    names = ", ".join(known)
    return Text(zh=f"可用：{names}", en=f"Known: {names}")
