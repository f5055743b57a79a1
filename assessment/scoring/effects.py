"""Whose score, grade or rank changes when the same facts are scored against another edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring.curves import NotOnTheScale, points_of
from assessment.scoring.facts import Facility
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.ranking import rank
from assessment.scoring.result import Result
from assessment.scoring.semantics.registry import score
from assessment.scoring.together import samples_of
from core.canonical import jsonable
from indicators.rubric.curve import Absolute
from indicators.rubric.model import Edition


@dataclass(frozen=True, slots=True)
class Standing:
    """What one edition makes of a facility; rank None when blocked."""

    score: Decimal | None
    grade: str | None
    rank: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One facility under both editions."""

    facility: str
    old: Standing
    new: Standing

    @property
    def changes(self) -> bool:
        return self.old != self.new

    @property
    def changes_grade(self) -> bool:
        return (self.old.grade, self.old.verdict) != (self.new.grade, self.new.verdict)

    @property
    def changes_rank(self) -> bool:
        return self.old.rank != self.new.rank

    def as_json(self) -> dict[str, Any]:
        return {"facility": self.facility, "old": jsonable(self.old), "new": jsonable(self.new)}


def effects_of(old: Edition, new: Edition, facilities: Iterable[Facility]) -> tuple[Effect, ...]:
    """Every facility under both editions, in the order of their new ranks, blocked ones last.

    Args:
        facilities: with the same measurements for both; a measure that only one edition asks for is left aside by the
            other, and where there is none of it that edition's missing policy speaks.

    Raises:
        InputError: a profile lacks the class or share the weights of an edition need.
    """
    listed = list(facilities)
    return effects_between(old, new, scored(old, listed), scored(new, listed))


def effects_between(
    old: Edition, new: Edition, before: Iterable[Result], after: Iterable[Result]
) -> tuple[Effect, ...]:
    """As `effects_of`, from results of the same facilities under each edition; their trees are not looked at."""
    was, now = _standings(old, before), _standings(new, after)
    effects = [Effect(name, was[name], now[name]) for name in now]
    return tuple(sorted(effects, key=lambda one: (one.new.rank is None, one.new.rank or 0, one.facility)))


def scored(edition: Edition, facilities: Iterable[Facility]) -> list[Result]:
    """The results of facilities scored together."""
    listed = list(facilities)
    samples = samples_of(edition, ((one.name, one.profile, one.measurements) for one in listed))
    return [
        score(
            edition,
            facility=one.name,
            profile=one.profile,
            measurements=one.measurements,
            inputs_digest=inputs_digest(
                facility=one.name, profile=one.profile, measurements=one.measurements, samples=samples
            ),
            samples=samples,
        )
        for one in listed
    ]


def worth(curve: Absolute, value: Decimal) -> Fraction | None:
    """Points of a value before any cap, as comparisons of editions ask for them; None off the curve's scale."""
    try:
        return points_of(curve, value)
    except NotOnTheScale:
        return None


def _standings(edition: Edition, results: Iterable[Result]) -> Mapping[str, Standing]:
    return {
        one.result.facility: Standing(one.result.score, one.result.grade, one.rank, one.result.verdict.value)
        for one in rank(edition, results)
    }
