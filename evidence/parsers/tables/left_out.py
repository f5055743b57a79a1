"""Records of which every one counts: each that cannot be read is named, and then the file is not used."""

from __future__ import annotations

import numpy as np

from core.provenance import Where
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.schema import Kind, LeftOut
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Mask
from evidence.parsers.tables.table_batches import Batch

CODE = "row_left_out"


def tell_left_out(kind: Kind, batch: Batch, bad: Mask, issues: Issues) -> None:
    """Name each row that has a fault and no issue of its own, where every record of the kind counts.

    Of times that cannot be read only the first is told at its place, however many there are.
    """
    if kind.left_out is not LeftOut.REFUSED:
        return
    named = {_row(issue.where) for issue in issues.listed if issue.severity is Severity.WARNING}
    for where in (batch.where(int(index)) for index in np.flatnonzero(bad)):
        if _row(where) in named:
            continue
        issues.add(CODE, _LEFT_OUT.filled(line=where.line), where=where, hint=_MEND)


def lacks_records(result: ParseResult) -> bool:
    """Whether records are missing of a file whose every record counts."""
    counts = any(KIND_BY_NAME[name].left_out is LeftOut.REFUSED for name in result.tables)
    return counts and not result.has_errors and result.coverage.lines_with_issue > 0


def _row(where: Where) -> tuple[str, int | None]:
    """The sheet and the line."""
    return (where.cell or "").rpartition("!")[0], where.line


_LEFT_OUT = Text(zh="第 {line} 行无法读取，未采用。", en="Line {line} cannot be read and is left out.")
_MEND = Text(zh="请改正该行；其余问题说明了原因。", en="Mend this line; the other issues say what is wrong with it.")
