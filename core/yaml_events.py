"""YAML text → the events of its syntax, one after the other; nothing is constructed of them yet.

Our readers make their own values of events, each in its strict way. The scanner is libyaml's, for it is in C: the
hundred files of an edition are scanned in a twentieth of a second, and they are read whenever an edition is handed in,
tried or loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2
import yaml
from yaml.error import Mark
from yaml.events import Event

# Line ends to YAML 1.1 and to libyaml, ordinary characters to YAML 1.2; a byte order mark that is not the first.
_READ_DIFFERENTLY = re2.compile("[\u0085\u2028\u2029]|.\ufeff|\n\ufeff")


NOT_TEXT = "not text"
TAB = "'\\t'"


@dataclass(frozen=True, slots=True)
class Slip:
    """Why a text is no YAML, in the scanner's words, and where, counted from 1; None where it does not say."""

    problem: str
    line: int | None = None
    column: int | None = None


def events(text: str) -> Iterator[Event]:
    """The events of a text, while it is read.

    Raises:
        yaml.YAMLError: in the middle of the events: the syntax, or a character that no YAML may hold or that YAML
            readers understand differently.
    """
    if found := _READ_DIFFERENTLY.search(text):
        at = found.end() - 1
        line, column = text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1
        mark = Mark("", at, line, column, None, 0)
        problem = f"U+{ord(text[at]):04X}, a line end or mark to some YAML readers only"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
    return yaml.parse(text, Loader=yaml.CSafeLoader)


def place(event: Event) -> tuple[int, int]:
    """Line and column of where an event begins, counted from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def slip(error: Exception, text: str) -> Slip:
    """What stopped the events of this text."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Slip(NOT_TEXT if isinstance(error, (yaml.reader.ReaderError, ValueError)) else type(error).__name__)
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context)
    lines = text.splitlines() or [""]
    if mark is None:
        return Slip(problem)
    if mark.line >= len(lines):  # the end is after the last line; whoever mends it looks at that line
        return Slip(problem, len(lines), len(lines[-1]) + 1)
    if lines[mark.line][mark.column : mark.column + 1] == "\t":
        problem = TAB
    elif "escape code" in problem:
        problem = NOT_TEXT
    return Slip(problem, mark.line + 1, mark.column + 1)
