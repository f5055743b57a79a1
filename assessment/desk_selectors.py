"""The indicators of a case as its assessors work through them, and what each person may see of the ratings.

Where levels are rated twice, a rating in one of the two seats is seen by nobody else until both are in: not by the
other rater, not by anybody of the body. The centre sees no ratings at all, but what they make of its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import rules

from assessment.models import (
    IN_HAND,
    Assessment,
    Procedure,
    Rating,
    RatingRule,
    RatingState,
    RatingVersion,
    Seat,
    StoredResult,
)
from assessment.result_selectors import flags_in, newest_screening, result_of
from assessment.scoring.agreement import Agreement, Weighting, kappa
from assessment.scoring.result import Node
from assessment.scoring.rulings import Ruled, Ruling
from assessment.selectors import Somebody
from centres.models import Person
from core.outcome import Outcome
from indicators.integrity.base import Flag
from indicators.rubric.curve import Judged, Level
from indicators.rubric.model import Indicator
from indicators.selectors import typed

_NOT_APPLICABLE = (RatingState.NOT_APPLICABLE, RatingState.APPROVED)
RULED = (RatingState.ACCEPTED, RatingState.DISPUTED, RatingState.JUDGED, *_NOT_APPLICABLE)
_RATED_TWICE = (Seat.FIRST, Seat.SECOND)


class Standing(StrEnum):
    """How far an indicator is: what is left to do, for whom, or that nothing is."""

    OPEN = "open"
    AWAITS_SECOND = "awaits_second"
    DISAGREED = "disagreed"
    PROPOSED = "proposed"
    SETTLED = "settled"
    BY_RULE = "by_rule"

    @property
    def is_settled(self) -> bool:
        return self in (Standing.SETTLED, Standing.BY_RULE)


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator on the desk.

    Args:
        node: as measured, before any ruling.
        judged: an assessor picks the level; else the figure is computed or declared.
        twice: the level is rated by two who do not see each other.
        ratings: by seat, those that were saved; see `seen_by`.
        flags: plausibility flags that rest on a file this figure rests on too.
        derived: a measure of it that follows from others by a formula, and cannot be ruled on; else empty.
        hidden: a foreign rating is there and not shown.
        foreign: its pillar is with other assessors; whoever looks only reads it.
    """

    indicator: Indicator
    node: Node
    pillar: Node
    judged: bool
    twice: bool
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    derived: str = ""
    hidden: bool = False
    foreign: bool = False

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def both_in(self) -> bool:
        return all(self._ruled(seat) for seat in _RATED_TWICE)

    @property
    def standing(self) -> Standing:
        if is_by_rule(self.node, self.indicator):
            return Standing.BY_RULE
        if not self.twice:
            return Standing.SETTLED if self._ruled(Seat.FIRST) else Standing.OPEN
        if not self.both_in:
            return Standing.AWAITS_SECOND if any(self._ruled(seat) for seat in _RATED_TWICE) else Standing.OPEN
        if self.agreed or self._ruled(Seat.ADJUDICATION):
            return Standing.SETTLED
        proposed = self.ratings.get(Seat.ADJUDICATION)
        waits = proposed is not None and proposed.state == RatingState.PROPOSED
        return Standing.PROPOSED if waits else Standing.DISAGREED

    @property
    def agreed(self) -> bool:
        """Whether the two who rated it came to the same."""
        first, second = (self.ratings.get(seat) for seat in _RATED_TWICE)
        return first is not None and second is not None and self.both_in and _outcome(first) == _outcome(second)

    @property
    def decisive(self) -> tuple[Rating, ...]:
        """The ratings that hold, once it is settled."""
        if self.standing is not Standing.SETTLED:
            return ()
        if not self.twice:
            return (self.ratings[Seat.FIRST],)
        if self._ruled(Seat.ADJUDICATION):
            return (self.ratings[Seat.ADJUDICATION],)
        return tuple(self.ratings[seat] for seat in _RATED_TWICE)

    @property
    def ruling(self) -> Ruling | None:
        """What holds for the score; None while it is not settled, and where a rule of the edition settled it."""
        if not (found := self.decisive):
            return None
        texts = dict.fromkeys(one.text.strip() for one in found if one.text.strip())
        state = RatingState.NOT_APPLICABLE if found[0].state in _NOT_APPLICABLE else found[0].state
        return Ruling(self.code, Ruled(state), found[0].level, found[0].ground, " / ".join(texts))

    def own(self, person: Person) -> Rating | None:
        """The rating of this person in one of the two seats, or the one all share where it is rated once."""
        if not self.twice:
            return self.ratings.get(Seat.FIRST)
        for seat in _RATED_TWICE:
            rating = self.ratings.get(seat)
            if rating is not None and rating.person.natural_person == person.natural_person:
                return rating
        return None

    def version_for(self, person: Person) -> int:
        """Of the rating an act of this person would change now; 0: nothing was saved in it yet."""
        rating = self.own(person)
        if self.twice and self.both_in:  # a reason waits for its reviewer, or they are adjudicated
            waiting = (one for one in self.decisive if one.state == RatingState.NOT_APPLICABLE)
            rating = next(waiting, self.ratings.get(Seat.ADJUDICATION))
        return rating.version if rating is not None else 0

    def adjudicated_by(self, person: Person) -> bool:
        """Whether this person settled it alone, as the third."""
        rating = self.ratings.get(Seat.ADJUDICATION)
        judged = rating is not None and rating.state == RatingState.JUDGED and rating.seconded_by_id is None
        return judged and rating is not None and rating.person.natural_person == person.natural_person

    def seen_by(self, person: Person) -> Item:
        """The same without what this person may not see yet."""
        if not self.twice or self.both_in:
            return self
        own = self.own(person)
        seen = {seat: one for seat, one in self.ratings.items() if own is not None and one.pk == own.pk}
        return replace(self, ratings=seen, hidden=len(seen) < len([one for one in self.ratings if self._ruled(one)]))

    def _ruled(self, seat: str) -> bool:
        rating = self.ratings.get(seat)
        return rating is not None and rating.state in RULED


def measured_result(case: Assessment) -> StoredResult | None:
    """The result of the package as it was measured, before the rulings of the evaluation."""
    return case.measured or case.result


def items(case: Assessment) -> list[Item]:
    """Every indicator that is to be ruled on, and those a rule of the edition takes out; pillar by pillar.

    For services, which must know the ratings of both seats. Doors ask `items_for`.
    """
    stored = measured_result(case)
    if stored is None:
        return []
    flags, declared = flags_in(newest_screening(stored.pk)), typed(case.edition).measures
    ratings: dict[str, dict[str, Rating]] = {}
    for one in case.ratings.select_related("person"):
        ratings.setdefault(one.node, {})[one.seat] = one
    return [
        Item(
            indicator=indicator,
            node=node,
            pillar=pillar,
            judged=(judged := is_judged(indicator)),
            twice=judged and case.rating == RatingRule.DOUBLE,
            ratings=ratings.get(indicator.code, {}),
            flags=_flags_on(node, flags),
            derived=next((name for name in indicator.measures if declared[name].formula is not None), ""),
        )
        for indicator, node, pillar in _ruled_on(case, stored)
    ]


def items_for(person: Person, case: Assessment) -> list[Item]:
    """The desk of one person; computed figures before judged levels within each pillar, as the work goes."""
    foreign = _pillars_of_others(person, case)
    found = [replace(one.seen_by(person), foreign=one.pillar.code in foreign) for one in items(case)]
    order = {one.pillar.code: number for number, one in enumerate(found)}
    return sorted(found, key=lambda one: (order[one.pillar.code], one.judged))


def sits_at_the_desk(user: Somebody, case: Assessment) -> bool:
    """Those who evaluate, review and decide, and neither work for the centre nor were taken off its case; nobody else
    is shown ratings.
    """
    if not rules.has_perm("assessment.see_flags", user, case.centre):
        return False
    may = ("assessment.evaluate", "assessment.review", "assessment.decide")
    return isinstance(user, Person) and any(rules.has_perm(one, user) for one in may) and not _taken_off(user, case)


def versions_seen(item: Item, person: Person) -> list[RatingVersion]:
    """What was saved for an indicator, newest first; of the seats this item shows, and blind only one's own."""
    shown = [rating.pk for rating in item.ratings.values()]
    found = RatingVersion.objects.filter(rating__in=shown).select_related("person", "rating")
    if item.twice and not item.both_in:
        found = found.filter(person__natural_person=person.natural_person)
    return list(found.order_by("-at", "-pk"))


def is_by_rule(node: Node, indicator: Indicator) -> bool:
    """Whether the edition itself says that the indicator does not apply."""
    if node.outcome is not Outcome.NOT_APPLICABLE or node.reason is None:
        return False
    return node.reason.code in ("not_applicable_by_rule", *indicator.not_applicable_reasons)


# --- agreement of two raters ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """How two raters compare over a case, once both are in.

    Args:
        items: rated by both; `disagreed` are those of them still to be adjudicated.
        out: rated by both, at least one of whom found it not applicable: counted by no kappa.
    """

    items: tuple[Item, ...]
    disagreed: tuple[Item, ...]
    out: int
    plain: Agreement
    weighted: Agreement


def agreement_of(items: Iterable[Item]) -> Agreed:
    """Kappa over all levels rated by both, on the scale of all their levels; weighted by the steps between them."""
    both = tuple(one for one in items if one.twice and one.both_in)
    scale = sorted({level.level for one in both for level in levels_of(one.indicator)})
    pairs = [
        (first, second)
        for one in both
        if (first := one.ratings[Seat.FIRST].level) is not None
        and (second := one.ratings[Seat.SECOND].level) is not None
    ]
    return Agreed(
        items=both,
        disagreed=tuple(one for one in both if not one.standing.is_settled),
        out=len(both) - len(pairs),
        plain=kappa(pairs, scale=scale),
        weighted=kappa(pairs, scale=scale, weighting=Weighting.LINEAR),
    )


def is_judged(indicator: Indicator) -> bool:
    """Whether an assessor picks the level; a value that is looked up in a table has the same curve, but is measured."""
    curve = indicator.authored.get("curve")
    return isinstance(curve, Mapping) and str(curve.get("kind")) == "judged"


def levels_of(indicator: Indicator) -> tuple[Level, ...]:
    """The levels an assessor may pick, ascending; empty for a figure."""
    return indicator.curve.levels if isinstance(indicator.curve, Judged) and is_judged(indicator) else ()


# --- parts ------------------------------------------------------------------------------------------------------------


def _taken_off(person: Person, case: Assessment) -> bool:
    """Whether somebody was assigned to the case and has none of its pillars any more."""
    if case.procedure != Procedure.FULL:
        return False
    own = case.assignments.filter(person__natural_person=person.natural_person)
    released = list(own.values_list("release", flat=True))
    return bool(released) and None not in released


def _pillars_of_others(person: Person, case: Assessment) -> set[str]:
    """Pillars of the case that somebody was given and this person was not; none where nobody is assigned anything."""
    if case.procedure != Procedure.FULL:
        return set()
    given = list(case.assignments.filter(IN_HAND).values_list("pillar", "person__natural_person"))
    return {pillar for pillar, _ in given} - {pillar for pillar, whose in given if whose == person.natural_person}


def _ruled_on(case: Assessment, stored: StoredResult) -> list[tuple[Indicator, Node, Node]]:
    indicators = {one.code: one for one in typed(case.edition).indicators}
    return [
        (indicators[node.code], node, pillar)
        for pillar in result_of(stored).pillars
        for node in pillar.walk()
        if node.code in indicators and not indicators[node.code].display
    ]


def _outcome(rating: Rating) -> tuple[str, Any]:
    return ("not_applicable", None) if rating.state in _NOT_APPLICABLE else (rating.state, rating.level)


def _flags_on(node: Node, flags: Iterable[Flag]) -> tuple[Flag, ...]:
    if node.inputs is None:
        return ()
    own = {(support.evidence, support.kind) for support in node.inputs.rests_on}
    return tuple(flag for flag in flags if own & {(one.evidence, one.kind) for one in flag.rests_on})
