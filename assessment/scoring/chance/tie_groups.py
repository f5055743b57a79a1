"""Who cannot be told from whom: facilities whose intervals of rank overlap. A display, which changes no rank."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.int32]


def tie_groups(published: Ranks, low: Ranks, high: Ranks) -> Ranks:
    """Numbers of the groups, 1 for the best.

    Facilities whose intervals overlap are in one group, and so are those linked by a chain of overlaps: `near_ranks`
    tells them apart. An interval is stretched to the published rank, so that a group is a run of the published list.

    Args:
        published, low, high: N ranks; low ≤ high.
    """
    starts, ends = np.minimum(published, low), np.maximum(published, high)
    order = np.argsort(starts, kind="stable")
    groups = np.zeros(len(published), dtype=np.int32)
    reach, group = 0, 0
    for at in order:
        if starts[at] > reach:
            group += 1
        reach = max(reach, int(ends[at]))
        groups[at] = group
    return groups


def near_ranks(published: Ranks, low: Ranks, high: Ranks) -> tuple[Ranks, Ranks]:
    """The best and the worst published rank among the facilities whose interval overlaps one's own, itself included."""
    best = np.empty_like(published)
    worst = np.empty_like(published)
    for at in range(len(published)):
        overlap = (low <= high[at]) & (high >= low[at])
        best[at], worst[at] = published[overlap].min(), published[overlap].max()
    return best, worst


def brackets(groups: list[int]) -> Iterator[str]:
    """A bracket beside a list in published order: `┌ │ └`, blank for a facility alone in its group."""
    marked = [None, *groups, None]
    for (before, own), (_, after) in zip(pairwise(marked[:-1]), pairwise(marked[1:]), strict=True):
        yield _BRACKET[own == before, own == after]


_BRACKET = {(False, False): " ", (False, True): "┌", (True, True): "│", (True, False): "└"}
