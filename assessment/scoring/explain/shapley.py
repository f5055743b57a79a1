"""Shapley values: what each of several changes contributed, whichever of them one imagines first.

A player's value is the mean of what it adds, over all orders in which the players could come. The values add up to the
whole change; turning the change round turns their signs. Source: Shapley, A value for n-person games (1953).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import TypeVar

Player = TypeVar("Player", bound=Hashable)


def coalitions(players: Sequence[Player], player: Player) -> list[tuple[frozenset[Player], Fraction]]:
    """Every set of the others with the share of orders in which exactly they come before `player`."""
    others = [one for one in players if one != player]
    count = len(players)
    return [
        (frozenset(before), Fraction(factorial(size) * factorial(count - 1 - size), factorial(count)))
        for size in range(count)
        for before in combinations(others, size)
    ]


def shapley(players: Sequence[Player], value: Callable[[frozenset[Player]], Fraction]) -> dict[Player, Fraction]:
    """The contribution of each player; `value` is asked once for each of the 2ⁿ sets of players.

    Args:
        value: of the situation in which these players have changed and the others have not.
    """
    known: dict[frozenset[Player], Fraction] = {}

    def worth(changed: frozenset[Player]) -> Fraction:
        if changed not in known:
            known[changed] = value(changed)
        return known[changed]

    return {
        player: sum(
            (share * (worth(before | {player}) - worth(before)) for before, share in coalitions(players, player)),
            Fraction(0),
        )
        for player in players
    }
