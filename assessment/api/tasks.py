"""The centre's desk for programs: tasks, months, and trials of other values."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessment.centre_selectors.months import intake_of
from assessment.centre_selectors.tasks import Desk, PillarTasks, Task, desk_of
from assessment.centre_selectors.trials import trial_of
from assessment.scoring.explain.stakes import Stake
from assessment.scoring.explain.tasks import TaskState
from assessment.scoring.result import Result
from centres.models import Centre
from centres.permissions import sees_work
from centres.selectors import current_profile, visible_centres
from core.canonical import jsonable
from core.quantity import plain
from operations.http.serializers import StrictSerializer, validated
from operations.http.views import StrictQuery


class TasksAnswer(StrictSerializer):
    """Every indicator of the pinned edition that counts: its state, what is missing, what would do, why it matters."""

    centre = serializers.CharField()
    edition = serializers.CharField()
    edition_digest = serializers.CharField()
    assessment = serializers.CharField(allow_null=True)
    result_digest = serializers.CharField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    files_being_read = serializers.IntegerField()
    files_rejected = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    tasks = serializers.ListField(child=serializers.DictField())


class MonthsAnswer(StrictSerializer):
    """Rows by kind and month; `missing` are months without rows of a kind that comes monthly."""

    centre = serializers.CharField()
    months = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.DictField())


class TrialRequest(StrictSerializer):
    values = serializers.DictField(
        child=serializers.CharField(max_length=60, allow_blank=True),
        help_text="by code of the indicator, of an item `code.item` with 1 or 0; everything else stays as measured",
    )


class TrialAnswer(StrictSerializer):
    """A trial: nothing of it is stored, and nothing follows from it."""

    edition = serializers.CharField()
    changed = serializers.DictField(child=serializers.CharField())
    before = serializers.DictField()
    after = serializers.DictField()


class CentreTasks(StrictQuery):
    """The task list of a centre."""

    @extend_schema(responses=TasksAnswer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(_tasks(desk_of(_inside(request, slug))))


class CentreMonths(StrictQuery):
    """What came for each of the twelve months before application."""

    @extend_schema(responses=MonthsAnswer)
    def get(self, request: Request, slug: str) -> Response:
        centre = _inside(request, slug)
        version = current_profile(centre)
        intake = intake_of(centre, version.profile if version else None)
        kinds = [
            {
                "kind": row.kind,
                "monthly": row.monthly,
                "rows": {month: cell.rows for month, cell in row.cells.items()},
                "missing": list(row.missing),
                "replaced": [month for month, cell in row.cells.items() if cell.replaced],
            }
            for row in (intake.matrix() if intake.months else [])
        ]
        return Response({"centre": centre.slug, "months": list(intake.months), "kinds": kinds})


class CentreTrial(StrictQuery):
    """Score the evidence so far with other values; stored nowhere."""

    @extend_schema(request=TrialRequest, responses=TrialAnswer)
    def post(self, request: Request, slug: str) -> Response:
        trial = trial_of(_inside(request, slug), validated(TrialRequest, request)["values"])
        if trial is None:
            raise Http404
        return Response(
            {
                "edition": str(trial.edition),
                "changed": {field.name: plain(field.value) for field in trial.changed if field.value is not None},
                "before": _result(trial.before),
                "after": _result(trial.after),
            }
        )


def _inside(request: Request, slug: str) -> Centre:
    """A centre whose work this person may see; to everybody else it is not there."""
    centre: Centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not sees_work(request.user, centre):
        raise Http404
    return centre


def _result(result: Result) -> dict[str, Any]:
    return {
        "verdict": result.verdict.value,
        "score": jsonable(result.score),
        "grade": result.grade,
        "consequences": jsonable(result.consequences),
        "nodes": {node.code: jsonable(node.published) for node in result.root.walk()},
    }


def _tasks(desk: Desk) -> dict[str, Any]:
    """The task list as the API answers it."""
    return {
        "centre": desk.centre.slug,
        "edition": str(desk.edition),
        "edition_digest": desk.edition.digest,
        "assessment": str(desk.case.pk) if desk.case else None,
        "result_digest": desk.provisional.digest if desk.provisional else None,
        "counts": {state.value: desk.counts[state] for state in TaskState},
        "files_being_read": len(desk.intake.in_work),
        "files_rejected": [{"id": str(item.pk), "name": item.name} for item in desk.intake.rejected],
        "tasks": [_task_json(task, pillar) for pillar in desk.pillars for task in pillar.tasks],
    }


def _task_json(task: Task, pillar: PillarTasks) -> dict[str, Any]:
    reason, stake, window = task.node.reason, task.stake, task.window
    return {
        "pillar": pillar.node.code,
        "code": task.node.code,
        "title": task.node.title.as_json(),
        "state": task.state.value,
        "points": jsonable(task.node.published),
        "reason": reason.as_json() if reason and task.reason else None,
        "window": None
        if window is None
        else {
            "kind": window.kind,
            "months": window.months,
            "present": window.present,
            "missing": list(window.missing),
            "gaps": list(window.gaps),
        },
        "formats": [parser.format for parser in task.formats],
        "stake": _stake(stake) if stake else None,
    }


def _stake(stake: Stake) -> dict[str, Any]:
    return {
        "of": stake.above.as_json(),
        "of_total": stake.of_total,
        "points_now": jsonable(stake.now),
        "points_at_best": jsonable(stake.then),
        "gain": jsonable(stake.gain),
        "grade_at_best": stake.grade,
        "blocks": stake.blocks,
    }
