"""Slurm accounting as `sacct --json` prints it; shapes differ between its data-parser versions.

A state is a text, a list or an object with `current`; a number is a number or `{"set", "infinite", "number"}`;
the end of an unfinished job is 0. Instants are epoch seconds, so no zone is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import re2

from core.text import Text
from evidence.observations.jobs import JOBS
from evidence.observations.schema import COUNT
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.schedulers.card_resources import Allotted, Untold
from evidence.parsers.schedulers.job_facts import job_facts
from evidence.parsers.schedulers.requeues import Requeues
from evidence.parsers.schedulers.slurm_json import (
    OddValue,
    about_slurm,
    mapping,
    moment,
    tell_odd,
    whole,
    words_of_state,
)
from evidence.parsers.schedulers.slurm_resources import allotted
from evidence.parsers.tables.scheduler_states import STATES, UNFINISHED, tell_unknown_state
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.source import Source

_JOB = Text(zh="作业", en="job")
_JOBS_KEY = re2.compile(rb'"jobs"\s*:\s*\[')


class SlurmSacctJson:
    format = "slurm_sacct_json"
    version = "2"
    title = Text(zh="Slurm 作业记账（sacct --json）", en="Slurm accounting (sacct --json)")
    kinds = (JOBS.name,)

    def recognises(self, source: Source) -> bool:
        """Accounting, not the live queue: `squeue --json` has jobs too, but no allocated `tres` and no `elapsed`."""
        head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head.startswith(b"{"):
            return False
        if b'"sacct"' in head and b'"accounting_storage' in head:
            return True
        return bool(_JOBS_KEY.search(head)) and all(word in head for word in (b'"elapsed"', b'"submission"'))

    def parse(self, source: Source) -> ParseResult:
        document = read_array(source, "jobs")
        if not document.elements:
            raise no_rows()
        issues, untold = Issues(), Untold()
        rows: list[dict[str, Any]] = []
        restarts: list[int | None] = []
        array_tasks = 0
        for element in document.elements:
            try:
                row, given = _row(element.value), _given(element.value)
            except OddValue as odd:
                tell_odd(issues, "unreadable_job", _JOB, str(odd), element.line)
                continue
            if row["state"] not in STATES:
                tell_unknown_state(issues, row["state"], element.line)
            untold.add(given, element.line)
            if given.only_parts:
                continue
            array_tasks += _is_array_task(element.value)
            rows.append({**row, "cards": given.cards, "line": element.line})
            restarts.append(_restarts(element.value))
        untold.tell(issues)
        table = JOBS.table({name: [row[name] for row in rows] for name in (*_COLUMNS, "line")})
        facts, requeues = job_facts(table), Requeues()
        requeues.add(table.column("job"), pa.array(restarts, COUNT), table.column("line"))
        requeues.tell(table, facts, issues)
        read = len(document.elements)
        return ParseResult(
            facts={**facts, "array_tasks": array_tasks, **about_slurm(document.beside)},
            tables={JOBS.name: table},
            coverage=Coverage(read, len(rows), read - len(rows)),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


_COLUMNS = ("job", "submit_at", "start_at", "end_at", "elapsed_s", "cards", "nodes", "state", "exit_code")


def _row(job: Any) -> dict[str, Any]:
    times = mapping(mapping(job, "job").get("time"), "time")
    state = words_of_state(job.get("state"))[0]
    end = moment(times.get("end"), "time.end")
    return {
        "job": str(whole(job.get("job_id"), "job_id", required=True)),
        "submit_at": moment(times.get("submission"), "time.submission"),
        "start_at": moment(times.get("start"), "time.start"),
        "end_at": None if state in UNFINISHED else end,
        "elapsed_s": whole(times.get("elapsed"), "time.elapsed", required=True),
        "nodes": whole(job.get("allocation_nodes"), "allocation_nodes"),
        "state": state,
        "exit_code": _exit_code(job.get("exit_code")),
    }


def _given(job: Mapping[str, Any]) -> Allotted:
    allocated = mapping(job.get("tres"), "tres").get("allocated")
    if not isinstance(allocated, list):
        raise OddValue("tres.allocated")
    resources = []
    for entry in allocated:
        entry = mapping(entry, "tres.allocated")
        if entry.get("type") == "gres":
            name, _, model = str(entry.get("name")).partition(":")
            resources.append((name, model, whole(entry.get("count"), "tres.allocated.count", required=True) or 0))
    return allotted(resources)


def _exit_code(value: Any) -> str | None:
    """`code:signal`, as the text forms print it."""
    if not isinstance(value, Mapping):
        return None
    signal = value.get("signal")
    number = signal.get("id", signal.get("signal_id")) if isinstance(signal, Mapping) else None
    code = whole(value.get("return_code"), "exit_code.return_code")
    return None if code is None else f"{code}:{whole(number, 'exit_code.signal') or 0}"


def _restarts(job: Mapping[str, Any]) -> int | None:
    """How often a job was queued again, which newer releases print."""
    try:
        return whole(job.get("restart_cnt"), "restart_cnt")
    except OddValue:
        return None


def _is_array_task(job: Mapping[str, Any]) -> bool:
    array = job.get("array")
    if not isinstance(array, Mapping):
        return False
    task = array.get("task_id")
    return bool(task.get("set")) if isinstance(task, Mapping) else task is not None


PARSER = SlurmSacctJson()
