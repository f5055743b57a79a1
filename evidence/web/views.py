"""Hand in a file, watch it being read, see what was found in it."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from centres.models import Centre
from centres.permissions import sees_work, signed_in
from centres.selectors import visible_centres, visible_jobs
from centres.web import who_may
from core.errors import DecisionBlocked, UserFacingError
from core.text import Text
from evidence import store
from evidence.map_selectors import annotated_copy, annotated_name, newest_maps, visible_maps
from evidence.models import Evidence, EvidenceState
from evidence.observations.registry import KIND_BY_NAME, written_by_tools
from evidence.parsers.archives.packed import FORMAT as ARCHIVE
from evidence.parsers.base import LISTED_ISSUES as KEPT_ISSUES
from evidence.parsers.base import Severity
from evidence.parsers.maps.parser import FORMAT as MAPPED_TABLE
from evidence.parsers.registry import PARSER_BY_FORMAT, kinds_of
from evidence.parsers.templates import MEDIA_TYPES, TEMPLATES, endings
from evidence.selectors import members_of, versions_of, visible_evidence
from evidence.services.receive_evidence import Declared, receive_evidence
from evidence.services.resume_upload import too_long
from evidence.services.versions import count_again, tell_apart
from evidence.web.crumbs import crumbs, file_crumbs
from evidence.web.fact_words import facts_shown
from evidence.web.forms import UploadForm, is_table
from evidence.web.sheets import issues_sheet, members_sheet
from evidence.web.window import Window, cell_window, lines_window
from evidence.web.words import (
    ARCHIVE_MEANS,
    READING,
    REJECTED_LOG_MEANS,
    REJECTED_TABLE_MEANS,
    SEVERITIES,
    STATES,
    WAITING,
    Sign,
)
from operations.http.entrance import takes_files
from operations.http.sheets import asks_for_sheet, in_chunks, sheet_answer
from operations.models import Job, JobState
from operations.templatetags.words import active_language, said

LISTED_ISSUES = 500
LISTED_MEMBERS = 500
LISTED_ORIGINS = 20
LONGEST_CELL = 60
LONGEST_LINE_NUMBER = 13
_HAND_IN = Text(zh="提交证据", en="Hand in evidence")


@takes_files
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """One file by plain multipart POST; a kept one leads to its page."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    if not request.user.has_perm("centres.upload_evidence", centre):
        raise PermissionDenied(who_may.CENTRE)
    maps = list(newest_maps(visible_maps(request.user).filter(centre=centre)))
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, maps=maps)
    else:
        form = UploadForm(maps=maps, initial={"column_map": request.GET.get("map", "")})
    if form.is_bound and form.is_valid():
        try:
            item = _receive(form, centre=centre, person=request.user)
        except UserFacingError as refusal:
            if refusal.code == "unknown_format" and is_table(form.cleaned_data["file"]):
                item = _receive(form, centre=centre, person=request.user, format_=MAPPED_TABLE)
                return redirect("evidence:map_columns", item.pk)
            _put_at_field(form, refusal)
        else:
            return redirect("evidence:evidence", item.pk)
    context = {"centre": centre, "form": form, "templates": _templates(), "crumbs": crumbs(centre, (_HAND_IN, ""))}
    return render(request, "evidence/upload.html", context, status=422 if form.errors else 200)


def _put_at_field(form: UploadForm, refusal: UserFacingError) -> None:
    """A refusal where the person can mend it: at the field it names, else at the file."""
    named = refusal.where.field if refusal.where else None
    named = "column_map" if named == "map" else named
    form.add_error(named if named and named in form.fields else "file", said(refusal.told))


@login_required
@require_GET
def evidence(request: HttpRequest, pk: str) -> HttpResponse:
    """One file: what it is, what was read from it, what was wrong; `?line=` or `?cell=` shows that place.

    As a workbook its issues, or the files of an archive.
    """
    item = get_object_or_404(visible_evidence(request.user), pk=pk)
    if asks_for_sheet(request):
        members = members_of(item)
        if members.exists():
            return sheet_answer(members_sheet(item.name, in_chunks(members)))
        return sheet_answer(issues_sheet(item.name, _issues(item)))
    return _page(request, item)


@login_required
@require_GET
def annotated(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The workbook with its issues at their cells; where there can be none, the page says why."""
    item = get_object_or_404(visible_evidence(request.user), pk=pk)
    try:
        copy = annotated_copy(item, language=active_language())
    except UserFacingError as refusal:
        return _page(request, item, refusal=refusal)
    return FileResponse(
        io.BytesIO(copy), as_attachment=True, filename=annotated_name(item), content_type=MEDIA_TYPES["xlsx"]
    )


def _page(request: HttpRequest, item: Evidence, *, refusal: UserFacingError | None = None) -> HttpResponse:
    context = {
        "evidence": item,
        "centre": item.centre,
        "crumbs": file_crumbs(item),
        "state": _state(item),
        "working": item.state in (EvidenceState.RECEIVED, EvidenceState.PARSING),
        "progress": _progress(item.job),
        "progress_address": reverse("evidence:progress", args=[item.job_id]) if item.job_id else "",
        "problem": refusal or item.problem,
        "refused": refusal is not None,
        "later": item.reread_by.filter(state__in=(EvidenceState.ACCEPTED, EvidenceState.SUPERSEDED)).first(),
        "size": item.blob.size,
        "sha256": item.blob_id,
        "content_address": reverse("evidence:content", args=[item.pk]),
        "sees_work": sees_work(request.user, item.centre),
        "coverage": item.coverage,
        "issues": (issues := _issues(item)[:LISTED_ISSUES]),
        "issue_total": sum(item.issue_counts.values()),
        "issues_are_cut": len(issues) < len(item.issues) or _some_left_out(item),
        "facts": facts_shown(item),
        "members": members_of(item)[:LISTED_MEMBERS],
        "member_total": item.members.count(),
        "origins": item.origins.select_related("archive").order_by("pk")[:LISTED_ORIGINS],
        "tables": [_table(table.kind, table.rows) for table in item.tables.all()],
        "annotated_address": reverse("evidence:annotated", args=[item.pk]) if _has_marks(item) else "",
        "map_address": _map_address(request, item),
        "versions": versions_of(item),
        "may_choose_version": request.user.has_perm("centres.upload_evidence", item.centre),
        "window": _window(item, line=request.GET.get("line", ""), cell=request.GET.get("cell", "")),
    }
    return render(request, "evidence/evidence.html", context, status=422 if refusal else 200)


@login_required
@require_POST
def count_version_again(request: HttpRequest, pk: str) -> HttpResponse:
    """Have a superseded version count in place of the one that counts now."""
    return _version_act(request, pk, count_again)


@login_required
@require_POST
def tell_versions_apart(request: HttpRequest, pk: str) -> HttpResponse:
    """Let a file and the one it took the place of both count."""
    return _version_act(request, pk, tell_apart)


def _version_act(request: HttpRequest, pk: str, act: Callable[..., None]) -> HttpResponse:
    item = get_object_or_404(visible_evidence(request.user), pk=pk)
    if not request.user.has_perm("centres.upload_evidence", item.centre):
        raise PermissionDenied(who_may.CENTRE)
    with suppress(DecisionBlocked):  # somebody was quicker; the page says how it stands now
        act(item, person=signed_in(request.user))
    return redirect("evidence:evidence", item.pk)


@login_required
@require_GET
@csp_replace({"default-src": [NONE], "sandbox": []})  # type: ignore[arg-type]  # knows no arguments from the route
def content(request: HttpRequest, pk: str) -> FileResponse:
    """The bytes as they were handed in, never shown inside our pages."""
    item = get_object_or_404(visible_evidence(request.user), pk=pk)
    return FileResponse(
        store.open_blob(item.blob_id),
        as_attachment=True,
        filename=item.name,
        content_type="application/octet-stream",
    )


@login_required
@require_GET
def progress(request: HttpRequest, pk: str) -> HttpResponse:
    """How far a job is, as the fragment the evidence page includes; a finished one asks the page to load anew."""
    job = get_object_or_404(visible_jobs(request.user), pk=pk)
    item = visible_evidence(request.user).filter(job=job).first()
    if "HX-Request" not in request.headers and item:
        return redirect("evidence:evidence", item.pk)
    context = {"progress": _progress(job), "working": not job.is_over, "progress_address": request.path}
    response = render(request, "evidence/_progress.html", context)
    if job.is_over:
        response["HX-Refresh"] = "true"
    return response


def _has_marks(item: Evidence) -> bool:
    """Whether a copy with comments would tell something: by the name, so that the page needs no store."""
    return bool(item.issues or item.problem) and item.name.lower().endswith(".xlsx")


def _map_address(request: HttpRequest, item: Evidence) -> str:
    """Where its columns are mapped: of a table that is read by a map, or by no format of ours."""
    settled = item.state in (EvidenceState.REJECTED, EvidenceState.UNREADABLE, EvidenceState.ACCEPTED)
    maps = item.format in ("", MAPPED_TABLE, *TEMPLATES)
    if settled and maps and request.user.has_perm("evidence.reread_evidence", item):
        return reverse("evidence:map_columns", args=[item.pk])
    return ""


def _templates() -> list[dict[str, Any]]:
    """The empty tables a person may fill in: their titles, and an address for each kind of file."""
    language = active_language()
    return [
        {
            "title": PARSER_BY_FORMAT[name].title,
            "files": [
                (ending, reverse("api:evidence_template", args=[name, ending]) + f"?language={language}")
                for ending in endings(name)
            ],
        }
        for name in TEMPLATES
    ]


def _receive(form: UploadForm, *, centre: Centre, person: Any, format_: str = "") -> Evidence:
    """Keep the posted bytes; the same bytes again lead to the evidence they already are."""
    file = form.cleaned_data["file"]
    declared = Declared(
        name=file.name,
        format=format_ or form.cleaned_data["format"],
        timezone=form.cleaned_data["timezone"],
        encoding=form.cleaned_data["encoding"],
        column_map=form.cleaned_data.get("column_map", ""),
    )
    try:
        with store.received(file.chunks(), limit=settings.EVIDENCE_LIMIT) as received:
            return receive_evidence(received, declared=declared, centre=centre, person=person).evidence
    except store.TooLarge as refusal:
        raise too_long(settings.EVIDENCE_LIMIT) from refusal


def _window(item: Evidence, *, line: str, cell: str) -> Window | None:
    """What the address asks to see of the file; nothing for an address that asks for nonsense."""
    if 0 < len(cell) < LONGEST_CELL and not any(unicodedata.category(sign) in ("Cc", "Cf") for sign in cell):
        return cell_window(item, cell)
    number = int(line) if line.isascii() and line.isdigit() and len(line) < LONGEST_LINE_NUMBER else 0
    return lines_window(item, number) if number else None


def _progress(job: Job | None) -> dict[str, Any]:
    if job is None or job.state == JobState.QUEUED:
        return {"words": WAITING, "percent": None}
    fraction = job.progress.get("fraction")
    percent = None if fraction is None else round(float(fraction) * 100)
    return {"words": job.progress.get("words") or READING, "percent": percent}


def _issues(item: Evidence) -> list[dict[str, Any]]:
    """Errors first, then in file order; each with the way to its line."""
    order = [severity.value for severity in Severity]
    shown = sorted(item.issues, key=lambda issue: order.index(issue["severity"]))
    return [
        issue
        | {
            "severity": SEVERITIES[Severity(issue["severity"])],
            "address": _address(issue.get("where") or {}),
        }
        for issue in shown
    ]


def _state(item: Evidence) -> Sign:
    """An accepted archive counts for nothing itself; a rejected file is mended as its kind asks."""
    sign = STATES[EvidenceState(item.state)]
    if item.state == EvidenceState.ACCEPTED and item.format == ARCHIVE:
        return replace(sign, meaning=ARCHIVE_MEANS)
    if item.state == EvidenceState.REJECTED and (kinds := _kinds(item)):
        return replace(sign, meaning=REJECTED_LOG_MEANS if written_by_tools(kinds) else REJECTED_TABLE_MEANS)
    return sign


def _kinds(item: Evidence) -> tuple[str, ...]:
    """What the file carries, or would have carried; nothing where its format is not known."""
    column_map = item.column_map.content if item.column_map else None
    return kinds_of(item.format or item.declared_format, column_map=column_map)


def _some_left_out(item: Evidence) -> bool:
    """Whether there were more entries of a code than are kept; one entry may stand for many places."""
    entries = Counter(issue["code"] for issue in item.issues)
    return any(entries[code] >= KEPT_ISSUES and number > entries[code] for code, number in item.issue_counts.items())


def _address(where: dict[str, Any]) -> str:
    """The place of an issue on this page: its cell, else its line."""
    for name in ("cell", "line"):
        if where.get(name):
            return f"?{urlencode({name: where[name]})}#lines"
    return ""


def _table(kind: str, rows: int) -> dict[str, Any]:
    known = KIND_BY_NAME.get(kind)
    return {"kind": kind, "rows": rows, "title": known.title if known else kind}
