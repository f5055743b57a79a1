"""The figures every job format gives about its rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.period import instant
from evidence.observations.stored import Climb, Rows, batches_of, distinct_texts

_USED = ("job", "submit_at", "end_at", "elapsed_s", "cards", "state")


def job_facts(jobs: Rows) -> dict[str, Any]:
    """Counts and exact sums over a table of jobs.

    Returns:
        jobs, jobs_distinct, jobs_by_state, jobs_unfinished (no end), elapsed_s and card_elapsed_s (sums), and
        first_submit_at, last_end_at where there are any.
    """
    facts = JobFacts()
    for batch in batches_of(jobs, _USED, encoded=("state",)):
        facts.add(batch)
    return facts.close(jobs)


class JobFacts:
    """The same, told while the rows pass by."""

    def __init__(self) -> None:
        self._jobs = self._unfinished = self._elapsed = self._card_elapsed = 0
        self._states: Counter[str] = Counter()
        self._first: dt.datetime | None = None
        self._last: dt.datetime | None = None
        self._climb = Climb()

    def add(self, batch: pa.Table | pa.RecordBatch) -> None:
        """More rows of `jobs`; states may come as a dictionary."""
        self._jobs += batch.num_rows
        self._climb.goes_on(batch.column("job"))
        for entry in pc.value_counts(batch.column("state")).to_pylist():
            self._states[entry["values"]] += entry["counts"]
        self._unfinished += batch.column("end_at").null_count
        elapsed = batch.column("elapsed_s")
        self._elapsed += pc.sum(elapsed).as_py() or 0
        self._card_elapsed += pc.sum(pc.multiply(elapsed, batch.column("cards"))).as_py() or 0
        self._first = _either(min, self._first, pc.min(batch.column("submit_at")).as_py())
        self._last = _either(max, self._last, pc.max(batch.column("end_at")).as_py())

    def close(self, jobs: Rows) -> dict[str, Any]:
        """The facts; jobs whose names did not ascend are looked up in the table of all rows."""
        facts: dict[str, Any] = {
            "jobs": self._jobs,
            "jobs_distinct": self._jobs if self._climb.lasts else distinct_texts(jobs, "job"),
            "jobs_by_state": dict(sorted(self._states.items())),
            "jobs_unfinished": self._unfinished,
            "elapsed_s": self._elapsed,
            "card_elapsed_s": self._card_elapsed,
        }
        return facts | _moment("first_submit_at", self._first) | _moment("last_end_at", self._last)


def _either(
    choose: Callable[[dt.datetime, dt.datetime], dt.datetime], one: dt.datetime | None, other: dt.datetime | None
) -> dt.datetime | None:
    """The one of two moments that is chosen, or the only one there is."""
    return choose(one, other) if one and other else one or other


def _moment(name: str, moment: dt.datetime | None) -> dict[str, str]:
    return {} if moment is None else {name: instant(moment)}
