"""What readers of several JSON values in one text share: blanks between values, and what is no JSON."""

from __future__ import annotations

from core.errors import ParseError
from core.provenance import Where
from core.text import Text

_BLANKS = " \t\r\n"


def skip_blanks(text: str, position: int) -> int:
    """The position of the next character that is no blank, or the end."""
    while position < len(text) and text[position] in _BLANKS:
        position += 1
    return position


def line_at(text: str, position: int) -> int:
    """The line, counted from 1, on which a position stands."""
    return text.count("\n", 0, position) + 1


def bad_json(line: int) -> ParseError:
    return ParseError(
        "bad_json",
        Text(
            zh=f"从第 {line} 行起不是有效的 JSON，或数字过长。",
            en=f"From line {line} on this is not valid JSON, or a number has no end.",
        ),
        where=Where(line=line),
        hint=Text(
            zh="文件可能被截断，请重新导出完整的文件。", en="The file may be cut short; export the whole of it again."
        ),
    )
