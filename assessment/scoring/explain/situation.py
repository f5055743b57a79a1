"""Everything a result was computed from, so that it can be computed again with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assessment.scoring.facts import Facility
from assessment.scoring.result import Result
from assessment.scoring.samples import Given, Samples
from assessment.scoring.semantics import registry
from assessment.scoring.together import samples_of
from indicators.measures.base import Measurement
from indicators.rubric.model import Edition

Engine = Callable[..., Result]  # called like `exact.score`


@dataclass(frozen=True)
class Field:
    """All facilities scored together, for rubrics that compare them; each edition's samples are worked out once."""

    facilities: tuple[Given, ...]
    _samples: dict[str, Samples | None] = field(default_factory=dict, compare=False, repr=False)

    def samples(self, edition: Edition) -> Samples | None:
        if edition.digest not in self._samples:
            self._samples[edition.digest] = samples_of(edition, self.facilities)
        return self._samples[edition.digest]


def field_of(facilities: Iterable[Facility]) -> Field:
    return Field(tuple((one.name, one.profile, one.measurements) for one in facilities))


@dataclass(frozen=True)
class Situation:
    """One facility as it is scored.

    Args:
        engine: the semantics that score it.
        scoring: their number; two situations with the same number have the same engine.
        field: whom the facility is compared with; it stays as it is when a measurement is changed to try what follows.
    """

    edition: Edition
    facility: str
    profile: Mapping[str, Any]
    measurements: Mapping[str, Measurement]
    scoring: int
    engine: Engine = registry.score
    field: Field | None = None

    def result(self, *, inputs_digest: str = "") -> Result:
        """Raises:
        UserFacingError: the edition cannot score this profile.
        """
        return self.engine(
            self.edition,
            facility=self.facility,
            profile=self.profile,
            measurements=self.measurements,
            inputs_digest=inputs_digest,
            samples=None if self.field is None else self.field.samples(self.edition),
        )

    def measuring(self, measurements: Mapping[str, Measurement]) -> Situation:
        return replace(self, measurements=measurements)
