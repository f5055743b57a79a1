"""A change of score between two results of one edition, split among the indicators whose evidence changed.

Node by node: the parts whose points changed, and the weights of the node as one more where they changed (a part that
became not applicable, another class), are the players of a Shapley value. Within a part the change is passed on in
proportion; where gains and losses within it cancel, at the rate the node answers to a trillionth of a point. An
arithmetic mean with the same weights needs no sets of players: there each part's value is its share of the change.
With more than eight players the mean of first and last contribution stands for the value, closed in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessment.scoring.aggregate import aggregate
from assessment.scoring.explain.shapley import shapley
from assessment.scoring.result import Node
from core.text import Text
from indicators.rubric.model import Aggregate, Aggregation, Edition, Group, TreeNode

MOST_PLAYERS = 8
WEIGHTS = ""  # the player who is no child: the weights of the node
_NUDGE = Fraction(1, 10**12)


@dataclass(frozen=True, slots=True)
class Change:
    """What one indicator, or the weights of one group, did to the total.

    Args:
        weights: of a group whose weights or applicable parts changed, rather than of an indicator.
        points: exact, on the total's scale.
    """

    code: str
    title: Text
    weights: bool
    points: Fraction


def changes(before: Node, after: Node, edition: Edition) -> tuple[Change, ...]:
    """What changed the total of two results of one edition; the points add up to their difference exactly.

    Args:
        before, after: roots, both with points.

    Raises:
        ValueError: one of the totals has no points.
    """
    if before.points is None or after.points is None:
        raise ValueError("only two totals with points differ by a number")
    rules = {node.code: node for node in edition.root.walk()}
    found = list(_within(before, after, rules, factor=Fraction(1), highest=Fraction(edition.highest_points)))
    # Totals are kept with forty digits: what the last of them hides goes to the largest part.
    rest = Fraction(after.points) - Fraction(before.points) - sum((one.points for one in found), Fraction(0))
    if rest:
        largest = max(range(len(found)), key=lambda at: (abs(found[at].points), found[at].code), default=None)
        own = Change(edition.root.code, edition.root.title, weights=True, points=rest)
        if largest is None:
            return (own,)
        one = found[largest]
        found[largest] = Change(one.code, one.title, one.weights, one.points + rest)
    return tuple(found)


def _within(
    before: Node, after: Node, rules: Mapping[str, TreeNode], *, factor: Fraction, highest: Fraction
) -> list[Change]:
    """The changes below one node, in points of the total; `factor` carries the node's own points there."""
    rule = rules[before.code]
    if not isinstance(rule, Group):
        change = Fraction(after.points or 0) - Fraction(before.points or 0)
        return [Change(before.code, before.title, weights=False, points=factor * change)] if change else []
    pair = _Pair.of(before, after, rule.aggregation)
    shares = pair.contributions()
    found = []
    if shares.get(WEIGHTS):
        found.append(Change(before.code, before.title, weights=True, points=factor * shares[WEIGHTS]))
    olds = {child.code: child for child in before.children}
    for child in after.children:
        if child.code not in pair.old or child.code not in pair.new:
            continue
        own = pair.new[child.code][1] - pair.old[child.code][1]
        rate = shares[child.code] / own if own else pair.rate(child.code, highest)
        found += _within(olds[child.code], child, rules, factor=factor * rate, highest=highest)
    return found


@dataclass(frozen=True)
class _Pair:
    """One group before and after: weight and points of its counting children."""

    rule: Aggregation
    old: Mapping[str, tuple[Fraction, Fraction]]
    new: Mapping[str, tuple[Fraction, Fraction]]

    @classmethod
    def of(cls, before: Node, after: Node, rule: Aggregation) -> _Pair:
        old, new = ({child.code: (Fraction(child.weight), Fraction(child.points))
                     for child in node.children if child.counts and child.points is not None}
                    for node in (before, after))  # fmt: skip
        return cls(rule, old, new)

    def contributions(self) -> dict[str, Fraction]:
        players = sorted(code for code in self.old.keys() & self.new.keys() if self.old[code][1] != self.new[code][1])
        if {code: weight for code, (weight, _) in self.old.items()} != {
            code: weight for code, (weight, _) in self.new.items()
        }:
            players.append(WEIGHTS)
        if self.rule.kind is Aggregate.ARITHMETIC and WEIGHTS not in players:
            return {code: self._points(frozenset((code,))) - self._points(frozenset()) for code in players}
        if len(players) <= MOST_PLAYERS:
            return shapley(players, self._points)
        return _first_and_last(players, self._points)

    def rate(self, code: str, highest: Fraction) -> Fraction:
        """How the node answers to a small move of a part that ends where it began, before and after alike."""
        rates = []
        for children in (self.old, self.new):
            weight, points = children[code]
            low, high = max(Fraction(0), points - _NUDGE), min(highest, points + _NUDGE)
            moved = [aggregate(self.rule, list({**children, code: (weight, at)}.values())) for at in (low, high)]
            rates.append((moved[1] - moved[0]) / (high - low))
        return sum(rates, Fraction(0)) / 2

    def _points(self, changed: frozenset[str]) -> Fraction:
        """Points of the node when only these players have changed."""
        weighing = self.new if WEIGHTS in changed else self.old
        return aggregate(
            self.rule,
            [(weight, self._side(code, changed)[code][1]) for code, (weight, _) in weighing.items()],
        )

    def _side(self, code: str, changed: frozenset[str]) -> Mapping[str, tuple[Fraction, Fraction]]:
        """Where the points of a child are read; a part that counts on one side only has them there."""
        if code not in self.new or (code in self.old and code not in changed):
            return self.old
        return self.new


def _first_and_last(players: list[str], value: Callable[[frozenset[str]], Fraction]) -> dict[str, Fraction]:
    everybody = frozenset(players)
    none, whole = value(frozenset()), value(everybody)
    mean = {
        player: (value(frozenset((player,))) - none + whole - value(everybody - {player})) / 2 for player in players
    }
    rest = whole - none - sum(mean.values(), Fraction(0))
    size = sum((abs(part) for part in mean.values()), Fraction(0))
    if not size:
        return {player: rest / len(players) for player in players}
    return {player: part + rest * abs(part) / size for player, part in mean.items()}
