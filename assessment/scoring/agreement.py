"""How far two raters agree beyond chance: Cohen's kappa, exact, plain or weighted by the distance of the levels.

Source: J. Cohen, A coefficient of agreement for nominal scales, 1960; Weighted kappa, 1968 (κ = 1 − Σw·o ÷ Σw·e, with w
the weight of a disagreement, o its observed and e its expected share).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from core.outcome import Reason
from core.quantity import decimal_of_fraction, plain, rounded
from core.text import Text

Level = TypeVar("Level", bound=Hashable)


class Weighting(StrEnum):
    """What a disagreement weighs: any the same, by the steps between the levels, or by their square."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Exact shares of one and kappa in [−1, 1]; what cannot be told is None, and `reason` says why.

    Args:
        pairs: things that were rated by both.
        alike: of them, those rated alike.
        observed: weighted share of agreement that was seen; unweighted it is `alike` ÷ `pairs`.
        expected: the same, were the two to rate by chance with their own habits.
    """

    weighting: Weighting
    pairs: int
    alike: int
    observed: Fraction | None = None
    expected: Fraction | None = None
    kappa: Fraction | None = None
    reason: Reason | None = None

    def as_json(self) -> dict[str, Any]:
        shares = {"observed": self.observed, "expected": self.expected, "kappa": self.kappa}
        return {
            "weighting": self.weighting.value,
            "pairs": self.pairs,
            "alike": self.alike,
            **{name: None if share is None else four_decimals(share) for name, share in shares.items()},
            "reason": self.reason.as_json() if self.reason else None,
        }


def four_decimals(share: Fraction) -> str:
    """A share or kappa as it is shown, rounded half-up."""
    return plain(rounded(decimal_of_fraction(share), 4))


def kappa(
    pairs: Iterable[tuple[Level, Level]], *, scale: Sequence[Level], weighting: Weighting = Weighting.NONE
) -> Agreement:
    """Cohen's kappa of two raters.

    Args:
        pairs: the first and the second rater's level of each thing.
        scale: every level there is, in order; weights count steps on it, whatever the levels are called.

    Raises:
        ValueError: a level that is not on the scale, or a scale that names one twice.
    """
    place = {level: number for number, level in enumerate(scale)}
    if len(place) != len(scale):
        raise ValueError("the scale names a level twice")
    seen = Counter((_on(place, first), _on(place, second)) for first, second in pairs)
    total = seen.total()
    alike = sum(number for (first, second), number in seen.items() if first == second)
    if not total:
        return Agreement(weighting, 0, 0, reason=_NOTHING)
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    for (first, second), number in seen.items():
        rows[first] += number
        columns[second] += number
    widest = max(1, len(scale) - 1)
    apart = sum((_weight(*pair, weighting, widest) * number for pair, number in seen.items()), Fraction(0)) / total
    chance = sum(
        (_weight(i, j, weighting, widest) * rows[i] * columns[j] for i in rows for j in columns), Fraction(0)
    ) / (total * total)
    found = Agreement(weighting, total, alike, observed=1 - apart, expected=1 - chance)
    if not chance:
        return Agreement(weighting, total, alike, found.observed, found.expected, reason=_ONE_LEVEL)
    return Agreement(weighting, total, alike, found.observed, found.expected, kappa=1 - apart / chance)


def _on(place: dict[Level, int], level: Level) -> int:
    if level not in place:
        raise ValueError(f"{level} is not on the scale")
    return place[level]


def _weight(first: int, second: int, weighting: Weighting, widest: int) -> Fraction:
    match weighting:
        case Weighting.NONE:
            return Fraction(first != second)
        case Weighting.LINEAR:
            return Fraction(abs(first - second), widest)
        case Weighting.QUADRATIC:
            return Fraction((first - second) ** 2, widest**2)


_NOTHING = Reason(
    "nothing_rated_twice",
    Text(
        zh="还没有由两人分别判定的指标，无从比较。",
        en="No indicator was rated by both yet.",
    ),
)
_ONE_LEVEL = Reason(
    "one_level_only",
    Text(
        zh="两人自始至终只用了同一个等级：一致与偶然无法区分，不给出 κ。",
        en="Both used one and the same level throughout: agreement cannot be told from chance, there is no kappa.",
    ),
)
