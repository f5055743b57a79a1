"""The cheapest combination of steps towards some lines of points.

Cost is declared: the points each step earns on its indicator's own scale. The search climbs steepest first: of all
small steps (a tenth of the scale, or the next level where a curve has levels) it takes the one that brings the
nearest unmet line closest for its cost, until every line is met; then each step, the last taken first, is made as
small as the others allow. Where curves rise without jumps and means reward balance, that is the cheapest combination
to within a small step; where curves jump, a cheaper one may exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import exp, inf, log

from assessment.scoring.explain.inverse import NotInvertible
from assessment.scoring.explain.levers import Lever
from assessment.scoring.explain.needed import Branch, Points
from assessment.scoring.explain.steps import Step
from indicators.rubric.model import Aggregate

MOST_STEPS = 400
_PACE = 10


def cheapest(points: Points, levers: Mapping[str, Lever], lines: Mapping[str, Fraction]) -> tuple[Step, ...] | None:
    """Steps that together bring every node to its line, in the order of their effect.

    Args:
        points: as they are; moved while searching, and left moved.
        levers: of the indicators that can be moved.
        lines: least points by node.

    Returns:
        None when all levers together are too little.
    """
    climb = _Climb(points, dict(points.points), levers)
    for _ in range(MOST_STEPS):
        missing = [node for node, line in lines.items() if points.points[node] < line]
        if not missing:
            return climb.tightened(lines)
        # The deepest line first: what serves a pillar serves the total, not the other way round.
        towards = max(missing, key=lambda node: (len(points.above[node]), node))
        if not climb.climbed(towards):
            return None
    return None


@dataclass
class _Climb:
    points: Points
    start: dict[str, Fraction]
    levers: Mapping[str, Lever]
    steps: dict[str, Step] = field(default_factory=dict)  # by indicator, in the order they were first taken
    offers: dict[str, Step | None] = field(default_factory=dict)

    def climbed(self, towards: str) -> bool:
        """Take the best small step towards a node's line; False when there is none left."""
        offers = [offer for code in self.levers if self._serves(code, towards) and (offer := self._offer(code))]
        if not offers:
            return False
        guess = _Guess(self.points)
        gains = {offer.code: guess.gain(offer, towards) / self._cost(offer) for offer in offers}
        best = max(offers, key=lambda offer: (gains[offer.code], -float(self.points.points[offer.code]), offer.code))
        self.steps[best.code] = best
        self.offers.pop(best.code)
        self.points.moved(best.code, best.earned)
        return True

    def tightened(self, lines: Mapping[str, Fraction]) -> tuple[Step, ...]:
        for code in reversed(list(self.steps)):
            present = self.points.points[code]
            self.points.moved(code, self.start[code])
            needed = self.points.needed(code, lines)
            step = None if needed is None or needed <= self.start[code] else _maybe(self.levers[code].step, needed)
            if needed is not None and needed <= self.start[code]:
                del self.steps[code]
            elif step is None or step.earned > present:
                self.points.moved(code, present)
            else:
                self.steps[code] = step
                self.points.moved(code, step.earned)
        return tuple(self.steps.values())

    def _serves(self, code: str, towards: str) -> bool:
        return code == towards or any(branch.code == towards for branch in self.points.above[code])

    def _offer(self, code: str) -> Step | None:
        """The next small step of a lever, or to its best where that is nearer."""
        if code not in self.offers:
            present = self.points.points[code]
            best = self.levers[code].best
            if best is None or best.earned <= present:
                self.offers[code] = None
            else:
                wanted = min(present + self.points.highest / _PACE, best.earned)
                self.offers[code] = _maybe(self.levers[code].step, wanted) or best
        return self.offers[code]

    def _cost(self, offer: Step) -> float:
        return float(offer.earned - self.points.points[offer.code])


class _Guess:
    """The gain of a step in floats: good enough to choose by, never a figure anybody sees."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.means: dict[str, _Mean] = {}

    def gain(self, offer: Step, towards: str) -> float:
        part, worth = offer.code, float(offer.earned)
        for branch in reversed(self.points.above[offer.code]):
            if branch.code not in self.means:
                self.means[branch.code] = _Mean.of(branch, self.points)
            part, worth = branch.code, self.means[branch.code].with_part(part, worth)
            if branch.code == towards:
                break
        return worth - float(self.points.points[towards])


@dataclass
class _Mean:
    """One group: weight and points of its parts, and their exponent (0: geometric)."""

    parts: dict[str, tuple[float, float]]
    total: float
    exponent: float
    floor: float

    @classmethod
    def of(cls, branch: Branch, points: Points) -> _Mean:
        rule = branch.rule
        assert rule is not None  # noqa: S101  (only groups have children)
        floor = float(rule.floor or 0)
        parts = {one.code: (float(one.weight), max(float(points.points[one.code]), floor)) for one in branch.children}
        exponent = _EXPONENTS.get(rule.kind)
        own = float(rule.exponent or 1) if exponent is None else exponent
        return cls(parts, sum(weight for weight, _ in parts.values()), own, floor)

    def with_part(self, code: str, worth: float) -> float:
        pairs = list({**self.parts, code: (self.parts[code][0], max(worth, self.floor))}.values())
        if self.exponent == 1:
            return sum(weight * points for weight, points in pairs) / self.total
        low, high = min(points for _, points in pairs), max(points for _, points in pairs)
        if self.exponent == -inf or high == 0 or (low <= 0 and self.exponent <= 0):
            return low if self.exponent == -inf else 0.0
        if self.exponent == 0:
            return exp(sum(weight * log(points) for weight, points in pairs) / self.total)
        # Divided by one of them, so that high powers neither overflow nor vanish.
        by = high if self.exponent > 0 else low
        mean = sum(weight * (points / by) ** self.exponent for weight, points in pairs) / self.total
        return float(by * mean ** (1 / self.exponent))


_EXPONENTS = {
    Aggregate.ARITHMETIC: 1.0,
    Aggregate.GEOMETRIC: 0.0,
    Aggregate.HARMONIC: -1.0,
    Aggregate.MINIMUM: -inf,
}


def _maybe(step: Callable[[Fraction], Step | None], needed: Fraction) -> Step | None:
    try:
        return step(needed)
    except NotInvertible:
        return None
