"""Map the columns of a table: look at the proposal, change it, try it, save it and have the file read by it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from centres.permissions import signed_in
from centres.selectors import visible_centres
from centres.web import who_may
from core.errors import InputError, UserFacingError
from core.text import Text
from evidence.map_selectors import fitting_maps, named_map, newest_maps, preview_of, proposals_for, visible_maps
from evidence.models import ColumnMapVersion, Evidence
from evidence.observations.registry import KIND_BY_NAME
from evidence.parsers.base import Severity
from evidence.parsers.maps.as_text import yaml_of
from evidence.parsers.maps.checking import read_map, read_map_text
from evidence.parsers.maps.document import ColumnMap
from evidence.parsers.maps.fields import MAPPED_KINDS
from evidence.parsers.maps.opening import Opening
from evidence.parsers.maps.proposal import Proposal
from evidence.selectors import visible_evidence
from evidence.services.reread_evidence import reread_evidence
from evidence.services.save_column_map import save_column_map
from evidence.web.crumbs import crumbs
from evidence.web.map_faults import placed
from evidence.web.map_form import KIND_CHOICES, Draft, draft_of, form_of
from evidence.web.sheets import maps_sheet
from evidence.web.words import SEVERITIES
from operations.http.filters import word_of
from operations.http.sheets import asks_for_sheet, sheet_answer
from operations.http.version_field import as_read

SHOWN_SAMPLES = 4
SHOWN_ISSUES = 50
_MAPS = Text(zh="列映射", en="Column maps")
_COLUMNS = Text(zh="指定各列的含义", en="Map the columns")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def map_columns(request: HttpRequest, pk: str) -> HttpResponse:
    """The map of one file: proposed from it, or a saved one; nothing counts before it is saved by a person."""
    evidence = get_object_or_404(visible_evidence(request.user), pk=pk)
    if not request.user.has_perm("evidence.reread_evidence", evidence):
        raise PermissionDenied(who_may.ENGINEERS)
    page = _Page(request, evidence)
    if request.method == "POST":
        return page.posted()
    return page.proposed()


@login_required
@require_GET
def saved_maps(request: HttpRequest, slug: str) -> HttpResponse:
    """The saved maps of a centre."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    maps = [_shown(one) for one in newest_maps(visible_maps(request.user).filter(centre=centre))]
    if asks_for_sheet(request):
        return sheet_answer(maps_sheet(_MAPS, maps))
    context = {
        "centre": centre,
        "maps": maps,
        "crumbs": crumbs(centre, (_MAPS, "")),
    }
    return render(request, "evidence/maps.html", context)


@login_required
@require_GET
def saved_map(request: HttpRequest, slug: str, name: str, number: int) -> HttpResponse:
    """One version of a saved map, as text to keep or to paste."""
    centre = get_object_or_404(visible_centres(request.user), slug=slug)
    versions = visible_maps(request.user).filter(centre=centre, name=name)
    version = get_object_or_404(versions, number=number)
    if asks_for_sheet(request):
        return sheet_answer(maps_sheet(version.title, map(_shown, versions)))
    context = {
        "centre": centre,
        "map": _shown(version),
        "text": yaml_of(version.content),
        "versions": [_shown(one) for one in versions],
        "crumbs": crumbs(centre, (_MAPS, reverse("evidence:saved_maps", args=[centre.slug])), (version.title, "")),
    }
    return render(request, "evidence/map.html", context)


class _Page:
    def __init__(self, request: HttpRequest, evidence: Evidence) -> None:
        self._request = request
        self._evidence = evidence
        self._problem: UserFacingError | None = None
        self._faults: tuple[InputError, ...] = ()
        self._proposals: list[Proposal] = []
        self._opening: Opening | None = None
        self._fitting: list[ColumnMapVersion] = []
        self._look()

    def proposed(self) -> HttpResponse:
        asked = self._request.GET
        if name := asked.get("use", ""):
            try:
                return self._render(dict(named_map(self._evidence.centre, name).content))
            except InputError as error:
                self._problem = error
        draft = self._proposals[0].document if self._proposals else None
        return self._render(draft)

    def posted(self) -> HttpResponse:
        """Each button sends the whole form; the name of the button says what to do with it."""
        posted = self._request.POST
        kind = posted.get("kind", "")
        if "read_by" in posted:
            return self._read_by(posted["read_by"])
        try:
            word_of("kind", kind, MAPPED_KINDS)
        except InputError as error:
            self._problem = error
            return self._render(None, status=422)
        try:
            draft, column_map = self._given(kind)
        except UserFacingError as error:  # a text that is no YAML
            self._problem = error
            return self._render(draft_of(posted, kind=kind), text=posted.get("text"), status=422)
        if column_map is None:
            return self._render(draft, text=posted.get("text") if "from_text" in posted else None, status=422)
        if "save" in posted:
            return self._saved(column_map)
        return self._tried(column_map, draft)

    def _given(self, kind: str) -> tuple[Draft, ColumnMap | None]:
        """What was typed in the form, or in the text when that was sent; a faulty map is told and none."""
        posted = self._request.POST
        draft = draft_of(posted, kind=kind)
        try:
            if "from_text" in posted:
                column_map = read_map_text(posted.get("text", ""))
                return column_map.as_json(), column_map
            return draft, read_map(draft)
        except InputError as error:
            self._faults = getattr(error, "faults", (error,))
            return draft, None

    def _tried(self, column_map: ColumnMap, draft: Draft) -> HttpResponse:
        try:
            found = preview_of(self._evidence, column_map)
        except UserFacingError as error:
            self._problem = error
            return self._render(draft, status=422)
        rows = found.as_json()
        shown = {
            "columns": list(found.table.schema.names),
            "rows": [[_plain(value) for value in row.values()] for row in rows["rows"]],
            "total": found.table.num_rows,
            "is_part": found.is_part,
            "coverage": found.result.coverage,
            "issues": [
                issue | {"severity": SEVERITIES[Severity(issue["severity"])]} for issue in rows["issues"][:SHOWN_ISSUES]
            ],
            "kind": KIND_BY_NAME[column_map.kind.name].title,
        }
        return self._render(draft, preview=shown)

    def _saved(self, column_map: ColumnMap) -> HttpResponse:
        person = signed_in(self._request.user)
        try:
            saved = save_column_map(self._evidence.centre, column_map, person=person, replacing=self._replacing())
        except UserFacingError as error:
            self._problem = error
            return self._render(column_map.as_json(), status=422)
        return self._reread(saved.version)

    def _read_by(self, name: str) -> HttpResponse:
        """By a saved map, chosen from the offer."""
        try:
            version = named_map(self._evidence.centre, name)
        except InputError as error:
            self._problem = error
            return self._render(None, status=422)
        return self._reread(version)

    def _reread(self, version: ColumnMapVersion) -> HttpResponse:
        try:
            again = reread_evidence(self._evidence, version, person=signed_in(self._request.user))
        except UserFacingError as error:
            self._problem = error
            return self._render(dict(version.content), status=409)
        return redirect("evidence:evidence", again.pk)

    def _replacing(self) -> int:
        """The version this person was shown to be the newest; none where the form holds nonsense."""
        try:
            return as_read().clean(self._request.POST.get("replacing")) or 0
        except ValidationError:
            return 0

    def _newest(self, name: str) -> int:
        """The version that is followed by saving under a name; 0 for a new one."""
        found = visible_maps(self._request.user).filter(centre=self._evidence.centre, name=name)
        return found.values_list("number", flat=True).order_by("-number").first() or 0

    def _look(self) -> None:
        """What can be seen of the file; a file that cannot be looked at says why."""
        kind = self._request.POST.get("kind") or self._request.GET.get("kind")
        try:
            chosen = kind if kind in MAPPED_KINDS else None
            self._opening, self._proposals = proposals_for(self._evidence, kind=chosen)
            self._fitting = fitting_maps(self._evidence)
        except UserFacingError as error:
            self._problem = error

    def _render(
        self, draft: Draft | None, *, preview: Any = None, text: str | None = None, status: int = 200
    ) -> HttpResponse:
        opening = self._opening
        headings = opening.headings if opening else ()
        proposal = next((one for one in self._proposals if draft is one.document), None)
        reasons = {one.field: one.why for one in proposal.told} if proposal else {}
        form, faults = None if draft is None else form_of(draft, headings, reasons=reasons), self._faults
        if form is not None and "from_text" not in self._request.POST:  # of the text they say the line
            form, faults = placed(form, faults)
        context = {
            "evidence": self._evidence,
            "centre": self._evidence.centre,
            "crumbs": crumbs(
                self._evidence.centre,
                (self._evidence.name, reverse("evidence:evidence", args=[self._evidence.pk])),
                (_COLUMNS, ""),
            ),
            "problem": self._problem,
            "faults": faults,
            "opening": opening,
            "samples": [row[: len(headings)] for row in opening.samples[:SHOWN_SAMPLES]] if opening else [],
            "fitting": [_shown(one) for one in self._fitting],
            "kinds": KIND_CHOICES,
            "questions": proposal.questions if proposal else (),
            "form": form,
            "title": _title(draft),
            "replacing": self._newest(str(draft.get("map", ""))) if draft else 0,
            "text": text if text is not None else "" if draft is None else yaml_of(draft),
            "preview": preview,
        }
        return render(self._request, "evidence/map_columns.html", context, status=status)


def _title(draft: Draft | None) -> dict[str, str]:
    title = (draft or {}).get("title")
    if isinstance(title, dict):
        return {"zh": str(title.get("zh", "")), "en": str(title.get("en", ""))}
    return {"zh": str(title or ""), "en": str(title or "")}


def _shown(version: ColumnMapVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "number": version.number,
        "title": version.title,
        "kind": KIND_BY_NAME[version.kind].title,
        "digest": version.digest,
        "saved_at": version.saved_at,
        "saved_by": version.saved_by,
        "address": reverse("evidence:saved_map", args=[version.centre.slug, version.name, version.number]),
        "named": str(version),
    }


def _plain(value: Any) -> str:
    text = "" if value is None else str(value)
    if "." in text and text.replace(".", "").lstrip("-").isdigit():
        return text.rstrip("0").rstrip(".")
    return text
