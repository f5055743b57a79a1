"""How weights, ways from a value to points, and errors may vary when ranks are tried by chance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Distribution(StrEnum):
    """How a weight is spread round the declared one."""

    UNIFORM = "uniform"
    TRIANGULAR = "triangular"  # the declared weight is the likeliest


class Normalisation(StrEnum):
    """Other ways from a value to points than the declared curve."""

    LEVELS = "levels"  # the middle of the grade the indicator's points fall in; 0 and all points stay


@dataclass(frozen=True, slots=True)
class CommonError:
    """Measures of a facility that rest on one meter err together; `share`: part of the variance they have in common."""

    id: str
    measures: tuple[str, ...]
    share: Decimal
