"""The page of the draws of certified cases that are rated anew: asked for, drawn, and the list to work through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from assessment.models import RatingDraw
from assessment.services.desk.draw_reratings import ask_for_draw, draw_cases, record_of, to_rate
from assessment.web.forms.samples import WordForm
from assessment.web.pages.case import form_page
from assessment.web.sheets.lists import reratings_sheet
from centres.models import Person
from centres.permissions import is_of_the_body, signed_in
from centres.web import who_may
from centres.web.crumbs import crumbs
from core.errors import UserFacingError
from core.text import Text
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, sheet_answer

TITLE = Text(zh="抽查复评", en="Re-rating by draw")
EACH = 10  # draws on a page: each has a table of its own


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reratings(request: HttpRequest) -> HttpResponse:
    """A registrar asks; somebody else of the body gives a word; then the drawn cases are listed."""
    if not is_of_the_body(request.user):
        raise PermissionDenied(who_may.BODY)
    drawn = RatingDraw.objects.exclude(drawn_at=None)
    if asks_for_sheet(request):
        return sheet_answer(reratings_sheet(TITLE, _rows(drawn)))
    person = signed_in(request.user)
    form = WordForm(request.POST if "draw" in request.POST else None)
    problem: UserFacingError | None = None
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            _take(form, person=person)
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:reratings")
    waiting = RatingDraw.objects.filter(drawn_at=None).select_related("asked_by").first()
    page = page_of(request, drawn, each=EACH)
    context = {
        "crumbs": crumbs(None, (TITLE, "")),
        "title": TITLE,
        "waiting": waiting,
        "may_ask": waiting is None and _may_ask(person),
        "may_draw": waiting is not None and waiting.asked_by.natural_person != person.natural_person,
        "page": page,
        "draws": _drawn(page),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/reratings.html", context)


def _take(form: WordForm, *, person: Person) -> None:
    """What the posted form was shown for, whatever is due by now: a word for its draw, or another draw."""
    if form.is_bound:
        draw = get_object_or_404(RatingDraw, pk=form.cleaned_data["draw"])
        draw_cases(draw, word=form.cleaned_data["word"], person=person)
    elif _may_ask(person):
        ask_for_draw(person=person)
    else:
        raise PermissionDenied(who_may.REGISTRARS)


def _may_ask(person: Person) -> bool:
    return bool(rules.has_perm("assessment.admit", person))


def _drawn(draws: Sequence[RatingDraw]) -> list[dict[str, Any]]:
    cases = to_rate(draws)
    return [{"item": one, "record": record_of(one), "cases": cases[one.pk]} for one in draws]


def _rows(draws: QuerySet[RatingDraw]) -> Iterator[dict[str, Any]]:
    cases = to_rate(draws)
    return ({"draw": draw, "case": case} for draw in draws for case in cases[draw.pk])
