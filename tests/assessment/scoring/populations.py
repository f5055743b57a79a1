"""Populations for tests that draw: facilities of points 0 to 100, with or without errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessment.scoring.columns.population import Population, population_of
from assessment.scoring.facts import Facility
from indicators.rubric.model import Edition, Variation
from tests.assessment.scoring.worked import measured

NOTHING: Mapping[str, Any] = {"weights": {"spread": "0"}, "normalisation": [], "aggregation": []}


def facilities_of(points: Mapping[str, Mapping[str, str]], *, error: str | None = None) -> dict[str, Facility]:
    """By facility and measure; one error for all values."""
    more = {} if error is None else {"error": Decimal(error)}
    return {
        name: Facility(name, {}, {measure: measured(measure, value, **more) for measure, value in given.items()})
        for name, given in points.items()
    }


def population(edition: Edition, points: Mapping[str, Mapping[str, str]], *, error: str | None = None) -> Population:
    return population_of(edition, facilities_of(points, error=error))


def drawn(variation: Variation, draws: int) -> Variation:
    return replace(variation, draws=draws)
