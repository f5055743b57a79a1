"""Public figures of known facilities get the points of the scheme's reference table, through the complete edition.

Tolerance: half a point for whole numbers, two where the table says about, inequalities as such.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from assessment.scoring.curves import points_of
from tests.indicators.rubric.complete import complete


def points(code: str, value: str) -> Fraction:
    """Points of one value on the curve of an indicator or of one of its alternatives."""
    for one in complete().indicators:
        if one.code == code:
            assert one.curve is not None
            return points_of(one.curve, Decimal(value))
        for other in one.alternatives:
            if other.code == code:
                return points_of(other.curve, Decimal(value))
    raise KeyError(code)


@pytest.mark.parametrize(
    ("facility", "code", "value", "expected", "tolerance"),
    [
        ("Llama 3", "CE-1.1", "0.40", "75", "0.5"),
        ("Llama 3, upper bound", "ST-2.1", "0.513", "73", "0.5"),
        ("Llama 3", "ST-2.4", "0.90", "75", "0.5"),
        ("Llama 3", "ST-3.4", "99.284", "100", "0.5"),
        ("Llama 3", "CE-5.3", "0.36", "75", "0.5"),
        ("MegaScale", "CE-1.1", "0.552", "100", "0.5"),
        ("MegaScale", "ST-2.4", "0.90", "75", "0.5"),
        ("MegaScale", "ST-3.4", "90", "75", "2"),
        ("ByteRobust", "ST-2.4", "0.97", "100", "0.5"),
        ("PaLM", "CE-1.1", "0.462", "84", "0.5"),
        ("PaLM", "CE-1.2", "0.578", "90", "2"),
        ("BLOOM", "CE-1.1", "0.50", "90", "0.5"),
        ("BLOOM, 24.7 t over 386 ZFLOP", "GR-2.3", "64", "94", "0.5"),
        ("BLOOM, with idle, 689.8 MWh over 386 ZFLOP", "GR-4.1", "1787", "44", "0.5"),
        ("RSC-1, upper bound", "ST-2.1", "0.83", "59", "2"),
        ("RSC-1", "CE-4.1", "83", "90", "0.5"),
        ("RSC-2, upper bound", "ST-2.1", "0.31", "88", "2"),
        ("RSC-2", "CE-4.1", "85", "92", "0.5"),
        ("OPT-175B, upper bound", "ST-2.1", "1.20", "49", "2"),
        ("SKT/Upstage, upper bound", "ST-2.1", "0.612", "68.5", "0.5"),
        ("SKT/Upstage", "ST-3.4", "33.3", "18", "0.5"),
        ("Seren", "US-3.1", "446", "75", "0.5"),
        ("Kalos", "US-3.1", "214", "90", "0.5"),
        ("Philly", "US-3.1", "3761", "40", "0.5"),
        ("Helios", "US-3.1", "862", "60", "0.5"),
        ("PAI", "US-3.1", "402", "77", "0.5"),
        ("Pangu Ultra MoE", "CE-1.1m", "0.30", "75", "0.5"),
        ("Pangu Ultra MoE, later claim", "CE-1.1m", "0.41", "92", "0.5"),
        ("Ascend with Pangu 200B", "ST-2.3", "5.12", "90", "0.5"),
        ("Frontier, 1.353 of 2.056 EF", "CE-1.4", "0.658", "71", "2"),
        ("Frontier", "GR-4.2", "52.6", "79", "0.5"),
        ("Frontier, HPL-MxP in 2022, 0.55", "CE-1.5", "0.55", "70", "0.5"),
        ("LUMI, 379.7 of 531.5 PF", "CE-1.4", "0.7144", "81", "0.5"),
        ("LUMI", "GR-4.2", "51.6", "77", "0.5"),
        ("LUMI, hydro as PPA", "GR-2.1", "100", "100", "0.5"),
        ("Leonardo, 241.2 of 306.3 PF", "CE-1.4", "0.7875", "95", "0.5"),
        ("Leonardo", "GR-4.2", "32.2", "60", "0.5"),
        ("Alps, 434.9 of 574.8 PF", "CE-1.4", "0.7566", "89", "0.5"),
        ("Alps", "GR-4.2", "61", "91", "0.5"),
        ("Aurora, 1.012 of 1.98 EF", "CE-1.4", "0.5111", "42", "0.5"),
        ("Aurora", "GR-4.2", "26", "50", "0.5"),
        ("NREL ESIF", "GR-1.1", "1.036", "100", "0.5"),
        ("AWS", "GR-1.1", "1.15", "95", "0.5"),
        ("Alibaba Cloud", "GR-1.1", "1.200", "90", "0.5"),
        ("Alibaba Cloud, traded", "GR-2.1", "56", "64", "0.5"),
        ("Alibaba Cloud, certificates alone", "GR-2.1", "30", "40", "0.5"),
        ("Hohhot, before its evidence grade", "GR-1.1", "1.15", "95", "0.5"),
        ("Horinger cluster", "GR-2.1", "84.57", "92", "0.5"),
        ("Sanjiangyuan", "GR-1.1", "1.17", "93", "0.5"),
        ("GPT-3", "CE-1.1", "0.21", "24", "0.5"),
        ("GPT-3", "GR-4.1", "4099", "9", "0.5"),
        ("GPT-3", "GR-2.3", "1758", "6.5", "0.5"),
        ("Nebius H200", "CE-2.1", "0.982", "91", "0.5"),
        ("DeepSeek online", "GR-4.7", "0.23", "81", "2"),
        ("H100 x 8 offline", "GR-4.7", "0.09", "95", "2"),
        ("B200 x 8 offline", "GR-4.7", "0.035", "100", "0.5"),
        ("Report, 1000 PFLOPS", "CE-5.3", "0.40", "82", "2"),
        ("Report, 100 PFLOPS", "CE-5.3", "0.45", "90", "0.5"),
    ],
)
def test_a_public_figure_gets_the_points_of_the_reference_table(
    facility: str, code: str, value: str, expected: str, tolerance: str
) -> None:
    found = points(code, value)
    assert abs(found - Fraction(expected)) <= Fraction(tolerance), f"{facility}: {code} = {float(found):.2f}"


@pytest.mark.parametrize("pue", ["1.04", "1.08", "1.09", "1.10", "1.15"])
def test_hyperscale_fleets_get_95_to_100_points_for_their_pue(pue: str) -> None:
    assert 95 <= points("GR-1.1", pue) <= 100


ORDERS = {  # better to worse
    "MFU: MegaScale > BLOOM > PaLM > Llama 3 > GPT-3": ("CE-1.1", ["0.552", "0.50", "0.462", "0.40", "0.21"]),
    "ETTR: ByteRobust > Llama 3": ("ST-2.4", ["0.97", "0.90"]),
    "interruptions: RSC-2 > Llama 3 > RSC-1 > OPT": ("ST-2.1", ["0.31", "0.513", "0.83", "1.20"]),
    "HPL: Leonardo > Alps > LUMI > Frontier > Aurora": ("CE-1.4", ["0.7875", "0.7566", "0.7144", "0.658", "0.511"]),
    "GFLOPS/W: Alps > Frontier > Leonardo > Aurora": ("GR-4.2", ["61", "52.6", "32.2", "26"]),
    "queue: Kalos > PAI > Helios > Philly": ("US-3.1", ["214", "402", "862", "3761"]),
    "queue: Kalos > Seren > Helios": ("US-3.1", ["214", "446", "862"]),
    "energy per token: B200 > H100 offline > DeepSeek online": ("GR-4.7", ["0.035", "0.09", "0.23"]),
    "carbon: BLOOM > Llama 3 > GPT-3": ("GR-2.3", ["64", "236", "1758"]),
    "energy per compute: Llama 3 > BLOOM": ("GR-4.1", ["569", "1121"]),
}


@pytest.mark.parametrize("order", ORDERS)
def test_known_facilities_stand_in_the_expected_order(order: str) -> None:
    code, values = ORDERS[order]
    for better, worse in pairwise(values):
        assert points(code, better) > points(code, worse)


def test_pue_falls_from_esif_over_google_aws_and_alibaba_to_the_limit() -> None:
    found = [points("GR-1.1", value) for value in ("1.036", "1.10", "1.15", "1.20", "1.50")]
    assert found == sorted(found, reverse=True)  # ESIF and Google both have full marks
    assert found[-1] == 0
    assert found[1] > found[2] > found[3] > found[4]


@pytest.mark.parametrize(
    ("code", "one", "other"), [("ST-2.4", "0.90", "0.90"), ("GR-4.2", "52.6", "51.6"), ("US-3.1", "402", "446")]
)
def test_about_equal_facilities_lie_within_two_and_a_half_points(code: str, one: str, other: str) -> None:
    assert abs(points(code, one) - points(code, other)) <= Fraction("2.5")


def test_carbon_and_energy_of_training_are_independent() -> None:
    """BLOOM burnt more energy per compute than Llama 3, on a cleaner grid."""
    assert points("GR-4.1", "1121") < points("GR-4.1", "569")
    assert points("GR-2.3", "64") > points("GR-2.3", "236")
