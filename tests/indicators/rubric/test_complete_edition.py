"""The complete edition has the indicators, weights and curves the scheme says it has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessment.scoring.cases import run_cases, untested_thresholds
from indicators.rubric.curve import Linear
from indicators.rubric.model import Group, Indicator, TreeNode
from tests.indicators.rubric.complete import complete

TRAINING, INFERENCE = "training_led", "inference_led"
DIMENSIONS = {  # training-led / inference-led
    "CE-1": (32, 8), "CE-2": (20, 8), "CE-3": (10, 2), "CE-4": (30, 30), "CE-5": (8, 4), "CE-6": (0, 48),
    "ST-1": (38, 28), "ST-2": (40, 4), "ST-3": (12, 9), "ST-4": (2, 0), "ST-5": (8, 6), "ST-6": (0, 53),
    "GR-1": (38, 38), "GR-2": (24, 24), "GR-3": (11, 11), "GR-4": (27, 27),
    "US-1": (20, 20), "US-2": (16, 16), "US-3": (18, 18), "US-4": (18, 18), "US-5": (13, 13), "US-6": (15, 15),
}  # fmt: skip
DISPLAY = {"CE-1.2", "CE-5.3", "CE-6.3", "ST-2.2", "ST-3.1", "ST-4.3", "GR-2.2", "GR-2.3", "US-1.4"}


def weight(node: TreeNode, name: str) -> Decimal:
    own = node.weight.by_class.get(name) if node.weight.by_class else node.weight.everywhere
    return own or Decimal(0)


def scored(name: str | None = None, *, pillar: str = "") -> list[Indicator]:
    return [
        one
        for one in complete().indicators
        if not one.display and one.code.startswith(pillar) and (name is None or weight(one, name))
    ]


def groups(depth: int) -> list[Group]:
    level: list[Group] = [complete().root]
    for _ in range(depth):
        level = [child for group in level for child in group.children if isinstance(child, Group)]
    return level


def test_a_training_led_centre_sees_59_indicators_and_an_inference_led_one_53_of_68() -> None:
    assert (len(scored()), len(scored(TRAINING)), len(scored(INFERENCE))) == (68, 59, 53)
    seen = {
        p: (len(scored(pillar=p)), len(scored(TRAINING, pillar=p)), len(scored(INFERENCE, pillar=p)))
        for p in ("CE", "ST", "GR", "US")
    }
    assert seen == {"CE": (17, 14, 10), "ST": (20, 16, 14), "GR": (15, 14, 14), "US": (16, 15, 15)}


def test_thirty_indicators_are_core() -> None:
    core = [[one for one in scored(name) if one.authored["mark"] == "core"] for name in (None, TRAINING, INFERENCE)]
    assert [len(one) for one in core] == [30, 23, 24]


def test_nine_items_are_shown_and_never_scored() -> None:
    assert {one.code for one in complete().indicators if one.display} == DISPLAY


@pytest.mark.slow
@pytest.mark.parametrize("name", [TRAINING, INFERENCE])
def test_weights_sum_to_100_in_each_pillar_and_as_stated_in_each_dimension(name: str) -> None:
    assert sum(weight(pillar, name) for pillar in groups(1)) == 100
    for pillar in groups(1):
        assert sum(weight(one, name) for one in scored(name, pillar=pillar.code)) == 100
    stated = {code: Decimal(pair[0 if name == TRAINING else 1]) for code, pair in DIMENSIONS.items()}
    assert {group.code: weight(group, name) for group in groups(2)} == stated
    for group in groups(2):
        assert sum(weight(child, name) for child in group.children) == stated[group.code]


@pytest.mark.parametrize("share", [Decimal(n) / 100 for n in range(31, 70)])
def test_weights_of_a_mixed_centre_sum_to_100_for_every_share(share: Decimal) -> None:
    for pillar in groups(1):
        mixed = [
            share * weight(one, TRAINING) + (1 - share) * weight(one, INFERENCE) for one in scored(pillar=pillar.code)
        ]
        assert sum(mixed) == 100


def test_anchors_are_monotone_and_every_scored_curve_meets_the_levels() -> None:
    for one in complete().indicators:
        for _, curve in one.curves:
            assert isinstance(curve, Linear)
            points = [anchor.points for anchor in curve.anchors]
            assert points in (sorted(points), sorted(points, reverse=True)), one.code
        if one.curve is not None:
            assert isinstance(one.curve, Linear)
            assert sorted(anchor.points for anchor in one.curve.anchors) == [0, 40, 60, 75, 90, 100], one.code


def test_four_indicators_block_without_evidence() -> None:
    blocking = {one.code for one in scored() if one.missing.policy.value == "block"}
    assert blocking == {"CE-1.1", "CE-6.1", "ST-1.1", "GR-1.1", "US-6.1"}  # CE-1.1 in T, CE-6.1 in I


def test_proposals_carry_a_reason_and_a_date_of_review() -> None:
    for one in complete().indicators:
        if one.authored.get("proposal"):
            assert one.authored["rationale"]["zh"], one.code
            assert one.authored["review_due"], one.code


@pytest.mark.slow
def test_every_case_comes_out_and_every_threshold_has_one() -> None:
    assert run_cases(complete()) == ()
    assert untested_thresholds(complete()) == ()
