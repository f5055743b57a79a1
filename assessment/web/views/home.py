"""The public ranking, and a person's own list of centres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessment.case_selectors import announced, visible_disputes
from assessment.documents.charts import TIED
from assessment.documents.content.standings import STANDINGS
from assessment.flag_selectors import waiting_for_reasons
from assessment.models import Assessment, CertificateState, RatingRule
from assessment.ranking_selectors import Line, RankedEntry, entries, order, ranked_edition, ranked_editions
from assessment.scoring.chance.tie_groups import brackets
from assessment.scoring.firmness import Tried
from assessment.selectors import newest_cases, open_cases
from assessment.services.application.sign_agreement import waiting_for_signature
from assessment.services.certificates.life import waiting_for_decider
from assessment.services.certificates.surveillance_due import surveillances_to_prepare, surveillances_to_record
from assessment.services.chain.separation import Ties
from assessment.services.chain.table import AT_WILL, Transition
from assessment.services.chain.transitions import undeclared_among
from assessment.services.evaluation.findings_waiting import answers_to_check, findings_to_answer
from assessment.services.evaluation.plan_evaluation import waiting_for_assignment
from assessment.services.results.firmness import firmness_among
from assessment.web.forms.ranking import RankingFilters
from assessment.web.sheets.lists import ranking_sheet, work_sheet
from assessment.web.shown.acts import open_acts_among, state_words
from assessment.web.shown.dispute_words import OVER
from assessment.web.shown.result import (
    ANSWER,
    ASSIGN,
    DECIDE_ANEW,
    DECIDE_ON_APPEAL,
    DECIDE_ON_SUSPENDED,
    DECLARE,
    EXPLAIN,
    HAND_IN_SINCE,
    LOOK_AT_ANSWER,
    SIGN,
    SURVEY,
    described,
    edition_shown,
)
from centres.models import Centre, Person
from centres.permissions import is_of_the_body
from centres.selectors import visible_centres
from core.text import Text
from indicators.models import Edition
from indicators.selectors import current_edition
from operations.http.pages import page_of
from operations.http.sheets import CHUNK, asks_for_sheet, sheet_answer


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The ranking of one edition; filters stand in the address."""
    try:
        in_force = current_edition()
    except Edition.DoesNotExist:
        return render(request, "home/index.html", {"filters": RankingFilters(request.GET, editions=[]), "rows": []})
    offered = ranked_editions(request.user)
    filters = RankingFilters(request.GET, editions=offered)
    edition = ranked_edition(request.user, edition=filters.chosen_edition, among=offered)
    lines = order(request.user, edition=edition, query=filters.query)
    tried = firmness_among(lines, edition=edition)
    brackets_of = _brackets(lines, tried)
    if asks_for_sheet(request):
        rows = [_row(entry, tried, brackets_of) for entry in entries(lines)]
        return sheet_answer(ranking_sheet(f"{edition.rubric} {edition.edition}", rows))
    page = page_of(request, lines)
    rows = [_row(entry, tried, brackets_of) for entry in entries(list(page.object_list))]
    context = {
        "varied": tried.varied if tried and tried.of else None,
        "ranked": sum(line.place.rank is not None for line in lines),
        "edition": edition_shown(edition),
        "in_force": edition_shown(in_force) if in_force != edition else None,
        "difference_address": reverse("assessment:edition_diff", args=[in_force.rubric, in_force.edition]),
        "filters": filters,
        "rows": rows,
        "page": page,
        "pillars": rows[0]["pillars"] if rows else [],
        "announced": announced().count(),
    }
    return render(request, "home/index.html", context)


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The centres a person works on, and what waits for this person; waiting ones first."""
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the decorator ensures)
    seen = visible_centres(request.user)
    ties = Ties(request.user)
    cases = list(open_cases(seen))
    acts = {case.centre_id: found for case, found in _waiting(request.user, cases, ties=ties)}
    unassigned = waiting_for_assignment(cases, person=request.user, ties=ties)
    unexplained = waiting_for_reasons(cases, person=request.user)
    unsigned = waiting_for_signature(cases, person=request.user)
    beside = (  # what waits beside acts, by centre; a later one outweighs
        (HAND_IN_SINCE, surveillances_to_prepare(seen, person=request.user)),
        (SURVEY, surveillances_to_record(seen, person=request.user, ties=ties)),
        (ANSWER, findings_to_answer(request.user)),
        (LOOK_AT_ANSWER, answers_to_check(request.user, ties=ties)),
    )
    decided = waiting_for_decider(seen, person=request.user, ties=ties)
    needed = dict.fromkeys(unassigned, ASSIGN) | dict.fromkeys(unexplained, EXPLAIN) | dict.fromkeys(unsigned, SIGN)
    others = {case.centre_id for case in cases if case.pk in needed}
    needed |= {case.pk: task for task, found in beside for case in found.values()}
    needed |= {case.pk: _decided_anew(case) for case in decided.values()}
    over = {centre: case for _task, found in beside for centre, case in found.items()} | decided
    waiting = acts.keys() | over.keys() | others
    keys = sorted(seen.order_by("slug").values_list("pk", flat=True), key=lambda pk: pk not in waiting)
    work = _Work(request.user, ties, acts, over, needed)
    if asks_for_sheet(request):
        return sheet_answer(work_sheet(_("My work"), work.rows(keys)))
    page = page_of(request, keys)
    disputes = list(visible_disputes(request.user).order_by().values_list("state", flat=True))
    context = {
        "centres": list(work.rows(list(page.object_list))),
        "page": page,
        "may_see_board": request.user.has_perm("assessment.see_board"),
        "is_of_the_body": is_of_the_body(request.user),
        "disputes": bool(disputes),
        "undecided": sum(state not in OVER for state in disputes),
    }
    return render(request, "assessment/mine.html", context)


@dataclass(frozen=True, slots=True)
class _Work:
    """What waits for a person, and the rows that say so.

    Args:
        acts: by centre, of the open cases.
        over: by centre, cases with something to do beside an act on them: surveillance, a finding, a certificate.
        needed: by case, what has to be done first.
    """

    person: Person
    ties: Ties
    acts: Mapping[int, Sequence[Transition]]
    over: Mapping[int, Assessment]
    needed: Mapping[UUID, Text]

    def rows(self, keys: Sequence[int]) -> Iterator[dict[str, Any]]:
        """These centres in this order, some hundreds in memory at a time."""
        for start in range(0, len(keys), CHUNK):
            shown = list(keys[start : start + CHUNK])
            centres = Centre.objects.in_bulk(shown)
            over = {pk: self.over[pk] for pk in shown if pk in self.over and pk not in self.acts}
            prefetch_related_objects(list(over.values()), "certificate")  # of those shown alone: many may be over
            newest = newest_cases(shown) | over
            idle = (case for pk, case in newest.items() if pk not in self.acts and pk not in over)
            undeclared = undeclared_among(idle, person=self.person, ties=self.ties)
            needed = dict.fromkeys(undeclared, DECLARE) | dict(self.needed)
            for pk in shown:
                yield _own_row(centres[pk], newest.get(pk), self.acts.get(pk, ()), needed=needed)


def _waiting(
    person: Person, cases: Sequence[Assessment], *, ties: Ties
) -> Iterator[tuple[Assessment, tuple[Transition, ...]]]:
    """Those of the open cases in which something waits for this person, with the acts that do."""
    open_acts = open_acts_among(cases, person=person, ties=ties)
    for case in cases:
        if acts := tuple(row for row in open_acts.get(case.pk, ()) if row.act not in AT_WILL):
            yield case, acts


def _row(entry: RankedEntry, tried: Tried | None, brackets_of: Mapping[str, str]) -> dict[str, Any]:
    kept, summary, certificate = entry.kept, entry.kept.summary, entry.line.certificate
    return {
        "rank": entry.place.rank,
        "name": entry.name,
        "description": described(kept.province, kept.scale_tier, kept.centre_class),
        "address": reverse("assessment:centre", args=[entry.line.slug]),
        "score_address": reverse("assessment:trace", args=[entry.line.slug, summary.root]),
        "grade": kept.grade or None,
        "capped_by": ", ".join(summary.capped_by) if kept.grade != (summary.own_grade or "") else "",
        "score": None if kept.score is None else Decimal(kept.score),
        "pillars": summary.pillars,
        "reason": summary.blocked_by or Text(zh="没有总分", en="no overall score"),
        "certificate_number": certificate,
        "standing": STANDINGS[entry.line.standing] if entry.line.standing else None,
        "remark": entry.line.remark,
        "certificate_address": reverse("assessment:certificate", args=[certificate]) if certificate else "",
        "firmness": tried.of.get(entry.line.slug) if tried else None,
        "tied": TIED[brackets_of.get(entry.line.slug, " ")],
    }


def _brackets(lines: Sequence[Line], tried: Tried | None) -> dict[str, str]:
    """The sign of the bracket beside each line; joined across pages, as ranks are."""
    of = tried.of if tried else {}
    firm = [(line.slug, of[line.slug].tie_group) for line in lines if line.slug in of]
    return dict(zip((slug for slug, _ in firm), brackets([group for _, group in firm]), strict=True))


def _task_address(assessment: Assessment | None, act: str) -> str:
    """Where the work is: the check of a package, the plan or the desk of an evaluation, the minutes of a judgement."""
    if assessment is None:
        return ""
    page = {"submit": "assessment:check", "begin": "assessment:begin"}.get(act, "assessment:assessment")
    if (
        act in ("review", "send_back", "state", "concur", "certify", "refuse", "ask_again")
        and assessment.result_id is not None
    ):
        page = "assessment:minutes"
    if act == "evaluate" and assessment.rating != RatingRule.NONE and assessment.result_id is not None:
        page = "assessment:desk"
    return reverse(page, args=[assessment.pk])


def _decided_anew(case: Assessment) -> Text:
    if case.certificate.upheld_on is not None:
        return DECIDE_ON_APPEAL
    return DECIDE_ON_SUSPENDED if case.certificate.state == CertificateState.SUSPENDED else DECIDE_ANEW


def _address_needed(task: Text, assessment: Assessment, centre: Centre) -> str:
    if task is ASSIGN:
        return reverse("assessment:assign", args=[assessment.pk])
    if task is EXPLAIN:
        return reverse("assessment:flag_reasons", args=[assessment.pk])
    if task is SIGN:
        return reverse("assessment:certification_agreement", args=[assessment.pk])
    if task in (ANSWER, LOOK_AT_ANSWER):
        return reverse("assessment:findings", args=[assessment.pk])
    if task is HAND_IN_SINCE:
        return reverse("assessment:tasks", args=[centre.slug])
    if task in (SURVEY, DECIDE_ANEW, DECIDE_ON_APPEAL, DECIDE_ON_SUSPENDED):
        return reverse("assessment:certificate", args=[assessment.certificate.number])
    return reverse("assessment:interests", args=[centre.slug])


def _own_row(
    centre: Centre, assessment: Assessment | None, acts: Sequence[Transition], *, needed: Mapping[UUID, Text]
) -> dict[str, Any]:
    """`needed`: what has to be done first in cases without an act of this person, and is no act of the table itself."""
    task, task_address = acts[0].title if acts else None, _task_address(assessment, acts[0].act if acts else "")
    if assessment and not acts and assessment.pk in needed:
        task = needed[assessment.pk]
        task_address = _address_needed(task, assessment, centre)
    return {
        "name": centre.name,
        "address": reverse("assessment:centre", args=[centre.slug]),
        "state": state_words(assessment.state) if assessment else None,
        "case_address": reverse("assessment:assessment", args=[assessment.pk]) if assessment else "",
        "task": task,
        "task_address": task_address,
    }
