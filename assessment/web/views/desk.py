"""The assessors' desk: what is left to rule on, one indicator beside its evidence, agreement, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessment.desk_selectors import (
    Item,
    Standing,
    agreement_of,
    items_for,
    measured_result,
    sits_at_the_desk,
    versions_seen,
)
from assessment.difference_selectors import previous_result
from assessment.flag_selectors import is_awaited, reasons_beside
from assessment.models import Assessment, RatingRule, Seat, StoredResult
from assessment.result_selectors import explanation_of, result_of
from assessment.scoring.agreement import four_decimals
from assessment.services.chain.table import When, holds
from assessment.services.desk import ratings
from assessment.services.desk.accept_figures import accept_figures
from assessment.web.forms.desk import RulingForm, choices_for, drafted, ruling_of
from assessment.web.pages.case import case_crumbs, visible_case
from assessment.web.sheets.changes import figures_sheet, rulings_sheet
from assessment.web.sheets.lists import agreement_sheet, desk_sheet
from assessment.web.shown.desk import address_of, is_to_do, listed, neighbours, node_in, pane, rating_words
from assessment.web.shown.desk_changes import changes_shown
from assessment.web.shown.result import DESK
from assessment.web.shown.trace import QUALITY_WORDS
from centres.models import Person
from centres.permissions import signed_in
from core.errors import UserFacingError
from core.quantity import shortest
from core.text import Text
from evidence.models import Evidence
from evidence.selectors import files_named
from operations.http.sheets import asks_for_sheet, sheet_answer
from operations.http.version_field import as_read
from operations.templatetags.words import said

_AGREEMENT = Text(zh="一致性与裁定", en="Agreement and adjudication")
_CHANGES = Text(zh="变化", en="What changed")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def work_list(request: HttpRequest, pk: str) -> HttpResponse:
    """Indicators by pillar, figures before levels; a POST accepts all figures nothing is odd about."""
    case, person = _desk(request, pk)
    problem: UserFacingError | None = None
    if request.method == "POST":
        try:
            accepted = accept_figures(case, person=person)
        except UserFacingError as refusal:
            problem = refusal
        else:
            done = ngettext("%(count)s figure was accepted.", "%(count)s figures were accepted.", len(accepted))
            messages.success(request, done % {"count": len(accepted)}, extra_tags="good")
            return redirect("assessment:desk", case.pk)
    found = items_for(person, case)
    groups = listed(case, found, person)
    rows = [row for group in groups for row in group.rows]
    todo = [row for row in rows if row.todo]
    only_todo = request.GET.get("show", "todo") == "todo" and bool(todo)
    pillars = [{"group": group, "rows": [row for row in group.rows if row.todo or not only_todo]} for group in groups]
    if asks_for_sheet(request):
        return sheet_answer(desk_sheet(DESK, pillars))
    settled = sum(one.standing.is_settled for one in found)
    context = {
        **_common(case, (DESK, "")),
        "pillars": pillars,
        "only_todo": only_todo,
        "todo": len(todo),
        "first": todo[0].address if todo else "",
        "plain": [row.item for row in rows if row.plain],
        "settled": settled,
        "total": len(found),
        "may_rate": rules.has_perm("assessment.evaluate", person) and holds(When.EVALUATION, case),
        "problem": problem,
    }
    return render(request, "assessment/desk.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: str, code: str) -> HttpResponse:
    """Claim, figure and form beside the rows they rest on; what was typed stays when it is refused."""
    case, person = _desk(request, pk)
    found = items_for(person, case)
    shown = _one(found, code)
    choices = choices_for(case, shown, person)
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("go") == "draft":
        return _kept(request, case, code, person)
    if posted is not None and posted.get("go") == "undo":
        return _undone(request, case, code, person)
    form = RulingForm(posted, item=shown, choices=choices, initial=_initial(case, shown, person))
    problem = _too_late(case, posted, person) if posted is not None and not choices else None
    if form.is_bound and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            ratings.rule(case, code, form.act, person=person, said=form.said, version=version)
        except UserFacingError as refusal:
            problem = None if form.refuse(refusal) else refusal
            shown = _one(items_for(person, case), code)  # with what changed meanwhile
            form.renewed(shown.version_for(person))
        else:
            onwards = neighbours(found, code, person)["todo"] if posted and posted.get("go") == "next" else None
            return redirect(f"{address_of(case, onwards.code if onwards else code)}?{urlencode({'after': code})}")
    refused = problem is not None or bool(form.is_bound and form.errors)
    context = _item_context(request, case, shown, found, person) | {
        "form": form,
        "choices": choices,
        "chosen": form["ruling"].value() or "",
        "proposing": any(one.value.startswith("propose:") for one in choices),
        "problem": problem,
    }
    return render(request, "assessment/desk_item.html", context, status=422 if refused else 200)


@login_required
@require_POST
def draft(request: HttpRequest, pk: str, code: str) -> HttpResponse:
    """Keep what is being typed; the script sends it as the pen rests."""
    case, person = _desk(request, pk)
    content, on_version = drafted(request.POST), _version_read(request)
    try:
        ratings.keep_draft(case, code, content=content, person=person, on_version=on_version)
    except UserFacingError as refusal:
        raise Http404 from refusal
    return JsonResponse({"kept": True})


@login_required
@require_GET
def agreement(request: HttpRequest, pk: str) -> HttpResponse:
    """How the two raters compare, and what is to be adjudicated."""
    case, person = _desk(request, pk)
    if case.rating != RatingRule.DOUBLE:
        raise Http404
    found = items_for(person, case)
    agreed = agreement_of(found)
    rows = [
        {
            "item": one,
            "address": address_of(case, one.code),
            "first": one.ratings[Seat.FIRST],
            "second": one.ratings[Seat.SECOND],
            "words": {seat: rating_words(one.ratings[seat]) for seat in (Seat.FIRST, Seat.SECOND)},
            "settled": one.standing.is_settled,
            "adjudicated": rating_words(one.decisive[0]) if one.decisive and not one.agreed else None,
        }
        for one in agreed.items
    ]
    if asks_for_sheet(request):
        return sheet_answer(agreement_sheet(_AGREEMENT, rows))
    context = {
        **_common(case, (DESK, reverse("assessment:desk", args=[case.pk])), (_AGREEMENT, "")),
        "agreed": agreed,
        "kappas": [
            {"found": one, "kappa": None if one.kappa is None else four_decimals(one.kappa),
             "observed": None if one.observed is None else four_decimals(one.observed),
             "expected": None if one.expected is None else four_decimals(one.expected)}
            for one in (agreed.plain, agreed.weighted)
        ],
        "rows": rows,
        "waiting": [one for one in found if one.twice and not one.both_in],
    }  # fmt: skip
    return render(request, "assessment/desk_agreement.html", context)


@login_required
@require_GET
def changes(request: HttpRequest, pk: str) -> HttpResponse:
    """What the rulings do to the score, what changed since the last round of this case, and since the last case."""
    case, person = _desk(request, pk)
    shown = changes_shown(case, items_for(person, case))
    if asks_for_sheet(request, of="rulings"):
        return sheet_answer(rulings_sheet(_CHANGES, shown["ruled_otherwise"]))
    if asks_for_sheet(request, of="figures"):
        return sheet_answer(figures_sheet(_CHANGES, shown["figures"]))
    context = _common(case, (DESK, reverse("assessment:desk", args=[case.pk])), (_CHANGES, ""))
    return render(request, "assessment/desk_changes.html", context | shown)


def _desk(request: HttpRequest, pk: str) -> tuple[Assessment, Person]:
    case, person = visible_case(request, pk), signed_in(request.user)
    if case.rating == RatingRule.NONE or not sits_at_the_desk(person, case) or measured_result(case) is None:
        raise Http404
    return case, person


def _one(found: list[Item], code: str) -> Item:
    for one in found:
        if one.code == code:
            return one
    raise Http404


def _common(case: Assessment, *further: tuple[Any, str]) -> dict[str, Any]:
    return {
        "assessment": case,
        "centre": case.centre,
        "crumbs": case_crumbs(case, *further),
        "twice": case.rating == RatingRule.DOUBLE,
    }


def _item_context(
    request: HttpRequest, case: Assessment, shown: Item, found: list[Item], person: Person
) -> dict[str, Any]:
    stored = measured_result(case)
    assert stored is not None  # noqa: S101  (_desk saw to it)
    before = _before(case, stored)
    address = address_of(case, shown.code)
    around = neighbours(found, shown.code, person)
    asked = {name: request.GET.get(name, "") for name in ("file", "line", "cell")}
    own = shown.own(person)
    after = next((one for one in found if one.code == request.GET.get("after", "")), None)
    measured = shown.node.inputs
    return {
        **_common(
            case,
            (DESK, reverse("assessment:desk", args=[case.pk])),
            (Text(zh=f"{shown.code} {shown.indicator.title.zh}", en=f"{shown.code} {shown.indicator.title.en}"), ""),
        ),
        "item": shown,
        "node": shown.node,
        "flags": _flags(case, shown),
        "is_awaited": is_awaited(case),
        "own": own,
        "own_words": rating_words(own) if own is not None and own.version else None,
        "others": [
            {"rating": one, "words": rating_words(one)} for one in shown.ratings.values() if one != own and one.version
        ],
        "may_undo": bool(own and own.version and own.person_id == person.pk and own.state != "open")
        and holds(When.EVALUATION, case) and not (shown.twice and shown.both_in),
        "saved": {"item": after, "address": address_of(case, after.code)} if after is not None else None,
        "claimed": shortest(measured.value) if shown.judged and measured and measured.value is not None else "",
        "quality_words": QUALITY_WORDS[measured.quality] if measured and measured.quality else None,
        "sentences": explanation_of(stored).speaker.sentences(shown.code),
        "items_met": _checklist(shown),
        "versions": [{"version": one, "words": rating_words(one)} for one in versions_seen(shown, person)],
        "previous": node_in(result_of(before) if before else None, shown.code),
        "pane": pane(shown, partial(_files, request, case), address=address, **asked),
        "around": {name: {"item": one, "address": address_of(case, one.code)} if one else None
                   for name, one in around.items()},
        "left": sum(is_to_do(one, person) for one in found),
        "by_rule": shown.standing is Standing.BY_RULE,
        "place": found.index(shown) + 1 if shown in found else 0,
        "total": len(found),
        "draft_address": reverse("assessment:desk_draft", args=[case.pk, shown.code]),
        "draft": ratings.draft_of(case, shown.code, person=person),
        "version": shown.version_for(person),
        "address": address,
    }  # fmt: skip


def _too_late(case: Assessment, posted: QueryDict, person: Person) -> UserFacingError | None:
    """Why nothing can be ruled that could be when the page was opened.

    Raises:
        PermissionDenied: the role is gone meanwhile.
    """
    act = drafted(posted)["act"]
    try:
        ratings.require_may_rule(case, act if act in ratings.ACTS else "judge", person=person)
    except UserFacingError as refusal:
        return refusal
    return None


def _flags(case: Assessment, shown: Item) -> list[dict[str, Any]]:
    """Each with what the centre said to it; None of one it is not told of."""
    said = reasons_beside(case, shown.flags)
    return [{"flag": flag, "reasons": said.get(flag.key)} for flag in shown.flags]


def _files(request: HttpRequest, case: Assessment, digests: Sequence[str]) -> dict[str, Evidence]:
    return files_named(request.user, centre=case.centre_id, digests=digests)


def _before(case: Assessment, stored: StoredResult) -> StoredResult | None:
    return previous_result(stored, assessment=case, insider=True)


def _checklist(shown: Item) -> list[dict[str, Any]]:
    """The items of a checklist with who declared them; empty for other figures."""
    if shown.node.inputs is None or "items met" not in shown.node.inputs.formula:
        return []
    return [{"name": one.title, "met": one.value == 1, "by": one.source} for one in shown.node.inputs.inputs]


def _initial(case: Assessment, shown: Item, person: Person) -> dict[str, Any]:
    """A draft first, else what was saved."""
    version = shown.version_for(person)
    if (draft := ratings.draft_of(case, shown.code, person=person)) is not None:
        content = draft.content
        return {"ruling": ruling_of(content), "ground": content.get("ground", ""), "text": content.get("text", ""),
                "version": draft.on_version if draft.on_version <= version else version}  # fmt: skip
    own = shown.own(person)
    if own is None or not own.version or own.state == "open":
        return {"version": version}
    act = {"accepted": "accept_figure", "disputed": "dispute_figure", "judged": "judge"}.get(own.state, "rule_out")
    level = "" if own.level is None else shortest(own.level)
    return {"ruling": ruling_of({"act": act, "level": level}), "ground": own.ground, "text": own.text,
            "version": version}  # fmt: skip


def _kept(request: HttpRequest, case: Assessment, code: str, person: Person) -> HttpResponse:
    on_version = _version_read(request)
    ratings.keep_draft(case, code, content=drafted(request.POST), person=person, on_version=on_version)
    messages.success(request, _("What you typed is kept, for you alone."), extra_tags="good")
    return redirect(address_of(case, code))


def _version_read(request: HttpRequest) -> int:
    """What was before them; 0 where the form holds nonsense, as words of a draft are not lost for it."""
    try:
        return int(as_read().clean(request.POST.get("version", "0")))
    except ValidationError:
        return 0


def _undone(request: HttpRequest, case: Assessment, code: str, person: Person) -> HttpResponse:
    try:
        ratings.undo(case, code, person=person, version=_version_read(request))
    except UserFacingError as refusal:
        messages.error(request, said(refusal.told), extra_tags="bad")
    else:
        messages.success(request, _("Undone; your words are still in the form."), extra_tags="good")
    return redirect(address_of(case, code))
