"""The regulator's board: province, centre, reason; the reminder and the table of one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessment.board_selectors.standings import board, own_table, province_lines, watched_centres
from assessment.models import Reminder
from assessment.services.board.own_table import LARGEST, TableRefused, remove_table, save_table
from assessment.services.board.remind import note_reminder, remind
from assessment.web.sheets.lists import provinces_sheet, reasons_sheet, reminders_sheet, standings_sheet
from assessment.web.shown.board import (
    TITLE,
    OwnTableForm,
    ReminderForm,
    reasons_shown,
    standing_shown,
)
from centres.models import Person
from centres.permissions import signed_in
from centres.provinces import province_name
from centres.selectors import visible_centres
from centres.web import who_may
from centres.web.crumbs import Step, crumbs
from core.errors import UserFacingError
from core.text import Text
from operations.http.pages import page_of
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer

_TABLE = Text(zh="我的指标表", en="Your own table")
_MOST_FAULTS = 50


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """A line for every province the person watches; with `?format=xlsx` the same rows as a workbook."""
    person = _watcher(request)
    lines = province_lines(person)
    if asks_for_sheet(request):
        return sheet_answer(provinces_sheet(lines))
    context = {
        "title": TITLE,
        "crumbs": _crumbs(),
        "lines": [
            {
                "line": one,
                "name": province_name(one.province),
                "missing": one.centres - one.reported,
                "address": reverse("assessment:board_province", args=[one.province]),
            }
            for one in lines
        ],
        "table": own_table(person),
    }
    return render(request, "assessment/board.html", context)


@login_required
@require_GET
def province(request: HttpRequest, province: str) -> HttpResponse:
    """The centres of a province with what stands out; with `?format=xlsx` the same rows as a workbook."""
    person = _watcher(request)
    watched = watched_centres(person).filter(province=province).order_by("slug").values_list("pk", flat=True)
    page = page_of(request, watched)
    if not page.object_list:
        raise Http404
    table, name = own_table(person), province_name(province)
    if asks_for_sheet(request):
        return sheet_answer(standings_sheet(name, board(person, province=province, months=True), table))
    context = {
        "name": name,
        "crumbs": _crumbs((name, "")),
        "rows": [standing_shown(one) for one in board(person, among=list(page.object_list), months=True)],
        "page": page,
        "table": table,
    }
    return render(request, "assessment/board_province.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    """One centre: every reason with its source, what was said to it, and a new reminder."""
    person = _watcher(request)
    found = board(person, slug=slug, months=True)
    if not found:
        raise Http404
    one = found[0]
    reasons = reasons_shown(one, person)
    if asks_for_sheet(request):
        return sheet_answer(reasons_sheet(one.centre.name, reasons))
    reminders = Reminder.objects.filter(centre=one.centre).select_related("sent_by", "noted_by")
    if asks_for_sheet(request, of="reminders"):
        return sheet_answer(reminders_sheet(one.centre.name, in_chunks(reminders)))
    form = ReminderForm(request.POST if request.method == "POST" else None)
    may_remind = person.has_perm("assessment.remind")
    problem: UserFacingError | None = None
    if form.is_bound and form.is_valid():
        try:
            made = remind(one.centre, person=person, text=form.cleaned_data["text"])
        except UserFacingError as refusal:
            problem = refusal
        else:
            words = _("The reminder stands on the centre's page; e-mails sent: %(mailed)s.") % {"mailed": made.mailed}
            messages.success(request, words, extra_tags="good")
            return redirect("assessment:board_centre", slug)
    name = province_name(one.centre.province)
    table = own_table(person)
    context = {
        "crumbs": _crumbs(
            (name, reverse("assessment:board_province", args=[one.centre.province])), (one.centre.name, "")
        ),
        "row": standing_shown(one) | {"reasons": reasons},
        "province": name,
        "own": list(zip(table.columns, one.cells, strict=False)) if table else [],
        "reminders": reminders,
        "may_remind": may_remind,
        "form": form,
        "problem": problem,
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "assessment/board_centre.html", context, status=422 if refused else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """The table of one's own: a file taken in place of the one before, refused line by line, or removed."""
    person = _watcher(request)
    posted = request.method == "POST"
    if posted and request.POST.get("act") == "remove":
        remove_table(person=person)
        messages.success(request, _("Your own columns are off the lists."), extra_tags="good")
        return redirect("assessment:board_table")
    form = OwnTableForm(request.POST if posted else None, request.FILES if posted else None)
    problem: UserFacingError | None = None
    faults: tuple[UserFacingError, ...] = ()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = save_table(file.read(LARGEST + 1), name=file.name, person=person)
        except TableRefused as refusal:
            problem, faults = refusal, refusal.faults
        else:
            words = ngettext(
                "%(rows)s centre has your columns now.", "%(rows)s centres have your columns now.", len(made.cells)
            ) % {"rows": len(made.cells)}
            messages.success(request, words, extra_tags="good")
            return redirect("assessment:board")
    context = {
        "title": _TABLE,
        "crumbs": _crumbs((_TABLE, "")),
        "table": own_table(person),
        "example": watched_centres(person).first(),
        "form": form,
        "problem": problem,
        "faults": faults[:_MOST_FAULTS],
        "more_faults": max(0, len(faults) - _MOST_FAULTS),
    }
    refused = problem is not None or bool(form.is_bound and form.errors)
    return render(request, "assessment/board_table.html", context, status=422 if refused else 200)


@login_required
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the centre has read a reminder."""
    own = Reminder.objects.filter(centre__in=visible_centres(request.user)).select_related("centre")
    reminder = get_object_or_404(own, pk=pk)
    note_reminder(reminder, person=signed_in(request.user))
    return redirect("assessment:centre", reminder.centre.slug)


def _watcher(request: HttpRequest) -> Person:
    person = signed_in(request.user)
    if not person.has_perm("assessment.see_board"):
        raise PermissionDenied(who_may.WATCHERS)
    return person


def _crumbs(*further: Step) -> list[dict[str, Any]]:
    return crumbs(None, (TITLE, reverse("assessment:board")), *further)
