"""The kinds of curves: from a measured value to points. How they are worked out is `assessment.scoring.curves`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.text import Text
from indicators.rubric.formula import Formula
from indicators.rubric.relative import Distance, MinMax, Percentile, Rank, ZScore


class Closed(StrEnum):
    """Which side of a threshold the threshold itself belongs to."""

    LEFT = "left"  # [from, to): the threshold starts the upper band
    RIGHT = "right"  # (from, to]: the threshold ends the lower band


@dataclass(frozen=True, slots=True)
class Anchor:
    value: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight lines between anchors, values ascending; outside the anchors the end points hold."""

    anchors: tuple[Anchor, ...]
    logarithmic: bool = False  # interpolate on log10(value)


@dataclass(frozen=True, slots=True)
class Band:
    """`start` None: from −∞; `end` None: to +∞."""

    start: Decimal | None
    end: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """Constant points per band; bands follow each other without gap. Step curves are bands too."""

    bands: tuple[Band, ...]
    closed: Closed


@dataclass(frozen=True, slots=True)
class Boolean:
    """1 is yes, 0 is no; anything else is invalid."""

    yes: Decimal
    no: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    title: Text
    points: Decimal


@dataclass(frozen=True, slots=True)
class Checklist:
    """Points of the items met; each item is a fact `measure.item` (1 met, 0 not) or an input of the measurement."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Level:
    level: Decimal
    points: Decimal
    title: Text


@dataclass(frozen=True, slots=True)
class Judged:
    """The value is one of the levels, picked by an assessor or looked up in a table; `otherwise`: any other value."""

    levels: tuple[Level, ...]
    otherwise: Decimal | None = None  # None: another value is invalid


@dataclass(frozen=True, slots=True)
class ByFormula:
    """Points are what the formula gives, held between the lowest and the highest points of the rubric."""

    formula: Formula


Relative = MinMax | ZScore | Rank | Percentile | Distance
Absolute = Linear | Bands | Boolean | Checklist | Judged
Curve = Absolute | ByFormula | Relative
