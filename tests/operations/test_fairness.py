"""Whose turn it is, told with real rows."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import Counter
from typing import Any
from unittest import mock

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from operations import fairness, jobs
from operations.models import Job, JobState

pytestmark = pytest.mark.django_db
TASK = "test.fair"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a worker did, in its order, by centre."""
    order: list[str] = []

    def run(job_id: str) -> bool:
        return jobs.perform(job_id, lambda *, centre, progress: order.append(centre))

    monkeypatch.setitem(current_app.tasks, TASK, run)
    return order


def waiting(centre: str, number: int, *, since: int = 0) -> None:
    """Rows as `enqueue` writes them, all at once."""
    now = timezone.now()
    rows = [
        Job(task=TASK, subject=f"{centre}/{n}", scope=centre, arguments={"centre": centre}, rung_at=now)
        for n in range(number)
    ]
    first = now - dt.timedelta(minutes=since)
    turns = (first + dt.timedelta(microseconds=place) for place in itertools.count())
    with mock.patch.object(timezone, "now", side_effect=turns):  # asked for each row that is written
        Job.objects.bulk_create(rows)


def test_ten_thousand_files_of_one_centre_do_not_keep_another_waiting(done: list[str]) -> None:
    waiting("large", 10_000, since=60)
    for _ in range(3):
        assert jobs.answer_the_bell()
    waiting("small", 2)
    for _ in range(4):
        assert jobs.answer_the_bell()
    assert done == ["large"] * 3 + ["small", "large", "small", "large"]


def test_whose_turn_it_is_is_told_quickly_among_ten_thousand() -> None:
    waiting("large", 10_000)
    waiting("small", 1)
    began = time.perf_counter()
    assert fairness.next_job(timezone.now(), tasks=[TASK]) is not None
    assert time.perf_counter() - began < 0.5  # some milliseconds; the bound is for a busy machine


def test_the_centre_with_less_in_hand_comes_first(done: list[str]) -> None:
    """Several workers: one busy with a file of this centre leaves the others to the next one."""
    waiting("a", 3, since=9)
    waiting("b", 1)
    now = timezone.now()
    first = Job.objects.filter(scope="a").order_by("created_at")[0]
    Job.objects.filter(pk=first.pk).update(
        state=JobState.LEASED, leased_until=now + dt.timedelta(minutes=1), heartbeat_at=now - dt.timedelta(hours=1)
    )
    assert jobs.answer_the_bell()
    assert done == ["b"]


def test_within_a_centre_the_oldest_comes_first() -> None:
    waiting("a", 5, since=9)
    job = fairness.next_job(timezone.now(), tasks=[TASK])
    assert job is not None
    assert job.subject == "a/0"


def test_what_nobody_waits_for_is_done_when_nothing_else_waits(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def explain(job_id: str) -> bool:
        return jobs.perform(job_id, lambda *, centre, progress: done.append(f"{centre} explained"))

    explain.patient = True  # type: ignore[attr-defined]  # as an option of a task becomes its attribute
    monkeypatch.setitem(current_app.tasks, "test.patient", explain)
    waiting("a", 1, since=9)
    Job.objects.update(task="test.patient")
    waiting("b", 2)
    assert [jobs.answer_the_bell() for _ in range(4)] == [True, True, True, False]
    assert done == ["b", "b", "a explained"]


def test_every_bell_does_one_job_whoever_it_rang_for(done: list[str]) -> None:
    waiting("a", 2)
    assert [jobs.answer_the_bell() for _ in range(3)] == [True, True, False]
    assert done == ["a", "a"]


def test_a_bell_is_not_wasted_when_others_empty_the_centre_whose_turn_it_is(done: list[str]) -> None:
    """Between asking whose turn it is and asking for the job, another worker takes it; the next centre's job waits."""
    waiting("a", 1, since=9)
    waiting("b", 1)

    def taken_meanwhile(execute: Any, sql: str, *asked: Any) -> Any:
        if "LIMIT 1" in sql:
            Job.objects.filter(scope="a", state=JobState.QUEUED).update(
                state=JobState.LEASED, leased_until=timezone.now() + dt.timedelta(minutes=1)
            )
        return execute(sql, *asked)

    with connection.execute_wrapper(taken_meanwhile):
        assert jobs.answer_the_bell()
    assert done == ["b"]


def test_a_worker_that_comes_too_late_ten_times_still_does_the_eleventh_job(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def run(job_id: str) -> bool:
        tried.append(job_id)
        if len(tried) <= 10:
            Job.objects.filter(pk=job_id).update(state=JobState.DONE, finished_at=timezone.now())
        return jobs.perform(job_id, lambda **_: None)

    monkeypatch.setitem(current_app.tasks, TASK, run)
    waiting("a", 11)
    assert jobs.answer_the_bell()
    assert len(set(tried)) == 11


def test_a_worker_too_old_for_a_task_leaves_it_alone(done: list[str]) -> None:
    jobs.enqueue("test.task_of_tomorrow", subject="thing/1")
    waiting("a", 1)
    assert [jobs.answer_the_bell() for _ in range(2)] == [True, False]
    assert done == ["a"]


def test_a_job_that_died_rests_while_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(job_id: str) -> bool:
        def act(**_: Any) -> None:
            raise ZeroDivisionError

        return jobs.perform(job_id, act)

    monkeypatch.setitem(current_app.tasks, TASK, dies)
    waiting("a", 1)
    assert jobs.answer_the_bell()
    assert not jobs.answer_the_bell(), "the store may be away for a moment: three tries at once would be wasted"
    Job.objects.update(heartbeat_at=timezone.now() - fairness.REST - dt.timedelta(seconds=1))
    assert jobs.answer_the_bell()
    assert Job.objects.get().attempts == 2


def test_a_sweep_rings_for_every_centre_and_not_for_ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args: rung.append(args[0]))
    waiting("large", 1000, since=60)
    waiting("small", 3)
    Job.objects.update(rung_at=timezone.now() - dt.timedelta(minutes=1))
    assert jobs.sweep() == len(rung) == jobs.BELLS_OF_A_SWEEP
    scopes = Counter(Job.objects.filter(pk__in=rung).values_list("scope", flat=True))
    assert scopes == {"small": 3, "large": jobs.BELLS_OF_A_SWEEP - 3}
