"""The live queue of Slurm as `squeue --json` prints it: a snapshot, told as facts.

How long a job really waits is known only once it has started, and nothing says what ended before; so no rows of
`jobs` come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import re2

from core.text import Text
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.documents.json_arrays import read_array
from evidence.parsers.schedulers.slurm_json import (
    ACCOUNTING,
    OddValue,
    about_slurm,
    counted,
    mapping,
    moment,
    moment_fact,
    tell_odd,
    tell_snapshot,
    whole,
    words_of_state,
)
from evidence.parsers.schedulers.slurm_resources import cards_in_tres
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import words
from evidence.parsers.text.source import Source

_JOBS = re2.compile(rb'"jobs"\s*:\s*\[')
_JOB = Text(zh="作业", en="job")


class SlurmSqueueJson:
    format = "slurm_squeue_json"
    version = "2"
    title = Text(zh="Slurm 当前队列（squeue --json）", en="Live queue of Slurm (squeue --json)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        head = source.head_in_utf8.lstrip(b"\xef\xbb\xbf \t\r\n")
        return (
            head.startswith(b"{")
            and _JOBS.search(head) is not None
            and b'"job_state"' in head
            and b'"submission"' not in head
        )

    def parse(self, source: Source) -> ParseResult:
        document = read_array(source, "jobs")
        if not document.elements:
            raise no_rows()
        issues, jobs = Issues(), []
        for element in document.elements:
            try:
                jobs.append(_job(element.value))
            except OddValue as odd:
                tell_odd(issues, "unreadable_job", _JOB, str(odd), element.line)
        tell_snapshot(issues, ACCOUNTING)
        read = len(document.elements)
        return ParseResult(
            facts={**_facts(jobs), **_taken(document.beside), **about_slurm(document.beside)},
            tables={},
            coverage=Coverage(read, len(jobs), read - len(jobs)),
            issues=tuple(issues.listed),
            issue_counts=issues.counts,
            encoding=source.text_encoding,
        )


def _job(value: Any) -> dict[str, Any]:
    job = mapping(value, "job")
    tres, reason = job.get("tres_alloc_str"), job.get("state_reason")
    return {
        "job": whole(job.get("job_id"), "job_id", required=True),
        "state": words_of_state(job.get("job_state"), "job_state")[0],
        "submit": moment(job.get("submit_time"), "submit_time"),
        "nodes": whole(job.get("node_count"), "node_count") or 0,
        "cards": cards_in_tres(tres) if isinstance(tres, str) else 0,
        "reason": words(reason) if isinstance(reason, str) else "",
    }


def _facts(jobs: list[dict[str, Any]]) -> dict[str, Any]:
    waiting = [job for job in jobs if job["state"] == "PENDING"]
    running = [job for job in jobs if job["state"] == "RUNNING"]
    submitted = [job["submit"] for job in waiting if job["submit"] is not None]
    return {
        "jobs": len(jobs),
        "jobs_distinct": len({job["job"] for job in jobs}),
        "jobs_by_state": counted([job["state"] for job in jobs]),
        "waiting_by_reason": counted([job["reason"] for job in waiting]),
        "running_nodes": sum(job["nodes"] for job in running),
        "running_cards": sum(job["cards"] for job in running),
        **moment_fact("waiting_since_at", min(submitted, default=None)),
    }


def _taken(beside: Mapping[str, Any]) -> dict[str, str]:
    """When the queue was last changed, which newer releases print."""
    try:
        return moment_fact("exported_at", moment(beside.get("last_update"), "last_update"))
    except OddValue:
        return {}


PARSER = SlurmSqueueJson()
