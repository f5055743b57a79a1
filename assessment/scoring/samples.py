"""The figures relative curves compare with: worked out once, exactly, from all facilities that are scored together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from assessment.scoring.conditions import holds
from assessment.scoring.known import Known, known_of
from assessment.scoring.statistics import Statistics, statistics_of
from assessment.scoring.validity import impossible
from assessment.scoring.weights import ClassWeights, class_weights
from core.canonical import canonical_digest
from core.outcome import Outcome
from indicators.measures.base import Measurement
from indicators.rubric.condition import Condition
from indicators.rubric.curve import Relative
from indicators.rubric.model import Edition, Group, Indicator, MeasureDeclaration, Weight
from indicators.rubric.relative import Distance, MinMax, Percentile, Rank, ZScore, needs_sample

Peers = tuple[str, ...]  # values of the attributes a sample is kept within
RELATIVE = (MinMax, ZScore, Rank, Percentile, Distance)


@dataclass(frozen=True)
class Samples:
    """Statistics by code of the curve (the indicator's or the alternative's) and by peers."""

    by_curve: Mapping[str, Mapping[Peers, Statistics]] = field(default_factory=dict)

    def of(self, code: str, curve: Relative, profile: Mapping[str, Any]) -> Statistics:
        """What a facility is compared with; an empty sample when there is nobody."""
        return self.by_curve.get(code, {}).get(peers_of(curve, profile), NOBODY)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every figure; part of the inputs digest of each facility compared with them."""
        return canonical_digest(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Figures without names: who was compared is not told."""
        return {
            code: [{"peers": list(peers), **one.as_json()} for peers, one in sorted(groups.items())]
            for code, groups in self.by_curve.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises:
        ValueError, KeyError, TypeError: for anything that is not the form of `as_json`.
        """
        return cls(
            {code: {tuple(one["peers"]): Statistics.from_json(one) for one in groups} for code, groups in data.items()}
        )


def compares(edition: Edition) -> bool:
    """Whether any points depend on other facilities."""
    return any(needs_sample(curve) for indicator in edition.indicators for _, curve in indicator.curves) or any(
        needs_sample(node.rescale) for node in edition.root.walk() if isinstance(node, Group)
    )


Given = tuple[str, Mapping[str, Any], Mapping[str, Measurement]]  # name, profile and measurements of a facility


def indicator_samples(edition: Edition, facilities: Iterable[Given]) -> Samples:
    """The samples of indicators; see `together.samples_of`.

    Raises:
        InputError: the profile of a facility lacks its class, its share or the date of a parameter.
    """
    places = tuple(_places(edition))
    values: dict[str, dict[Peers, list[Fraction]]] = {place.code: {} for place in places}
    for name, profile, measurements in facilities:
        known = known_of(edition, facility=name, profile=profile, measurements=measurements)
        weights = class_weights(edition, facility=name, profile=profile)
        for place in places:
            value = place.value(known, weights)
            if value is not None:
                values[place.code].setdefault(peers_of(place.curve, profile), []).append(value)
    return Samples(
        {
            place.code: {
                peers: statistics_of(found, place.curve.sample.outliers) for peers, found in values[place.code].items()
            }
            for place in places
        }
    )


def peers_of(curve: Relative, profile: Mapping[str, Any]) -> Peers:
    return tuple(_word(profile.get(attribute)) for attribute in curve.sample.within)


def _word(value: Any) -> str:
    """Facts files know text only: an attribute means the same as text, a number or a truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


NOBODY = statistics_of([], None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A relative curve, and what decides whether a facility's value is in its sample."""

    code: str
    declared: MeasureDeclaration
    curve: Relative
    weights: tuple[Weight, ...]  # of the indicator and the groups above
    conditions: tuple[Condition, ...]

    def value(self, known: Known, weights: ClassWeights) -> Fraction | None:
        given = known.measurements.get(self.declared.name)
        if given is None or given.outcome is not Outcome.SCORED or impossible(given, self.declared) is not None:
            return None
        if any(weights.weight(weight) is None for weight in self.weights):
            return None

        def decided(condition: Condition) -> bool | None:
            return holds(condition, profile=known.profile, measurements=known.measurements)

        if any(decided(condition) is False for condition in self.conditions):
            return None
        where = self.curve.sample.where
        return None if where is not None and decided(where) is not True else known.value(given)


def _places(edition: Edition) -> Iterator[_Place]:
    def below(group: Group, weights: tuple[Weight, ...], conditions: tuple[Condition, ...]) -> Iterator[_Place]:
        for child in group.children:
            own = (*weights, child.weight)
            when = (*conditions, child.applies_when) if child.applies_when is not None else conditions
            if isinstance(child, Group):
                yield from below(child, own, when)
            else:
                for code, measure, curve in _curves(child):
                    if needs_sample(curve):
                        yield _Place(code, edition.measures[measure], curve, own, when)

    yield from below(edition.root, (), ())


def _curves(indicator: Indicator) -> Iterator[tuple[str, str, Relative]]:
    if isinstance(indicator.curve, RELATIVE):
        yield indicator.code, indicator.measure, indicator.curve
    for other in indicator.alternatives:
        if isinstance(other.curve, RELATIVE):
            yield other.code, other.measure, other.curve
