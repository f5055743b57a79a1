"""The Human Development Index, computed from its published components, is the published index.

Source: UNDP, Human Development Report 2021/2022, Table 1 (HDI value 2021) and the composite indices time series that
comes with it; the goalposts are those of Technical note 1.
"""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from assessment.scoring.curves import points_of
from assessment.scoring.ranking import rank
from indicators.rubric.curve import Anchor, Linear
from tests.assessment.scoring.examples import example, score_together

PUBLISHED = {
    "Australia": "0.951",  # expected schooling above its goalpost
    "Ireland": "0.945",  # income above its goalpost
    "Seychelles": "0.785",
    "Iran": "0.774",
    "Zimbabwe": "0.593",
    "Syria": "0.577",
    "Cameroon": "0.576",
    "Côte d'Ivoire": "0.550",
    "Afghanistan": "0.478",
}


def test_the_index_of_nine_countries_is_the_published_one_to_three_decimals() -> None:
    edition, facilities = example("human_development")
    found = {name: str(result.score) for name, result in score_together(edition, facilities).items()}
    assert found == PUBLISHED


def test_they_stand_in_the_published_order() -> None:
    edition, facilities = example("human_development")
    ranked = rank(edition, score_together(edition, facilities).values())
    assert [one.result.facility for one in ranked] == list(PUBLISHED)


@pytest.mark.parametrize("income", ["101", "1824.190915", "49238.43335", "74999"])
def test_a_log_axis_is_the_natural_logarithm_of_the_technical_note(income: str) -> None:
    curve = Linear((Anchor(Decimal(100), Decimal(0)), Anchor(Decimal(75000), Decimal(1))), logarithmic=True)
    natural = (math.log(float(income)) - math.log(100)) / (math.log(75000) - math.log(100))
    assert float(points_of(curve, Decimal(income))) == pytest.approx(natural, abs=1e-14)


def test_without_one_component_there_is_no_index() -> None:
    edition, facilities = example("human_development")
    del facilities["Iran"].measurements["mean_schooling"]
    result = score_together(edition, facilities)["Iran"]
    assert (result.score, result.consequences[0].reason.code) == (None, "too_few_measured")
