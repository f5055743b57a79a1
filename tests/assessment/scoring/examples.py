"""The example rubrics and their facts, scored as `zhiheng score` does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assessment.scoring.exact import score
from assessment.scoring.facts import Facility, categories, read_facts
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.result import Result
from assessment.scoring.together import samples_of
from indicators.rubric.model import Edition
from tests.editions import edition_in

RUBRICS = Path(__file__).parents[3] / "fixtures" / "rubrics"


def example(name: str) -> tuple[Edition, dict[str, Facility]]:
    edition = edition_in(RUBRICS / name)
    content = (RUBRICS / f"{name}.facts.csv").read_bytes()
    return edition, read_facts(content, file=f"{name}.facts.csv", categories=categories(edition))


def score_together(edition: Edition, facilities: Mapping[str, Facility]) -> dict[str, Result]:
    samples = samples_of(edition, ((one.name, one.profile, one.measurements) for one in facilities.values()))
    return {name: _scored(edition, one, samples) for name, one in facilities.items()}


def _scored(edition: Edition, facility: Facility, samples: Any) -> Result:
    given = {"facility": facility.name, "profile": facility.profile, "measurements": facility.measurements}
    digest = inputs_digest(**given, samples=samples)
    return score(edition, **given, inputs_digest=digest, samples=samples)
