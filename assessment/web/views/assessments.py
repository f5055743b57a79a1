"""One assessment: where it stands, what was done, and the acts this person may take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rules
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessment.case_selectors import announced, works_on
from assessment.desk_selectors import sits_at_the_desk
from assessment.flag_selectors import waiting_for_reasons
from assessment.models import Assessment, AssessmentState, Kind, Procedure, RatingRule
from assessment.result_selectors import result_of
from assessment.scoring.explain.still_needed import still_needed
from assessment.selectors import visible_assessments
from assessment.services.acts import ACTS
from assessment.services.application.sign_agreement import waiting_for_signature
from assessment.services.chain.done_words import done_title
from assessment.services.chain.table import ASKS_FOR_A_FRESH_FACTOR, Transition
from assessment.services.chain.transitions import undeclared_among
from assessment.services.decision.review import statement_valid_until
from assessment.services.evaluation.plan_evaluation import ASSIGNABLE, unassigned_pillars
from assessment.web.forms.acts import ActForm
from assessment.web.pages.case import case_crumbs
from assessment.web.pages.crumbs import FINDINGS, SAMPLES
from assessment.web.pages.histories import HISTORY
from assessment.web.pages.visit import TITLE as VISITS
from assessment.web.printed.answer import asks_for_paper, paper_answer
from assessment.web.printed.report import report_of, report_paper
from assessment.web.shown.acts import act_words, chain, open_acts, state_words
from assessment.web.shown.flags import flags_shown
from assessment.web.shown.kind_words import KINDS
from assessment.web.shown.result import (
    AGREEMENT,
    ASSIGN,
    CHECK,
    DECLARE,
    DESK,
    EXPLAIN,
    PLAN,
    REASONS,
    SIGN,
    edition_shown,
    spread_of,
)
from assessment.web.views.submission import RECEIPT
from assessment.web.views.tasks import TASKS
from centres.models import Person
from centres.permissions import signed_in
from centres.web.second_factor import require_fresh_second_factor
from core.errors import UserFacingError
from core.text import Text

# The acts that bring a case on; those that send it back or end it are offered beside them, more quietly.
ONWARDS = ("take_up", "accept", "evaluate", "review", "state", "concur", "certify", "take_effect")
_NOTHING = Text(
    zh="当前没有需要您办理的步骤。同一案件的申请、评价、复核和决定须由不同的人办理。",
    en="There is no step for you to take now: apply, evaluate, review and decide are for different people.",
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, pk: str) -> HttpResponse:
    """Shows the chain; a posted act with its reason is taken through its service."""
    item = get_object_or_404(visible_assessments(request.user), pk=pk)
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the decorator ensures)
    if asks_for_paper(request) and item.result is not None and report_of(item) is not None:
        return paper_answer(request, report_paper(item, item.result), name="assessment")
    form = ActForm(request.POST if request.method == "POST" else None, initial={"version": item.version})
    problem: UserFacingError | None = None
    if request.method == "POST":
        taking = ACTS.get(request.POST.get("act", ""))
        if taking is None:
            raise PermissionDenied
        if form.is_valid():
            if request.POST["act"] in ASKS_FOR_A_FRESH_FACTOR:
                require_fresh_second_factor(request, request.user)
            try:
                taking(item, person=request.user, **form.cleaned_data)
            except UserFacingError as refusal:
                problem = refusal
                form.renewed(item.version)
            else:
                return redirect("assessment:assessment", item.pk)
    return _answer(request, item, form, problem)


def _pages(request: HttpRequest, item: Assessment) -> list[dict[str, Any]]:
    """Further pages of the case this person has something to do or to read on."""
    found = []
    may_assign = rules.has_perm("assessment.admit", request.user)
    if may_assign and item.state in ASSIGNABLE and item.procedure == Procedure.FULL:
        found.append((ASSIGN, reverse("assessment:assign", args=[item.pk])))
    if rules.has_perm("assessment.evaluate", request.user) and item.state == AssessmentState.ACCEPTED:
        found.append((PLAN, reverse("assessment:begin", args=[item.pk])))
    if item.result_id and sits_at_the_desk(request.user, item):
        if item.rating != RatingRule.NONE:
            found.append((DESK, reverse("assessment:desk", args=[item.pk])))
        found.append((Text(zh="复核与决定记录", en="Minutes"), reverse("assessment:minutes", args=[item.pk])))
    if rules.has_perm("centres.declare_interests", request.user):
        address = reverse("assessment:interests", args=[item.centre.slug])
        found.append((Text(zh="利益声明", en="Declaration of interests"), address))
    if works_on(request.user, item):
        found.append((TASKS, reverse("assessment:tasks", args=[item.centre.slug])))
        if item.submissions:
            found.append((AGREEMENT, reverse("assessment:certification_agreement", args=[item.pk])))
            found.append((REASONS, reverse("assessment:flag_reasons", args=[item.pk])))
            found.append((RECEIPT, reverse("assessment:receipt", args=[item.pk])))
        open_ones = item.findings.exclude(state__in=("closed", "retracted")).count()
        words = Text(zh=f"{FINDINGS.zh}（未关闭 {open_ones}）", en=f"{FINDINGS.en} ({open_ones} not closed)")
        found.append((words, reverse("assessment:findings", args=[item.pk])))
        found.append((SAMPLES, reverse("assessment:samples", args=[item.pk])))
        found.append((VISITS, reverse("assessment:visits", args=[item.pk])))
        found.append((HISTORY, reverse("assessment:history", args=[item.pk])))
    if item.state == AssessmentState.ANNOUNCED and announced().filter(pk=item.pk).exists():
        words = Text(zh=f"公示（至 {item.notice_until}）", en=f"Announcement (until {item.notice_until})")
        found.append((words, reverse("assessment:announcement", args=[item.pk])))
    address = reverse("assessment:case_disputes", args=[item.pk])
    found.append((Text(zh="投诉与申诉", en="Complaints and appeals"), address))
    return [{"words": words, "address": address} for words, address in found]


def _ways(request: HttpRequest, item: Assessment, acts: Sequence[Transition]) -> list[dict[str, Any]]:
    """Pages of their own for what asks for more than a reason, where it is this person's turn."""
    pages = {"submit": (CHECK, "assessment:check"), "begin": (act_words("begin"), "assessment:begin")}
    if item.rating != RatingRule.NONE and item.result_id:
        pages["evaluate"] = (DESK, "assessment:desk")
    found = [
        (words, reverse(name, args=[item.pk])) for words, name in (pages[one.act] for one in acts if one.act in pages)
    ]
    if (
        item.state in (AssessmentState.ACCEPTED, AssessmentState.IN_EVALUATION)
        and rules.has_perm("assessment.admit", request.user)
        and unassigned_pillars(item)
    ):
        found.append((ASSIGN, reverse("assessment:assign", args=[item.pk])))
    if waiting_for_reasons([item], person=signed_in(request.user)):
        found.append((EXPLAIN, reverse("assessment:flag_reasons", args=[item.pk])))
    if waiting_for_signature([item], person=signed_in(request.user)):
        found.append((SIGN, reverse("assessment:certification_agreement", args=[item.pk])))
    if not acts and undeclared_among([item], person=signed_in(request.user)):
        found.append((DECLARE, reverse("assessment:interests", args=[item.centre.slug])))
    return [{"words": words, "address": address} for words, address in found]


def _statement(item: Assessment) -> dict[str, Any]:
    """What the statement of a pre-assessment tells beside its figures, once it is issued."""
    if item.result is None or item.state != AssessmentState.STATED:
        return {}
    return {"valid_until": statement_valid_until(item), "needs": still_needed(result_of(item.result))}


def _answer(request: HttpRequest, item: Assessment, form: ActForm, problem: UserFacingError | None) -> HttpResponse:
    assert isinstance(request.user, Person)  # noqa: S101  (signed in, as the views ensure)
    stored, is_inside = item.result, works_on(request.user, item)
    history = [
        {"words": done_title(act.act), "at": act.at}
        | ({"person": act.person and act.person.name, "reason": act.reason} if is_inside else {})
        for act in item.acts.all()
    ]
    acts = open_acts(item, person=request.user)
    context = {
        "assessment": item,
        "centre": item.centre,
        "crumbs": case_crumbs(item),
        "state": state_words(item.state),
        "kind": KINDS[Kind(item.kind)],
        **_statement(item),
        "steps": chain(item),
        # A pre-assessment has figures, but neither grade nor score of the facility.
        "result": result_of(stored) if stored and item.kind != Kind.PRE_ASSESSMENT else None,
        "edition": edition_shown(item.edition),
        "spread": spread_of(stored) if stored else None,
        "being_scored": stored is None and item.state == "submitted",
        "result_address": reverse("assessment:result", args=[item.centre.slug]),
        "report": report_of(item),
        "ways": _ways(request, item, acts),
        "acts": [act for act in acts if act.act in ACTS and act.act != "submit"],
        "onwards": ONWARDS,
        "nothing_to_do": _NOTHING,
        "pages": _pages(request, item),
        "history": history,
        "is_inside": is_inside,
        "form": form,
        "problem": problem,
        **flags_shown(request.user, stored, case=item),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "assessment/assessment.html", context, status=422 if refused else 200)
