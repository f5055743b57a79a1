"""What other values would give: a trial that is scored by the real engine and kept nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessment.centre_selectors.trials import Trial, trial_of
from assessment.scoring.explain.trial import Field
from assessment.scoring.result import Node
from assessment.web.pages.access import inside_centre
from assessment.web.shown.result import edition_shown
from assessment.web.views.tasks import TASKS
from centres.web.crumbs import crumbs
from core.errors import InputError
from core.quantity import shortest
from core.text import Text
from indicators.models import Edition

TITLE = Text(zh="试算", en="Try values")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest, slug: str) -> HttpResponse:
    """The form with its outcome; HTMX asks for the outcome alone."""
    centre = inside_centre(request, slug)
    given = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    problem: InputError | None = None
    try:
        trial = trial_of(centre, given)
    except InputError as refusal:
        problem, trial = refusal, trial_of(centre, {})
    context: dict[str, Any] = {"centre": centre, "problem": problem, "trial": trial}
    if trial is not None:
        context |= _outcome(trial, trial.edition)
    status = 422 if problem is not None else 200
    if "HX-Request" in request.headers:
        return render(request, "assessment/_trial.html", context, status=200)  # the fragment says what is wrong
    if trial is not None:
        wrong = {problem.where.field or "": problem} if problem is not None and problem.where else {}
        context["pillars"] = [_pillar(pillar, trial, given, wrong) for pillar in trial.before.pillars]
    context["crumbs"] = crumbs(centre, (TASKS, reverse("assessment:tasks", args=[slug])), (TITLE, ""))
    return render(request, "assessment/what_if.html", context, status=status)


def _outcome(trial: Trial, edition: Edition) -> dict[str, Any]:
    before = {node.code: node for node in trial.before.root.walk()}
    touched = list(dict.fromkeys(field.code for field in trial.changed))
    after = {node.code: node for node in trial.after.root.walk()}
    return {
        "edition": edition_shown(edition),
        "after": trial.after,
        "before": trial.before,
        "blocks": [one for one in trial.after.consequences if one.effect == "block"],
        "caps": [one for one in trial.after.consequences if one.effect == "cap"],
        "groups": [(before[node.code], node) for node in (trial.after.root, *trial.after.pillars)],
        "touched": [(before[code], after[code]) for code in touched],
    }


def _pillar(pillar: Node, trial: Trial, given: dict[str, str], wrong: dict[str, InputError]) -> dict[str, Any]:
    codes = [node.code for node in pillar.walk()]
    rows: dict[str, list[dict[str, Any]]] = {}
    for field in trial.fields:
        if field.code in codes:
            rows.setdefault(field.code, []).append(_field(field, given, wrong))
    nodes = {node.code: node for node in pillar.walk()}
    return {
        "node": pillar,
        "unfolded": any(field.name in wrong for field in trial.fields if field.code in codes),
        "indicators": [{"node": nodes[code], "fields": found} for code, found in rows.items()],
    }


def _field(field: Field, given: dict[str, str], wrong: dict[str, InputError]) -> dict[str, Any]:
    shown = given.get(field.name)
    if shown is None:
        shown = _plain(field.value)
    return {
        "field": field,
        "low": _plain(field.low),
        "high": _plain(field.high),
        "step": _plain(field.step),
        "id": f"field-{field.name}",
        "shown": shown,
        "problem": wrong.get(field.name),
        "choices": [(_plain(value), title) for value, title in field.choices],
    }


def _plain(value: Decimal | None) -> str:
    """As a person would type it."""
    return "" if value is None else shortest(value)
