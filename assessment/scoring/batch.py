"""The engine for populations: every published figure of many facilities, digit for digit as `exact` has it.

Facilities of one class are walked together, a block of them at a time, with NumPy: floats with a bound of their error.
Where a float does not decide a rounding, a line or a limit, fractions do (`guard_band`); where these do not, the
facility is scored by `exact`. What this engine does not know is scored by `exact` altogether.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.columns.guard_band import Rows
from assessment.scoring.columns.plan import GroupPlan, Plan, plan_for
from assessment.scoring.columns.population import Attribute, Bools, Population, decimal_of
from assessment.scoring.columns.walk import NONE, Walk
from assessment.scoring.exact import score
from assessment.scoring.result import Result, Verdict
from assessment.scoring.samples import Samples, compares
from assessment.scoring.together import samples_of
from assessment.scoring.weights import ClassWeights, class_weights
from indicators.rubric.model import Edition

BLOCK = 32_768  # facilities walked at a time: enough to make single calls cheap, few enough for little memory


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The published figures of N facilities.

    Args:
        codes: of all nodes of the edition, the root first.
        published: nodes × N, in units of the last published decimal; `NONE` where a node has no points.
        grades: N positions in the edition's grades, −1 for no grade.
        blocked: N; the verdict.
        by_exact: columns the exact engine was asked for.
    """

    edition: Edition
    facilities: tuple[str, ...]
    codes: tuple[str, ...]
    published: NDArray[np.int64]
    grades: NDArray[np.int8]
    blocked: Bools
    by_exact: Rows

    @property
    def totals(self) -> NDArray[np.int64]:
        """The published scores; `NONE` where a facility has none."""
        totals: NDArray[np.int64] = self.published[0]
        return totals

    def points(self, code: str, column: int) -> Decimal | None:
        units = int(self.published[self.codes.index(code), column])
        return None if units == NONE else Decimal(units).scaleb(-self.edition.decimals)

    def grade(self, column: int) -> str | None:
        position = int(self.grades[column])
        return None if position < 0 or self.edition.grades is None else self.edition.grades.grades[position].id

    def verdict(self, column: int) -> Verdict:
        return Verdict.BLOCKED if self.blocked[column] else Verdict.SCORED


def score_population(edition: Edition, population: Population) -> Scores:
    """Score all facilities.

    Raises:
        InputError: the profile of a facility lacks the class or the share the rubric's weights need.
    """
    size = len(population.facilities)
    codes = tuple(node.code for node in edition.root.walk())
    scores = Scores(
        edition=edition,
        facilities=tuple(population.facilities),
        codes=codes,
        published=np.full((len(codes), size), NONE, dtype=np.int64),
        grades=np.full(size, -1, dtype=np.int8),
        blocked=np.ones(size, dtype=np.bool_),
        by_exact=np.array([], dtype=np.intp),
    )
    asked = np.zeros(size, dtype=np.bool_)
    asked[[column for _, column in (*population.long_values, *population.long_caps)]] = True
    for weights, columns, shares in classes_of(edition, population):
        plan = plan_for(edition, weights, population.measures)
        if plan is None:
            asked[columns] = True
            continue
        for start in range(0, len(columns), BLOCK):
            block = columns[start : start + BLOCK]
            _walk(plan, population, block, None if shares is None else shares[start : start + BLOCK], scores, asked)
    by_exact = np.flatnonzero(asked)
    samples = samples_in(edition, population)
    for column in by_exact:
        _ask_exact(scores, population, int(column), samples)
    return Scores(**{name: getattr(scores, name) for name in Scores.__slots__} | {"by_exact": by_exact})


def _walk(
    plan: Plan,
    population: Population,
    columns: Rows,
    shares: NDArray[np.float64] | None,
    scores: Scores,
    asked: Bools,
) -> None:
    """One block of facilities of one class."""
    walk = Walk(plan, population, _as_slice(columns), len(columns), shares)
    root: GroupPlan = plan.root
    total = walk.group(root, depth=0)
    for position, units in walk.published.items():
        scores.published[position, walk.columns] = units
    blocked = total.blocks | ~total.has_points
    scores.blocked[walk.columns] = blocked
    scores.grades[walk.columns] = np.where(blocked, -1, walk.grades(total)) if plan.has_grades else -1
    asked[columns[walk.doubtful]] = True


def _as_slice(columns: Rows) -> slice | Rows:
    """Neighbours are read in place instead of being gathered."""
    if len(columns) and columns[-1] - columns[0] == len(columns) - 1:
        return slice(int(columns[0]), int(columns[-1]) + 1)
    return columns


def classes_of(
    edition: Edition, population: Population
) -> Iterator[tuple[ClassWeights, Rows, NDArray[np.float64] | None]]:
    """Facilities with one tree: of one class, and of one part of a mixed one (share 0, 1 or between)."""
    everyone = np.arange(len(population.facilities), dtype=np.intp)
    if edition.classes is None:
        yield ClassWeights(None, None, assumed=False), everyone, None
        return
    named = population.attributes.get(edition.classes.attribute, _unknown(len(everyone)))
    for code, value in enumerate(named.values):
        columns = np.flatnonzero(named.codes == code)
        if not len(columns):
            continue
        yield from _parts(edition, population, {edition.classes.attribute: value}, columns)


def _parts(
    edition: Edition, population: Population, profile: dict[str, Any], columns: Rows
) -> Iterator[tuple[ClassWeights, Rows, NDArray[np.float64] | None]]:
    assert edition.classes is not None  # noqa: S101 – asked by the caller
    shares = {rule.share for rule in edition.classes.classes if rule.share is not None}
    facility = population.facilities[int(columns[0])]
    rule = class_weights(edition, facility=facility, profile=profile | dict.fromkeys(shares, "0")).rule
    if rule is None or rule.share is None or rule.mixes is None:
        yield class_weights(edition, facility=facility, profile=profile), columns, None
        return
    attribute = population.attributes.get(rule.share, _unknown(len(population.facilities)))
    weights: dict[int, ClassWeights] = {}
    for code in np.unique(attribute.codes[columns]):
        one = int(columns[np.argmax(attribute.codes[columns] == code)])
        named = profile | {rule.share: attribute.values[code]}
        named = {name: value for name, value in named.items() if value is not None}
        weights[int(code)] = class_weights(edition, facility=population.facilities[one], profile=named)
    share_of = np.array([_double(weights[c].share) if c in weights else 0.0 for c in range(len(attribute.values))])
    shares_here = share_of[attribute.codes[columns]]
    between = (shares_here != 0) & (shares_here != 1)
    for end in (0.0, 1.0):
        rows = np.flatnonzero(shares_here == end)
        if len(rows):
            yield weights[int(attribute.codes[columns[rows[0]]])], columns[rows], None
    rows = np.flatnonzero(between)
    if len(rows):
        yield weights[int(attribute.codes[columns[rows[0]]])], columns[rows], shares_here[rows]


def _double(share: Fraction | None) -> float:
    """A share as a double; 1/3, which has no few decimals, for one that a double does not tell apart from others."""
    near = float(share or 0)
    return near if share is None or Fraction(decimal_of(near)) == share else 1 / 3


def _unknown(size: int) -> Attribute:
    return Attribute(np.zeros(size, dtype=np.intp), (None,))


def samples_in(edition: Edition, population: Population) -> Samples | None:
    """What relative curves compare with, None where nothing is; such editions are scored by `exact` throughout."""
    if not compares(edition):
        return None
    facilities = (population.facility(column) for column in range(len(population.facilities)))
    return samples_of(edition, ((one.name, one.profile, one.measurements) for one in facilities))


def _ask_exact(scores: Scores, population: Population, column: int, samples: Samples | None) -> None:
    """The whole facility as `exact` has it."""
    facility = population.facility(column)
    result = score(
        scores.edition,
        facility=facility.name,
        profile=facility.profile,
        measurements=facility.measurements,
        inputs_digest="",
        samples=samples,
    )
    place(scores, result, column)


def place(scores: Scores, result: Result, column: int) -> None:
    """Write a result's published figures into the columns."""
    edition = scores.edition
    found = {node.code: node.published for node in result.root.walk()}
    for row, code in enumerate(scores.codes):
        shown = found.get(code)
        scores.published[row, column] = NONE if shown is None else int(shown.scaleb(edition.decimals))
    scores.blocked[column] = result.verdict is Verdict.BLOCKED
    scores.grades[column] = -1 if result.grade is None or edition.grades is None else edition.grades.rank(result.grade)
