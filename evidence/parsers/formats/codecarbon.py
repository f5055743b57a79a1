"""`emissions.csv` of codecarbon: totals per run, 11 to 38 columns depending on the release, read by name.

The energy of a run is an estimate of the tool, made with its own `pue`; it feeds no meter. Facts only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import re2

from core.provenance import Where
from core.quantity import bounded_decimal
from core.text import Text
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figure_cells import LARGEST_CELL
from evidence.parsers.tables.csv_tables import text_batches
from evidence.parsers.tables.headers import Heading
from evidence.parsers.tables.table_batches import Tally, no_rows
from evidence.parsers.tables.text_layouts import head_layout
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

MOST_ROWS = 1_000_000
LISTED = 20
HEADINGS = (
    Heading("at", ("timestamp",)),
    Heading("project", ("project_name",)),
    Heading("run", ("run_id",), required=False),
    Heading("duration_s", ("duration",)),
    Heading("emissions_kg", ("emissions",)),
    Heading("energy_kwh", ("energy_consumed",)),
    Heading("country", ("country_iso_code",)),
    Heading("pue", (), required=False),
)
_SUMS = ("energy_kwh", "emissions_kg", "duration_s")
_FIGURE = re2.compile(r"[0-9]{1,15}(?:\.[0-9]{1,25})?(?:[eE][+-]?[0-9]{1,2})?")


class Codecarbon:
    format = "codecarbon"
    version = "1"
    title = Text(zh="codecarbon 排放记录（emissions.csv）", en="Emissions of codecarbon (emissions.csv)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return head_layout(source, HEADINGS) is not None

    def parse(self, source: Source) -> ParseResult:
        issues, tally = Issues(), Tally()
        sums = dict.fromkeys(_SUMS, Decimal(0))
        counted = columns = without_run = 0
        pues: set[str] = set()
        projects: set[str] = set()
        for layout, batch in text_batches(source, HEADINGS, issues, tally):
            columns = len(layout.cells)
            cells = {name: column.to_pylist() for name, column in batch.columns.items()}
            for index in range(len(batch)):
                texts = {name: cells[name][index].strip() for name in _SUMS}
                figures = {name: _figure(text) for name, text in texts.items() if text}
                if any(value is None for value in figures.values()) or counted >= MOST_ROWS:
                    tally.faulty += 1
                    _tell_unread(issues, batch.where(index))
                    continue
                counted += 1
                if len(figures) < len(_SUMS):
                    _tell_blank(issues, batch.where(index))
                for name, value in figures.items():
                    sums[name] += value or Decimal(0)
                without_run += not cells["run"][index].strip() if "run" in cells else 1
                _remember(pues, cells["pue"][index] if "pue" in cells else "")
                _remember(projects, cells["project"][index])
        if not counted:
            raise no_rows()
        _tell_estimate(issues)
        facts: dict[str, Any] = {
            "rows": counted,
            "columns": columns,
            **sums,
            "rows_without_run_id": without_run,
            "pue_values": sorted(pues),
            "projects": sorted(projects),
        }
        return ParseResult(
            facts=facts,
            tables={},
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _figure(text: str) -> Decimal | None:
    """A figure as printed; sums of them stay exact."""
    value = bounded_decimal(text) if _FIGURE.fullmatch(text) else None
    return value if value is not None and value < LARGEST_CELL else None


def _remember(known: set[str], text: str) -> None:
    if len(known) < LISTED and (shown := words(text)):
        known.add(shown)


def _tell_unread(issues: Issues, where: Where) -> None:
    issues.add(
        "unreadable_value",
        Text(
            zh=f"第 {where.line} 行的电量、排放或时长不是数字。",
            en=f"Energy, emissions or duration in line {where.line} is no figure.",
        ),
        where=where,
    )


def _tell_blank(issues: Issues, where: Where) -> None:
    issues.add(
        "missing_value",
        Text(
            zh=f"第 {where.line} 行的电量、排放或时长有空缺，按缺失处理。",
            en=f"Energy, emissions or duration in line {where.line} is blank and counts as missing.",
        ),
        where=where,
    )


def _tell_estimate(issues: Issues) -> None:
    issues.add(
        "estimate_only",
        Text(
            zh="codecarbon 的电量是估算值，且可能已乘以其 pue；不作为电表读数。",
            en="The energy of codecarbon is an estimate, possibly multiplied by its pue; it is no meter reading.",
        ),
        severity=Severity.INFO,
        hint=Text(zh="电量请提交电表读数。", en="For energy hand in the readings of meters."),
    )


PARSER = Codecarbon()
