"""The public ranking, and a person's own list of centres."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from assessment.case_selectors import announced, visible_disputes
from assessment.documents.charts import TIED
from assessment.models import Assessment, RatingRule
from assessment.ranking_selectors import RankedEntry, ranked_edition, ranked_editions, ranking
from assessment.scoring.chance.tie_groups import brackets
from assessment.scoring.firmness import Tried
from assessment.selectors import visible_assessments
from assessment.services.firmness import firmness_among
from assessment.web.acts import open_acts, state_words
from assessment.web.board import ranking_sheet, workbook_answer
from assessment.web.dispute_words import OVER
from assessment.web.forms import RankingFilters
from assessment.web.shown import description, edition_shown
from centres.models import Person
from centres.selectors import visible_centres
from core.text import Text
from indicators.models import Edition
from indicators.selectors import current_edition


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The ranking of one edition; filters stand in the address."""
    try:
        in_force = current_edition()
    except Edition.DoesNotExist:
        return render(request, "home/index.html", {"filters": RankingFilters(request.GET, editions=[]), "rows": []})
    filters = RankingFilters(request.GET, editions=ranked_editions(request.user))
    edition = ranked_edition(request.user, edition=filters.chosen_edition)
    entries = ranking(request.user, edition=edition, query=filters.query)
    tried = firmness_among([entry.stored for entry in entries], edition=edition)
    rows = _with_firmness([_row(entry) for entry in entries], tried)
    if request.GET.get("format") == "xlsx":
        return workbook_answer("ranking", f"{edition.rubric} {edition.edition}", *ranking_sheet(rows))
    context = {
        "varied": tried.varied if tried and tried.of else None,
        "ranked": sum(row["rank"] is not None for row in rows),
        "edition": edition_shown(edition),
        "in_force": edition_shown(in_force) if in_force != edition else None,
        "difference_address": reverse("assessment:edition_diff", args=[in_force.rubric, in_force.edition]),
        "filters": filters,
        "workbook_address": f"?{urlencode({**request.GET.dict(), 'format': 'xlsx'})}",
        "rows": rows,
        "pillars": rows[0]["pillars"] if rows else [],
        "announced": announced().count(),
    }
    return render(request, "home/index.html", context)


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The centres a person works on, and what waits for this person; waiting ones first."""
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the decorator ensures)
    newest: dict[int, Assessment] = {}
    for assessment in visible_assessments(request.user).order_by("created_at"):
        newest[assessment.centre_id] = assessment
    rows = [_own_row(request.user, centre, newest.get(centre.pk)) for centre in visible_centres(request.user)]
    rows.sort(key=lambda row: row["task"] is None)
    own = visible_disputes(request.user)
    context = {
        "centres": rows,
        "may_see_board": request.user.has_perm("assessment.see_board"),
        "disputes": own.exists(),
        "undecided": own.exclude(state__in=OVER).count(),
    }
    return render(request, "assessment/mine.html", context)


def _row(entry: RankedEntry) -> dict[str, Any]:
    result = entry.ranked.result
    address = reverse("assessment:centre", args=[entry.centre.slug])
    blocks = [cause.reason.message for cause in result.consequences if cause.effect == "block"]
    return {
        "rank": entry.ranked.rank,
        "name": entry.centre.name,
        "description": description(entry.profile, entry.installed.tier),
        "address": address,
        "score_address": reverse("assessment:trace", args=[entry.centre.slug, result.root.code]),
        "result": result,
        "pillars": result.pillars,
        "reason": blocks[0] if blocks else Text(zh="没有总分", en="no overall score"),
        "certificate_number": entry.certificate,
        "certificate_address": reverse("assessment:certificate", args=[entry.certificate]) if entry.certificate else "",
    }


def _with_firmness(rows: list[dict[str, Any]], tried: Tried | None) -> list[dict[str, Any]]:
    """Interval and bracket of each ranked row."""
    of = tried.of if tried else {}
    firm = [of.get(row["result"].facility) for row in rows]
    marks = [*brackets([one.tie_group for one in firm if one]), *" " * firm.count(None)]  # blocked ones come last
    return [row | {"firmness": one, "tied": TIED[mark]} for row, one, mark in zip(rows, firm, marks, strict=True)]


def _task_address(assessment: Assessment | None, act: str) -> str:
    """Where the work is: the check of a package, the desk of an evaluation, the minutes of a judgement."""
    if assessment is None:
        return ""
    page = "assessment:check" if act == "submit" else "assessment:assessment"
    if act in ("review", "send_back", "state", "certify", "refuse", "ask_again") and assessment.result_id is not None:
        page = "assessment:minutes"
    if act == "evaluate" and assessment.rating != RatingRule.NONE and assessment.result_id is not None:
        page = "assessment:desk"
    return reverse(page, args=[assessment.pk])


def _own_row(person: Person, centre: Any, assessment: Assessment | None) -> dict[str, Any]:
    acts = open_acts(assessment, person=person) if assessment else ()
    return {
        "name": centre.name,
        "address": reverse("assessment:centre", args=[centre.slug]),
        "state": state_words(assessment.state) if assessment else None,
        "task": acts[0].title if acts else None,
        "task_address": _task_address(assessment, acts[0].act if acts else ""),
    }
