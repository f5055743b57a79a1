"""Public figures of known facilities get the points the scheme's reference table gives them, in its order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from assessment.scoring.curves import points_of
from indicators.rubric.model import Indicator
from tests.editions import zhisuan


def points(code: str, value: str) -> Fraction:
    node = zhisuan().node(code)
    assert isinstance(node, Indicator)
    assert node.curve is not None
    return points_of(node.curve, Decimal(value))


@pytest.mark.parametrize(
    ("facility", "code", "value", "expected", "tolerance"),
    [
        ("Llama 3", "CE-1.1", "0.40", "75", "0.5"),
        ("Llama 3, upper bound", "ST-2.1", "0.513", "73", "0.5"),
        ("MegaScale", "CE-1.1", "0.552", "100", "0.5"),
        ("PaLM", "CE-1.1", "0.462", "84", "0.5"),
        ("BLOOM", "CE-1.1", "0.50", "90", "0.5"),
        ("GPT-3", "CE-1.1", "0.21", "24", "0.5"),
        ("RSC-1, upper bound", "ST-2.1", "0.83", "59", "2"),
        ("RSC-1", "CE-4.1", "83", "90", "0.5"),
        ("RSC-2, upper bound", "ST-2.1", "0.31", "88", "2"),
        ("RSC-2", "CE-4.1", "85", "92", "0.5"),
        ("OPT-175B, upper bound", "ST-2.1", "1.20", "49", "2"),
        ("SKT/Upstage, upper bound", "ST-2.1", "0.612", "68.5", "0.5"),
        ("Seren", "US-3.1", "446", "75", "0.5"),
        ("Kalos", "US-3.1", "214", "90", "0.5"),
        ("Philly", "US-3.1", "3761", "40", "0.5"),
        ("Helios", "US-3.1", "862", "60", "0.5"),
        ("PAI", "US-3.1", "402", "77", "0.5"),
        ("Pangu 200B", "ST-2.3", "5.12", "90", "0.5"),
        ("NREL ESIF", "GR-1.1", "1.036", "100", "0.5"),
        ("Alibaba Cloud", "GR-1.1", "1.200", "90", "0.5"),
        ("Alibaba Cloud", "GR-2.1", "56", "64", "0.5"),
        ("LUMI", "GR-2.1", "100", "100", "0.5"),
        ("Sanjiangyuan", "GR-1.1", "1.17", "93", "0.5"),
        ("Hohhot region", "GR-2.1", "84.57", "92", "0.5"),
        ("Google, worse end", "GR-1.1", "1.10", "100", "0.5"),
        ("AWS", "GR-1.1", "1.15", "95", "0.5"),
        ("Nebius", "CE-2.1", "0.982", "91", "0.5"),
        ("clean record, 2 500 card-days", "ST-2.1", "1.20", "49", "0.5"),
        ("clean record, 5 000 card-days", "ST-2.1", "0.60", "69", "0.5"),
        ("clean record, 10 000 card-days", "ST-2.1", "0.30", "89", "0.5"),
        ("pact cap on water", "GR-3.1", "0.4", "80", "0.5"),
    ],
)
def test_a_public_figure_gets_its_reference_points(
    facility: str, code: str, value: str, expected: str, tolerance: str
) -> None:
    assert abs(points(code, value) - Fraction(expected)) <= Fraction(tolerance), facility


@pytest.mark.parametrize(
    ("code", "best_to_worst"),
    [
        ("CE-1.1", ("0.552", "0.50", "0.462", "0.40", "0.21")),  # MegaScale > BLOOM > PaLM > Llama 3 > GPT-3
        ("ST-2.1", ("0.31", "0.513", "0.83", "1.20")),  # RSC-2 > Llama 3 > RSC-1 > OPT
        ("GR-1.1", ("1.15", "1.20", "1.50")),  # AWS > Alibaba > the limit
        ("US-3.1", ("214", "402", "446", "862", "3761")),  # Kalos > PAI > Seren > Helios > Philly
    ],
)
def test_public_facilities_stand_in_their_known_order(code: str, best_to_worst: tuple[str, ...]) -> None:
    scores = [points(code, value) for value in best_to_worst]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
