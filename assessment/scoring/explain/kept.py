"""What takes long to find out about a result, as text that is kept with it and read back the same."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from assessment.scoring.explain.advice import Advice, advise
from assessment.scoring.explain.borders import Border, borders
from assessment.scoring.explain.difference import Difference
from assessment.scoring.explain.situation import Situation
from assessment.scoring.explain.stakes import Stake, stakes
from assessment.scoring.result import Result

METHOD = 1  # counted up whenever one of these finds or says something else: what was kept before is then found anew


class About(StrEnum):
    """What was found out."""

    ADVICE = "advice"
    BORDERS = "borders"
    STAKES = "stakes"


_FIND: dict[About, Callable[[Situation, Result], Any]] = {
    About.ADVICE: advise,
    About.BORDERS: borders,
    About.STAKES: stakes,
}
_FORM: dict[About, TypeAdapter[Any]] = {
    About.ADVICE: TypeAdapter(Advice),
    About.BORDERS: TypeAdapter(tuple[Border, ...]),
    About.STAKES: TypeAdapter(dict[str, Stake]),
}
_DIFFERENCE = TypeAdapter(Difference)


def found(about: About, situation: Situation, result: Result) -> Any:
    """`Advice`, a tuple of `Border`, or `Stake` by code of the indicator."""
    return _FIND[about](situation, result)


def as_text(about: About, value: Any) -> str:
    """JSON; figures as text, exactly."""
    return _FORM[about].dump_json(value).decode()


def from_text(about: About, text: str) -> Any:
    """Raises:
    ValueError: for anything but what `as_text` wrote.
    """
    return _FORM[about].validate_json(text)


def difference_as_text(found: Difference) -> str:
    """The same for what led from one result to another."""
    return _DIFFERENCE.dump_json(found).decode()


def difference_from_text(text: str) -> Difference:
    """Raises:
    ValueError: for anything but what `difference_as_text` wrote.
    """
    return _DIFFERENCE.validate_json(text)
