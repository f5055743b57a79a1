"""The live queue of Slurm as a JSON object per line, written by a format string of `squeue -o`.

`{"a": "account", "id": 18804, "end_time": "NONE", "state": "PENDING", "p": "gpu", "cpu": 24, "mem": "118G", …}`, the
form prometheus-slurm-exporter asks of a Slurm without JSON. Names are put in unescaped, so a line may be no JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import count
from evidence.parsers.documents.strict_json import STRICT
from evidence.parsers.logs.results import log_result
from evidence.parsers.schedulers.slurm_json import ACCOUNTING, counted, tell_snapshot
from evidence.parsers.tables.scheduler_states import STATES, bare_state, tell_unknown_state
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import log_lines, text_of
from evidence.parsers.text.source import Source

MOST_JOBS = 1_000_000
_OWN = re2.compile(rb'(?m)^\{"a": "[^\n]{0,400}"id": [0-9]+,[^\n]{0,400}"state": "[A-Z_]+"')
_MEMORY = re2.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?([KMGTP]?)[cn]?")
_UNKNOWN_END = frozenset(("N/A", "NONE", "Unknown"))


class SlurmSqueueLines:
    format = "slurm_squeue_lines"
    version = "1"
    title = Text(zh="Slurm 当前队列（每行一个 JSON）", en="Live queue of Slurm (a JSON object per line)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _OWN.search(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        issues, jobs = Issues(), list[dict[str, Any]]()
        lines = 0
        for lines, raw in log_lines(source):
            text = text_of(raw).strip()
            if not text:
                continue
            job = _job(text) if len(jobs) < MOST_JOBS else None
            if job is None:
                _tell_unread(issues, lines)
                continue
            if job["state"] not in STATES:
                tell_unknown_state(issues, job["state"], lines)
            jobs.append(job)
        if not jobs:
            raise no_rows()
        tell_snapshot(issues, ACCOUNTING)
        faulty = issues.counts.get("bad_line", 0)
        return log_result(
            source, tables={}, facts=[_facts(jobs)], issues=issues, lines=lines, used=len(jobs), faulty=faulty
        )


def _job(text: str) -> dict[str, Any] | None:
    """The job of a line; none where the line is no JSON object, or names no job and state."""
    try:
        value = STRICT.decode(text)
    except (json.JSONDecodeError, ValueError, RecursionError, ParseError):
        return None
    if not isinstance(value, Mapping):
        return None
    number, state = count(value.get("id")), value.get("state")
    if number is None or not isinstance(state, str) or not state.strip():
        return None
    memory = value.get("mem")
    unit = _MEMORY.fullmatch(memory) if isinstance(memory, str) else None
    return {
        "id": number,
        "state": bare_state(state)[:40],
        "cpus": count(value.get("cpu")) or 0,
        "memory_unit": unit.group(1) if unit else "",
        "end_known": value.get("end_time") not in _UNKNOWN_END,
        "end_not_applicable": value.get("end_time") == "N/A",
    }


def _facts(jobs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "jobs": len(jobs),
        "jobs_by_state": counted([job["state"] for job in jobs]),
        "cpus": sum(job["cpus"] for job in jobs),
        "memory_units": sorted({job["memory_unit"] for job in jobs} - {""}),
        "jobs_without_end": sum(not job["end_known"] for job in jobs),
        "jobs_with_end_not_applicable": sum(job["end_not_applicable"] for job in jobs),
    }


def _tell_unread(issues: Issues, line: int) -> None:
    issues.add(
        "bad_line",
        Text(
            zh=f"第 {line} 行不是有效的 JSON 作业记录，未读取。",
            en=f"Line {line} is no JSON record of a job; it is not read.",
        ),
        where=Where(line=line),
        hint=Text(
            zh="作业名中的引号会破坏 JSON；请改用 sacct --json 导出。",
            en="A quotation mark in a name breaks the JSON; export with sacct --json instead.",
        ),
    )


PARSER = SlurmSqueueLines()
