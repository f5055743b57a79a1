"""The centre's desk: its task list, and what came in month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from assessment.case_selectors import open_findings
from assessment.centre_selectors.months import Cell, KindRow, intake_of
from assessment.centre_selectors.tasks import Desk, PillarTasks, Task, desk_of
from assessment.flag_selectors import may_be_answered, questions_of
from assessment.models import AssessmentState
from assessment.scoring.explain.tasks import TaskState
from assessment.services.application.sign_agreement import agreement_waits
from assessment.services.evaluation.findings import are_alive
from assessment.web.pages.access import inside_centre
from assessment.web.sheets.lists import months_sheet, tasks_sheet
from assessment.web.shown.kind_words import kinds_offered
from assessment.web.shown.result import edition_shown
from assessment.web.shown.task_words import STATES, months_words, stake_words, state_words
from centres.selectors import current_profile
from centres.web.crumbs import crumbs
from core.text import Text
from evidence.observations.registry import KIND_BY_NAME
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, sheet_answer

TASKS = Text(zh="任务清单", en="Task list")
MONTHS = Text(zh="逐月材料", en="Month by month")
FIRST_FORMATS = 4
NAMED_FILES = 10  # of a kind in a month


@login_required
@require_GET
def task_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every indicator of the pinned edition: its state, what is missing, what would do, why it matters."""
    centre = inside_centre(request, slug)
    desk = desk_of(centre)
    counts, pillars = desk.counts, [_pillar(desk, pillar) for pillar in desk.pillars]
    if asks_for_sheet(request):
        return sheet_answer(tasks_sheet(TASKS, pillars))
    asked = [one for one in open_findings(centre) if are_alive(one.assessment)]
    context = {
        "centre": centre,
        "crumbs": crumbs(centre, (TASKS, "")),
        "desk": desk,
        "case": desk.case,
        "case_state": state_words(desk.case.state) if desk.case else None,
        "is_draft": desk.case is not None and desk.case.state == AssessmentState.DRAFT,
        "may_work": request.user.has_perm("centres.upload_evidence", centre),
        "edition": edition_shown(desk.edition),
        "result": desk.result,
        "blocks": [one for one in desk.result.consequences if one.effect == "block"] if desk.result else [],
        "caps": [one for one in desk.result.consequences if one.effect == "cap"] if desk.result else [],
        "pillars": pillars,
        "counts": _counted(counts),
        "completed": counts[TaskState.COMPLETED],
        "total": sum(counts.values()) - counts[TaskState.NOT_NEEDED],
        "asked": asked,
        "unexplained": _unexplained(desk),
        "unsigned": desk.case is not None and agreement_waits(desk.case),
        "months": _months_summary(desk),
        "rejected": page_of(request, desk.intake.rejected),
        "kinds": kinds_offered(request.user, centre) if desk.case is None else [],
    }
    return render(request, "assessment/tasks.html", context)


@login_required
@require_GET
def months(request: HttpRequest, slug: str) -> HttpResponse:
    """What came for each month of the year before application, what is missing, what was replaced."""
    centre = inside_centre(request, slug)
    version = current_profile(centre)
    intake = intake_of(centre, version.profile if version else None)
    rows = [_kind_row(row) for row in intake.matrix()] if intake.months else []
    if asks_for_sheet(request):
        return sheet_answer(months_sheet(MONTHS, intake.months, rows))
    context = {
        "centre": centre,
        "crumbs": crumbs(centre, (TASKS, reverse("assessment:tasks", args=[slug])), (MONTHS, "")),
        "months": intake.months,
        "rows": rows,
        "in_work": len(intake.in_work),
        "may_work": request.user.has_perm("centres.upload_evidence", centre),
        "has_profile": version is not None,
    }
    return render(request, "assessment/months.html", context)


def _pillar(desk: Desk, pillar: PillarTasks) -> dict[str, Any]:
    """One pillar, unfolded where something is wrong: sixty tasks under each other hide the three that matter."""
    counts = pillar.counts
    return {
        "node": pillar.node,
        "counts": _counted(counts),
        "completed": counts[TaskState.COMPLETED],
        "total": len(pillar.tasks) - counts[TaskState.NOT_NEEDED],
        "tasks": [_task(desk, task) for task in pillar.tasks],
        "unfolded": counts[TaskState.PROBLEM] + counts[TaskState.IN_PROGRESS] > 0,
    }


def _counted(counts: Mapping[TaskState, int]) -> list[dict[str, Any]]:
    return [{"sign": STATES[state], "number": counts[state]} for state in TaskState if counts[state]]


def _task(desk: Desk, task: Task) -> dict[str, Any]:
    done = task.state in (TaskState.COMPLETED, TaskState.NOT_NEEDED)
    return {
        "node": task.node,
        "address": reverse("indicators:indicator", args=[desk.edition.rubric, desk.edition.edition, task.node.code]),
        "sign": STATES[task.state],
        "done": done,
        "reason": task.reason,
        "months": months_words(task),
        "stake": stake_words(task.stake, done=done),
        "formats": () if done else task.formats[:FIRST_FORMATS],
        "more_formats": () if done else task.formats[FIRST_FORMATS:],
    }


def _unexplained(desk: Desk) -> int:
    """Figures of the submission the centre has still to give a reason for."""
    if desk.case is None or not may_be_answered(desk.case):
        return 0
    return sum(one.reason is None for one in questions_of(desk.case))


def _months_summary(desk: Desk) -> dict[str, Any]:
    there = desk.intake.handed_in.months.get("energy_readings", ())
    wanted = desk.intake.months
    return {"present": sum(month in there for month in wanted), "wanted": len(wanted)}


def _kind_row(row: KindRow) -> dict[str, Any]:
    return {
        "title": KIND_BY_NAME[row.kind].title,
        "monthly": row.monthly,
        "cells": [_cell(month, cell, missing=month in row.missing) for month, cell in row.cells.items()],
        "missing": row.missing,
        "untold": row.untold,
        "map": row.column_map,
        "came": any(cell.rows or cell.replaced for cell in row.cells.values()) or bool(row.untold),
    }


def _cell(month: str, cell: Cell, *, missing: bool) -> dict[str, Any]:
    """A month with the first of its files; the others are in the list of evidence."""
    files, replaced = cell.files[:NAMED_FILES], cell.replaced[:NAMED_FILES]
    more = len(cell.files) + len(cell.replaced) - len(files) - len(replaced)
    return {"month": month, "cell": cell, "missing": missing, "files": files, "replaced": replaced, "more": more}
