"""A table read by a column map: the same bytes by another map are another reading, named by the map's digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.period import instant
from core.provenance import DIGEST_PREFIX
from core.text import Text
from evidence.observations.schema import INSTANT
from evidence.parsers.base import Coverage, Issues, ParseResult, Severity
from evidence.parsers.maps.batching import Filtered, mapped_batches, tell_filtered
from evidence.parsers.maps.checking import read_map
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.reading import MappedRows
from evidence.parsers.maps.rules import check_series, completed, refuse_impossible
from evidence.parsers.schedulers.job_facts import job_facts
from evidence.parsers.tables.left_out import tell_left_out
from evidence.parsers.tables.table_batches import Tally
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook

FORMAT = "mapped_table"
# Changes whenever the same bytes and the same map would yield other observations.
VERSION = "1"
TITLE = Text(zh="按列映射读取的表（CSV、xlsx）", en="Table read by a column map (CSV, xlsx)")
_DIGEST_DIGITS = 16


class MappedTable:
    """The parser of one map."""

    format = FORMAT
    title = TITLE

    def __init__(self, column_map: ColumnMap) -> None:
        self.column_map = column_map
        digits = column_map.digest.removeprefix(DIGEST_PREFIX)[:_DIGEST_DIGITS]
        self.version = f"{VERSION}-{digits}"
        self.kinds = (column_map.kind.name,)

    def recognises(self, source: Source) -> bool:
        """Never: a map is named by a person."""
        return False

    def parse(self, source: Source) -> ParseResult:
        kind = self.column_map.kind
        issues, tally, filtered = Issues(), Tally(), Filtered()
        reader = MappedRows(self.column_map, timezone=source.timezone, issues=issues)
        parts = [kind.empty()]
        for headed, batch in mapped_batches(source, self.column_map, issues, tally, filtered):
            rows, columns = reader.columns(batch, headed)
            columns = completed(kind, rows, columns)
            refuse_impossible(kind, rows, columns)
            parts.append(kind.table(rows.kept(columns)))
            tell_left_out(kind, batch, rows.bad, issues)
            tally.faulty += int(rows.bad.sum())
        reader.close()
        tell_filtered(filtered, issues)
        table = pa.concat_tables(parts)
        check_series(kind, table, issues)
        self._tell_map(issues)
        return ParseResult(
            facts=_facts(table, self.column_map),
            tables={kind.name: table},
            coverage=Coverage(tally.read, table.num_rows, tally.faulty),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding="utf-8" if is_workbook(source) else source.text_encoding,
        )

    def _tell_map(self, issues: Issues) -> None:
        name = self.column_map.name
        issues.add(
            "read_by_map",
            Text(
                zh=f"该表按本中心保存的列映射“{name}”读取。",
                en=f"The table was read by the centre's own column map “{name}”.",
            ),
            severity=Severity.INFO,
            hint=Text(
                zh="评审人员可核对映射与原表；如工具有专用格式，请优先上传其原始输出。",
                en="Assessors can compare map and table; where the tool's own output has a format, hand in that.",
            ),
        )


def parser_of(content: Mapping[str, Any]) -> MappedTable:
    """The parser of a map kept as JSON.

    Raises:
        MapError: the content is no valid map.
    """
    return MappedTable(read_map(content))


class UnmappedTable:
    """A table of one's own that was handed in before there is a map for it: kept, and read by nobody."""

    format = FORMAT
    version = VERSION
    title = TITLE
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return False

    def parse(self, source: Source) -> ParseResult:
        raise no_column_map()


def no_column_map() -> ParseError:
    return ParseError(
        "no_column_map",
        Text(
            zh="该表需要列映射：请指定各列的含义。",
            en="The table needs a column map: say what its columns are.",
        ),
        hint=Text(
            zh="在此文件的页面上查看建议的映射，确认后保存；以后的同类文件可直接选用。",
            en="Open the proposed map on the page of this file, confirm and save it; later files use it again.",
        ),
    )


def _facts(table: pa.Table, column_map: ColumnMap) -> dict[str, Any]:
    kind = column_map.kind
    facts: dict[str, Any] = {"kind": kind.name, "observations": table.num_rows}
    if kind.name == "jobs":
        return facts | job_facts(table)
    instants = [column.name for column in kind.own_columns if column.type == INSTANT]
    spans = [pc.min_max(table.column(name)).as_py() for name in instants]
    first = [span["min"] for span in spans if span["min"] is not None]
    last = [span["max"] for span in spans if span["max"] is not None]
    if first:
        facts |= {"first_at": instant(min(first)), "last_at": instant(max(last))}
    return facts
