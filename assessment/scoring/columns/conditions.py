"""Declared conditions for many facilities at once; the same three-valued logic as `conditions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from assessment.scoring.columns.population import Bools, Floats, is_told_by_double
from assessment.scoring.conditions import compare, number_of
from indicators.rubric.condition import Comparison, Condition, Junction, Negation, Test

Measured = Callable[[str], tuple[Floats, Bools]]  # values of a measure, and where they are known
Attributed = Callable[[str], tuple[tuple[Any, ...], Any] | None]  # distinct values and codes of an attribute


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a condition holds and where it does not; elsewhere it is undecided."""

    yes: Bools
    no: Bools


def decide(condition: Condition, *, size: int, measured: Measured, attributed: Attributed) -> Answer:
    """The answer for each of `size` facilities."""
    match condition:
        case Negation(condition=part):
            answer = decide(part, size=size, measured=measured, attributed=attributed)
            return Answer(yes=answer.no, no=answer.yes)
        case Junction(all_of=all_of, conditions=parts):
            answers = [decide(part, size=size, measured=measured, attributed=attributed) for part in parts]
            yes = (np.logical_and if all_of else np.logical_or).reduce([one.yes for one in answers])
            no = (np.logical_or if all_of else np.logical_and).reduce([one.no for one in answers])
            return Answer(yes, no)
        case Comparison(subject="attribute"):
            return _of_attribute(condition, size, attributed)
        case Comparison():
            values, known = measured(condition.name)
            holds = _holds(condition, values)
            return _undecided(size) if holds is None else Answer(holds & known, ~holds & known)


def doubles_suffice(condition: Condition | None) -> bool:
    """Whether every number a measure is compared with is told by its double."""
    match condition:
        case None:
            return True
        case Negation(condition=part):
            return doubles_suffice(part)
        case Junction(conditions=parts):
            return all(doubles_suffice(part) for part in parts)
        case Comparison(subject="attribute"):
            return True
        case Comparison(against=against):
            numbers = (number_of(one) for one in (against if isinstance(against, tuple) else (against,)))
            return all(number is None or is_told_by_double(number) for number in numbers)


def _of_attribute(comparison: Comparison, size: int, attributed: Attributed) -> Answer:
    """Each distinct value is compared once."""
    found = attributed(comparison.name)
    if found is None:
        return _undecided(size)
    values, codes = found
    answers = [compare(comparison, value) for value in values]
    return Answer(
        np.array([answer is True for answer in answers], dtype=np.bool_)[codes],
        np.array([answer is False for answer in answers], dtype=np.bool_)[codes],
    )


def _holds(comparison: Comparison, values: Floats) -> Bools | None:
    """None: such a comparison is never decided. Text and truth values equal a measured number by their meaning."""
    against = comparison.against
    match comparison.test:
        case Test.IS:
            return _equal(values, against)
        case Test.IS_NOT:
            return ~_equal(values, against)
        case Test.IN:
            parts = against if isinstance(against, tuple) else ()
            answer = np.zeros(len(values), dtype=np.bool_)
            for part in parts:
                answer |= _equal(values, part)
            return answer
    if not isinstance(against, Decimal):
        return None
    line = float(against)
    match comparison.test:
        case Test.AT_LEAST:
            return values >= line
        case Test.AT_MOST:
            return values <= line
        case Test.ABOVE:
            return values > line
        case _:
            return values < line


def _equal(values: Floats, against: Any) -> Bools:
    number = number_of(against)
    return np.zeros(len(values), dtype=np.bool_) if number is None else values == float(number)


def _undecided(size: int) -> Answer:
    return Answer(np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_))
