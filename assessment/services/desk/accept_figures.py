"""Many computed figures accepted at once: those nothing is odd about, or those an assessor names."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction

from assessment.desk_selectors import Item, Standing, items
from assessment.models import (
    IN_HAND,
    Assessment,
    Part,
    Procedure,
    Rating,
    RatingDraft,
    RatingRule,
    RatingState,
    RatingVersion,
)
from assessment.services.chain import separation, transitions
from assessment.services.chain.competence import require_competent
from assessment.services.chain.table import Of, When, holds
from assessment.services.chain.wrong_state import wrong_state
from assessment.services.desk.rating_words import (
    CODES_OF_A_CASE,
    not_of_this_kind,
    not_to_be_ruled_on,
    two_at_once,
    unassigned_pillar,
)
from centres.models import Person
from core.errors import InputError
from core.outcome import Outcome
from core.provenance import Where
from core.suggestion import meant
from core.text import Text
from operations import audit

_ACT = "accept_figure"


@transaction.atomic
def accept_figures(case: Assessment, *, person: Person, codes: Collection[str] | None = None) -> list[str]:
    """Accept computed figures nobody has ruled on yet, in one step; one entry in the audit log names them.

    Args:
        codes: the very indicators; without, all of this assessor's pillars that are measured, carry no plausibility
            flag and on which nobody here has an unsaved draft.

    Returns:
        The codes accepted now, in the order of the edition.

    Raises:
        PermissionDenied: not an assessor.
        InputError: `unknown_indicator`.
        DecisionBlocked: `no_ratings`; `not_for_this_indicator`, for a named level; `not_assigned`, for one of another's
            pillar; `not_competent`; `wrong_state`; and as every act.
    """
    case = transitions.locked(case)
    transitions.permit(case, Part.ASSESSOR, person=person)
    if case.rating == RatingRule.NONE:
        raise not_to_be_ruled_on(case)
    if not holds(When.EVALUATION, case):
        raise wrong_state(case, _ACT)
    found = items(case)
    chosen = _named(found, codes) if codes is not None else [one for one in found if is_plain(one)]
    own = _own_pillars(case, found, person)
    if codes is None:
        drafts = set(RatingDraft.objects.filter(assessment=case, person=person).values_list("node", flat=True))
        chosen = [one for one in chosen if one.pillar.code in own and one.code not in drafts]
    if strange := next((one for one in chosen if one.pillar.code not in own), None):
        raise unassigned_pillar(strange)
    chosen = [one for one in chosen if one.standing is Standing.OPEN]
    if not chosen:
        return []
    if case.procedure == Procedure.FULL:
        require_competent(person, {one.pillar.code for one in chosen})
    separation.join(case, person=person, part=Part.ASSESSOR)
    try:
        with transaction.atomic():
            _save(case, chosen, person)
    except IntegrityError as error:
        raise two_at_once() from error
    accepted = [one.code for one in chosen]
    RatingDraft.objects.filter(assessment=case, node__in=accepted, person=person).delete()
    audit.record(actor=person, act="rating.accept_figures", subject=case.subject, details={"nodes": accepted})
    return accepted


def is_plain(item: Item) -> bool:
    """A figure that was measured and that nothing is odd about: what may be accepted without a closer look."""
    if item.judged or item.standing is not Standing.OPEN:
        return False
    measured = item.node.outcome is Outcome.SCORED and item.node.inputs is not None
    return measured and not item.flags and not item.node.defaulted


def _named(found: list[Item], codes: Collection[str]) -> list[Item]:
    by_code = {one.code: one for one in found}
    if unknown := sorted(set(codes) - set(by_code)):
        raise InputError(
            "unknown_indicator",
            Text(zh=f"该案件没有指标 {'、'.join(unknown)}。", en=f"This case has no indicator {', '.join(unknown)}."),
            where=Where(field="codes"),
            hint=meant(unknown[0], by_code, otherwise=CODES_OF_A_CASE),
        )
    named = [one for one in found if one.code in set(codes)]
    if other := next((one for one in named if one.judged or one.standing is Standing.BY_RULE), None):
        raise not_of_this_kind(other, _ACT)
    return named


def _own_pillars(case: Assessment, found: list[Item], person: Person) -> set[str]:
    if case.procedure == Procedure.FULL:
        own = case.assignments.filter(IN_HAND, person__natural_person=person.natural_person)
        return set(own.values_list("pillar", flat=True))
    return {one.pillar.code for one in found}


def _save(case: Assessment, chosen: list[Item], person: Person) -> None:
    """Rows are made open and then take the step, as the rules of the database ask."""
    transitions.find(Of.RATING, _ACT, RatingState.OPEN, case=case)
    new = [Rating(assessment=case, node=one.code, person=person) for one in chosen if not one.ratings]
    Rating.objects.bulk_create(new)
    rows = [*new, *(rating for one in chosen for rating in one.ratings.values())]
    for row in rows:
        row.state, row.person, row.version = RatingState.ACCEPTED, person, row.version + 1
    Rating.objects.bulk_update(rows, ["state", "person", "version"])
    RatingVersion.objects.bulk_create(
        RatingVersion(rating=row, version=row.version, act=_ACT, state=row.state, person=person) for row in rows
    )
