"""Whether a declared condition holds for a facility: yes, no, or undecided where something is not known."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import InputError
from core.outcome import Outcome
from core.quantity import read_number
from indicators.measures.base import Measurement
from indicators.rubric.condition import Comparison, Condition, Junction, Negation, Test


def holds(condition: Condition, *, profile: Mapping[str, Any], measurements: Mapping[str, Measurement]) -> bool | None:
    """None: undecided, because an attribute or a measured value is missing (three-valued logic)."""
    match condition:
        case Negation(condition=part):
            answer = holds(part, profile=profile, measurements=measurements)
            return None if answer is None else not answer
        case Junction(all_of=all_of, conditions=parts):
            answers = [holds(part, profile=profile, measurements=measurements) for part in parts]
            decisive = not all_of  # one `False` decides “all”, one `True` decides “any”
            if decisive in answers:
                return decisive
            return None if None in answers else all_of
        case Comparison():
            return compare(condition, _known(condition, profile, measurements))


def _known(comparison: Comparison, profile: Mapping[str, Any], measurements: Mapping[str, Measurement]) -> Any:
    if comparison.subject == "attribute":
        return profile.get(comparison.name)
    measurement = measurements.get(comparison.name)
    return measurement.value if measurement is not None and measurement.outcome is Outcome.SCORED else None


def compare(comparison: Comparison, actual: Any) -> bool | None:
    """One test on one known value; None where the value is not known or not a number the test needs."""
    if actual is None:
        return None
    against = comparison.against
    match comparison.test:
        case Test.IS:
            return _equal(actual, against)
        case Test.IS_NOT:
            return not _equal(actual, against)
        case Test.IN:
            return any(_equal(actual, one) for one in against) if isinstance(against, tuple) else False
    number = number_of(actual)
    if number is None or not isinstance(against, Decimal):
        return None
    match comparison.test:
        case Test.AT_LEAST:
            return number >= against
        case Test.AT_MOST:
            return number <= against
        case Test.ABOVE:
            return number > against
        case _:
            return number < against


def _equal(actual: Any, against: Any) -> bool:
    """Facts files know text only, so `true` and `1.50` are compared by meaning; a list holds when one member does."""
    if isinstance(actual, list | tuple | set | frozenset):
        return any(_equal(one, against) for one in actual)
    if isinstance(against, bool):
        return actual is against or (isinstance(actual, str) and actual.strip().lower() == str(against).lower())
    number = number_of(actual)
    return str(actual) == against or (number is not None and number == number_of(against))


def number_of(actual: Any) -> Decimal | None:
    """What text, a count or a decimal says as a number; truth values are none."""
    if isinstance(actual, bool):
        return None
    if isinstance(actual, Decimal):
        return actual
    if isinstance(actual, int):
        return Decimal(actual)
    try:
        return read_number(str(actual))
    except InputError:
        return None
