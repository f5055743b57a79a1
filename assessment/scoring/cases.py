"""Runs the cases of an edition: worked examples in its own YAML, with at least one on each threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.scoring.facts import categories, measurement_of
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.result import Result
from assessment.scoring.semantics.registry import score
from assessment.scoring.together import samples_of
from core.canonical import jsonable
from core.errors import UserFacingError
from core.text import Text
from indicators.measures.base import Measurement
from indicators.rubric.curve import Bands, Boolean, Curve, Judged, Linear
from indicators.rubric.model import Case, Edition


@dataclass(frozen=True, slots=True)
class Miss:
    """One figure of a case that came out otherwise."""

    case: Case
    what: str
    expected: Any
    found: Any

    @property
    def message(self) -> Text:
        return Text(
            zh=f"用例“{self.case.name}”：{self.what} 应为 {self.expected}，得到 {self.found}。",
            en=f"Case “{self.case.name}”: {self.what} should be {self.expected} but is {self.found}.",
        )


def run_cases(edition: Edition) -> tuple[Miss, ...]:
    """Score every case; an empty tuple when all come out as written."""
    return tuple(miss for case in edition.cases for miss in _run(edition, case))


def untested_thresholds(edition: Edition) -> tuple[str, ...]:
    """Thresholds no case stands exactly on, as `CODE value`; an edition with any cannot be published."""
    tried: dict[str, set[Decimal]] = {}
    for case in edition.cases:
        for measure, fact in case.facts.items():
            if "value" in fact:
                value = categories(edition).get(measure, {}).get(fact["value"])
                tried.setdefault(measure, set()).add(Decimal(fact["value"]) if value is None else value)
    found: list[str] = []
    for indicator in edition.indicators:
        for measure, curve in indicator.curves:
            for threshold in _thresholds(curve):
                if threshold not in tried.get(measure, set()):
                    found.append(f"{indicator.code} {threshold}")
        for minimum in indicator.minima:
            name = f"{indicator.measure}.{minimum.item}" if minimum.item else indicator.measure
            line = minimum.at_least if minimum.at_least is not None else minimum.at_most
            if line is not None and line not in tried.get(name, set()):
                found.append(f"{indicator.code} {minimum.item or ''} {line}".replace("  ", " "))
    return tuple(found)


def _thresholds(curve: Curve) -> Iterator[Decimal]:
    match curve:
        case Linear(anchors=anchors):
            yield from (anchor.value for anchor in anchors)
        case Bands(bands=bands):
            yield from (band.start for band in bands if band.start is not None)
        case Judged(levels=levels):
            yield from (level.level for level in levels)
        case Boolean():
            yield from (Decimal(0), Decimal(1))


def _run(edition: Edition, case: Case) -> Iterator[Miss]:
    try:
        result = _scored(edition, case)
    except UserFacingError as error:
        yield Miss(case, "case", "scored", error.message.en)
        return
    found = _found(result)
    for what, expected in case.expect.items():
        if isinstance(expected, Mapping):
            for code, one in expected.items():
                yield from _compare(case, f"{what} {code}", one, found[what].get(code))
        else:
            yield from _compare(case, what, expected, found[what])


def _scored(edition: Edition, case: Case) -> Result:
    measurements = _measurements(edition, case.facts)
    others = [(other.name, other.profile, _measurements(edition, other.facts)) for other in case.others]
    samples = samples_of(edition, [(case.name, case.profile, measurements), *others])
    digest = inputs_digest(facility=case.name, profile=case.profile, measurements=measurements, samples=samples)
    return score(
        edition,
        facility=case.name,
        profile=case.profile,
        measurements=measurements,
        inputs_digest=digest,
        samples=samples,
    )


def _measurements(edition: Edition, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Measurement]:
    return {
        measure: measurement_of(
            measure, {key: str(value) for key, value in fact.items()}, categories=categories(edition)
        )
        for measure, fact in facts.items()
    }


def _found(result: Result) -> dict[str, Any]:
    nodes = list(result.root.walk())
    return {
        "score": jsonable(result.score),
        "grade": result.grade,
        "verdict": result.verdict.value,
        "nodes": {node.code: jsonable(node.published) for node in nodes},
        "outcomes": {node.code: node.outcome.value for node in nodes},
        "consequences": [{"code": one.code, "effect": one.effect} for one in result.consequences],
    }


def _compare(case: Case, what: str, expected: Any, found: Any) -> Iterator[Miss]:
    if expected != found:
        yield Miss(case, what, expected, found)
