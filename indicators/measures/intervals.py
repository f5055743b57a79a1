"""Interval algebra: spells of time with weights, laid over each other without counting an instant twice.

Instants are integers (ms), weights are integers (cards); results are exact card-milliseconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spell:
    """`start` ≤ t < `end`, in ms, of so many cards."""

    start: int
    end: int
    cards: int = 1

    def within(self, start: int, end: int) -> Spell | None:
        """The part of it inside a window, None when there is none."""
        clipped = Spell(max(self.start, start), min(self.end, end), self.cards)
        return clipped if clipped.start < clipped.end else None


@dataclass(frozen=True, slots=True)
class Downtime:
    """Card-milliseconds: lost, and excluded as maintenance (which takes precedence where both overlap)."""

    lost: int
    excluded: int


def union(spells: Iterable[Spell]) -> list[tuple[int, int]]:
    """The time covered by any spell, as disjoint ascending intervals."""
    merged: list[tuple[int, int]] = []
    for spell in sorted(spells, key=lambda spell: (spell.start, spell.end)):
        if merged and spell.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], spell.end))
        else:
            merged.append((spell.start, spell.end))
    return merged


def gaps(covered: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """What disjoint ascending intervals leave uncovered of a window."""
    holes: list[tuple[int, int]] = []
    reached = start
    for first, last in covered:
        if first > reached:
            holes.append((reached, min(first, end)))
        reached = max(reached, last)
        if reached >= end:
            return holes
    holes.append((reached, end))
    return holes


def downtime(unplanned: Iterable[Spell], maintenance: Iterable[Spell], *, installed: int) -> Downtime:
    """Card-time lost and excluded, spells laid over each other.

    Spells of different cards at the same time add up, but never beyond the installed cards; cards in
    announced maintenance cannot be lost a second time.
    """
    lost = excluded = 0
    for length, down, maintained in _segments(unplanned, maintenance):
        planned = min(maintained, installed)
        excluded += length * planned
        lost += length * min(down, installed - planned)
    return Downtime(lost, excluded)


def _segments(unplanned: Iterable[Spell], maintenance: Iterable[Spell]) -> Iterator[tuple[int, int, int]]:
    changes: dict[int, tuple[int, int]] = {}
    for column, spells in ((0, unplanned), (1, maintenance)):
        for spell in spells:
            for at, sign in ((spell.start, 1), (spell.end, -1)):
                change = list(changes.get(at, (0, 0)))
                change[column] += sign * spell.cards
                changes[at] = (change[0], change[1])
    down = maintained = 0
    instants = sorted(changes)
    for at, following in itertools.pairwise(instants):
        down += changes[at][0]
        maintained += changes[at][1]
        yield following - at, down, maintained
