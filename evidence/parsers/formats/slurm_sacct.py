"""Slurm accounting as `sacct --parsable2` (or `-p`) prints it.

Allocations only: steps (`123.batch`, `123.0`) are left out. Times are local and need the zone declared at upload,
unless `SLURM_TIME_FORMAT` gave them an offset or made them epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.jobs import JOBS
from evidence.observations.schema import COUNT, INSTANT, TEXT
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.instants import Clock
from evidence.parsers.schedulers.card_resources import Untold
from evidence.parsers.schedulers.job_facts import job_facts
from evidence.parsers.schedulers.requeues import Requeues
from evidence.parsers.schedulers.slurm_records import RECOMMENDED, SacctLayout, sacct_batches, sacct_layout
from evidence.parsers.schedulers.slurm_resources import allotted_in_tres, seconds_of
from evidence.parsers.tables.scheduler_states import UNFINISHED
from evidence.parsers.tables.table_batches import Batch, Tally, no_rows
from evidence.parsers.tables.typed_rows import TypedRows
from evidence.parsers.text.source import Source

_NOT_YET = pa.array(["Unknown", "None", "N/A"], TEXT)
_REQUIRED = ("state", "start", "end", "alloctres")


class SlurmSacct:
    format = "slurm_sacct"
    version = "2"
    title = Text(zh="Slurm 作业记账（sacct --parsable2）", en="Slurm accounting (sacct --parsable2)")
    kinds = (JOBS.name,)

    def recognises(self, source: Source) -> bool:
        first = next((line for line in source.head_lines() if line.strip()), "")
        layout = sacct_layout(first)
        # One more column than id and state, so that no table that merely has them is taken for accounting.
        return layout is not None and bool({"alloctres", "elapsed", "elapsedraw"} & set(layout.names))

    def parse(self, source: Source) -> ParseResult:
        issues, tally, untold, requeues = Issues(), Tally(), Untold(), Requeues()
        layout = _layout(source, issues)
        clock = Clock(source.timezone, issues)
        parts, steps = [JOBS.empty()], 0
        for batch in sacct_batches(source, layout, issues, tally):
            allocations = _allocations(batch)
            steps += len(batch) - len(allocations)
            tally.read += len(allocations)
            rows = TypedRows(allocations, issues=issues, clock=clock)
            columns = {**_columns(rows), "cards": _cards(rows, allocations.lines, untold)}
            requeues.add(columns["job"], rows.count("restarts"), allocations.lines)
            parts.append(JOBS.table(rows.kept(columns)))
            tally.faulty += int(rows.bad.sum())
        clock.close()
        untold.tell(issues)
        if tally.read == 0:
            raise no_rows()
        table = pa.concat_tables(parts)
        facts = job_facts(table)
        _note_repeats(table, issues)
        requeues.tell(table, facts, issues)
        return ParseResult(
            facts={**facts, "steps_left_out": steps},
            tables={JOBS.name: table},
            coverage=tally.coverage,
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _layout(source: Source, issues: Issues) -> SacctLayout:
    number, first = next(((number, line) for number, line in source.lines() if line.strip()), (1, ""))
    layout = sacct_layout(first, number=number)
    where = Where(line=number)
    if layout is None:
        raise ParseError(
            "missing_header",
            Text(zh="首行不是 sacct 的表头。", en="The first line is not a header of sacct."),
            where=where,
            hint=Text(zh=f"请按文档中的命令导出：{_COMMAND}", en=f"Export with the documented command: {_COMMAND}"),
        )
    missing = [name for name in _REQUIRED if name not in layout.names]
    if missing or not {"elapsed", "elapsedraw"} & set(layout.names):
        names = ", ".join([*missing, *([] if {"elapsed", "elapsedraw"} & set(layout.names) else ["elapsedraw"])])
        raise ParseError(
            "missing_column",
            Text(zh=f"表头缺少列：{names}。", en=f"The header lacks the columns {names}."),
            where=where,
            hint=Text(zh=f"请按文档中的命令导出：{_COMMAND}", en=f"Export with the documented command: {_COMMAND}"),
        )
    if layout.header_line == 0:
        issues.add(
            "header_missing",
            Text(zh="文件没有表头，按文档中的列顺序读取。", en="No header; read in the documented order of columns."),
            where=where,
            severity=Severity.INFO,
        )
    return layout


def _allocations(batch: Batch) -> Batch:
    """The records that are allocations, under the names of our columns."""
    columns = dict(batch.columns)
    job = columns.get("jobidraw", columns.get("jobid"))
    keep = pc.invert(pc.match_substring(job, "."))
    named = {
        "job": job,
        "submit_at": columns.get("submit"),
        "start_at": columns["start"],
        "end_at": columns["end"],
        "elapsed": columns.get("elapsedraw", columns.get("elapsed")),
        "cards": columns["alloctres"],
        "nodes": columns.get("nnodes", columns.get("allocnodes")),
        "state": columns["state"],
        "exit_code": columns.get("exitcode"),
        "restarts": columns.get("restarts"),
    }
    present = {name: column.filter(keep) for name, column in named.items() if column is not None}
    return Batch(present, batch.lines.filter(keep))


def _columns(rows: TypedRows) -> Mapping[str, pa.Array]:
    state = rows.state("state")
    unfinished = pc.is_in(state, value_set=pa.array(sorted(UNFINISHED), TEXT))
    elapsed = rows.each_unique("elapsed", _seconds, COUNT)
    rows.refuse(
        np.asarray(elapsed.is_null().to_numpy(zero_copy_only=False), dtype=bool),
        "missing_value",
        Text(zh="第 {line} 行缺少运行时长。", en="Line {line} lacks the elapsed time."),
    )
    end = _instant(rows, "end_at")
    return {
        "job": rows.text("job", required=True),
        "submit_at": _instant(rows, "submit_at"),
        "start_at": _instant(rows, "start_at"),
        # An export cut at a date prints that date as the end of jobs which are still running.
        "end_at": pc.if_else(unfinished, pa.scalar(None, INSTANT), end),
        "elapsed_s": elapsed,
        "nodes": rows.count("nodes"),
        "state": state,
        "exit_code": rows.text("exit_code"),
    }


def _cards(rows: TypedRows, lines: pa.Array, untold: Untold) -> pa.Array:
    """Whole cards, read once per distinct text; a job that held nothing but parts of cards is left out."""
    encoded = rows.words("cards").dictionary_encode()
    given = [allotted_in_tres(text) for text in encoded.dictionary.to_pylist()]
    if any(one.parts or one.unknown for one in given):
        codes = pc.fill_null(encoded.indices, len(given)).to_numpy(zero_copy_only=False)
        seen, first, jobs = np.unique(codes, return_index=True, return_counts=True)
        for code, index, number in zip(seen.tolist(), first.tolist(), jobs.tolist(), strict=True):
            if code < len(given):
                untold.add(given[code], lines[index].as_py(), jobs=number)
        rows.bad |= np.array([*(one.only_parts for one in given), False])[codes]
    return pc.fill_null(pa.array([one.cards for one in given], COUNT).take(encoded.indices), 0)


def _instant(rows: TypedRows, name: str) -> pa.Array:
    texts = rows.text(name)
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), INSTANT)
    known = pc.if_else(pc.is_in(texts, value_set=_NOT_YET), pa.scalar(None, TEXT), texts)
    if pc.all(pc.match_substring_regex(known, "^[0-9]{9,10}$"), min_count=1).as_py():
        return pc.multiply(known.cast(pa.int64()), 1000).cast(INSTANT)
    return rows.instants_in(known)


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else seconds_of(text)


def _note_repeats(table: pa.Table, issues: Issues) -> None:
    """A job that was requeued stands several times in an export with `--duplicates`."""
    repeats = table.num_rows - pc.count_distinct(table.column("job")).as_py()
    if repeats:
        issues.add(
            "repeated_job",
            Text(
                zh=f"有 {repeats} 行是同一作业的重复记录（例如重新排队）。",
                en=f"{repeats} rows repeat a job (requeued jobs, for instance).",
            ),
            severity=Severity.INFO,
            times=repeats,
        )


_COMMAND = f"sacct -a -X -P --duplicates -S START -E END -o {','.join(RECOMMENDED)}"

PARSER = SlurmSacct()
