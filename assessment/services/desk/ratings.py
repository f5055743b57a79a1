"""Ruling on one indicator: accept or dispute its figure, find it not applicable, judge its level; twice and blind where
the scheme asks for it, and adjudicated where two disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from assessment.desk_selectors import Item, Standing, items, levels_of, sits_at_the_desk
from assessment.models import (
    IN_HAND,
    Assessment,
    AssessmentState,
    Part,
    Procedure,
    Rating,
    RatingDraft,
    RatingRule,
    RatingState,
    RatingVersion,
    Seat,
)
from assessment.services.chain import separation, transitions
from assessment.services.chain.competence import require_competent
from assessment.services.chain.table import Of, When, holds
from assessment.services.chain.wrong_state import wrong_state
from assessment.services.desk.rating_words import (
    CODES_OF_A_CASE,
    both_saved,
    follows_from_others,
    not_of_this_kind,
    not_proposed_by_another,
    not_to_be_ruled_on,
    nothing_to_adjudicate,
    of_others,
    only_one_level,
    rated_meanwhile,
    unassigned_pillar,
    words_needed,
)
from centres.models import Person
from core.errors import InputError
from core.provenance import Where
from core.text import Text
from operations import audit

ON_FIGURES = ("accept_figure", "dispute_figure", "rule_out", "take_back")
ON_LEVELS = ("judge", "rule_out", "take_back")
ADJUDICATING = ("propose", "agree", "adjudicate")
OF_REVIEWER = ("approve_reason", "refuse_reason")
ACTS = (*ON_FIGURES, "judge", *ADJUDICATING, *OF_REVIEWER)
_NEED_WORDS = ("dispute_figure", "judge", "propose", "adjudicate", "refuse_reason")


@dataclass(frozen=True, slots=True)
class Said:
    """What goes with a ruling: a level of the indicator's scale, a declared ground, the words."""

    level: Decimal | None = None
    ground: str = ""
    text: str = ""


NOTHING = Said()


@transaction.atomic
def rule(
    case: Assessment, code: str, act: str, *, person: Person, said: Said = NOTHING, version: int | None = None
) -> Rating:
    """One act of the table on the rating of an indicator; a draft of this person is gone with it.

    Args:
        version: of the rating that was read, 0 where there was none; another in the meantime refuses the act.

    Raises:
        PermissionDenied: neither assessor nor, where the act asks for one, reviewer.
        InputError: `unknown_indicator`; `words_needed`, `not_a_level`, `not_a_ground`, each at its field.
        DecisionBlocked: `not_competent`; `version_changed` with who was first and what they saved; `wrong_state`;
            `both_saved`, once two blind ratings are open; `already_rated_twice`; `nothing_to_adjudicate`; and as every
            act.
    """
    case = transitions.locked(case)
    reviewing = act in OF_REVIEWER
    item = find(case, code)
    require_may_rule(case, act, person=person)
    if not reviewing:
        _assigned_to_its_pillar(case, item, person)
    said = _checked(item, act, said)
    seat = _seat(item, act, person)
    rating = item.ratings.get(seat) or Rating(assessment=case, node=code, seat=seat, person=person)
    if version is not None and version != rating.version and not _left_by_another(item, rating, person):
        raise rated_meanwhile(rating)
    _may_change(item, rating, act, person)
    separation.join(case, person=person, part=Part.REVIEWER if reviewing else Part.ASSESSOR)
    saved = save(case, rating, act, person=person, said=said)
    if reviewing:  # a reason both raters gave is approved or refused for both
        for other in item.ratings.values():
            if other.pk != saved.pk and other.state == RatingState.NOT_APPLICABLE:
                save(case, other, act, person=person, said=said)
    RatingDraft.objects.filter(assessment=case, node=code, person=person).delete()
    blind = item.twice and seat != Seat.ADJUDICATION and not reviewing
    audit.record(
        actor=person,
        # Neither level nor words: the log is read by people who must not see a blind rating.
        act="rating.rate" if blind else f"rating.{act}",
        subject=saved.subject,
        details={"assessment": str(case.pk), "node": code, "seat": saved.seat, "version": saved.version},
    )
    return saved


def require_may_rule(case: Assessment, act: str, *, person: Person) -> None:
    """Whether this person rules in this case at all, and now.

    Raises:
        PermissionDenied, DecisionBlocked: as `rule`.
    """
    reviewing = act in OF_REVIEWER
    transitions.permit(case, Part.REVIEWER if reviewing else Part.ASSESSOR, person=person)
    if not (case.state == AssessmentState.EVALUATED if reviewing else holds(When.EVALUATION, case)):
        raise wrong_state(case, act)


@transaction.atomic
def undo(case: Assessment, code: str, *, person: Person, version: int | None = None) -> Rating:
    """Back to what was saved before; the words that were saved last come back as a draft, so that none is lost.

    Raises:
        PermissionDenied, DecisionBlocked: as `rule`; `nothing_to_undo`, unless this person saved last.
    """
    item = find(transitions.locked(case), code)
    rating = item.own(person)
    newest = list(rating.versions.order_by("-version")[:2]) if rating is not None and rating.version else []
    if not newest or newest[0].person_id != person.pk or newest[0].state == RatingState.OPEN:
        raise of_others()
    last, before = newest[0], newest[1] if len(newest) > 1 else None
    if before is None or before.state == RatingState.OPEN:
        undone = rule(case, code, "take_back", person=person, version=version)
    else:
        said = Said(before.level, before.ground, before.text)
        undone = rule(case, code, _ACT_TO[RatingState(before.state)], person=person, said=said, version=version)
    content = {"act": _ACT_TO[RatingState(last.state)], "level": str(last.level or ""), "ground": last.ground}
    RatingDraft.objects.create(
        assessment=case, node=code, person=person, content=content | {"text": last.text}, on_version=undone.version
    )
    return undone


@transaction.atomic
def keep_draft(
    case: Assessment, code: str, *, content: dict[str, str], person: Person, on_version: int
) -> RatingDraft | None:
    """Keep what somebody is typing; it is theirs alone and counts for nothing. Nothing typed: no draft is kept.

    Raises:
        PermissionDenied: not somebody who rates; InputError: `unknown_indicator`.
    """
    if not sits_at_the_desk(person, case):
        raise PermissionDenied
    find(case, code)
    if not any(word.strip() for word in content.values()):
        RatingDraft.objects.filter(assessment=case, node=code, person=person).delete()
        return None
    kept, _ = RatingDraft.objects.update_or_create(
        assessment=case, node=code, person=person, defaults={"content": content, "on_version": on_version}
    )
    return kept


def draft_of(case: Assessment, code: str, *, person: Person) -> RatingDraft | None:
    return RatingDraft.objects.filter(assessment=case, node=code, person=person).first()


def find(case: Assessment, code: str) -> Item:
    """Raises:
    InputError: `unknown_indicator`.
    DecisionBlocked: `no_ratings`, in a case that was opened without.
    """
    if case.rating == RatingRule.NONE:
        raise not_to_be_ruled_on(case)
    for item in items(case):
        if item.code == code:
            return item
    raise InputError(
        "unknown_indicator",
        Text(zh=f"该案件没有指标 {code}。", en=f"This case has no indicator {code}."),
        where=Where(field="node"),
        hint=CODES_OF_A_CASE,
    )


def save(case: Assessment, rating: Rating, act: str, *, person: Person, said: Said) -> Rating:
    """Write a rating and its version; call inside a transaction, the case locked."""
    transition = transitions.find(Of.RATING, act, rating.state, case=case)
    if rating.version == 0 and rating._state.adding:
        try:
            with transaction.atomic():
                rating.save(force_insert=True)
        except IntegrityError as error:
            raise rated_meanwhile(Rating.objects.get(assessment=case, node=rating.node, seat=rating.seat)) from error
    rating.state = str(transition.after.value)
    rating.version += 1
    if act in (*OF_REVIEWER, "agree"):
        rating.seconded_by = person
    else:
        rating.person, rating.seconded_by = person, None
        rating.level, rating.ground, rating.text = said.level, said.ground, said.text
    if rating.state == RatingState.OPEN:
        rating.level, rating.ground, rating.text = None, "", ""
    rating.save()
    RatingVersion.objects.create(
        rating=rating, version=rating.version, act=act, state=rating.state, level=rating.level, ground=rating.ground,
        text=said.text if act in OF_REVIEWER else rating.text, person=person,
    )  # fmt: skip
    return rating


def _left_by_another(item: Item, rating: Rating, person: Person) -> bool:
    """Whether it is a blind seat another took and gave up: for this person nothing was there."""
    given_up = item.twice and rating.state == RatingState.OPEN and rating.version > 0
    return given_up and rating.person.natural_person != person.natural_person


def _assigned_to_its_pillar(case: Assessment, item: Item, person: Person) -> None:
    if case.procedure == Procedure.FULL:
        own = case.assignments.filter(IN_HAND, person__natural_person=person.natural_person)
        if not own.filter(pillar=item.pillar.code).exists():
            raise unassigned_pillar(item)
        require_competent(person, [item.pillar.code])


def _grounds_of(item: Item) -> Text:
    declared = ", ".join(item.indicator.not_applicable_reasons)
    if not declared:
        return Text(zh="请留空，并在说明中写明理由。", en="Leave it empty, and say why in words.")
    return Text(
        zh=f"可选：{declared}；或留空，并在说明中写明理由。", en=f"One of {declared}; or none, and say why in words."
    )


def _checked(item: Item, act: str, said: Said) -> Said:
    """What the act needs and nothing it does not."""
    if item.standing is Standing.BY_RULE:
        raise not_of_this_kind(item, act)
    ordinary = ON_LEVELS if item.judged else ON_FIGURES
    if act not in (*ordinary, *OF_REVIEWER, *(ADJUDICATING if item.twice else ())):
        raise not_of_this_kind(item, act)
    text, ground, level = said.text.strip(), "", None
    if act == "rule_out":
        ground = said.ground
        if ground and ground not in item.indicator.not_applicable_reasons:
            raise InputError(
                "not_a_ground",
                Text(zh=f"该指标没有声明“{ground}”这一理由。", en=f"The indicator declares no reason “{ground}”."),
                where=Where(field="ground"),
                hint=_grounds_of(item),
            )
    if act in ("judge", "propose", "adjudicate"):
        level = said.level
        if level not in [one.level for one in levels_of(item.indicator)]:
            raise only_one_level(item)
    if not text and (act in _NEED_WORDS or (act == "rule_out" and not ground)):
        raise words_needed(act)
    if act in ("dispute_figure", "rule_out") and item.derived:
        raise follows_from_others(item)
    return Said(level, ground, text)


def _seat(item: Item, act: str, person: Person) -> Seat:
    """Whose rating an act is about."""
    if act in ADJUDICATING:
        return Seat.ADJUDICATION
    if not item.twice:
        return Seat.FIRST
    if act in OF_REVIEWER:
        waiting = (one.seat for one in item.decisive if one.state == RatingState.NOT_APPLICABLE)
        return Seat(next(waiting, Seat.FIRST))
    if (own := item.own(person)) is not None:
        return Seat(own.seat)
    for seat in (Seat.FIRST, Seat.SECOND):
        taken = item.ratings.get(seat)
        if taken is None or taken.state == RatingState.OPEN:
            return seat
    if act == "rule_out" and item.standing is Standing.DISAGREED:
        return Seat.ADJUDICATION
    raise both_saved(item)


def _may_change(item: Item, rating: Rating, act: str, person: Person) -> None:
    """Blind ratings stay as they are once both are open; an adjudication needs a disagreement, and another person."""
    if not item.twice or act in OF_REVIEWER:
        return
    if rating.seat != Seat.ADJUDICATION:
        if item.both_in:
            raise both_saved(item)
        return
    if act == "adjudicate" and item.adjudicated_by(person):
        return  # who adjudicated may mend it until the evaluation ends
    if item.standing not in (Standing.DISAGREED, Standing.PROPOSED):
        raise nothing_to_adjudicate(item)
    is_one_of_the_two = item.own(person) is not None
    if act in ("adjudicate", "rule_out") and is_one_of_the_two:
        raise not_proposed_by_another(item)
    if act == "propose" and not is_one_of_the_two:
        raise not_proposed_by_another(item)
    if act == "agree":
        same = rating.person.natural_person == person.natural_person if rating.person_id else True
        if same or not is_one_of_the_two:
            raise not_proposed_by_another(item)


_ACT_TO = {
    RatingState.ACCEPTED: "accept_figure",
    RatingState.DISPUTED: "dispute_figure",
    RatingState.NOT_APPLICABLE: "rule_out",
    RatingState.APPROVED: "rule_out",
    RatingState.JUDGED: "judge",
    RatingState.OPEN: "take_back",
}
