"""A regulator's own figures by centre, read from a CSV file and joined to their lists: all of its lines, or none."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessment.board_selectors.standings import watched_centres
from assessment.models import OwnTable
from centres.models import Person
from core.csv_rows import NO_CSV, NoCsv, rows_with_lines
from core.errors import InputError
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from operations import audit

LARGEST = 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST = 5000, 12, 200
FIRST = ("centre", "center", "中心", "中心代号")
ENCODINGS = ("utf-8-sig", "gb18030")


class TableRefused(InputError):
    """The file is not taken; `faults` has one refusal for each line that is wrong."""

    faults: tuple[InputError, ...] = ()


def save_table(content: bytes, *, name: str, person: Person) -> OwnTable:
    """Take the table in place of the one before.

    Args:
        content: CSV in UTF-8 or GB18030; the first line names the columns, the first column the centre.

    Raises:
        PermissionDenied: watches no centres.
        TableRefused: `bad_table`, with the lines that are wrong.
    """
    if not person.has_perm("assessment.see_board"):
        raise PermissionDenied
    rows = _rows(content)
    columns = _columns(rows)
    known = set(watched_centres(person).values_list("slug", flat=True))
    cells: dict[str, list[str]] = {}
    faults: list[InputError] = []
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        slug = row[0].strip()
        if (fault := _fault(row, line, width=len(columns) + 1, known=known, seen=cells)) is not None:
            faults.append(fault)
        else:
            cells[slug] = [cell.strip() for cell in row[1:]]
    if faults:
        raise _refused(
            Text(
                zh=f"有 {len(faults)} 行不能采用，文件未保存。", en=f"{len(faults)} lines are wrong; nothing was saved."
            ),
            tuple(faults),
            hint=Text(zh="请逐行改正后再上传。", en="Mend each of them and upload the file again."),
        )
    if not cells:
        raise _refused(Text(zh="文件里没有中心。", en="There is no centre in the file."), hint=_ROWS)
    return _kept(person, columns=columns, cells=cells, name=name)


@transaction.atomic
def remove_table(*, person: Person) -> None:
    """Take the own columns off the lists."""
    if OwnTable.objects.filter(person=person).delete()[0]:
        audit.record(actor=person, act="table.remove", subject=f"person/{person.username}")


@transaction.atomic
def _kept(person: Person, *, columns: list[str], cells: dict[str, list[str]], name: str) -> OwnTable:
    table, _ = OwnTable.objects.update_or_create(
        person=person, defaults={"columns": columns, "cells": cells, "name": name[:255]}
    )
    details = {"columns": columns, "rows": len(cells)}
    audit.record(actor=person, act="table.save", subject=f"person/{person.username}", details=details)
    return table


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Rows with the line each begins on."""
    if len(content) > LARGEST:
        raise _refused(Text(zh="文件大于 1 MiB。", en="The file is larger than 1 MiB."), hint=_LESS)
    text = next((text for encoding in ENCODINGS if (text := _decoded(content, encoding)) is not None), None)
    if text is None or "\0" in text:
        raise _refused(
            Text(zh="文件不是 UTF-8 或 GB18030 的 CSV 文本。", en="The file is no CSV text in UTF-8 or GB18030."),
            hint=Text(zh="请在表格软件中另存为“CSV UTF-8”。", en="Save it from the spreadsheet as “CSV UTF-8”."),
        )
    found: list[tuple[int, list[str]]] = []
    try:
        for numbered in rows_with_lines(text):
            found.append(numbered)
            if len(found) > MOST_ROWS:
                raise _refused(
                    Text(zh=f"多于 {MOST_ROWS} 行。", en=f"There are more than {MOST_ROWS} lines."), hint=_LESS
                )
    except NoCsv as error:
        fault = InputError("bad_csv", NO_CSV, where=Where(line=error.line), hint=_QUOTES)
        raise _refused(NO_CSV, (fault,), hint=_QUOTES) from error
    return found


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _columns(rows: list[tuple[int, list[str]]]) -> list[str]:
    head = [cell.strip() for cell in rows[0][1]] if rows else []
    if not head or head[0].lower() not in FIRST:
        raise _refused(
            Text(
                zh="第一列应命名为 centre（或“中心”），逐行写中心代号。",
                en="The first column is to be named centre, and holds the identifiers of the centres.",
            ),
            hint=_ROWS,
        )
    columns = head[1:]
    wrong = not columns or len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns)
    if wrong or not all(0 < len(one) <= LONGEST for one in columns):
        raise _refused(
            Text(
                zh=f"除中心外应有 1–{MOST_COLUMNS} 列，列名不空、不重复。",
                en=f"Beside the centre there are 1–{MOST_COLUMNS} columns, each with a name of its own.",
            ),
            hint=Text(
                zh=f"请修改表头：列名各不相同，最多 {LONGEST} 字。",
                en=f"Mend the heading: names that differ, of at most {LONGEST} characters.",
            ),
        )
    return columns


def _fault(row: list[str], line: int, *, width: int, known: set[str], seen: dict[str, list[str]]) -> InputError | None:
    slug, where = row[0].strip(), Where(line=line)
    if len(row) != width:
        words = Text(zh=f"有 {len(row)} 格，应为 {width} 格。", en=f"{len(row)} cells instead of {width}.")
        return InputError("wrong_width", words, where=where, hint=_WIDTH)
    if slug not in known:
        words = Text(zh=f"您的名单里没有中心“{slug[:63]}”。", en=f"There is no centre “{slug[:63]}” on your list.")
        return InputError("unknown_centre", words, where=where, hint=meant(slug, known, otherwise=_CENTRE))
    if slug in seen:
        words = Text(zh=f"中心“{slug}”已在前面出现。", en=f"The centre “{slug}” stands in an earlier line.")
        return InputError("centre_twice", words, where=where, hint=_ONCE)
    if any(len(cell.strip()) > LONGEST for cell in row):
        words = Text(zh=f"有一格超过 {LONGEST} 字。", en=f"A cell has more than {LONGEST} characters.")
        return InputError("cell_too_long", words, where=where, hint=_SHORTER)
    return None


def _refused(message: Text, faults: tuple[InputError, ...] = (), *, hint: Text) -> TableRefused:
    refusal = TableRefused("bad_table", message, hint=hint)
    refusal.faults = faults
    return refusal


_ROWS = Text(
    zh="第一行写 centre 和列名，其下每个中心一行。",
    en="Write centre and names of columns, and below a line for each centre.",
)
_LESS = Text(zh="请只保留您名单中的中心和需要的列。", en="Keep only the centres on your list and the columns you need.")
# The reader tells no cell that is too long from one that a missing quote made so.
_QUOTES = Text(
    zh=f"请补上缺少的引号；格内的引号写两次；每格最多 {LONGEST} 字。",
    en=f"Add the missing quote, write one inside a cell twice, and keep each cell to {LONGEST} characters.",
)
_WIDTH = Text(
    zh="请与表头逐列对齐；含逗号的格要加引号。",
    en="Line it up with the heading; a cell that holds a comma goes in quotes.",
)
_CENTRE = Text(zh="请使用名单上的中心代号。", en="Use the identifiers that your list shows.")
_ONCE = Text(zh="请只保留其中一行。", en="Keep one of the two lines.")
_SHORTER = Text(zh="请缩短该格内容。", en="Shorten what stands in it.")
