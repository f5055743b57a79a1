"""Conditions on attributes of a profile or on other measures; `assessment.scoring.conditions` decides them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Test(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One attribute of the profile, or one measure, against a declared value; undecided when it is not known."""

    subject: str  # attribute | measure
    name: str
    test: Test
    against: Decimal | str | bool | tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    all_of: bool  # else any of
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    condition: Condition


Condition = Comparison | Junction | Negation
