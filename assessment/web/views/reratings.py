"""The page of the draws of certified cases that are rated anew: asked for, drawn, and the list to work through."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from assessment.models import RatingDraw
from assessment.services.draw_reratings import ask_for_draw, draw_cases, record_of, to_rate
from assessment.web.case_pages import form_page
from assessment.web.sample_forms import WordForm
from centres.permissions import is_of_the_body, signed_in
from centres.web.crumbs import crumbs
from core.errors import UserFacingError
from core.text import Text

TITLE = Text(zh="抽查复评", en="Re-rating by draw")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reratings(request: HttpRequest) -> HttpResponse:
    """A registrar asks; somebody else of the body gives a word; then the drawn cases are listed."""
    if not is_of_the_body(request.user):
        raise PermissionDenied
    person = signed_in(request.user)
    waiting = RatingDraw.objects.filter(drawn_at=None).select_related("asked_by").first()
    form = WordForm(request.POST if request.method == "POST" and waiting else None)
    problem: UserFacingError | None = None
    if request.method == "POST" and (waiting is None or form.is_valid()):
        try:
            if waiting is None:
                ask_for_draw(person=person)
            else:
                draw_cases(waiting, word=form.cleaned_data["word"], person=person)
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:reratings")
    context = {
        "crumbs": crumbs(None, (TITLE, "")),
        "title": TITLE,
        "waiting": waiting,
        "may_ask": waiting is None and rules.has_perm("assessment.admit", person),
        "may_draw": waiting is not None and waiting.asked_by.natural_person != person.natural_person,
        "draws": [_draw(one) for one in RatingDraw.objects.exclude(drawn_at=None)],
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/reratings.html", context)


def _draw(one: RatingDraw) -> dict[str, Any]:
    return {"item": one, "record": record_of(one), "cases": to_rate(one)}
