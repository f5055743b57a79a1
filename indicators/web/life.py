"""Pages of those who write and publish rubrics: hand in a draft, follow it, take the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from centres.models import Person
from centres.web import who_may
from core.errors import RubricError, UserFacingError
from core.text import Text
from indicators.models import Edition, EditionAct, EditionState
from indicators.rubric.files import files_of_archive
from indicators.selectors import trial_of
from indicators.services import life
from indicators.services.propose_edition import propose_edition
from indicators.services.publish_edition import publish_edition
from indicators.services.return_edition import return_edition
from indicators.services.upload_edition import OtherDraft, upload_edition
from indicators.web.crumbs import crumbs
from indicators.web.forms import StepForm, UploadForm
from indicators.web.sheets import life_sheet
from indicators.web.views import STATES, visible
from operations.http.sheets import asks_for_sheet, sheet_answer
from operations.http.version_field import refilled

LIFE = Text(zh="起草与发布", en="Drafting and publishing")
SHOWN_FAULTS = 50
ACTS: dict[str, Callable[..., Edition]] = {
    "propose": lambda edition, *, digest, **given: propose_edition(edition, **given),
    "return": lambda edition, *, digest, **given: return_edition(edition, **given),
    "publish": publish_edition,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One place of the chain: the state reached, current, or still to come."""

    words: Text
    tone: str
    shape: str
    current: bool
    act: EditionAct | None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    person = _author(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    problem: UserFacingError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            files = files_of_archive(form.cleaned_data["archive"].read())
            edition = upload_edition(
                files,
                person=person,
                reason=form.cleaned_data["reason"],
                has_read=lambda version: version == form.cleaned_data["replaces"],
            ).edition
        except OtherDraft as refusal:
            problem = refusal
            refilled(form, replaces=refusal.version)
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("indicators:life", edition.rubric, edition.edition)
    faults = problem.faults[:SHOWN_FAULTS] if isinstance(problem, RubricError) else ()
    context = {"form": form, "problem": problem, "faults": faults}
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "indicators/upload.html", context, status=422 if refused else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def life_of(request: HttpRequest, rubric: str, edition: str) -> HttpResponse:
    """Shows the chain; a posted act with its reason is taken through its service."""
    stored = visible(request, rubric, edition)
    if not rules.has_perm("indicators.read_drafts", request.user):
        raise Http404
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the decorator ensures)
    if asks_for_sheet(request):
        return sheet_answer(life_sheet(LIFE, _history(stored)))
    posted = request.POST if request.method == "POST" else None
    form = StepForm(posted, initial={"version": stored.version})
    problem: UserFacingError | None = None
    if request.method == "POST":
        taking = ACTS.get(request.POST.get("act", ""))
        if taking is None:
            raise PermissionDenied
        if form.is_valid():
            try:
                taking(stored, person=request.user, **form.cleaned_data)
            except UserFacingError as refusal:
                problem = refusal
                stored.refresh_from_db()
                form.renewed(stored.version)
            else:
                return redirect("indicators:life", rubric, edition)
    return _answer(request, stored, form, problem)


def _answer(request: HttpRequest, stored: Edition, form: StepForm, problem: UserFacingError | None) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the views ensure)
    history = _history(stored)
    context = {
        "stored": stored,
        "state": STATES[EditionState(stored.state)],
        "steps": _chain(stored, [one["act"] for one in history]),
        "trial": trial_of(stored),
        "job": stored.job,
        "acts": _open_acts(stored, request.user),
        "alone": stored.state == EditionState.REVIEW and life.contributed(stored, request.user),
        "history": history,
        "form": form,
        "problem": problem,
        "faults": problem.faults[1:SHOWN_FAULTS] if isinstance(problem, RubricError) else (),
        "crumbs": crumbs(stored, (LIFE, "")),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "indicators/life.html", context, status=422 if refused else 200)


def _history(stored: Edition) -> list[dict[str, Any]]:
    return [{"act": act, "words": life.BY_ACT[act.act].title} for act in stored.acts.select_related("person")]


_CHAIN = (EditionState.DRAFT, EditionState.REVIEW, EditionState.PUBLISHED, EditionState.SUPERSEDED)


def _chain(stored: Edition, history: Sequence[EditionAct]) -> list[Step]:
    reached = _CHAIN.index(EditionState(stored.state))
    last = {EditionState(act.to_state): act for act in history}
    return [
        Step(
            STATES[state],
            "good" if place <= reached else "quiet",
            "full" if place <= reached else "empty",
            place == reached,
            last.get(state) if place <= reached else None,
        )
        for place, state in enumerate(_CHAIN)
    ]


def _open_acts(stored: Edition, person: Person) -> tuple[life.Transition, ...]:
    """What this person may do now; the services ask again, and the database last."""
    possible = (one for one in life.ASKED_FOR if one.before == stored.state and one is not life.UPLOAD)
    return tuple(
        one
        for one in possible
        if rules.has_perm(one.permission, person) and not (one.second and life.contributed(stored, person))
    )


def _author(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person) or not rules.has_perm("indicators.draft_edition", request.user):
        raise PermissionDenied(who_may.AUTHORS)
    return request.user
