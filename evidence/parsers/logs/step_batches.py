"""The progress lines of a log, so many at once: those of a known layout in columns, the others as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue

import numpy as np
import pyarrow as pa

from core.ahead import THREADS, side_by_side
from evidence.parsers.columns.quick_columns import Integers
from evidence.parsers.logs.step_forms import Block, LineForm, form_of, read_form
from evidence.parsers.logs.step_layouts import Layouts
from evidence.parsers.logs.step_lines import ROWS_AT_ONCE, StepField
from evidence.parsers.text.log_lines import log_contents, text_of
from evidence.parsers.text.source import Source

MOST_FORMS = 8
WORTH_LEARNING = 2


@dataclass(slots=True)
class StepBatch:
    """Up to `ROWS_AT_ONCE` progress lines.

    Args:
        numbers, texts: the lines to be read by patterns.
        tables: the fields of all others, with their `stamp` and `line`, in whatever order.
        examples: a line of each layout these have.
        lines_read: how many lines of the log were read up to there.
    """

    numbers: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tables: list[pa.Table] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    lines_read: int = 0

    def __len__(self) -> int:
        return len(self.numbers) + sum(int(table.num_rows) for table in self.tables)

    def with_others(self, others: pa.Table) -> pa.Table:
        """All lines in file order; those of a known layout are `whole`."""
        if not self.tables:
            return others
        read = pa.concat_tables(self.tables)
        read = read.append_column("whole", pa.array(np.ones(read.num_rows, dtype=bool)))
        rows = pa.concat_tables([read.select(others.column_names), others]).combine_chunks()
        lines = rows.column("line").to_numpy()
        return rows if bool((np.diff(lines) > 0).all()) else rows.take(pa.array(np.argsort(lines)))


@dataclass(frozen=True, slots=True)
class _ReadBlock:
    """Lines of a log: those of a layout in tables, and the indices of the progress lines of none."""

    first: int
    block: Block
    tables: list[tuple[LineForm, pa.Table]]
    rest: list[int]


def step_batches(
    source: Source,
    fields: Sequence[StepField],
    *,
    is_step: Callable[[bytes], bool],
    is_whole: Callable[[bytes], bool],
    counter: bytes,
    stamp: str,
) -> Iterator[StepBatch]:
    """The progress lines of a log; the last batch may be empty.

    Args:
        fields, counter, stamp: as `form_of` takes them.
        is_step: whether a line is a progress line.
        is_whole: whether it is one record and no more. Of each line of a layout both must say what they say of another.
    """
    idle: SimpleQueue[_Forms] = SimpleQueue()
    for _ in range(THREADS):  # each learns for itself: what is read does not depend on what is known
        idle.put(_Forms(fields, is_whole, counter, stamp))

    def read_block(numbered: tuple[int, bytes]) -> _ReadBlock:
        first, content = numbered
        forms, block = idle.get(), Block(content)
        try:
            return _ReadBlock(first, block, *forms.read(block, first, is_step))
        finally:
            idle.put(forms)

    batch = StepBatch()
    read = 0
    for found in side_by_side(read_block, log_contents(source)):
        first, block, tables, rest = found.first, found.block, found.tables, found.rest
        read = first + len(block) - 1
        while rest or tables:
            last = _last_fitting(first, tables, rest, room=ROWS_AT_ONCE - len(batch))
            here = [index for index in rest if first + index <= last]
            rest = rest[len(here) :]
            batch.numbers += [first + index for index in here]
            batch.texts += [text_of(block.line(index)) for index in here]
            later = []
            for form, table in tables:
                fit = int(np.searchsorted(table.column("line").to_numpy(), last, side="right"))
                if fit:
                    batch.tables.append(table.slice(0, fit))
                    batch.examples.append(form.example.decode())
                if fit < table.num_rows:
                    later.append((form, table.slice(fit)))
            tables = later
            if len(batch) == ROWS_AT_ONCE:
                batch.lines_read = last
                yield batch
                batch = StepBatch()
    batch.lines_read = read
    yield batch


class _Forms:
    """The layouts a log has shown so far, by their number of bars."""

    def __init__(
        self, fields: Sequence[StepField], is_whole: Callable[[bytes], bool], counter: bytes, stamp: str
    ) -> None:
        self._fields = fields
        self._is_whole = is_whole
        self._counter = counter
        self._stamp = stamp
        self._known: dict[int, tuple[LineForm, Layouts]] = {}

    def read(
        self, block: Block, first: int, is_step: Callable[[bytes], bool]
    ) -> tuple[list[tuple[LineForm, pa.Table]], list[int]]:
        """The lines of a layout in tables; the indices of the progress lines of none."""
        left = np.arange(len(block))
        tables: list[tuple[LineForm, pa.Table]] = []
        for form, layouts in list(self._known.values()):
            left = self._take(block, form, layouts, left, first, tables)
        rest = [index for index, line in zip(left.tolist(), block.lines(left), strict=True) if is_step(line)]
        if len(rest) >= WORTH_LEARNING:
            left = np.array(rest)
            for form, layouts in self._learn(rest, block):
                left = self._take(block, form, layouts, left, first, tables)
            rest = left.tolist()
        return tables, rest

    def _take(
        self,
        block: Block,
        form: LineForm,
        layouts: Layouts,
        left: Integers,
        first: int,
        tables: list[tuple[LineForm, pa.Table]],
    ) -> Integers:
        for read in (layouts.read, partial(read_form, form=form, fields=self._fields)):
            taken, columns = read(block, left)
            if len(taken):
                tables.append((form, pa.table({**columns, "line": pa.array(taken + first, pa.int64())})))
                left = np.setdiff1d(left, taken, assume_unique=True)
        layouts.learn(block, taken)
        return left

    def _learn(self, rest: list[int], block: Block) -> list[tuple[LineForm, Layouts]]:
        """The layout of the last line of each number of bars; it takes the place of the one known before."""
        last = {block.bars_of(index): index for index in rest if self._is_whole(block.line(index))}
        learnt = []
        for bars, index in list(last.items())[:MOST_FORMS]:
            form = form_of(block.line(index), self._fields, counter=self._counter, stamp=self._stamp)
            if form is not None:
                self._known.pop(bars, None)
                if len(self._known) >= MOST_FORMS:
                    self._known.pop(next(iter(self._known)))
                self._known[bars] = (form, Layouts(form, self._fields))
                learnt.append(self._known[bars])
        return learnt


def _last_fitting(first: int, tables: list[tuple[LineForm, pa.Table]], rest: list[int], *, room: int) -> int:
    """The number of the last progress line there is room for."""
    numbers = np.concatenate(
        [np.array(rest, dtype=np.int64) + first, *(t.column("line").to_numpy() for _, t in tables)]
    )
    if len(numbers) > room:
        numbers = np.partition(numbers, room - 1)[:room]
    return int(numbers.max())
