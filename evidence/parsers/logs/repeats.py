"""A run that stands in one file twice, word for word: it happened once and counts once."""

from __future__ import annotations

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues


def tell_repeated_run(line: int, earlier: int, issues: Issues) -> None:
    """The warning that the run opening at `line` is the one that opened at the line `earlier`."""
    issues.add(
        "repeated_run",
        Text(
            zh=f"第 {line} 行起的运行与第 {earlier} 行起的运行完全相同，只计一次。",
            en=f"The run from line {line} on is word for word the one from line {earlier} on; it counts once.",
        ),
        where=Where(line=line),
        hint=Text(zh="请勿重复粘贴同一次运行的输出。", en="Paste the output of a run only once."),
    )
