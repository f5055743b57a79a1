"""What a plausibility check gets and what it gives: a centre's package in, flags for a person out.

A flag says that something is odd, never that somebody cheated: nothing is rejected, capped or scored by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from core.canonical import canonical_digest, jsonable
from core.provenance import Support
from core.quantity import decimal_of_float
from core.text import Text
from indicators.integrity.kept_prints import Prints
from indicators.measures.base import CentreEvidence, Measurement


class Severity(StrEnum):
    """How odd: what physics or the profile forbid, what hardly happens by chance, what is worth a question."""

    IMPOSSIBLE = "impossible"
    SERIOUS = "serious"
    NOTABLE = "notable"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    Severity.IMPOSSIBLE: Text(zh="不可能成立", en="impossible"),
    Severity.SERIOUS: Text(zh="严重疑点", en="serious"),
    Severity.NOTABLE: Text(zh="值得询问", en="worth a question"),
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One declared line between plausible and odd, with where it comes from.

    Args:
        basis: `physics`, `scheme` (a rule of domain practice) or `fitted` (a quantile of honest centres).
    """

    name: str
    value: Decimal
    unit: str
    basis: str
    source: str

    @property
    def number(self) -> float:
        """For statistics, which are floats; figures that are shown become decimals again."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure a flag rests on, with its unit and the line it was held against."""

    name: str
    title: Text
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of one subject; the registry makes it a flag.

    Args:
        subject: what it is about: a meter, a set of runs, an incident record; never another centre's name.
        figures: in the order of importance.
        reason: one sentence with the figures.
        period: ISO dates `from/to` in the centre's zone, or empty.
        elsewhere: the centre and evidence it was compared with, for the assessing body only.
    """

    subject: str
    reason: Text
    figures: tuple[Figure, ...] = ()
    rests_on: tuple[Support, ...] = ()
    period: str = ""
    elsewhere: tuple[str, ...] = ()
    severity: Severity | None = None  # None: as the check declares


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd for an assessor to look at, before the score.

    `code` and `version` name the check; `look` is what a person should look at.
    """

    code: str
    version: str
    severity: Severity
    subject: str
    reason: Text
    look: Text
    figures: tuple[Figure, ...] = ()
    rests_on: tuple[Support, ...] = ()
    period: str = ""
    elsewhere: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same as long as the same figures of the same thing are odd, however that is worded."""
        figures = [[one.name, one.value, one.unit] for one in self.figures]
        return canonical_digest({"code": self.code, "subject": self.subject, "period": self.period, "figures": figures})

    def as_json(self) -> dict[str, Any]:
        return {name: jsonable(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        figures = (Figure(f["name"], Text(**f["title"]), Decimal(f["value"]), f["unit"]) for f in data["figures"])
        return cls(
            code=data["code"],
            version=data["version"],
            severity=Severity(data["severity"]),
            subject=data["subject"],
            reason=Text(**data["reason"]),
            look=Text(**data["look"]),
            figures=tuple(figures),
            rests_on=tuple(Support.from_json(one) for one in data["rests_on"]),
            period=data["period"],
            elsewhere=tuple(data["elsewhere"]),
        )


@dataclass(frozen=True)
class Dossier:
    """Everything the checks may look at; flags depend on nothing else.

    Args:
        evidence: the accepted observations and the profile.
        measurements: what they amount to, by measure.
        names: file names by evidence digest, as the uploader called them.
        others: prints of other centres' packages, to find copies.
    """

    evidence: CentreEvidence
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Prints, ...] = ()
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    # Every statistic that was held against a line, whichever side it fell on: what thresholds are fitted on.
    statistics: list[tuple[str, float]] = field(default_factory=list, compare=False, repr=False)

    def below(self, threshold: Threshold, value: float) -> bool:
        """Whether a statistic lies below a line; told either way."""
        self.statistics.append((threshold.name, value))
        return value < threshold.number

    def above(self, threshold: Threshold, value: float) -> bool:
        """Whether a statistic lies above a line; told either way."""
        self.statistics.append((threshold.name, value))
        return value > threshold.number


@dataclass(frozen=True, slots=True)
class Check:
    """A registered plausibility check.

    Args:
        what: the comparison in one sentence.
        why: which error or trick would show in it.
        look: what a person should look at.
        version: changes whenever the same package would be flagged otherwise.
        is_open: its lines are published bounds of physics or of the scheme, held against the centre's own evidence, so
            that the centre is told of what crosses them and asked for a reason. A line that was fitted, a statistic or
            a comparison with others is never open: knowing which of those was passed teaches how to pass the next one.
    """

    code: str
    title: Text
    severity: Severity
    what: Text
    why: Text
    look: Text
    thresholds: tuple[Threshold, ...]
    find: Callable[[Dossier], Iterable[Finding]]
    version: str = "1"
    is_open: bool = False


def figure(name: str, zh: str, en: str, value: float | Decimal | int, unit: str = "") -> Figure:
    """A figure of a flag; floats of statistics become decimals of six significant digits."""
    if isinstance(value, Decimal):
        shown = value
    elif isinstance(value, int):
        shown = Decimal(value)
    else:
        shown = decimal_of_float(float(f"{value:.6g}"))
    return Figure(name, Text(zh=zh, en=en), shown, unit)


def line(name: str, value: str, unit: str, basis: str, source: str) -> Threshold:
    return Threshold(name, Decimal(value), unit, basis, source)
