"""A few raw lines of a file around one of them, for people who follow a number down to its bytes."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import ParseError
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import ShownLine, lines_around


@dataclass(frozen=True, slots=True)
class Window:
    """The lines around `line`; none when the file has no such line, and why."""

    line: int
    lines: tuple[ShownLine, ...]
    absent: Text | None = None


def window_around(evidence: Evidence, line: int) -> Window:
    try:
        lines = tuple(lines_around(evidence, line))
    except ParseError as error:
        return Window(line, (), error.message)
    if any(shown.number == line for shown in lines):
        return Window(line, lines)
    return Window(
        line,
        (),
        Text(
            zh=f"文件没有可显示的第 {line} 行；工作簿请按工作表和单元格查找。",
            en=f"The file has no line {line} to show; in a workbook look the place up by sheet and cell.",
        ),
    )
