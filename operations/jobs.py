"""Work that outlives a request: the row is the truth, the broker a doorbell.

A job is written in the transaction of the act that needs it. Whoever hears the bell takes a lease on the row whose
turn it is (`operations.fairness`), renews it while it works and writes the end under that lease. Whoever was killed
leaves a lease that runs out; the sweep rings again. Tasks may therefore start twice and are written to have one effect.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.errors import UserFacingError
from core.text import Text
from operations.fairness import in_turn, is_free, next_job
from operations.models import Job, JobState

logger = logging.getLogger(__name__)

BELL = "operations.work"
DEATHS_ALLOWED = 3
RING_AGAIN_AFTER = dt.timedelta(seconds=15)
# Fewer than workers do between two sweeps: bells that nobody needs must not pile up in the broker.
BELLS_OF_A_SWEEP = 64
# Writers wait for each other: what nobody has the time to read is not written.
PROGRESS_SECONDS = 1


class Progress(Protocol):
    """How an act tells how far it is: a fraction 0–1 and what it is doing."""

    def __call__(self, fraction: float, words: Text) -> None: ...


def enqueue(task_name: str, *, subject: str, scope: str = "", ring: bool = True, **arguments: Any) -> Job:
    """Write down work to be done; the broker is told once the transaction is durable.

    Args:
        task_name: the Celery task, which takes the job's id and returns what `perform` does.
        subject: what the work is about: `evidence/<id>`, `centre/<slug>`.
        scope: slug of the centre whose people may watch it; empty for the platform's own work.
        ring: not for work the caller does at once; only when it dies, the sweep rings.
        arguments: JSON values handed to the act.
    """
    with transaction.atomic():
        job = Job(task=task_name, subject=subject, scope=scope, arguments=arguments, rung_at=timezone.now())
        job.clean_fields()  # the rest the database refuses by itself
        job.save(force_insert=True)
        if ring:
            transaction.on_commit(functools.partial(ring_for, job))
        return job


def perform(
    job_id: str | uuid.UUID,
    act: Callable[..., object],
    *,
    when_set_aside: Callable[..., object] | None = None,
) -> bool:
    """Do a job if nobody else is doing it: `act(**arguments, progress=…)`; whether it was ours to do.

    Ends as done; as failed when the act raises a `UserFacingError`, with its words. Any other exception is a
    death, as a killed worker is: the job is tried again. At the third death it is set aside and
    `when_set_aside(**arguments, problem=…)` runs in the same transaction.
    """
    job = _lease(job_id)
    if job is None:
        return False
    if job.attempts > DEATHS_ALLOWED:
        _set_aside(job, when_set_aside)
        return True
    progress = _Told(job)
    try:
        with _heartbeat(job):
            act(**job.arguments, progress=progress)
    except UserFacingError as error:
        _end(job, JobState.FAILED, problem=error.as_json(), **progress.last)
    except Exception:
        logger.exception("job %s (%s) died, attempt %s", job.pk, job, job.attempts)
        if job.attempts >= DEATHS_ALLOWED:
            _set_aside(job, when_set_aside)
        else:
            _give_back(job)
    else:
        _end(job, JobState.DONE, **progress.last)
    return True


def answer_the_bell() -> bool:
    """Do the job whose turn it is, whichever was rung for; whether there was one.

    A task that is declared `patient` is one nobody waits for: its jobs are done when no other is there.
    """
    patient = {name for name, task in current_app.tasks.items() if getattr(task, "patient", False)}
    others = current_app.tasks.keys() - patient
    while job := next_job(timezone.now(), tasks=others) or next_job(timezone.now(), tasks=patient):
        if current_app.tasks[job.task](str(job.pk)):
            return True
        # Somebody was quicker, with a bell of their own: whatever else waits is still this one's to do.
    return False


def sweep() -> int:
    """Ring again for jobs that nobody seems to have heard of, and for leases that ran out; how many."""
    now = timezone.now()
    unheard = Q(state=JobState.QUEUED, rung_at__lt=now - RING_AGAIN_AFTER)
    died = Q(state=JobState.LEASED, leased_until__lt=now)
    waiting = in_turn(Job.objects.filter(unheard | died), most=BELLS_OF_A_SWEEP)
    for job in waiting:
        Job.objects.filter(pk=job.pk).update(rung_at=now)
        ring_for(job)
    return len(waiting)


def is_known(task_name: str) -> bool:
    """Whether this process has a task of that name."""
    _load_tasks()
    return task_name in current_app.tasks


def is_waiting(task_name: str, *, subject: str) -> bool:
    """Whether such a job is queued and not begun, so that it will see what this transaction writes."""
    waiting = Job.objects.select_for_update().filter(task=task_name, subject=subject, state=JobState.QUEUED)
    return bool(waiting.first())


def ring_for(job: Job) -> None:
    """Tell the broker that somebody is needed, for this job or for one whose turn comes before it."""
    try:
        current_app.send_task(BELL, args=[str(job.pk)])
    except Exception:  # whatever the broker's trouble is: the row stands, the sweep rings again
        logger.warning("the broker could not be told of job %s", job.pk, exc_info=True)


@functools.cache
def _load_tasks() -> None:
    """Once in a process: each time, Celery sets Django up again and runs all of its checks."""
    current_app.loader.import_default_modules()


def _lease(job_id: str | uuid.UUID) -> Job | None:
    """The job with a fresh lease of our own; None when it is over or somebody else works on it."""
    now = timezone.now()
    taken = Job.objects.filter(is_free(now), pk=job_id).update(
        state=JobState.LEASED,
        lease=(lease := uuid.uuid4()),
        leased_until=now + _lease_time(),
        heartbeat_at=now,
        attempts=F("attempts") + 1,
    )
    return Job.objects.get(pk=job_id, lease=lease) if taken else None


def _lease_time() -> dt.timedelta:
    return dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease four times per term, from a thread with its own database connection."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.JOB_LEASE_SECONDS / 4):
                now = timezone.now()
                try:
                    _own(job).update(leased_until=now + _lease_time(), heartbeat_at=now)
                except Exception:  # a busy database must not end the heart; the next beat tries again
                    logger.warning("heartbeat of job %s missed", job.pk, exc_info=True)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _own(job: Job) -> Any:
    """The row, as long as the lease is still ours."""
    return Job.objects.filter(pk=job.pk, lease=job.lease, state=JobState.LEASED)


class _Told:
    """Progress as it is written: the first word at once, the next after a second, the last with the end of the job."""

    def __init__(self, job: Job) -> None:
        self.last: dict[str, Any] = {}
        self._job = job
        self._due = time.monotonic()

    def __call__(self, fraction: float, words: Text) -> None:
        self.last = {"progress": {"fraction": f"{min(max(fraction, 0), 1):.2f}", "words": words.as_json()}}
        if time.monotonic() >= self._due:
            _own(self._job).update(**self.last)
            self._due = time.monotonic() + PROGRESS_SECONDS


def _end(job: Job, state: JobState, problem: dict[str, Any] | None = None, **told: Any) -> bool:
    ended = {"lease": None, "leased_until": None, "finished_at": timezone.now()}
    return bool(_own(job).update(state=state, problem=problem, **ended, **told))


def _give_back(job: Job) -> None:
    _own(job).update(state=JobState.QUEUED, lease=None, leased_until=None, rung_at=timezone.now())


def _set_aside(job: Job, when_set_aside: Callable[..., object] | None) -> None:
    problem = UserFacingError(
        "set_aside",
        Text(
            zh=f"处理这项工作时程序已中断 {DEATHS_ALLOWED} 次，现已搁置。",
            en=f"The work was interrupted {DEATHS_ALLOWED} times and has been set aside.",
        ),
        hint=Text(
            zh="请检查文件是否完整、是否为所选格式，然后重新上传；如仍失败，请联系管理员。",
            en="Check that the file is whole and of the chosen format, then upload it again; "
            "if it fails again, ask the administrator.",
        ),
    ).as_json()
    with transaction.atomic():
        if _end(job, JobState.SET_ASIDE, problem) and when_set_aside is not None:
            when_set_aside(**job.arguments, problem=problem)
