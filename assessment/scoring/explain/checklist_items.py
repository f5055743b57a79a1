"""Which items of a checklist to meet for so many points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from indicators.rubric.curve import Checklist, Item

MOST_ITEMS = 12  # beyond, every set of them is too many to try: the greatest first


def worth_of(curve: Checklist, met: Mapping[str, Decimal], *, highest: Decimal) -> Fraction:
    """Points of a checklist with these items met (1)."""
    return Fraction(highest) * _sum([item for item in curve.items if met.get(item.id) == 1]) / _sum(curve.items)


def items_for(
    curve: Checklist, met: Mapping[str, Decimal], needed: Fraction, *, highest: Decimal
) -> tuple[Item, ...] | None:
    """The items to meet besides those that are: worth the least that suffices, then the fewest.

    Returns:
        None when all of them together are not enough.
    """
    open_ones = [item for item in curve.items if met.get(item.id) != 1]
    done = _sum([item for item in curve.items if met.get(item.id) == 1])
    lacking = needed * _sum(curve.items) / Fraction(highest) - done
    if lacking <= 0:
        return ()
    if _sum(open_ones) < lacking:
        return None
    return _every_set(open_ones, lacking) if len(open_ones) <= MOST_ITEMS else _greatest_first(open_ones, lacking)


def _every_set(items: Sequence[Item], lacking: Fraction) -> tuple[Item, ...]:
    sets = (tuple(one for at, one in enumerate(items) if bits >> at & 1) for bits in range(1, 2 ** len(items)))
    enough = [(worth, len(chosen), chosen) for chosen in sets if (worth := _sum(chosen)) >= lacking]
    return min(enough, key=lambda one: (one[0], one[1], [item.id for item in one[2]]))[2]


def _greatest_first(items: Sequence[Item], lacking: Fraction) -> tuple[Item, ...]:
    chosen: list[Item] = []
    for item in sorted(items, key=lambda one: (-one.points, one.id)):
        if _sum(chosen) < lacking:
            chosen.append(item)
    return tuple(chosen)


def _sum(items: Sequence[Item]) -> Fraction:
    return sum((Fraction(item.points) for item in items), Fraction(0))
