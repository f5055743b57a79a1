"""The rows of a mapped table, batch by batch: from text or sheets, wide ones turned into long ones, filtered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.schema import TEXT
from evidence.parsers.base import Issues, Severity
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.locating import Located, Spread, locate_in_sheet, locate_in_text, sheets_of
from evidence.parsers.maps.reading import Headed
from evidence.parsers.tables.csv_tables import batches
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.sheet_tables import hidden_parts, sheet_batch, tell_sheet
from evidence.parsers.tables.table_batches import Batch, Tally, no_rows
from evidence.parsers.text.source import Source
from evidence.parsers.workbooks.workbook import is_workbook, read_workbook


class Filtered:
    """Counts the rows that the map leaves out, which are read and have no fault."""

    def __init__(self) -> None:
        self.count = 0
        self.first: Where | None = None


def mapped_batches(
    source: Source, column_map: ColumnMap, issues: Issues, tally: Tally, filtered: Filtered
) -> Iterator[tuple[Headed, Batch]]:
    """All rows a map takes from a file; of a wide sheet one per row and column that is turned into rows.

    Raises:
        ParseError: what the readers of tables raise, `map_does_not_fit`, `repeated_column`, `no_sheet`.
    """
    found = _from_sheets if is_workbook(source) else _from_text
    for located, batch in found(source, column_map, issues, tally):
        for headed, one in _spread(located, batch, column_map, tally):
            yield headed, _kept(one, column_map, headed, filtered)


def _from_text(source: Source, column_map: ColumnMap, issues: Issues, tally: Tally) -> Iterator[tuple[Located, Batch]]:
    located = locate_in_text(source, column_map)
    _show(located, column_map, issues)
    names = {str(name): index for name, index in located.columns.items()}
    names |= {_slot(one): one.index for one in located.spread}
    for batch in batches(source, located.layout(names), issues, tally):
        yield located, batch


def _from_sheets(
    source: Source, column_map: ColumnMap, issues: Issues, tally: Tally
) -> Iterator[tuple[Located, Batch]]:
    workbook = read_workbook(source)
    if workbook.external_links:
        tell_sheet(issues, "external_link", Where())
    for sheet in workbook.sheets:
        if sheet.hidden and sheet.name != column_map.place.sheet:
            tell_sheet(issues, "hidden_sheet", Where(cell=sheet.name))
    chosen = list(sheets_of(workbook.sheets, column_map))
    if not chosen:
        raise _no_sheet(column_map.place.sheet, [sheet.name for sheet in workbook.sheets])
    read = 0
    for sheet in chosen:
        located = locate_in_sheet(sheet, column_map)
        if located is None:
            tell_sheet(issues, "sheet_ignored", Where(cell=sheet.name))
            continue
        read += 1
        _show(located, column_map, issues)
        for code, where in hidden_parts(sheet):
            tell_sheet(issues, code, where)
        own = {str(name): index for name, index in located.columns.items()}
        if not located.spread:
            yield located, sheet_batch(sheet, located.layout(own), issues, tally)
        for one in located.spread:
            layout = located.layout(own | {_slot(one): one.index})
            yield located, sheet_batch(sheet, layout, issues, tally)
    if not read:
        raise _nothing_fits(column_map)
    if tally.read == 0:
        raise no_rows()


def _spread(located: Located, batch: Batch, column_map: ColumnMap, tally: Tally) -> Iterator[tuple[Headed, Batch]]:
    """The batch itself; of a wide table one batch for each column it holds that is turned into rows."""
    unpivot = column_map.unpivot
    if unpivot is None:
        yield Headed(located.units, located.where), batch
        return
    held = [one for one in located.spread if _slot(one) in batch.columns]
    tally.read += len(batch) * (len(held) - 1)
    assert batch.layout is not None  # noqa: S101 – tables always have one
    for one in held:
        cell = batch.columns[_slot(one)]
        columns = {name: column for name, column in batch.columns.items() if not name.startswith(_SLOT)}
        columns[unpivot.heading] = pa.array(np.full(len(batch), one.heading, dtype=object), TEXT)
        label = unpivot.cell if one.text in columns else one.text  # messages speak of the column in the file
        columns[label] = cell
        places = {name: index for name, index in located.columns.items() if isinstance(name, str)}
        layout = located.layout({**places, unpivot.heading: one.index, label: one.index})
        typed = dict(batch.typed_as_text)
        if _slot(one) in typed:
            typed[label] = typed.pop(_slot(one))
        units = located.units | ({unpivot.cell: one.unit} if one.unit else {})
        yield Headed(units, located.where, {unpivot.cell: label}), Batch(columns, batch.lines, layout, typed)


_SLOT = "\x00"  # no heading holds one


def _slot(one: Spread) -> str:
    return f"{_SLOT}{one.index}"


def _kept(batch: Batch, column_map: ColumnMap, headed: Headed, filtered: Filtered) -> Batch:
    """The rows every condition lets pass."""
    mask = np.ones(len(batch), dtype=bool)
    for condition in column_map.conditions:
        name = headed.names.get(condition.column, str(condition.column))
        encoded = pc.utf8_trim_whitespace(batch.columns[name]).dictionary_encode()
        words = {folded(word) for word in condition.words}
        known = [(folded(text) in words) != condition.is_not for text in encoded.dictionary.to_pylist()]
        mask &= pa.array(known, pa.bool_()).take(encoded.indices).to_numpy(zero_copy_only=False)
    if mask.all():
        return batch
    out = int((~mask).sum())
    filtered.first = filtered.first or batch.where(int(np.flatnonzero(~mask)[0]))
    filtered.count += out
    chosen = pa.array(mask)
    return Batch(
        {name: column.filter(chosen) for name, column in batch.columns.items()},
        batch.lines.filter(chosen),
        batch.layout,
        {name: typed[mask] for name, typed in batch.typed_as_text.items()},
    )


def tell_filtered(filtered: Filtered, issues: Issues) -> None:
    if filtered.count:
        issues.add(
            "rows_filtered",
            Text(
                zh=f"按列映射的筛选条件，有 {filtered.count} 行未采用。",
                en=f"{filtered.count} rows are left out by the filter of the column map.",
            ),
            where=filtered.first or Where(),
            severity=Severity.INFO,
            times=filtered.count,
        )


def _show(located: Located, column_map: ColumnMap, issues: Issues) -> None:
    """What each heading was read as, and which are not read."""
    pairs = [
        f"{'+'.join(str(column) for column in filling.columns)} → {name}"
        for name, filling in column_map.fields
        if filling.columns
    ]
    joined = ", ".join(pairs)
    issues.add(
        "column_mapped",
        Text(zh=f"表头对应关系：{joined}。", en=f"Headings were read as: {joined}."),
        where=located.where,
        severity=Severity.INFO,
    )
    if located.ignored:
        names = ", ".join(name[:40] for name in located.ignored[:50])
        issues.add(
            "column_ignored",
            Text(zh=f"以下列未读取：{names}。", en=f"These columns are not read: {names}."),
            where=located.where,
            severity=Severity.INFO,
        )


def _no_sheet(name: str, known: list[str]) -> ParseError:
    names = ", ".join(one[:40] for one in known[:20])
    return ParseError(
        "no_sheet",
        Text(zh=f"工作簿中没有工作表“{name}”。", en=f"The workbook has no sheet “{name}”.")
        if name
        else Text(zh="工作簿没有可读取的工作表。", en="The workbook has no sheet to read."),
        hint=Text(zh=f"工作表：{names}", en=f"Its sheets: {names}"),
    )


def _nothing_fits(column_map: ColumnMap) -> ParseError:
    names = ", ".join(str(name)[:40] for name in column_map.columns[:30])
    return ParseError(
        "map_does_not_fit",
        Text(zh="没有工作表含有列映射所需的全部列。", en="No sheet has all the columns the column map names."),
        hint=Text(
            zh=f"所需的列：{names}。请选用合适的映射，或保存新版本。",
            en=f"It names: {names}. Choose the map that fits, or save a new version of this one.",
        ),
    )
