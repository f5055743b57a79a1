"""The cited tables: names find their rows, figures agree with the dossier, tiers have their lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from centres.profile import ScaleTier
from core.errors import InsufficientData
from indicators.measures.references import (
    accelerators,
    emission_factors,
    inference_benchmarks,
    link_rates,
    reference_tables,
    same_card,
    scale_tier,
    training_benchmarks,
)
from tests.indicators.measures.evidence import profile


@pytest.mark.parametrize(
    ("name", "model", "peak"),
    [
        ("NVIDIA H800 SXM", "NVIDIA H800 SXM", "989"),
        ("NVIDIA H100-SXM5-80GB", "NVIDIA H100 SXM", "989.4"),
        ("NVIDIA H100 80GB HBM3", "NVIDIA H100 SXM", "989.4"),
        ("NVIDIA H100 PCIe 80GB", "NVIDIA H100 PCIe", "756"),
        ("NVIDIA Blackwell Ultra GPU (GB300)", "NVIDIA GB300", "2500"),
        ("AMD Instinct MI355X", "AMD MI355X", "2500"),
        ("TPU-trillium", "Google TPU v6e", "918"),
        ("Ascend910B3", "Huawei Ascend 910B3", "313"),
    ],
)
def test_a_card_is_found_under_its_usual_names(name: str, model: str, peak: str) -> None:
    row = accelerators().find(name)
    assert row is not None
    assert (row.model, row.half_precision_peak) == (model, Decimal(peak))


@pytest.mark.parametrize("name", ["NVIDIA H100", "AMD Radeon RX 7900 XTX", "昇腾 910B", ""])
def test_an_ambiguous_or_unknown_name_finds_nothing(name: str) -> None:
    assert accelerators().find(name) is None


def test_no_two_rows_share_a_name_and_every_other_table_names_known_cards() -> None:
    names = [name for row in accelerators().rows for name in (row.model, *row.aliases)]
    assert all(accelerators().find(name) is row for row in accelerators().rows for name in (row.model, *row.aliases))
    assert len(names) == len(set(names))
    linked = [model for row in link_rates().rows for model in row.accelerators]
    timed = [time.accelerator for row in training_benchmarks().rows for time in row.minutes]
    published = [result.accelerator for row in inference_benchmarks().rows for result in row.results]
    assert all(accelerators().find(model) for model in (*linked, *timed, *published))


def test_domestic_rows_of_low_confidence_are_marked() -> None:
    row = accelerators().find("Huawei Ascend 910B3")
    assert row is not None
    assert row.confidence == "L"


def test_every_table_names_its_edition_and_digest() -> None:
    tables = reference_tables()
    assert set(tables) == {
        "accelerators/2026.1",
        "emission_factors/2026.1",
        "energy_carriers/2026.1",
        "inference_benchmarks/2026.1",
        "link_rates/2026.1",
        "size_classes/2026.1",
        "training_benchmarks/2026.1",
    }
    assert all(digest.startswith("sha256:") for digest in tables.values())


def test_thirty_provinces_have_factors_of_two_years() -> None:
    rows = [row for row in emission_factors().rows if row.level == "province"]
    assert len({row.region for row in rows}) == 30
    assert len(rows) == 60


@pytest.mark.parametrize(
    ("cards", "tier"),
    [
        (128, ScaleTier.BELOW_TIER),  # · 312 = 39.9 PFLOP/s
        (129, ScaleTier.SMALL),
        (961, ScaleTier.SMALL),  # 299.8
        (962, ScaleTier.MEDIUM),
        (3205, ScaleTier.MEDIUM),  # 999.96
        (3206, ScaleTier.LARGE),
    ],
)
def test_scale_tiers_have_their_lines(cards: int, tier: ScaleTier) -> None:
    group = {"model": "NVIDIA A800 SXM", "cards": cards, "cards_per_node": 8}
    assert scale_tier(profile(accelerators=[group])) is tier


def test_exactly_a_thousand_petaflops_is_still_medium() -> None:
    group = {"model": "NVIDIA GB200", "cards": 400, "cards_per_node": 4}
    assert scale_tier(profile(accelerators=[group])) is ScaleTier.MEDIUM


def test_a_tier_is_never_guessed_for_an_unknown_card() -> None:
    with pytest.raises(InsufficientData) as refusal:
        scale_tier(profile(accelerators=[{"model": "Unheard-of X1", "cards": 8, "cards_per_node": 8}]))
    assert refusal.value.code == "no_peak"


def test_same_card_knows_spellings_and_tells_cards_apart() -> None:
    assert same_card("NVIDIA H800 SXM", "NVIDIA H800-SXM5-80GB")
    assert not same_card("NVIDIA H800 SXM", "NVIDIA A800 SXM")
    assert same_card("Unheard-of X1", "unheard of x1")
