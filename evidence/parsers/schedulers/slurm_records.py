"""Records of `sacct` text output, which escapes nothing: free text may hold delimiters and line breaks.

A line of the right width is a record. A shorter one is joined with the next until the width is reached; a longer
one gives its surplus to a free-text column, if the typed columns then fit. What fits nowhere is an issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import re2

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.schedulers.slurm_resources import seconds_of
from evidence.parsers.tables.csv_tables import read_block, take_records
from evidence.parsers.tables.scheduler_states import STATES, bare_state
from evidence.parsers.tables.table_batches import Batch, Tally
from evidence.parsers.tables.table_ends import tell_open_record
from evidence.parsers.text.source import Source

LONGEST_RECORD_LINES = 50
# The columns of the export command in the documentation; a file without header must have exactly these.
RECOMMENDED = ("JobIDRaw", "Submit", "Start", "End", "ElapsedRaw", "State", "AllocTRES", "NNodes", "ExitCode")
FREE_TEXT = frozenset(
    ("jobname", "comment", "admincomment", "systemcomment", "submitline", "workdir", "reason", "extra", "container")
)

_JOB = re2.compile(r"[0-9]{1,12}(_([0-9]{1,12}|\[[^\]|]*\]?))?(\+[0-9]{1,6})?(\.[0-9A-Za-z_+-]{1,40})?")
_FIRST_DELIMITER = re2.compile(r"^[A-Za-z]{2,40}([^A-Za-z0-9]{1,4})[A-Za-z]{2,40}")
_TIME = re2.compile(r"Unknown|None|N/A|[0-9]{10}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}([+-][0-9:]{4,5}|Z)?|")
_WORD = re2.compile(r"[A-Z_]{2,30}(\+| by [0-9A-Za-z_.-]+)?")
_WHOLE = re2.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class SacctLayout:
    """Column names in lower case, the delimiter, and the line of the header (0: there is none)."""

    names: tuple[str, ...]
    delimiter: str
    header_line: int

    @property
    def width(self) -> int:
        return len(self.names)

    def fits(self, cells: Sequence[str], *, known_state: bool = True) -> bool:
        """Whether the typed columns of a record hold what their names promise."""
        return len(cells) == self.width and all(
            _fits(name, cell) or (name == "state" and not known_state and bool(_WORD.fullmatch(cell)))
            for name, cell in zip(self.names, cells, strict=True)
        )


def sacct_layout(first_line: str, *, number: int = 1) -> SacctLayout | None:
    """The layout told by the first line with text: a header, or a record of the recommended export; else null."""
    line = first_line.removeprefix("\ufeff")
    delimiter = _delimiter(line)
    if delimiter is not None:
        names = tuple(name.strip().lower() for name in line.split(delimiter))
        if {"jobid", "jobidraw"} & set(names) and "state" in names:
            return SacctLayout(names, delimiter, number)
    for delimiter in ("|", "\x1f"):
        cells = line.split(delimiter)
        trailing = ("",) if len(cells) == len(RECOMMENDED) + 1 and cells[-1] == "" else ()
        layout = SacctLayout((*(name.lower() for name in RECOMMENDED), *trailing), delimiter, 0)
        if layout.fits(cells):
            return layout
    return None


def sacct_batches(source: Source, layout: SacctLayout, issues: Issues, tally: Tally) -> Iterator[Batch]:
    """The records below the header, columns by their lower-case names, each with the line it starts at."""
    rest, rest_line = "", 0
    number, block = 0, "\n"
    for number, block in source.text_blocks():
        first, text = (rest_line, rest + block) if rest else (number, block)
        rest = ""
        if first <= layout.header_line:
            below = layout.header_line - first + 1
            first, text = first + below, "\n".join(text.split("\n")[below:])
        if not text:
            continue
        if len(layout.delimiter) == 1 and layout.delimiter.isascii():
            split = read_block(first, text, delimiter=layout.delimiter, width=layout.width)
            if not split.ragged:
                yield Batch(dict(zip(layout.names, split.columns, strict=True)), split.lines)
                continue
        records = _Rejoined(layout, issues, tally)
        rest, rest_line = records.read(first, text.split("\n"), final=False)
        yield records.batch()
    if rest:
        records = _Rejoined(layout, issues, tally)
        records.read(rest_line, rest.split("\n"), final=True)
        yield records.batch()
    tell_open_record(number, block, issues)


class _Rejoined:
    """Puts the records of one block together again, line by line."""

    def __init__(self, layout: SacctLayout, issues: Issues, tally: Tally) -> None:
        self._layout = layout
        self._issues = issues
        self._tally = tally
        self._records: list[Sequence[str]] = []
        self._lines: list[int] = []

    def read(self, first: int, lines: list[str], *, final: bool) -> tuple[str, int]:
        """Take all whole records; returns the text of a last one that may go on, and its line."""
        return take_records(first, lines, partial(self._record, final=final))

    def batch(self) -> Batch:
        columns = list(zip(*self._records, strict=True)) or [()] * self._layout.width
        named = zip(self._layout.names, columns, strict=True)
        return Batch({name: pa.array(cells, pa.string()) for name, cells in named}, pa.array(self._lines, pa.int64()))

    def _record(self, number: int, lines: list[str], index: int, *, final: bool) -> int:
        """Take one record; returns how many lines it had, or 0 when it may go on behind the block."""
        if not lines[index].strip():
            return 1
        text, taken = lines[index], 1
        while True:
            cells = self._repaired(text.split(self._layout.delimiter))
            if cells is not None and not self._goes_on(lines, index + taken, cells):
                self._records.append(cells)
                self._lines.append(number)
                return taken
            following = index + taken
            if following >= len(lines) and not final and taken < LONGEST_RECORD_LINES:
                return 0
            if following >= len(lines) or taken >= LONGEST_RECORD_LINES or self._begins(lines[following]):
                break
            text, taken = text + "\n" + lines[following], taken + 1
        self._tally.read += 1
        self._tally.faulty += 1
        self._issues.add(
            "unreadable_record",
            Text(
                zh=f"第 {number} 行的记录列数不符，无法还原。",
                en=f"The record in line {number} has another number of columns and cannot be put together.",
            ),
            where=Where(line=number),
            hint=Text(
                zh="导出时请去掉自由文本列，或使用 --delimiter=$'\\x1f'，或使用 --json。",
                en="Export without free-text columns, or with --delimiter=$'\\x1f', or with --json.",
            ),
        )
        return taken

    def _repaired(self, cells: list[str]) -> list[str] | None:
        """The cells if they fit, with any surplus given to the first free-text column that makes them fit."""
        surplus = len(cells) - self._layout.width
        if surplus == 0:
            return cells if not self._has_free_text or self._layout.fits(cells, known_state=False) else None
        if surplus < 0:
            return None
        for place, name in enumerate(self._layout.names):
            if name in FREE_TEXT:
                joined = self._layout.delimiter.join(cells[place : place + surplus + 1])
                candidate = [*cells[:place], joined, *cells[place + surplus + 1 :]]
                if self._layout.fits(candidate):
                    return candidate
        return None

    @property
    def _has_free_text(self) -> bool:
        return any(name in FREE_TEXT for name in self._layout.names)

    def _goes_on(self, lines: list[str], following: int, cells: list[str]) -> bool:
        """Whether free text in the last column continues on the next line."""
        last_is_free = self._layout.names[-1] in FREE_TEXT
        return last_is_free and following < len(lines) and not self._begins(lines[following]) and bool(cells)

    def _begins(self, line: str) -> bool:
        """Whether a line looks like the start of a record: a job id in the first column, and a delimiter."""
        first, found, _ = line.partition(self._layout.delimiter)
        return bool(found) and _fits(self._layout.names[0], first)


def _delimiter(line: str) -> str | None:
    """The sign between the first column names of a header: `|` unless the export chose another."""
    match = _FIRST_DELIMITER.search(line)
    return match.group(1) if match else None


def _fits(name: str, cell: str) -> bool:
    match name:
        case "jobid" | "jobidraw":
            return bool(_JOB.fullmatch(cell))
        case "submit" | "start" | "end" | "eligible":
            return bool(_TIME.fullmatch(cell))
        case "elapsedraw":
            return bool(_WHOLE.fullmatch(cell))
        case "elapsed":
            return seconds_of(cell) is not None
        case "state":
            return bare_state(cell) in STATES
        case "":
            return cell == ""
    return True
