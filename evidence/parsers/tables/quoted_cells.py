"""The cells of a record in which some are quoted, by RFC 4180."""

from __future__ import annotations

import re

WHOLE, STRAY = -1, -2
# Python's own, because it starts at a place without copying what stands before; a run of one sign cannot backtrack.
_QUOTES = re.compile('"+')


def split_quoted(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record by RFC 4180; null when a quote is stray or not closed."""
    if '"' not in record:
        return record.split(delimiter)
    cells: list[str] = []
    return cells if scan_quoted(record, delimiter, cells) == WHOLE else None


def scan_quoted(record: str, delimiter: str, cells: list[str], *, position: int = 0, inside: int | None = None) -> int:
    """Take the cells of a record from a position on: `WHOLE`, `STRAY`, or where a quoted cell begins that is open.

    Args:
        inside: of a cell begun at `position`, up to where it is known not to end; what stands before is not read again.
    """
    end = len(record)
    while True:
        if position < end and record[position] == '"':
            closing = _closing_quote(record, position + 1 if inside is None else inside)
            inside = None
            if closing is None:
                return position
            if closing + 1 < end and record[closing + 1] != delimiter:
                return STRAY
            cells.append(record[position + 1 : closing].replace('""', '"'))
            position = closing + 1
        else:
            following = record.find(delimiter, position)
            following = end if following < 0 else following
            if record.find('"', position, following) >= 0:
                return STRAY
            cells.append(record[position:following])
            position = following
        if position >= end:
            return WHOLE
        position += 1


def _closing_quote(record: str, start: int) -> int | None:
    """Where a cell ends that began before `start`: at the last of an odd number of quotes."""
    position = record.find('"', start)
    while position >= 0:
        quotes = _QUOTES.match(record, position)
        end = quotes.end() if quotes else position  # there is one at least
        if (end - position) % 2:
            return end - 1
        position = record.find('"', end)
    return None
