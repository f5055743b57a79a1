"""From cells of text to typed columns: what cannot be read is an issue at its line, and its row is left out.

One `TypedRows` per batch; the `Clock` and `Issues` belong to the whole file. Columns are read whole by Arrow
where every cell is ordinary, one by one where some are not – with the same outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.provenance import Where
from core.quantity import bounded_decimal
from core.text import Text
from evidence.observations.schema import COUNT, DATE, FIGURE, FLAG, TEXT, Kind
from evidence.observations.stored import Rows
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figure_cells import figure_in_cell
from evidence.parsers.columns.instants import Clock, Mask
from evidence.parsers.columns.quick_columns import counts, figures, trimmed
from evidence.parsers.columns.repeating import by_words, plain, spread
from evidence.parsers.spool import Spool
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading, folded
from evidence.parsers.tables.left_out import tell_left_out
from evidence.parsers.tables.scheduler_states import read_states
from evidence.parsers.tables.sheet_tables import sheet_batches
from evidence.parsers.tables.sheet_words import SHEET_WORDS
from evidence.parsers.tables.table_batches import Batch, Layout, Tally
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

Word = TypeVar("Word")
Quick = Callable[[pa.Array], pa.Array | None]  # null of a column it cannot read

LARGEST_COUNT = 2**53
_ORDINARY_NUMBER = r"^[+-]?[0-9]{1,20}(\.[0-9]{1,9})?$"
_ORDINARY_COUNT = r"^[0-9]{1,15}$"
_DATE = re2.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?")

YES_NO = {
    **dict.fromkeys(("yes", "true", "1", "y", "是"), True),
    **dict.fromkeys(("no", "false", "0", "n", "否"), False),
}


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A whole table file as observations of one kind, with everything found on the way."""

    table: Rows
    issues: Issues
    tally: Tally

    def result(self, source: Source, facts: Mapping[str, Any]) -> ParseResult:
        return ParseResult(
            facts=facts,
            tables={self.table.schema.metadata[b"kind"].decode(): self.table},
            coverage=self.tally.coverage,
            issues=tuple(self.issues.listed),
            issue_counts=self.issues.counts,
            encoding="utf-8" if is_workbook(source) else source.text_encoding,
        )


def read_table(
    source: Source,
    *,
    headings: Sequence[Heading],
    kind: Kind,
    columns: Callable[[TypedRows, Layout], Mapping[str, pa.Array]],
) -> TypedTable:
    """Read a table, from text or from the sheets of a workbook; `columns` turns rows into the columns of the kind."""
    issues, tally = Issues(), Tally()
    parts = _typed(source, headings=headings, kind=kind, columns=columns, issues=issues, tally=tally)
    return TypedTable(pa.concat_tables([kind.empty(), *(part.cast(kind.arrow) for part in parts)]), issues, tally)


def read_rows(
    source: Source,
    *,
    headings: Sequence[Heading],
    kind: Kind,
    columns: Callable[[TypedRows, Layout], Mapping[str, pa.Array]],
    watch: Callable[[pa.Table], None] = lambda rows: None,
) -> TypedTable:
    """The same for tables of any size: many rows go to disk and come as a `StoredTable`.

    `watch` sees them pass by, words as dictionaries where a column has few.
    """
    issues, tally, spool = Issues(), Tally(), Spool(kind, scratch=source.scratch)
    for rows in _typed(source, headings=headings, kind=kind, columns=columns, issues=issues, tally=tally):
        watch(rows)
        spool.add(rows)
    return TypedTable(spool.close(), issues, tally)


def _typed(
    source: Source,
    *,
    headings: Sequence[Heading],
    kind: Kind,
    columns: Callable[[TypedRows, Layout], Mapping[str, pa.Array]],
    issues: Issues,
    tally: Tally,
) -> Iterator[pa.Table]:
    clock = Clock(source.timezone, issues)
    found = sheet_batches if is_workbook(source) else partial(text_batches, encoded=True)
    for layout, batch in found(source, headings, issues, tally):
        rows = TypedRows(batch, issues=issues, clock=clock)
        yield kind.table(rows.kept(columns(rows, layout)), encoded=True)
        tell_left_out(kind, batch, rows.bad, issues)
        tally.faulty += int(np.count_nonzero(rows.bad))
    clock.close()


class TypedRows:
    """The rows of one batch while their columns are being read."""

    def __init__(self, batch: Batch, *, issues: Issues, clock: Clock) -> None:
        self._batch = batch
        self._issues = issues
        self._clock = clock
        self.bad: Mask = np.zeros(len(batch), dtype=bool)

    def __len__(self) -> int:
        return len(self._batch)

    @property
    def lines(self) -> pa.Array:
        """The line each row starts at."""
        return self._batch.lines

    def text(self, name: str, *, required: bool = False) -> pa.Array:
        """Trimmed text; empty is null."""
        return plain(self.words(name, required=required))

    def words(self, name: str, *, required: bool = False) -> pa.Array:
        """The same, as a dictionary where the column has few different cells, for who does not look into them."""
        column = self._batch.columns.get(name)
        if column is None:
            return pa.nulls(len(self._batch), TEXT)
        different = by_words(column)
        texts = trimmed(different)
        if different is not column:
            texts = column if texts is different else spread(texts, column)
        if required and texts.null_count:
            self._missing(name, texts)
        return texts

    def same(self, word: str) -> pa.Array:
        """One word for all rows."""
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(self), dtype=np.int32)), [word])

    def number(self, name: str, *, required: bool = False) -> pa.Array:
        """Decimals by the grammar of `core.quantity.read_number`, kept to nine decimals."""
        return self._numbers(name, figures, (_ORDINARY_NUMBER, FIGURE, self._figure), required=required)

    def scaled(self, values: pa.Array, factor: Decimal) -> pa.Array:
        """Figures in a smaller unit: multiplied by a whole factor, exactly."""
        wide = pc.multiply(values.cast(pa.decimal256(60, 9)), pa.scalar(factor, pa.decimal256(10, 0)))
        return wide.cast(FIGURE)

    def count(self, name: str, *, required: bool = False) -> pa.Array:
        """Whole numbers from 0."""
        return self._numbers(name, counts, (_ORDINARY_COUNT, COUNT, self._whole), required=required)

    def instant(self, name: str, *, required: bool = False) -> pa.Array:
        """Instants in UTC."""
        column = self._batch.columns.get(name)
        if column is not None:
            read = self._clock.read_regular(column, place=lambda index: self._where(index, name))
            if read is not None:
                return read
        return self.instants_in(self.text(name, required=required), name=name)

    def instants_in(self, texts: pa.Array, *, name: str | None = None) -> pa.Array:
        """The same for texts already prepared; `name` is the field they come from."""
        instants, bad = self._clock.read(texts, self._batch.lines, place=lambda index: self._where(index, name))
        self.bad |= bad
        return instants

    def date(self, name: str) -> pa.Array:
        return self._each_distinct(
            name, self.words(name), _day, DATE, lambda text, where: self._no_date(name, text, where)
        )

    def choice(self, name: str, words: Mapping[str, str], *, required: bool = False) -> pa.Array:
        """One of a closed list, by its folded word; anything else is the issue `unknown_word`."""
        return self._worded(name, words, TEXT, required=required)

    def coded(self, name: str, words: Mapping[str, int], *, required: bool = False) -> pa.Array:
        """A number for each word of a closed list, such as the levels of an answer."""
        return self._worded(name, words, COUNT, required=required)

    def state(self, name: str, words: Mapping[str, str] | None = None) -> pa.Array:
        """States of a scheduler, unknown ones listed and kept."""
        texts = self.words(name, required=True)
        place = partial(self._where, name=name)
        return read_states(texts, self._batch.lines, self._issues, words=words, place=place)

    def flag(self, name: str) -> pa.Array:
        return self._worded(name, YES_NO, FLAG)

    def or_empty(self, name: str, read: Callable[[str], pa.Array], *, where: Mask | None = None) -> pa.Array:
        """A column whose unreadable cells count as empty, for one in which empty can only be worse for the centre.

        Args:
            where: the rows this holds for; elsewhere such a cell is a fault of its row.
        """
        before, self.bad = self.bad, np.zeros(len(self), dtype=bool)
        column = read(name)
        emptied = self.bad if where is None else self.bad & where
        self.bad = before | (self.bad & ~emptied)
        for index in np.flatnonzero(emptied):
            self._issues.add(
                "taken_as_empty", _EMPTIED.filled(name=name), where=self._where(int(index), name), hint=_CORRECT
            )
        return column

    def refuse(self, mask: Mask, code: str, message: Text, *, hint: Text | None = None) -> None:
        """Leave out the rows of a mask, each with an issue; `{line}` in the message is filled."""
        for index in np.flatnonzero(mask & ~self.bad):
            where = self._where(int(index))
            self._issues.add(code, message.filled(line=where.line), where=where, hint=hint)
        self.bad |= mask

    def kept(self, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """The given columns and `line`, without the rows that have a fault."""
        everything = {**columns, "line": self._batch.lines}
        if self._batch.sheet is not None:
            cells = [self._where(index).cell for index in range(len(self._batch))]
            everything["cell"] = pa.array(cells, pa.string())
        if not self.bad.any():
            return everything
        good = pa.array(~self.bad)
        return {name: column.filter(good) for name, column in everything.items()}

    def each_unique(self, name: str, read: Callable[[str], Any], type_: pa.DataType) -> pa.Array:
        """Values read once per distinct text; a text that reads as null is the issue `unreadable_value`."""
        encoded = self.words(name).dictionary_encode()
        values = [read(text) for text in encoded.dictionary.to_pylist()]
        column = pa.array(values, type_).take(encoded.indices)
        unread = pc.and_(encoded.is_valid(), column.is_null()).to_numpy(zero_copy_only=False)
        self.refuse(
            unread,
            "unreadable_value",
            Text(zh=f"第 {{line}} 行的“{name}”无法识别。", en=f"“{name}” in line {{line}} cannot be read."),
        )
        return column

    def _numbers(self, name: str, quick: Quick, ordinary: tuple[Any, ...], *, required: bool) -> pa.Array:
        """By a quick reader as the cells stand, or without the blanks around them; else each by itself."""
        column = self._batch.columns.get(name)
        as_it_stands = column is not None and not column.null_count and name not in self._batch.typed_as_text
        if as_it_stands and (read := quick(by_words(column))) is not None:
            return spread(read, column)
        texts = self.words(name, required=required)
        self._tell_numbers_as_text(name, texts)
        if (read := quick(by_words(texts))) is not None:
            return spread(read, texts)
        return self._ordinary(name, plain(texts), *ordinary)

    def _each_distinct(
        self,
        name: str,
        texts: pa.Array,
        read: Callable[[str], Any],
        type_: pa.DataType,
        tell: Callable[[str, Where], None],
    ) -> pa.Array:
        """Values read once per distinct text; every row whose text reads as null is told and left out."""
        encoded = texts.dictionary_encode()
        values = [read(text) for text in encoded.dictionary.to_pylist()]
        column = pa.array(values, type_).take(encoded.indices)
        unread = pc.and_(encoded.is_valid(), column.is_null()).to_numpy(zero_copy_only=False)
        for index in np.flatnonzero(unread):
            tell(texts[int(index)].as_py(), self._where(int(index), name))
        self.bad |= unread
        return column

    def _where(self, index: int, name: str | None = None) -> Where:
        return self._batch.where(index, name)

    def _tell_numbers_as_text(self, name: str, texts: pa.Array) -> None:
        """One note for a column in which a workbook keeps numbers as text."""
        typed = self._batch.typed_as_text.get(name)
        if typed is None:
            return
        places = np.flatnonzero(typed & texts.is_valid().to_numpy(zero_copy_only=False))
        are = [bounded_decimal(text) is not None for text in texts.take(pa.array(places)).to_pylist()]
        places = places[np.array(are, dtype=bool)]
        if len(places):
            severity, message, hint = SHEET_WORDS["numbers_as_text"]
            self._issues.add(
                "number_as_text",
                message.filled(count=len(places), text=texts[int(places[0])].as_py()[:40]),
                where=self._where(int(places[0]), name),
                severity=severity,
                hint=hint,
                times=len(places),
            )

    def _ordinary(
        self,
        name: str,
        texts: pa.Array,
        pattern: str,
        type_: pa.DataType,
        read: Callable[[str, str, Where], Any],
    ) -> pa.Array:
        """Cells of a pattern as Arrow reads them, the others one by one; what reads as null is a fault of its row."""
        ordinary = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=True)
        odd = np.flatnonzero(~ordinary.to_numpy(zero_copy_only=False))
        if not len(odd):
            return texts.cast(type_)
        column = pc.if_else(ordinary, texts, pa.scalar(None, TEXT)).cast(type_)
        values = [
            read(name, text, self._where(index, name))
            for index, text in zip(odd.tolist(), texts.take(pa.array(odd)).to_pylist(), strict=True)
        ]
        self.bad[odd] |= np.array([value is None for value in values])
        return pc.replace_with_mask(column, pc.invert(ordinary), pa.array(values, type_))

    def _missing(self, name: str, texts: pa.Array) -> None:
        """Told even where the row has another fault, so that all of them are mended in one go."""
        for index in np.flatnonzero(texts.is_null().to_numpy(zero_copy_only=False)):
            where = self._where(int(index), name)
            message = Text(zh=f"第 {where.line} 行缺少“{name}”。", en=f"Line {where.line} lacks “{name}”.")
            self._issues.add("missing_value", message, where=where, hint=_FILL_IN)
            self.bad[index] = True

    def _figure(self, name: str, text: str, where: Where) -> Decimal | None:
        return figure_in_cell(text, self._issues, where=where, name=name)

    def _whole(self, name: str, text: str, where: Where) -> int | None:
        value = figure_in_cell(text, self._issues, where=where, name=name)
        if value is None:
            return None
        if value != value.to_integral_value() or not 0 <= value <= LARGEST_COUNT:
            self._issues.add(
                "out_of_range",
                Text(zh=f"“{name}”应为非负整数，此处为 {text}。", en=f"“{name}” is a count from 0, here it is {text}."),
                where=where,
                hint=Text(zh="只填写数字，如 128。", en="Write digits alone, such as 128."),
            )
            return None
        return int(value)

    def _worded(self, name: str, words: Mapping[str, Word], type_: pa.DataType, *, required: bool = False) -> pa.Array:
        texts = self.words(name, required=required)

        def tell(text: str, where: Where) -> None:
            self._issues.add(
                "unknown_word",
                Text(zh=f"“{name}”的取值“{text[:40]}”未知。", en=f"“{name}” has the unknown value “{text[:40]}”."),
                where=where,
                hint=Text(zh=f"可用取值：{', '.join(words)}", en=f"Known values: {', '.join(words)}"),
            )

        return self._each_distinct(name, texts, lambda text: words.get(folded(text)), type_, tell)

    def _no_date(self, name: str, text: str, where: Where) -> None:
        self._issues.add(
            "bad_date",
            Text(zh=f"“{name}”不是日期：{text[:40]}。", en=f"“{name}” is not a date: {text[:40]}."),
            where=where,
            hint=Text(zh="请写成 2025-04-01。", en="Write 2025-04-01."),
        )


_EMPTIED = Text(
    zh="该行已采用，“{name}”按未填写处理，即按最不利计。",
    en="The row is used, with “{name}” as if it were empty, which counts at its worst.",
)
_CORRECT = Text(zh="请更正该单元格后重新提交。", en="Correct the cell and hand the file in again.")
_FILL_IN = Text(zh="请补充该值。", en="Fill it in.")


def _day(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text.split("T")[0].split(" ")[0]) if len(text) <= 40 else None
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
