"""Whose turn it is: jobs that wait are served centre by centre, so that ten thousand files of one delay nobody else.

A scope is a centre, a person or the platform. The next job is the oldest one of the scope with the fewest jobs in
hand; between equals, of the one that was served longest ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from operations.models import Job, JobState

# Whoever was served before that counts as not served: the question stays as cheap in an old installation.
REMEMBERED = dt.timedelta(minutes=10)
# A job that died is not tried again at once: what ended it (a store that is away) may last a moment.
REST = dt.timedelta(seconds=15)
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def is_free(now: dt.datetime) -> Q:
    """Queued, or leased by somebody who died."""
    return Q(state=JobState.QUEUED) | Q(state=JobState.LEASED, leased_until__lt=now)


def next_job(now: dt.datetime, *, tasks: Collection[str]) -> Job | None:
    """The job whose turn it is, among those a worker that knows these tasks may do; None when nothing waits."""
    rested = Q(attempts=0) | Q(heartbeat_at__lt=now - REST)
    waiting = Job.objects.filter(is_free(now), rested, task__in=tasks)
    oldest = {row["scope"]: row["oldest"] for row in _by_scope(waiting).annotate(oldest=Min("created_at"))}
    if not oldest:
        return None
    busy = Job.objects.filter(state=JobState.LEASED, leased_until__gte=now)
    in_hand = {row["scope"]: row["jobs"] for row in _by_scope(busy).annotate(jobs=Count("pk"))}
    recent = Job.objects.filter(heartbeat_at__gte=now - REMEMBERED)
    served = {row["scope"]: row["at"] for row in _by_scope(recent).annotate(at=Max("heartbeat_at"))}
    turns = sorted(oldest, key=lambda scope: (in_hand.get(scope, 0), served.get(scope, _NEVER), oldest[scope], scope))
    # Others may empty a scope between these questions; a worker told that nothing waits would waste its bell.
    firsts = (waiting.filter(scope=scope).order_by("created_at", "pk").first() for scope in turns)
    return next((job for job in firsts if job is not None), None)


def in_turn(waiting: QuerySet[Job], *, most: int) -> list[Job]:
    """The first jobs of every scope, then the second ones, and so on."""
    place = Window(RowNumber(), partition_by=F("scope"), order_by=(F("created_at").asc(), F("pk").asc()))
    return list(waiting.annotate(place=place).order_by("place", "created_at", "pk")[:most])


def _by_scope(jobs: QuerySet[Job]) -> QuerySet[Job, Any]:
    return jobs.order_by().values("scope")
