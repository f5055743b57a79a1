from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.errors import ParseError
from core.text import Text
from operations import jobs
from operations.models import Job, JobState

pytestmark = pytest.mark.django_db
MEND = Text(zh="请改正。", en="Mend it.")


def queued(**arguments: Any) -> Job:
    return jobs.enqueue("test.task", subject="thing/1", **arguments)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_done_is_done_once() -> None:
    calls = []
    job = queued(word="hello")

    def act(*, word: str, progress: jobs.Progress) -> None:
        progress(0.5, Text(zh="一半", en="half"))
        calls.append((word, fresh(job).progress["fraction"]))

    jobs.perform(job.pk, act)
    jobs.perform(job.pk, act)  # the broker delivered twice
    assert calls == [("hello", "0.50")]
    assert fresh(job).state == JobState.DONE
    assert fresh(job).finished_at is not None


def test_a_job_somebody_else_works_on_is_left_alone() -> None:
    job = queued()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.LEASED, leased_until=timezone.now() + dt.timedelta(seconds=9), attempts=1
    )
    jobs.perform(job.pk, lambda **_: pytest.fail("ran twice"))
    assert fresh(job).attempts == 1


@pytest.mark.torture("T38")
def test_a_lease_that_ran_out_is_taken_over() -> None:
    job = queued()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.LEASED, leased_until=timezone.now() - dt.timedelta(seconds=1), attempts=1
    )
    assert jobs.sweep() == 1
    jobs.perform(job.pk, lambda **_: None)
    assert fresh(job).state == JobState.DONE
    assert fresh(job).attempts == 2


def test_a_refusal_ends_the_job_with_its_words() -> None:
    def act(**_: Any) -> None:
        raise ParseError("bad_file", Text(zh="文件有误。", en="The file is bad."), hint=MEND)

    job = queued()
    jobs.perform(job.pk, act)
    ended = fresh(job)
    assert ended.state == JobState.FAILED
    assert ended.problem["code"] == "bad_file"
    assert ended.problem["message"] == {"zh": "文件有误。", "en": "The file is bad."}


@pytest.mark.torture("T38")
def test_the_third_death_sets_the_job_aside() -> None:
    aside = []

    def act(**_: Any) -> None:
        raise ZeroDivisionError

    job = queued(thing="x")
    for death in (1, 2, 3):
        assert fresh(job).state == JobState.QUEUED, death
        jobs.perform(job.pk, act, when_set_aside=lambda **given: aside.append(given))
    assert fresh(job).state == JobState.SET_ASIDE
    assert [given["thing"] for given in aside] == ["x"]
    assert aside[0]["problem"]["code"] == "set_aside"


@pytest.mark.torture("T38")
def test_a_job_whose_worker_was_killed_three_times_is_set_aside_without_another_try() -> None:
    job = queued()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.LEASED, leased_until=timezone.now() - dt.timedelta(seconds=1), attempts=3
    )
    jobs.perform(job.pk, lambda **_: pytest.fail("tried a fourth time"))
    assert fresh(job).state == JobState.SET_ASIDE


@pytest.mark.torture("T39", "broker emptied", "completed by the catch-up")
def test_a_queued_job_the_broker_lost_is_rung_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args: rung.append(args[0]))
    job = queued()
    assert jobs.sweep() == 0  # just rung
    Job.objects.filter(pk=job.pk).update(rung_at=timezone.now() - dt.timedelta(minutes=1))
    assert jobs.sweep() == 1
    assert rung == [str(job.pk)]


@pytest.mark.torture("T39", "broker lost", "no job forgotten")
def test_a_dead_broker_does_not_lose_the_job(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(jobs.current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        job = queued()
    assert fresh(job).state == JobState.QUEUED


def test_a_worker_that_lost_its_lease_cannot_write_the_end() -> None:
    job = queued()

    def act(**_: Any) -> None:  # meanwhile somebody else took over and finished
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, lease=None, leased_until=None, finished_at=timezone.now()
        )
        raise ParseError("late", Text(zh="晚了。", en="Too late."), hint=MEND)

    jobs.perform(job.pk, act)
    assert fresh(job).state == JobState.DONE
    assert fresh(job).problem is None


@pytest.mark.torture("T38")
def test_the_clock_of_the_sweep_dies_with_the_whole_server_and_never_alone() -> None:
    """Inside a worker it is a child that nobody misses: jobs of killed workers would be forgotten without a word."""
    lines = (Path(__file__).resolve().parents[2] / "Procfile").read_text(encoding="utf-8").splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    assert " beat" in commands["beat"]
    assert "--beat" not in commands["worker"]


def test_asking_for_a_task_checks_the_whole_service_no_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert jobs.is_known(jobs.BELL)
    monkeypatch.setattr("django.core.checks.run_checks", lambda *_, **__: pytest.fail("checked again"))
    assert jobs.is_known(jobs.BELL)
    assert not jobs.is_known("test.nobodys")
