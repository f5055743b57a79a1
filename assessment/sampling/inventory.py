"""A list of cards, nodes or jobs that a centre commits to before anybody knows what will be drawn from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import dropwhile

from core.canonical import canonical_digest
from core.csv_rows import NO_CSV, NoCsv, rows_with_lines
from core.errors import InputError
from core.provenance import Where
from core.text import Text, holds_unseen_characters

LONGEST_NAME = 200
MOST = 1_000_000
LARGEST = 64 * 1024**2  # bytes: a million serial numbers and the columns beside them
HEAD = {"cards": "serial", "nodes": "node", "jobs": "job"}
HEADS = (*HEAD.values(), "序列号", "节点", "作业")


def inventory(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their one order: stripped, sorted by code point.

    Args:
        names: N serial numbers or identifiers, in any order.

    Raises:
        InputError: `inventory_empty`, `inventory_too_long`; `inventory_name_empty`, `inventory_name_too_long`,
            `inventory_name_unreadable` and `inventory_repeats` with the line (from 1).
    """
    return _in_order(enumerate(names, start=1))


def read_inventory(content: bytes) -> tuple[str, ...]:
    """An inventory from a file: one name a line, or the first column of a CSV headed `serial`, `node` or `job`.

    Blank lines before it and after it name nothing; one in between lacks its name.

    Raises:
        InputError: as `inventory`, lines counted as the file has them; `not_text`, `bad_csv`, `inventory_no_head`.
    """
    if len(content) > LARGEST:
        raise _too_long()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            "not_text", "清单须为 UTF-8 文本。", "The inventory must be UTF-8 text.", hint=_AS_TEXT
        ) from error
    rows = list(dropwhile(_is_blank, _rows(text)))
    while rows and _is_blank(rows[-1]):
        rows.pop()
    return _in_order(_first_cells(rows))


def inventory_file(names: Iterable[str], *, of: str) -> str:
    """The names as `read_inventory` reads them, whatever they hold: a head, one name a line, quoted where need be."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([name] for name in (HEAD[of], *names))
    return out.getvalue()


def _is_blank(row: tuple[int, list[str]]) -> bool:
    return not any(cell.strip() for cell in row[1])


def _first_cells(rows: list[tuple[int, list[str]]]) -> Iterator[tuple[int, str]]:
    """Of a table the first column; without a head nothing says which column names the items, so there is only one."""
    headed = bool(rows and rows[0][1] and rows[0][1][0].strip().lower() in HEADS)
    for line, cells in rows[1:] if headed else rows:
        if not headed and len(cells) > 1:
            raise _refused("inventory_no_head", *_SEVERAL_CELLS, line, hint=_HEAD)
        yield line, cells[0] if cells else ""


def _rows(text: str) -> list[tuple[int, list[str]]]:
    try:
        return list(rows_with_lines(text))
    except NoCsv as error:
        raise _refused("bad_csv", NO_CSV.zh, NO_CSV.en, error.line, hint=_QUOTES) from error


def _in_order(numbered: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for line, given in numbered:
        name = given.strip()
        if len(seen) == MOST:
            raise _too_long()
        if not name:
            raise _refused("inventory_name_empty", "此行为空。", "The line is empty.", line, hint=_FILL)
        if len(name) > LONGEST_NAME:
            raise _refused("inventory_name_too_long", "此行过长。", "The line is too long.", line, hint=_NAME)
        if holds_unseen_characters(name):
            raise _refused("inventory_name_unreadable", *_UNREADABLE, line, hint=_COMMAS)
        if name in seen:
            raise _refused(
                "inventory_repeats",
                f"与第 {seen[name]} 行相同：{name}。",
                f"The same as line {seen[name]}: {name}.",
                line,
                hint=_ONCE,
            )
        seen[name] = line
    if not seen:
        raise _refused("inventory_empty", "清单为空。", "The inventory is empty.", hint=_NAME)
    return tuple(sorted(seen))


def commitment_of(names: tuple[str, ...], *, of: str, word: str) -> str:
    """`sha256:…` of the canonical JSON `{"contract", "names", "of", "word"}`; any change of the inventory changes it.

    Args:
        names: as `inventory` returns them.
        of: what they are: cards, nodes, jobs.
        word: the centre's own share of the seed, anything it likes.
    """
    return canonical_digest({"contract": 1, "of": of, "names": list(names), "word": word})


def _too_long() -> InputError:
    most = f"{LARGEST // 1024**2} MiB"
    zh, en = f"清单超过 {MOST:,} 项或 {most}。", f"The inventory has more than {MOST:,} items or {most}."
    return _refused("inventory_too_long", zh, en, hint=_FEWER)


def _refused(code: str, zh: str, en: str, line: int | None = None, *, hint: Text) -> InputError:
    return InputError(code, Text(zh=zh, en=en), where=Where(line=line) if line else None, hint=hint)


_FEWER = Text(zh="请按节点而不是按卡列出，或分成几次抽样。", en="List nodes and not cards, or draw several samples.")
_FILL = Text(zh="请填写，或删去这一行。", en="Fill it in, or leave the line out.")
_NAME = Text(
    zh=f"每行写一个序列号或名称，最多 {LONGEST_NAME} 个字符。",
    en=f"Write one serial number or name on each line, of at most {LONGEST_NAME} characters.",
)
_UNREADABLE = (
    "此行含有换行、制表符等看不见的字符。",
    "The line holds a line break, a tab or another unseen character.",
)
_SEVERAL_CELLS = ("此行有不止一个单元格。", "The line has more than one cell.")
_HEAD = Text(
    zh="每行只写一个名称；若为表格，首行写表头，第一列名为 serial、node 或 job（序列号、节点、作业）。",
    en="Write one name a line; a table begins with a head, its first column named serial, node or job.",
)
_COMMAS = Text(
    zh="每行只写一个名称；表格的各列请用逗号分隔。",
    en="Write one name a line, and part the columns of a table by commas.",
)
_QUOTES = Text(
    zh="请补上缺少的引号，或删去多余的。", en="Write the quote that is missing, or leave out the one too many."
)
_ONCE = Text(zh="请只保留其中一行。", en="Keep one of the two lines.")
_AS_TEXT = Text(
    zh="请另存为 UTF-8 编码的文本或 CSV，每行一个名称。",
    en="Save it as text or CSV in UTF-8, with one name on each line.",
)
