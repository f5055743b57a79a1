"""The difference of two results, split into what the evidence, the rubric and the engine did.

Three switches lead from one situation to the other: evidence (measurements and profile), edition, semantics. Their
Shapley values add up to the difference, do not depend on an order, and turn their signs when the situations trade
places. A switch that does not change anything has exactly 0. The evidence part is the mean of the change over the
editions and engines it meets, and so are its indicators (`change`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from assessment.scoring.explain.change import changes
from assessment.scoring.explain.closing import closed
from assessment.scoring.explain.lost import Part
from assessment.scoring.explain.shapley import coalitions, shapley
from assessment.scoring.explain.situation import Situation
from assessment.scoring.result import Result, Verdict
from core.errors import UserFacingError
from core.text import Text
from indicators.rubric.model import Edition


class Switch(StrEnum):
    EVIDENCE = "evidence"
    RUBRIC = "rubric"
    ENGINE = "engine"

    @property
    def words(self) -> Text:
        return _TITLES[self]


_TITLES = {
    Switch.EVIDENCE: Text(zh="证据变化", en="evidence"),
    Switch.RUBRIC: Text(zh="细则版本变化", en="rubric"),
    Switch.ENGINE: Text(zh="计分语义变化", en="engine"),
}


@dataclass(frozen=True, slots=True)
class PartOfEvidence:
    """What one indicator, or the weights of a group, did to the total.

    Args:
        before, after: published points in the two results, each against its own edition; None where it has none.
    """

    code: str
    title: Text
    weights: bool
    part: Part
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Side:
    """What a difference says of one of the two results; the tree stays where it is kept."""

    facility: str
    rubric: str
    edition: str
    edition_digest: str
    scoring: int
    verdict: Verdict
    score: Decimal | None
    grade: str | None

    @classmethod
    def of(cls, result: Result) -> Side:
        return cls(
            result.facility,
            result.rubric,
            result.edition,
            result.edition_digest,
            result.scoring,
            result.verdict,
            result.score,
            result.grade,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """Two totals and what lies between them.

    Args:
        total: after less before; None where one has no score.
        parts: by switch, adding up to `total`; empty where they cannot be told apart, then `reason` says why.
        indicators: of the evidence part, adding up to it, the largest first.
    """

    before: Side
    after: Side
    total: Part | None
    parts: Mapping[Switch, Part]
    indicators: tuple[PartOfEvidence, ...]
    reason: Text | None = None


class _NoPoints(Exception):
    """A situation on the way from one to the other has no total."""


def difference(before: Situation, after: Situation) -> Difference:
    """What led from one result of a facility to another.

    Raises:
        UserFacingError: one of the two cannot be scored at all.
    """
    first, last = before.result(), after.result()
    sides = (Side.of(first), Side.of(last))
    if first.root.points is None or last.root.points is None:
        return Difference(*sides, None, {}, (), reason=_NO_SCORE)
    decimals = max(before.edition.decimals, after.edition.decimals)
    if before.edition.highest_points != after.edition.highest_points:
        return Difference(*sides, None, {}, (), reason=_OTHER_SCALE)
    published = (last.root.published or Decimal(0)) - (first.root.published or Decimal(0))
    total = Part(Fraction(last.root.points) - Fraction(first.root.points), published)
    journey = _Journey(before, after, {})
    switched = journey.switched
    try:
        exact = {switch: Fraction(0) for switch in Switch} | shapley(switched, journey.points)
    except UserFacingError as error:
        return Difference(*sides, total, {}, (), reason=error.message)
    except _NoPoints:
        return Difference(*sides, total, {}, (), reason=_NO_WAY)
    by_name = {switch.value: part for switch, part in exact.items()}
    shown = closed(by_name, total=published, decimals=decimals)
    parts = {switch: Part(exact[switch], shown[switch.value]) for switch in Switch}
    return Difference(*sides, total, parts, journey.indicators(parts[Switch.EVIDENCE], decimals, first, last))


@dataclass(frozen=True)
class _Journey:
    """The situations on the way, by the switches already turned."""

    before: Situation
    after: Situation
    known: dict[frozenset[Switch], Result]

    @property
    def switched(self) -> list[Switch]:
        a, b = self.before, self.after
        turned = {
            Switch.EVIDENCE: (dict(a.measurements), dict(a.profile)) != (dict(b.measurements), dict(b.profile))
            or a.field != b.field,
            Switch.RUBRIC: a.edition.digest != b.edition.digest,
            Switch.ENGINE: a.scoring != b.scoring,
        }
        return [switch for switch, other in turned.items() if other]

    def edition(self, turned: frozenset[Switch]) -> Edition:
        return self.after.edition if Switch.RUBRIC in turned else self.before.edition

    def result(self, turned: frozenset[Switch]) -> Result:
        if turned not in self.known:
            evidence = self.after if Switch.EVIDENCE in turned else self.before
            engine = self.after if Switch.ENGINE in turned else self.before
            self.known[turned] = replace(
                evidence, edition=self.edition(turned), engine=engine.engine, scoring=engine.scoring
            ).result()
        return self.known[turned]

    def points(self, turned: frozenset[Switch]) -> Fraction:
        points = self.result(turned).root.points
        if points is None:
            raise _NoPoints
        return Fraction(points)

    def indicators(self, evidence: Part, decimals: int, first: Result, last: Result) -> tuple[PartOfEvidence, ...]:
        if Switch.EVIDENCE not in self.switched:
            return ()
        parts: dict[tuple[str, bool], Fraction] = {}
        titles: dict[str, Text] = {}
        for turned, share in coalitions(self.switched, Switch.EVIDENCE):
            roots = (self.result(turned).root, self.result(turned | {Switch.EVIDENCE}).root)
            for one in changes(*roots, self.edition(turned)):
                key = (one.code, one.weights)
                parts[key] = parts.get(key, Fraction(0)) + share * one.points
                titles[one.code] = one.title
        names = {f"{code}/{weights}": (code, weights) for code, weights in sorted(parts)}
        shown = closed({name: parts[key] for name, key in names.items()}, total=evidence.published, decimals=decimals)
        olds, news = ({node.code: node.published for node in result.root.walk()} for result in (first, last))
        found = [
            PartOfEvidence(
                code, titles[code], weights, Part(parts[code, weights], shown[name]), olds.get(code), news.get(code)
            )
            for name, (code, weights) in names.items()
        ]
        return tuple(sorted(found, key=lambda one: (-abs(one.part.exact), one.code, one.weights)))


_NO_SCORE = Text(zh="两次结果中有一次没有总分，无法求差。", en="One of the two results has no score to compare.")
_OTHER_SCALE = Text(zh="两个版本的满分不同，无法求差。", en="The two editions have different highest points.")
_NO_WAY = Text(
    zh="两次结果之间的某个组合（如新证据按旧版本计分）没有总分，差值无法拆分。",
    en="A combination on the way, such as the new evidence against the old edition, has no score: "
    "the difference cannot be split.",
)
