"""The first edition holds what the scheme says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assessment.scoring.cases import run_cases, untested_thresholds
from assessment.scoring.weights import ClassWeights
from indicators.rubric.curve import Linear
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition, Group
from tests.editions import edition_in

FOLDER = Path(__file__).parents[3] / "indicators" / "rubrics" / "zhisuan" / "2026.0"


def edition() -> Edition:
    return edition_in(FOLDER)


@pytest.mark.slow
def test_it_is_final_and_comes_back_from_its_content() -> None:
    assert edition().final
    assert edition_of_content(edition().content) == edition()


def test_its_standing_is_a_consultation_draft() -> None:
    assert edition().standing.zh == "征求意见稿，非正式标准"
    assert edition().standing.en == "consultation draft, not an official standard"


@pytest.mark.slow
def test_all_its_cases_come_out_and_stand_on_every_threshold() -> None:
    assert [miss.message.en for miss in run_cases(edition())] == []
    assert untested_thresholds(edition()) == ()


def test_it_has_four_pillars_of_at_least_five_indicators() -> None:
    assert [pillar.code for pillar in edition().root.children] == ["CE", "ST", "GR", "US"]
    for pillar in edition().root.children:
        assert sum(indicator.code.startswith(pillar.code) for indicator in edition().indicators) >= 5


def test_dimension_weights_are_the_sums_of_their_indicators_in_each_class() -> None:
    for node in edition().root.walk():
        if isinstance(node, Group) and node.code.count("-") == 1:
            assert node.weights_sum == node.weight


def test_every_level_line_of_the_scheme_is_an_anchor() -> None:
    for indicator in edition().indicators:
        assert isinstance(indicator.curve, Linear)
        points = {anchor.points for anchor in indicator.curve.anchors}
        assert points == {Decimal(line) for line in (0, 40, 60, 75, 90, 100)}, indicator.code


def test_every_indicator_cites_a_source_with_its_confidence() -> None:
    for indicator in edition().indicators:
        assert indicator.references, indicator.code
        assert all(reference["confidence"] in "HML" for reference in indicator.references), indicator.code


@pytest.mark.parametrize(("share", "weight"), [("0.60", "13.2"), ("0.35", "7.7")])
def test_a_mixed_centre_weighs_by_its_training_share(share: str, weight: str) -> None:
    classes = edition().classes
    assert classes is not None
    weights = ClassWeights(classes.named("mixed"), share=Fraction(share), assumed=False)
    assert weights.weight(edition().node("CE-1.1").weight) == Decimal(weight)
