"""All eligible facilities in all trials: the keys that decide their places, worked out a few facilities at a time.

A facility's keys depend on the facts of that facility alone. So facilities are shared out among processes, and the same
digits come of any number of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assessment.scoring.batch import classes_of, samples_in
from assessment.scoring.chance.layout import Layout, layout_of
from assessment.scoring.chance.processes import shared_out
from assessment.scoring.chance.streams import Streams
from assessment.scoring.chance.trees import tree_layouts
from assessment.scoring.chance.trials import Trials
from assessment.scoring.chance.walk import DrawnWalk, KeyCode, Keys
from assessment.scoring.columns.guard_band import Rows
from assessment.scoring.columns.plan import plan_for
from assessment.scoring.columns.population import Floats, Population
from assessment.scoring.samples import Samples
from assessment.scoring.weights import class_weights
from core.errors import InputError
from core.text import Text
from indicators.rubric.model import Edition, Variation

LAID = 4096  # facilities laid out at a time
LARGEST = 2**62  # of a key
CELLS = 2**15  # facilities × trials walked at a time: few enough to stay in the cache


@dataclass(frozen=True, slots=True)
class Task:
    """What to draw, and from which seed.

    Args:
        samples: what the whole population is compared by, where it is known already.
    """

    edition: Edition
    population: Population
    variation: Variation
    seed: int
    samples: Samples | None = None


def drawn_keys(task: Task, columns: Rows, trials: Sequence[Trials], *, processes: int = 1) -> Keys:
    """Keys of the given facilities, one row each, in all trials, one column each.

    Raises:
        InputError: `not_varied`, where published figures have too many digits for whole numbers of the machine.
    """
    if task.samples is None:
        task = replace(task, samples=samples_in(task.edition, task.population))
    parts = [part for part in np.array_split(columns, processes) if len(part)] or [columns]
    return np.concatenate(shared_out(_keys, (task, trials), parts))


def _keys(shared: tuple[Task, Sequence[Trials]], columns: Rows) -> Keys:
    task, trials = shared
    widths = [0, *np.cumsum([one.size for one in trials]).tolist()]
    grades = 1 if task.edition.grades is None else len(task.edition.grades.grades)
    largest = KeyCode.of(task.edition).stride * (grades + 1)
    if largest > LARGEST:
        raise _not_varied()
    found: Keys = np.empty((len(columns), widths[-1]), dtype=np.int32 if largest < 2**31 else np.int64)
    place = np.full(len(task.population.facilities), -1, dtype=np.intp)
    place[columns] = np.arange(len(columns))
    streams = Streams(task.seed)
    for layout, laid in layouts(task.edition, task.population, columns, samples=task.samples):
        rows = place[laid]
        for one, start in zip(trials, widths, strict=False):
            step = max(1, CELLS // one.size)
            for first in range(0, len(laid), step):
                few = slice(first, first + step)
                walk = DrawnWalk(layout, few, trials=one, variation=task.variation, streams=streams)
                found[rows[few], start : start + one.size] = walk.keys()
    return found


def layouts(
    edition: Edition, population: Population, columns: Rows, *, samples: Samples | None = None
) -> Iterator[tuple[Layout, Rows]]:
    """The given facilities by class, with their columns, a few thousand at a time.

    Args:
        samples: of the whole population; worked out here where they are needed and not given.

    Raises:
        InputError: a profile lacks the class, the share or the date the rubric needs.
    """
    samples = samples or samples_in(edition, population)
    near = _near(population)
    asked = np.zeros(len(population.facilities), dtype=np.bool_)
    asked[columns] = True
    for weights, of_class, mixed in classes_of(edition, population):
        some = of_class[asked[of_class]]
        if not len(some):
            continue
        shares = None if mixed is None else _shares(edition, population, some)
        plan = plan_for(edition, weights, population.measures)
        for first in range(0, len(some), LAID):
            few = slice(first, first + LAID)
            if plan is None:
                yield from tree_layouts(edition, population, some[few], samples)
                continue
            of_few = None if shares is None else shares[few]
            yield layout_of(plan, near, some[few], of_few), some[few]


def _shares(edition: Edition, population: Population, columns: Rows) -> Floats:
    """The part of the first class in each facility of a mixed one."""
    profiles = (
        {name: attribute.values[attribute.codes[column]] for name, attribute in population.attributes.items()}
        for column in columns
    )
    return np.array([float(class_weights(edition, facility="", profile=one).share or 0) for one in profiles])


def _near(population: Population) -> Population:
    """Decimals that doubles do not tell apart from others as their nearest double: near enough for chance."""
    if not population.long_values and not population.long_caps:
        return population
    values, caps = population.values.copy(), None if population.caps is None else population.caps.copy()
    for at, value in population.long_values.items():
        values[at] = float(value)
    for at, cap in population.long_caps.items():
        if caps is not None:
            caps[at] = float(cap)
    return replace(population, values=values, caps=caps, long_values={}, long_caps={})


def _not_varied() -> InputError:
    return InputError(
        "not_varied",
        Text(
            zh="公布分数的位数过多，无法计算名次的稳健性；名次本身不受影响。",
            en="Published scores have too many digits to try the ranks by chance; the ranks themselves stand.",
        ),
        hint=Text(zh="请减少 rubric.yaml 中的 decimals。", en="Declare fewer `decimals` in rubric.yaml."),
    )
