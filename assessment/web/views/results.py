"""The result tree of a centre, and the trace of each of its numbers."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from assessment.documents.content.words import period_words
from assessment.models import OVER, Assessment, AssessmentState
from assessment.result_selectors import explanation_of
from assessment.scoring.recompute.bundle import bundle_name, packed
from assessment.scoring.result import Node
from assessment.selectors import newest_cases
from assessment.services.results.result_bundle import public_bundle, result_bundle
from assessment.web.sheets.lists import result_sheet
from assessment.web.shown.explained import explained, losses_of
from assessment.web.shown.flags import flags_shown
from assessment.web.shown.result import Shown, edition_shown, shown_to, spread_of
from assessment.web.shown.trace import QUALITY_WORDS, rule_shown, supports_shown
from centres.models import Centre
from centres.selectors import current_profile
from centres.web.crumbs import crumbs
from core.text import Text
from evidence.selectors import files_named, visible_evidence
from operations.http.sheets import asks_for_sheet, sheet_answer

OVERALL = Text(zh="总分", en="Overall score")
RESULT = Text(zh="评价结果", en="Result")


@require_GET
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """Pillar → dimension → indicator: outcome, measured value, points, weight, share."""
    shown = shown_to(request.user, slug)
    if asks_for_sheet(request):
        return sheet_answer(result_sheet(RESULT, shown.result.pillars if shown.result else ()))
    if shown.stored is None:
        return _none_yet(request, shown.centre)
    context = (
        _common(shown)
        | explained(shown)
        | flags_shown(request.user, shown.stored, case=shown.assessment)
        | {"spread": spread_of(shown.stored), "crumbs": crumbs(shown.centre, (RESULT, ""), name=shown.name)}
    )
    return render(request, "assessment/result.html", context)


@require_GET
def trace(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """How one number came about: formula, inputs, curve, weight, and the lines it rests on."""
    shown = _with_result(request, slug)
    assert shown.stored is not None  # noqa: S101  (_with_result saw to it)
    common = _common(shown)
    try:
        node = common["result"].node(code)
    except KeyError as missing:
        raise Http404 from missing
    title = OVERALL if node is common["result"].root else node.title
    explanation = explanation_of(shown.stored)
    rests_on = node.inputs.rests_on if node.inputs else ()
    files = files_named(request.user, centre=shown.centre.pk, digests=[one.evidence for one in rests_on])
    context = common | {
        "node": node,
        "rule": rule_shown(node),
        "supports": supports_shown(node, files),
        "may_open_evidence": visible_evidence(request.user).filter(centre=shown.centre).exists(),
        "quality_words": QUALITY_WORDS[node.inputs.quality] if node.inputs and node.inputs.quality else None,
        "period": _period(shown, node),
        "consequences": [cause for cause in common["result"].consequences if cause.code == code],
        "crumbs": crumbs(
            shown.centre,
            (RESULT, common["result_address"]),
            *((above.title, reverse("assessment:trace", args=[slug, above.code])) for above in _above(common, code)),
            (title, ""),
            name=shown.name,
        ),
        "title": title,
        "sentences": explanation.speaker.sentences(code),
        "losses": losses_of(explanation, code) if node.children else None,
        "is_root": node is common["result"].root,
    }
    return render(request, "assessment/trace.html", context)


@require_GET
def bundle(request: HttpRequest, slug: str) -> FileResponse:
    """What the result is rebuilt from, as one file; the names of the evidence only for those who may open it."""
    shown = _with_result(request, slug)
    assert shown.stored is not None  # noqa: S101  (_with_result saw to it)
    made = result_bundle(shown.stored, with_origin=True) if shown.is_insider else public_bundle(shown.stored)
    if made is None:
        raise Http404
    content = io.BytesIO(packed(made.as_json()))
    return FileResponse(
        content, as_attachment=True, filename=bundle_name(made.facility), content_type="application/gzip"
    )


def _none_yet(request: HttpRequest, centre: Centre) -> HttpResponse:
    """For those who see the centre before it has a result: what is waited for or missing, and where to go on."""
    context = {
        "centre": centre,
        "being_scored": _being_scored(centre),
        "crumbs": crumbs(centre, (RESULT, "")),
        "profile": current_profile(centre),
        "may_change_profile": request.user.has_perm("centres.change_profile", centre),
        "may_upload": request.user.has_perm("centres.upload_evidence", centre),
    }
    return render(request, "assessment/no_result.html", context)


def _being_scored(centre: Centre) -> Assessment | None:
    """The case whose package was handed in and has no result yet."""
    case = newest_cases([centre.pk]).get(centre.pk)
    if case is None or case.result_id is not None or case.state in (AssessmentState.DRAFT, *OVER):
        return None
    return case


def _with_result(request: HttpRequest, slug: str) -> Shown:
    shown = shown_to(request.user, slug)
    if shown.stored is None:
        raise Http404
    return shown


def _common(shown: Shown) -> dict[str, Any]:
    assert shown.stored is not None  # noqa: S101  (_with_result saw to it)
    return {
        "centre": shown.centre,
        "name": shown.name,
        "result": shown.result,
        "digest": shown.stored.digest,
        "provisional": shown.provisional,
        "edition": edition_shown(shown.stored.edition),
        "result_address": reverse("assessment:result", args=[shown.centre.slug]),
    }


def _above(common: dict[str, Any], code: str) -> list[Node]:
    """The nodes between the root and this one."""

    def path(node: Node) -> list[Node] | None:
        if node.code == code:
            return [node]
        for child in node.children:
            if below := path(child):
                return [node, *below]
        return None

    return (path(common["result"].root) or [])[1:-1]


def _period(shown: Shown, node: Node) -> Text | None:
    """First and last day in the centre's own zone."""
    if shown.stored is None or node.inputs is None or node.inputs.period is None:
        return None
    profile = shown.stored.profile_version.profile
    days, zone = period_words(node.inputs.period, profile), profile.place.timezone
    return Text(zh=f"{days}（{zone}）", en=f"{days} ({zone})")
