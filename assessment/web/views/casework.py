"""Pages inside a case: assignment, plan, findings with their questions, interests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessment.case_selectors import visible_findings
from assessment.models import IN_HAND, Assessment, Assignment, Finding, FindingNote, Part, Severity
from assessment.services.chain.table import TRANSITIONS, Of, When, holds, rows
from assessment.services.evaluation import findings
from assessment.services.evaluation.plan_evaluation import assign, begin_evaluation, take_off
from assessment.web.forms.casework import (
    AssignForm,
    FindingActForm,
    FindingForm,
    InterestsForm,
    PlanForm,
    QuestionForm,
    ReplyForm,
    TakeOffForm,
)
from assessment.web.pages.case import case_crumbs, case_worked_on, form_page, visible_case
from assessment.web.pages.crumbs import FINDINGS, finding_crumbs
from assessment.web.sheets.lists import declarations_sheet, findings_sheet
from assessment.web.shown.acts import act_words
from assessment.web.shown.finding_words import SEVERITIES, STATES
from assessment.web.shown.result import ASSIGN, PLAN, TAKE_OFF
from centres.models import Person, Role
from centres.permissions import signed_in
from centres.selectors import visible_centres, visible_declarations
from centres.services.declare_interests import declare_interests
from centres.web import who_may
from centres.web.crumbs import crumbs
from core.errors import UserFacingError
from core.text import Text
from indicators.selectors import typed
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer
from operations.http.version_field import FormOfAVersion


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assign_assessor(request: HttpRequest, pk: str) -> HttpResponse:
    """A registrar gives pillars of the case to an assessor."""
    case = visible_case(request, pk)
    if not rules.has_perm("assessment.admit", request.user):
        raise PermissionDenied(who_may.REGISTRARS)
    pillars = _pillars(case)
    assessors = Person.objects.filter(staff_roles__role=Role.ASSESSOR, is_active=True).distinct().order_by("username")
    posted = request.POST if request.method == "POST" else None
    form = AssignForm(posted, pillars=pillars, assessors=assessors, version=case.version)
    given = case.assignments.filter(IN_HAND).select_related("person")

    def act(person: Person) -> None:
        assign(case, person=person, **form.cleaned_data)

    further = [{"words": TAKE_OFF, "address": reverse("assessment:take_off", args=[case.pk])}] if given else []
    return _form_page(request, case, form, ASSIGN, act, notes=given, further=further)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_off_assessor(request: HttpRequest, pk: str) -> HttpResponse:
    """A registrar takes an assessor off pillars of the case, with the reason."""
    case = visible_case(request, pk)
    if not rules.has_perm("assessment.admit", request.user):
        raise PermissionDenied(who_may.REGISTRARS)
    given = case.assignments.filter(IN_HAND).select_related("person")
    pillars = [(code, title) for code, title in _pillars(case) if code in {one.pillar for one in given}]
    assessors = Person.objects.filter(pk__in=[one.person_id for one in given]).order_by("username")
    posted = request.POST if request.method == "POST" else None
    form = TakeOffForm(posted, pillars=pillars, assessors=assessors, version=case.version)

    def act(person: Person) -> None:
        take_off(case, person=person, **form.cleaned_data)

    return _form_page(request, case, form, TAKE_OFF, act, notes=given)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, pk: str) -> HttpResponse:
    """An assigned assessor lays down the plan and begins."""
    case = visible_case(request, pk)
    form = PlanForm(request.POST if request.method == "POST" else None, initial={"version": case.version})
    if not rules.has_perm("assessment.evaluate", request.user):
        raise PermissionDenied(who_may.ASSESSORS)
    return _form_page(
        request, case, form, PLAN, lambda person: begin_evaluation(case, person=person, **form.cleaned_data)
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """What this person declares about a centre, and declared before."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not rules.has_perm("centres.declare_interests", request.user):
        raise PermissionDenied(who_may.BODY)
    own = visible_declarations(request.user).filter(
        centre=centre, person__natural_person=signed_in(request.user).natural_person
    )
    title = Text(zh="利益声明", en="Declaration of interests")
    if asks_for_sheet(request):
        return sheet_answer(declarations_sheet(title, in_chunks(own)))
    form = InterestsForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            declare_interests(centre, person=signed_in(request.user), **form.cleaned_data)
        except UserFacingError as refusal:
            problem = refusal
        else:
            messages.success(request, _("Your declaration was recorded."), extra_tags="good")
            return redirect("assessment:interests", centre.slug)
    context = {
        "centre": centre,
        "crumbs": crumbs(centre, (title, "")),
        "declarations": own,
        "form": form,
        "problem": problem,
        "title": title,
    }
    return form_page(request, "assessment/interests.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding_list(request: HttpRequest, pk: str) -> HttpResponse:
    """The findings of a case; an assessor of it raises one."""
    case = case_worked_on(request, pk)
    raised = visible_findings(request.user).filter(assessment=case)
    if asks_for_sheet(request):
        return sheet_answer(findings_sheet(FINDINGS, map(_finding_row, in_chunks(raised))))
    form = FindingForm(request.POST if request.method == "POST" else None)
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = findings.raise_finding(case, person=signed_in(request.user), **_severe(form.cleaned_data))
        except UserFacingError as refusal:
            problem = refusal
        else:
            return redirect("assessment:finding", made.pk)
    context = {
        "centre": case.centre,
        "crumbs": case_crumbs(case, (FINDINGS, "")),
        "findings": [_finding_row(one) for one in raised],
        "may_raise": rules.has_perm("assessment.evaluate", request.user) and holds(When.EVALUATION, case),
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/findings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, pk: str) -> HttpResponse:
    """One finding: its acts, its questions, everything that was said; what was typed stays when it is refused.

    Without an act nothing is done, and the form that was sent asks for it.
    """
    item = get_object_or_404(visible_findings(request.user), pk=pk)
    posted = request.POST if request.method == "POST" else None
    act = request.POST.get("act", "")
    if act and act not in _ACTS:
        raise PermissionDenied
    sent = _form_sent(posted) if posted is not None else ""
    answers = rules.has_perm("assessment.submit", request.user, item.assessment)
    may_judge = rules.has_perm("assessment.evaluate", request.user)
    replied = _reply_form(request.POST.get("question", ""), posted if sent == "reply" else None)
    forms_of = {
        "ask": QuestionForm(posted if sent == "ask" else None, prefix="ask"),
        "reply": replied,
        "act": FindingActForm(
            posted if sent == "act" else None,
            answers=answers,
            needed=item.severity != Severity.OBSERVATION,
            initial={
                "version": item.version,
                "root_cause": item.root_cause,
                "corrective_action": item.corrective_action,
            },
        ),
    }
    form = forms_of.get(sent, forms_of["act"])
    if form.is_bound and not act:
        form.add_error(None, _("Choose what you do."))
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            _said(item, act, form.cleaned_data, request)
        except UserFacingError as refusal:
            problem = refusal
            item = visible_findings(request.user).get(pk=item.pk)  # with what changed meanwhile
            if isinstance(form, FormOfAVersion):
                form.renewed(item.version)
        else:
            return redirect("assessment:finding", item.pk)
    acts = [
        row
        for row in rows(Of.FINDING, item.state, item.assessment)
        if (row.part is Part.APPLICANT and answers) or (row.part is Part.ASSESSOR and may_judge)
    ]
    context = {
        "centre": item.assessment.centre,
        "crumbs": finding_crumbs(item),
        "finding": _finding_row(item),
        "notes": [{"note": note, "words": _note_words(note.act)} for note in item.notes.all()],
        "open_questions": list(_open_questions(item, replied, by_the_centre=answers)),
        "acts": acts,
        "alive": findings.are_alive(item.assessment),
        "act_form": forms_of["act"],
        "ask_form": forms_of["ask"],
        "form": form,
        "problem": problem,
    }
    return form_page(request, "assessment/finding.html", context)


_BESIDE = ("ask", "reply")  # a form each, and no act of the table
_ACTS = frozenset({*_BESIDE, *(row.act for row in TRANSITIONS if row.of is Of.FINDING)})


def _form_sent(posted: QueryDict) -> str:
    """Which of the forms of the page it is, by its button; a program may have pressed none."""
    act = posted.get("act", "")
    if act:
        return act if act in _BESIDE else "act"
    return next((name for name in _BESIDE if f"{name}-text" in posted), "act")


def _said(item: Finding, act: str, given: dict[str, Any], request: HttpRequest) -> None:
    person = signed_in(request.user)
    if act == "ask":
        findings.ask(item, person=person, **given)
    elif act == "reply":
        findings.reply(_question(item, request.POST.get("question", "")), person=person, **given)
    else:
        findings.act_on(item, act, person=person, **given)


def _reply_form(question: str, posted: QueryDict | None = None) -> ReplyForm:
    """Each question has a field of its own, though all of them are sent by one name."""
    number = question if question.isdecimal() else ""
    return ReplyForm(posted, prefix="reply", auto_id=f"id_{number}-%s")


def _open_questions(item: Finding, replied: ReplyForm, *, by_the_centre: bool) -> Iterator[dict[str, Any]]:
    """Those the other side asked and nobody replied to, each with its form; one that was sent keeps what was typed.

    Args:
        by_the_centre: whether the reader would reply for the centre.
    """
    speakers = findings.speakers_of_the_centre(item.assessment)
    for note in item.notes.all():
        if note.act == "ask" and not note.replies.exists():
            form = _reply_form(str(note.pk))
            sent = replied.is_bound and replied.auto_id == form.auto_id
            if sent or (note.person.natural_person in speakers) != by_the_centre:
                yield {"note": note, "form": replied if sent else form}


def _question(item: Finding, number: str) -> FindingNote:
    for note in item.notes.all():
        if note.act == "ask" and str(note.pk) == number:
            return note
    raise Http404


def _form_page(
    request: HttpRequest,
    case: Assessment,
    form: FormOfAVersion,
    title: Text,
    act: Any,
    *,
    notes: Iterable[Assignment] = (),
    further: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            act(signed_in(request.user))
        except UserFacingError as refusal:
            problem = refusal
            form.renewed(case.version)
        else:
            return redirect("assessment:assessment", case.pk)
    context = {"centre": case.centre, "crumbs": case_crumbs(case, (title, "")), "title": title, "notes": notes}
    shown = {**context, "further": further, "form": form, "problem": problem}
    return form_page(request, "assessment/case_form.html", shown)


def _pillars(case: Assessment) -> list[tuple[str, Text]]:
    return [(node.code, node.title) for node in typed(case.edition).root.children]


def _severe(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"severity": Severity(given["severity"])}


def _finding_row(item: Finding) -> dict[str, Any]:
    return {
        "item": item,
        "address": reverse("assessment:finding", args=[item.pk]),
        "severity": SEVERITIES[item.severity],
        "state": STATES[item.state],
        "over": item.state in ("closed", "retracted"),
    }


def _note_words(act: str) -> Text:
    own = {
        "raise": Text(zh="提出", en="raised"),
        "ask": Text(zh="提问", en="question"),
        "reply": Text(zh="回复", en="reply"),
    }
    return own.get(act) or act_words(act)
