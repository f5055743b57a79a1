"""Tables as text: comma, tab or semicolon, strict about shape, columnar, in bounded memory.

Blocks without quotation marks are read by Arrow; a block with one goes through a counted reader that knows
quoted line breaks. Both give the same cells and the same line numbers. A record of the wrong shape is an issue
at its line and left out; nothing is shifted, padded or guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import re2

from core.ahead import ahead
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import TEXT, WORDS
from evidence.observations.stored import one_array
from evidence.parsers.base import Issues
from evidence.parsers.columns.even_cells import even_cells
from evidence.parsers.columns.repeating import Repeating
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.plain_blocks import LOST, is_plain
from evidence.parsers.tables.quoted_cells import WHOLE, scan_quoted
from evidence.parsers.tables.table_batches import Batch, Layout, Tally, no_rows
from evidence.parsers.tables.table_ends import tell_cut_end
from evidence.parsers.tables.text_layouts import layout_of
from evidence.parsers.text.line_ends import lines_in
from evidence.parsers.text.source import CHUNK, Source

LONGEST_RECORD_LINES = 100
BLOCK = 2 * CHUNK  # what every call costs by itself is paid for twice as many rows
# Tab, line feed and (already translated) carriage return are the only control characters a table may hold.
_CONTROL = re2.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of lines split into columns; `ragged` names the lines of another width and how many cells they have."""

    columns: list[pa.Array]
    lines: pa.Array
    ragged: list[tuple[int, int]]


def text_batches(
    source: Source, headings: Sequence[Heading], issues: Issues, tally: Tally, *, encoded: bool = False
) -> Iterator[tuple[Layout, Batch]]:
    """All records of a table kept as text, with its layout.

    Raises:
        ParseError: what `layout_of` and `batches` raise.
    """
    layout = layout_of(source, headings, issues)
    for batch in batches(source, layout, issues, tally, encoded=encoded):
        yield layout, batch


def batches(source: Source, layout: Layout, issues: Issues, tally: Tally, *, encoded: bool = False) -> Iterator[Batch]:
    """The records below the header, about 2 MiB at a time.

    Args:
        encoded: columns of few different cells may come as dictionaries.

    Raises:
        ParseError: `no_rows` when there are none, `line_too_long`, `unknown_encoding`, `truncated_gzip`.
    """
    rest, rest_line = b"", 0
    last: _Stretch | None = None
    for stretch in _stretches(source, layout, encoded=encoded):
        last = stretch
        if stretch.block is not None and not rest:
            yield _plain_batch(stretch.block, layout, issues, tally)
            continue
        first, content = (rest_line, rest + stretch.content) if rest else (stretch.first, stretch.content)
        records = _Counted(layout, issues, tally)
        unfinished, rest_line = records.read(first, content.decode(), final=False)
        rest = unfinished.encode()
        yield records.batch()
    if rest:
        records = _Counted(layout, issues, tally)
        records.read(rest_line, rest.decode(), final=True)
        yield records.batch()
    if last is not None and not last.content.endswith(b"\n"):
        tell_cut_end(last.first, last.content, layout, issues)
    if tally.read == 0:
        raise no_rows()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Some lines below the header; `block` is what they split into where no cell is quoted."""

    first: int
    content: bytes
    block: Block | None


def _stretches(source: Source, layout: Layout, *, encoded: bool) -> Iterator[_Stretch]:
    """All lines below the header; of a file of several blocks the next ones are split meanwhile."""
    if source.size <= CHUNK:
        return _split(source, layout, None)
    return ahead(_split(source, layout, Repeating() if encoded else None))


def _split(source: Source, layout: Layout, repeating: Repeating | None) -> Iterator[_Stretch]:
    for number, block, all_line_ends in source.utf8_blocks(of=BLOCK):
        first, content, line_ends = number, block, all_line_ends
        if first <= layout.header_line:
            first, content = _below_header(first, content, layout.header_line)
            line_ends = lines_in(content)
        if not content:
            continue
        split = None
        if is_plain(content, line_ends=line_ends):
            split = _block_of(first, content, layout, repeating, line_ends=line_ends)
        if split is not None and repeating is not None:
            repeating.see(split.columns)
        yield _Stretch(first, content, split)


def _below_header(first: int, content: bytes, header_line: int) -> tuple[int, bytes]:
    lines = content.split(b"\n", header_line - first + 1)
    return header_line + 1, lines[-1] if len(lines) > header_line - first + 1 else b""


def _block_of(first: int, content: bytes, layout: Layout, repeating: Repeating | None, *, line_ends: int) -> Block:
    wanted = sorted(set(layout.header.columns.values()))  # several names of a column map may stand for one column
    delimiter, width = layout.delimiter, len(layout.cells)
    if repeating is None:
        return read_block(first, content, delimiter=delimiter, width=width, wanted=wanted)
    cells = even_cells(content, delimiter=delimiter, width=width, line_ends=line_ends)
    if cells is None:
        words = repeating.columns
        return read_block(first, content, delimiter=delimiter, width=width, wanted=wanted, encoded=words)
    lines = pa.array(np.arange(first, first + len(cells[0])))
    nothing = pa.nulls(len(lines), TEXT)
    read = {index: repeating.read(index, cells[index]) for index in wanted}
    return Block([read.get(index, nothing) for index in range(width)], lines, [])


def _plain_batch(block: Block, layout: Layout, issues: Issues, tally: Tally) -> Batch:
    width = len(layout.cells)
    tally.read += len(block.lines) + len(block.ragged)
    tally.faulty += len(block.ragged)
    for line, cells in block.ragged:
        _ragged(line, cells, width, issues)
    return Batch({name: block.columns[index] for name, index in layout.header.columns.items()}, block.lines, layout)


def read_block(
    first: int,
    text: str | bytes,
    *,
    delimiter: str,
    width: int,
    wanted: Sequence[int] | None = None,
    encoded: Collection[int] = (),
) -> Block:
    """Split lines without quoting into `width` columns of text, with the physical line of every record.

    Args:
        first: number of the first line of `text`.
        text: whole lines, ending in LF except perhaps the last; bytes are UTF-8.
        wanted: the columns that are read, ascending, each once; the others come out null. Null reads all of them.
        encoded: those that come as dictionaries, where no cell of the first column is empty.
    """
    names = [str(index) for index in range(width)]
    chosen = names if wanted is None else [names[index] for index in wanted]
    content = text if isinstance(text, bytes) else text.encode()
    odd: list[tuple[int, int, bool]] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number - 1, row.actual_columns, not row.text.strip(delimiter)))
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(content),
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1024),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, quote_char=False, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, TEXT) | {names[index]: WORDS for index in encoded},
            strings_can_be_null=False,
            null_values=[],
            include_columns=chosen,
            check_utf8=isinstance(text, str),
        ),
    )
    physical = np.arange(first, first + table.num_rows + len(odd))
    lines = pa.array(np.delete(physical, [index for index, _, _ in odd]) if odd else physical, pa.int64())
    read = {name: one_array(table.column(name)) for name in chosen}
    if encoded and _may_be_blank(read[chosen[0]]):
        return read_block(first, text, delimiter=delimiter, width=width, wanted=wanted)
    blank = None if encoded else _blank(list(read.values()))
    if blank is not None and len(chosen) < width:  # whether the other cells are blank too is not known yet
        return read_block(first, text, delimiter=delimiter, width=width)
    if blank is not None:
        filled = pc.invert(blank)
        read, lines = {name: column.filter(filled) for name, column in read.items()}, lines.filter(filled)
    nothing = pa.nulls(len(lines), pa.string()) if len(chosen) < width else None
    columns = [read.get(name, nothing) for name in names]
    return Block(columns, lines, [(first + index, cells) for index, cells, empty in odd if not empty])


def _may_be_blank(column: pa.Array) -> bool:
    cells = column.dictionary if column.type == WORDS else column
    return pc.any(pc.equal(pc.binary_length(cells), 0)).as_py() is True


def _blank(columns: list[pa.Array]) -> pa.Array | None:
    """Rows in which every cell is empty: empty lines, and rows of bare delimiters left behind by spreadsheets."""
    blank = pc.equal(pc.binary_length(columns[0]), 0)
    if not pc.any(blank).as_py():
        return None
    for column in columns[1:]:
        blank = pc.and_(blank, pc.equal(column, ""))
    return blank if pc.any(blank).as_py() else None


class _Counted:
    """Reads records line by line, for blocks with quotation marks or control characters."""

    def __init__(self, layout: Layout, issues: Issues, tally: Tally) -> None:
        self._layout = layout
        self._issues = issues
        self._tally = tally
        self._cells: dict[str, list[str]] = {name: [] for name in layout.header.columns}
        self._lines: list[int] = []

    def read(self, first: int, text: str, *, final: bool) -> tuple[str, int]:
        """Take all whole records; returns the text of an unfinished last one and its line."""
        return take_records(first, text.split("\n"), partial(self._record, final=final))

    def batch(self) -> Batch:
        columns = {name: pa.array(cells, pa.string()) for name, cells in self._cells.items()}
        return Batch(columns, pa.array(self._lines, pa.int64()), self._layout)

    def _record(self, number: int, lines: list[str], index: int, *, final: bool) -> int:
        """Take one record; returns how many lines it had, or 0 when its end is not in this block."""
        record = lines[index]
        if not record.strip(self._layout.delimiter):
            return 1
        cells: list[str] = []
        taken, reached = 1, scan_quoted(record, self._layout.delimiter, cells)
        while reached >= 0 and taken < LONGEST_RECORD_LINES:
            if index + taken >= len(lines):
                if final:
                    break
                return 0
            known = len(record)
            record += "\n" + lines[index + taken]
            taken += 1
            reached = scan_quoted(record, self._layout.delimiter, cells, position=reached, inside=known)
        self._tally.read += 1
        if reached != WHOLE:
            # An unclosed quote would swallow the rest of the file: give up this line only.
            self._fault("stray_quote", number)
            return 1
        if _CONTROL.search(record):
            self._fault("control_character", number)
        elif len(cells) != len(self._layout.cells):
            self._tally.faulty += 1
            _ragged(number, len(cells), len(self._layout.cells), self._issues)
        else:
            for name, column in self._layout.header.columns.items():
                self._cells[name].append(cells[column])
            self._lines.append(number)
            if LOST in record:
                self._tell("lost_character", number)
        return taken

    def _fault(self, code: str, number: int) -> None:
        self._tally.faulty += 1
        self._tell(code, number)

    def _tell(self, code: str, number: int) -> None:
        self._issues.add(code, _WORDS[code].filled(line=number), where=Where(line=number), hint=_HINTS[code])


def take_records(first: int, lines: list[str], take: Callable[[int, list[str], int], int]) -> tuple[str, int]:
    """Take record after record from whole lines.

    Args:
        first: number of the first line.
        lines: may end in an empty one, which is none.
        take: given a line's number, the lines and its index, says how many lines the record there had, or 0 when
            its end is not among them.

    Returns:
        The text of an unfinished last record and its line; empty and 0 when there is none.
    """
    if lines and lines[-1] == "":
        lines.pop()
    index = 0
    while index < len(lines):
        taken = take(first + index, lines, index)
        if taken == 0:
            return "\n".join(lines[index:]) + "\n", first + index
        index += taken
    return "", 0


def _ragged(line: int, cells: int, width: int, issues: Issues) -> None:
    issues.add(
        "ragged_row",
        Text(
            zh=f"第 {line} 行有 {cells} 列，表头有 {width} 列。",
            en=f"Line {line} has {cells} cells, the header has {width}.",
        ),
        where=Where(line=line),
        hint=Text(
            zh="请检查该行的分隔符；含分隔符的文字要用引号括起。",
            en="Check the separators of this line; quote text that holds one.",
        ),
    )


_WORDS = {
    "stray_quote": Text(
        zh="第 {line} 行的引号没有成对，无法拆分。",
        en="Line {line} has a quotation mark without its partner and cannot be split.",
    ),
    "control_character": Text(zh="第 {line} 行含有控制字符。", en="Line {line} holds control characters."),
    "lost_character": Text(
        zh="第 {line} 行有字符在此前的转换中已丢失（�）。",
        en="Line {line} holds characters that an earlier conversion lost (U+FFFD).",
    ),
}
_HINTS = {
    "stray_quote": Text(
        zh="请删除该引号，或按 CSV 规则写成两个引号。", en="Remove the quotation mark, or double it as CSV asks."
    ),
    "control_character": Text(zh="请重新导出为纯文本。", en="Export the table again as plain text."),
    "lost_character": Text(zh="请从原系统重新导出。", en="Export the table again from where it came from."),
}
