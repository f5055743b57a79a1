"""From the rows of a mapped table to the columns of its kind: units converted exactly, instants in their zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import COUNT, DATE, FIGURE, FLAG, INSTANT, TEXT
from evidence.parsers.base import Issues, Severity
from evidence.parsers.columns.instants import Clock
from evidence.parsers.maps.document import ColumnMap, ColumnName, Filling
from evidence.parsers.maps.fields import Field
from evidence.parsers.maps.figures import converted, whole
from evidence.parsers.maps.forms import iso_texts
from evidence.parsers.maps.units import COUNT_DIMENSION, Unit, conversion, names_of, unit_of
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.table_batches import Batch
from evidence.parsers.tables.typed_rows import YES_NO, TypedRows


@dataclass(frozen=True, slots=True)
class Headed:
    """What the headings of the table at hand tell about the columns a map names.

    Args:
        units: by the name the map uses.
        where: the row of headings.
        names: how columns are called in messages where the map has a name of its own for them.
    """

    units: Mapping[ColumnName, Unit]
    where: Where
    names: Mapping[ColumnName, str] = field(default_factory=dict)


class MappedRows:
    """Reads batch after batch of one file; clocks, one per zone, belong to the file."""

    def __init__(self, column_map: ColumnMap, *, timezone: str | None, issues: Issues) -> None:
        self._map = column_map
        self._issues = issues
        self._zone = column_map.timezone or timezone
        self._clocks: dict[str | None, Clock] = {}

    def close(self) -> None:
        for clock in self._clocks.values():
            clock.close()

    def columns(self, batch: Batch, headed: Headed) -> tuple[TypedRows, dict[str, pa.Array]]:
        """The mapped columns of a batch, and its rows with those that have a fault marked.

        Raises:
            ParseError: `missing_unit`, `wrong_unit`, `unit_contradicted`.
        """
        reader = _BatchReader(self, batch, headed)
        found: dict[str, pa.Array] = {}
        for name, filling in self._map.fields:
            found |= reader.column(self._map.declared[name], filling)
        return reader.rows, found

    def rows(self, batch: Batch, zone: str) -> TypedRows:
        key = zone or self._zone
        if key not in self._clocks:
            self._clocks[key] = Clock(key, self._issues)
        return TypedRows(batch, issues=self._issues, clock=self._clocks[key])

    def tell(self, code: str, message: Text, *, where: Where, severity: Severity, hint: Text, times: int) -> None:
        self._issues.add(code, message, where=where, severity=severity, hint=hint, times=times)


class _BatchReader:
    def __init__(self, owner: MappedRows, batch: Batch, headed: Headed) -> None:
        self._owner = owner
        self._batch = batch
        self._headed = headed
        self._read: set[ColumnName] = set()
        self.rows = owner.rows(batch, "")

    def column(self, own: Field, filling: Filling) -> dict[str, pa.Array]:
        if own.type == INSTANT:
            return {own.name: self._instants(own, filling)}
        if own.units:
            return self._with_unit(own, filling)
        if own.type in (FIGURE, COUNT) and not own.levels:
            self._refuse_unit(own, filling)
        return {own.name: self._plain(own, filling)}

    def _plain(self, own: Field, filling: Filling) -> pa.Array:
        rows, name = self._rows_of(own, filling)
        words = dict(filling.words)
        if own.type == FLAG:
            known = {word: int(meaning) for word, meaning in YES_NO.items()}
            known |= {word: int(meaning == "yes") for word, meaning in words.items()}
            return rows.coded(name, known, required=own.required).cast(pa.bool_())
        if own.levels:
            levels = {**own.levels, **{word: int(meaning) for word, meaning in words.items()}}
            return rows.coded(name, levels, required=own.required)
        if own.is_state:
            return rows.state(name, {**own.words, **words})
        if own.words or words:
            known_words = {**own.words, **{folded(kept): kept for kept in own.words.values()}, **words}
            return rows.choice(name, known_words, required=own.required)
        match own.type:
            case _ if own.type == FIGURE:
                return rows.number(name, required=own.required)
            case _ if own.type == COUNT:
                return rows.count(name, required=own.required)
            case _ if own.type == DATE:
                return rows.date(name)
        return rows.text(name, required=own.required)

    def _rows_of(self, own: Field, filling: Filling) -> tuple[TypedRows, str]:
        """The rows, and the name of the column to read; a constant is a column of its own."""
        if filling.columns:
            self._read.add(filling.columns[0])
            return self.rows, self._named(filling.columns[0])
        name = f"={own.name}"
        self._batch.columns[name] = pa.array(np.full(len(self._batch), filling.constant, dtype=object), TEXT)
        return self.rows, name

    def _named(self, column: ColumnName) -> str:
        return self._headed.names.get(column, str(column))

    def _instants(self, own: Field, filling: Filling) -> pa.Array:
        rows = self._owner.rows(self._batch, filling.timezone)
        names = [self._named(column) for column in filling.columns]
        if names:
            parts = [rows.text(name) for name in names]
            texts = parts[0] if len(parts) == 1 else _joined(parts)
        else:
            texts = pa.array(np.full(len(rows), filling.constant, dtype=object), TEXT)
        if set(filling.columns) & self._read:  # faults were told when the column was read for another field
            texts = pc.if_else(pa.array(self.rows.bad), pa.scalar(None, TEXT), texts)
            if own.required:
                self._refuse_missing(names[0], texts.is_null())
        elif own.required:
            for name in names:
                rows.text(name, required=True)
        instants = rows.instants_in(iso_texts(texts, filling.form), name=names[0] if names else None)
        self._read |= set(filling.columns)
        self.rows.bad |= rows.bad
        return instants

    def _with_unit(self, own: Field, filling: Filling) -> dict[str, pa.Array]:
        rows, name = self._rows_of(own, filling)
        figures = rows.number(name, required=own.required)
        if filling.unit_column is not None:
            return self._by_row(own, self._named(filling.unit_column), figures)
        unit = self._unit(own, filling)
        kept = own.kept_in(unit)
        assert kept is not None  # noqa: S101 – `_unit` and the check of the map saw to it
        values = self._converted(own, figures, unit, kept)
        if own.unit_field is None:
            return {own.name: values}
        return {own.name: values, own.unit_field: pa.array(np.full(len(rows), kept.name, dtype=object), TEXT)}

    def _converted(self, own: Field, figures: pa.Array, unit: Unit, kept: Unit) -> pa.Array:
        values, too_large = converted(figures, conversion(unit, kept))
        self.rows.refuse(too_large, "out_of_range", _TOO_LARGE.filled(name=own.name, line="{line}"))
        if own.type == FIGURE:
            return values
        counts, odd = whole(values)
        self.rows.refuse(odd, "out_of_range", _NO_COUNT.filled(name=own.name, line="{line}"))
        return counts

    def _unit(self, own: Field, filling: Filling) -> Unit:
        """The unit of a whole column: that of the map, that of the heading, or both where they agree."""
        said = unit_of(filling.unit) if filling.unit else None
        written = self._headed.units.get(filling.columns[0]) if filling.columns else None
        known = ", ".join(names_of(own.dimensions))
        column = filling.columns[0] if filling.columns else own.name
        if written is not None and own.kept_in(written) is None:
            raise ParseError(
                "wrong_unit",
                _WRONG_UNIT.filled(column=column, unit=written.name, name=own.name),
                where=self._headed.where,
                hint=_OTHER_COLUMN.filled(known=known),
            )
        if said is not None and written is not None and said != written:
            raise ParseError(
                "unit_contradicted",
                _CONTRADICTED.filled(column=column, unit=written.name, said=said.name),
                where=self._headed.where,
                hint=_NEW_VERSION,
            )
        unit = said or written
        if unit is None:
            raise ParseError(
                "missing_unit",
                _MISSING_UNIT.filled(column=column),
                where=self._headed.where,
                hint=_WRITE_UNIT.filled(known=known),
            )
        return unit

    def _refuse_unit(self, own: Field, filling: Filling) -> None:
        """A column of kWh is no number of cards."""
        written = self._headed.units.get(filling.columns[0]) if filling.columns else None
        if written is not None and written.dimension != COUNT_DIMENSION:
            raise ParseError(
                "wrong_unit",
                _WRONG_UNIT.filled(column=filling.columns[0], unit=written.name, name=own.name),
                where=self._headed.where,
                hint=_NO_UNIT,
            )

    def _by_row(self, own: Field, column: str, figures: pa.Array) -> dict[str, pa.Array]:
        """Figures whose unit stands in a column of its own; a row of another dimension is an error."""
        texts = self.rows.text(column)
        self._refuse_missing(column, pc.and_(figures.is_valid(), texts.is_null()))
        encoded = texts.dictionary_encode()
        values, units = pa.nulls(len(texts), own.type), pa.nulls(len(texts), TEXT)
        for code, text in enumerate(encoded.dictionary.to_pylist()):
            mask = pc.fill_null(pc.equal(encoded.indices, code), fill_value=False)
            unit = unit_of(text)
            kept = own.kept_in(unit) if unit else None
            if unit is None or kept is None:
                self._tell_unit(own, column, text, mask, known=unit is not None)
                continue
            chosen = self._converted(own, pc.if_else(mask, figures, pa.scalar(None, figures.type)), unit, kept)
            values = pc.if_else(mask, chosen, values)
            units = pc.if_else(mask, pa.scalar(kept.name, TEXT), units)
        found = {own.name: values}
        return found if own.unit_field is None else found | {own.unit_field: units}

    def _refuse_missing(self, name: str, mask: pa.Array) -> None:
        self.rows.refuse(
            mask.to_numpy(zero_copy_only=False), "missing_value", _MISSING.filled(name=name, line="{line}")
        )

    def _tell_unit(self, own: Field, column: str, text: str, mask: pa.Array, *, known: bool) -> None:
        chosen = mask.to_numpy(zero_copy_only=False) & ~self.rows.bad
        places = np.flatnonzero(chosen)
        if len(places):
            message = _ROWS_WRONG_UNIT if known else _ROWS_UNKNOWN_UNIT
            self._owner.tell(
                "wrong_unit" if known else "unknown_unit",
                message.filled(unit=text[:40], count=len(places), name=own.name),
                where=self._batch.where(int(places[0]), column),
                severity=Severity.ERROR,
                hint=_FILTER.filled(known=", ".join(names_of(own.dimensions))),
                times=len(places),
            )
        self.rows.bad |= mask.to_numpy(zero_copy_only=False)


def _joined(parts: list[pa.Array]) -> pa.Array:
    """Date and time of two columns as one text; null where one of them is."""
    first = pc.replace_substring_regex(parts[0], r"[T ]00:00:00(\.0+)?$", "")
    return pc.binary_join_element_wise(first, *parts[1:], " ", null_handling="emit_null")


_MISSING = Text(zh="第 {line} 行缺少“{name}”。", en="Line {line} lacks “{name}”.")
_TOO_LARGE = Text(
    zh="第 {line} 行的“{name}”换算后过大。", en="“{name}” in line {line} is too large in the unit it is kept in."
)
_NO_COUNT = Text(zh="第 {line} 行的“{name}”应为非负数。", en="“{name}” in line {line} must not be negative.")
_WRONG_UNIT = Text(
    zh="列“{column}”的单位是 {unit}，与字段“{name}”的量纲不符。",
    en="The column “{column}” is in {unit}, which is no unit of the field `{name}`.",
)
_OTHER_COLUMN = Text(zh="请选择另一列。可用单位：{known}", en="Map another column. Units: {known}")
_NO_UNIT = Text(zh="该字段没有单位，请选择另一列。", en="The field has no unit; map another column.")
_CONTRADICTED = Text(
    zh="列“{column}”的单位是 {unit}，列映射写的却是 {said}。",
    en="The column “{column}” is in {unit}, but the column map says {said}.",
)
_NEW_VERSION = Text(
    zh="请核对导出设置；若单位确实改变，请保存映射的新版本，或在映射中不写单位而采用表头的单位。",
    en="Check the export; if the unit has changed, save a new version of the map, or leave the unit to the heading.",
)
_MISSING_UNIT = Text(
    zh="列“{column}”没有单位：表头和列映射都没有写明，系统不会猜测。",
    en="The column “{column}” has no unit: neither its heading nor the map names one, and none is guessed.",
)
_WRITE_UNIT = Text(zh="请在映射中写明 unit：{known}", en="Write `unit` in the map: {known}")
_ROWS_WRONG_UNIT = Text(
    zh="有 {count} 行的单位是“{unit}”，与字段“{name}”的量纲不符。",
    en="{count} rows are in “{unit}”, which is no unit of the field `{name}`.",
)
_ROWS_UNKNOWN_UNIT = Text(
    zh="有 {count} 行的单位“{unit}”未知（字段“{name}”）。",
    en="{count} rows are in the unknown unit “{unit}” (field `{name}`).",
)
_FILTER = Text(
    zh="请用筛选条件排除这些行，或更正单位。可用单位：{known}",
    en="Leave these rows out by a filter, or mend the unit. Units: {known}",
)
