"""The ranked report as a workbook: the rows of its CSV, ranks and points as figures."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

from assessment.documents.content.ranked_csv import COLUMNS, ranked_csv
from assessment.documents.content.ranked_report import RankedReportContent
from core.workbook import FORMULA, Cell, workbook

_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,6})?")


def ranked_report_xlsx(content: RankedReportContent) -> bytes:
    """The rows and columns of `ranked_csv`, its columns named in words, with ranks and points as figures."""
    names, *rows = list(csv.reader(io.StringIO(ranked_csv(content))))
    called = COLUMNS | {pillar.code: pillar.title for pillar in content.pillars}
    headings = [f"{called[name].zh} {called[name].en}" if name in called else name for name in names]
    return workbook(content.title.zh, headings, [[_figure(cell) for cell in row] for row in rows])


def _figure(cell: str) -> Cell:
    """Plain decimals as such; the apostrophe that keeps a CSV cell text is not needed here."""
    if _DECIMAL.fullmatch(cell):
        return Decimal(cell)
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell or None
