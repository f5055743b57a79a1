"""The figures of a job table, told while its rows pass by: the same however the rows are cut into batches."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from evidence.observations.jobs import JOBS
from evidence.observations.stored import Climb
from evidence.parsers.schedulers.job_facts import JobFacts, job_facts

DAY = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)


def jobs(names: list[str]) -> pa.Table:
    starts = [DAY + dt.timedelta(hours=(7 * place) % 24) for place in range(len(names))]
    return JOBS.table({
        "job": names,
        "submit_at": starts,
        "end_at": [None if place % 5 == 3 else start + dt.timedelta(hours=2) for place, start in enumerate(starts)],
        "elapsed_s": [3600 + place for place in range(len(names))],
        "cards": [8 * (1 + place % 3) for place in range(len(names))],
        "state": [("COMPLETED", "FAILED")[place % 2] for place in range(len(names))],
        "line": [place + 2 for place in range(len(names))],
    })  # fmt: skip


@pytest.mark.parametrize("names", [["a", "b", "c", "d", "e", "f"], ["a", "c", "b", "c", "a", "f"]])
@pytest.mark.parametrize("cut", [1, 2, 4, 6])
def test_facts_told_batch_by_batch_are_those_of_the_whole(names: list[str], cut: int) -> None:
    table, facts = jobs(names), JobFacts()
    for first in range(0, len(names), cut):
        facts.add(table.slice(first, cut))
    found = facts.close(table)
    assert found == job_facts(table)
    assert (found["jobs"], found["jobs_distinct"]) == (6, len(set(names)))
    assert found["jobs_by_state"] == {"COMPLETED": 3, "FAILED": 3}
    assert found["jobs_unfinished"] == 1
    assert found["elapsed_s"] == sum(range(3600, 3606))
    assert found["card_elapsed_s"] == sum((3600 + place) * 8 * (1 + place % 3) for place in range(6))
    assert found["first_submit_at"] == "2025-04-01T00:00:00Z"
    assert found["last_end_at"] == "2025-04-01T16:00:00Z"


def test_no_jobs_have_no_moments() -> None:
    assert job_facts(jobs([])) == {
        "jobs": 0, "jobs_distinct": 0, "jobs_by_state": {}, "jobs_unfinished": 0, "elapsed_s": 0, "card_elapsed_s": 0,
    }  # fmt: skip


def test_a_climb_ends_where_a_text_is_no_larger_than_the_one_before() -> None:
    climb = Climb()
    assert climb.goes_on(pa.array(["a", "b"]))
    assert climb.goes_on(pa.array([], pa.string()))
    assert not climb.goes_on(pa.array(["b", "c"]))  # between batches
    assert not climb.goes_on(pa.array(["x"]))
    assert not Climb().goes_on(pa.array(["a", "c", "b"]))
