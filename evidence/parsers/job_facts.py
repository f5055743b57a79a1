"""The figures every job format gives about its rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow.compute as pc

from core.period import instant
from evidence.observations.stored import Rows, distinct_texts


def job_facts(jobs: Rows) -> dict[str, Any]:
    """Counts and exact sums over a table of jobs.

    Returns:
        jobs, jobs_distinct, jobs_by_state, jobs_unfinished (no end), elapsed_s and card_elapsed_s (sums), and
        first_submit_at, last_end_at where there are any.
    """
    states = pc.value_counts(jobs.column("state").combine_chunks()).to_pylist()
    facts: dict[str, Any] = {
        "jobs": jobs.num_rows,
        "jobs_distinct": distinct_texts(jobs, "job"),
        "jobs_by_state": {entry["values"]: entry["counts"] for entry in sorted(states, key=lambda e: e["values"])},
        "jobs_unfinished": jobs.column("end_at").null_count,
        "elapsed_s": pc.sum(jobs.column("elapsed_s")).as_py() or 0,
        "card_elapsed_s": pc.sum(pc.multiply(jobs.column("elapsed_s"), jobs.column("cards"))).as_py() or 0,
    }
    first, last = pc.min(jobs.column("submit_at")).as_py(), pc.max(jobs.column("end_at")).as_py()
    return facts | _moment("first_submit_at", first) | _moment("last_end_at", last)


def _moment(name: str, moment: dt.datetime | None) -> dict[str, str]:
    return {} if moment is None else {name: instant(moment)}
