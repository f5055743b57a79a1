"""codecarbon's totals per run and published carbon intensities of grids: facts, and no meter."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import codecarbon, grid_intensity
from tests.evidence.parsers.properties import read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ROWS = {name: truth for name, truth in readme_rows("") if name.startswith("energy/")}
RUNS = sorted(name for name in ROWS if "codecarbon_" in name)
THREE = (FOLDER / "codecarbon/three_runs.csv").read_bytes()
HOURLY = (FOLDER / "grid_intensity/hourly.csv").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(ROWS), len(RUNS)) == (5, 3)


@pytest.mark.parametrize("name", RUNS)
def test_the_emissions_give_their_published_truth(name: str) -> None:
    result = codecarbon.PARSER.parse(sample(name))
    facts = result.facts
    rows, columns, energy, emissions, duration, without, pues = truth_in(
        ROWS[name],
        r"rows=(\d+); columns=(\d+); Σ energy_consumed=([\d.]+) kWh; Σ emissions=([\d.]+) kg; Σ duration=([\d.]+) s; "
        r"rows with empty run_id=(\d+); pue values=\[(.*?)\]",
    )
    assert [str(facts[key]) for key in ("rows", "columns", "rows_without_run_id")] == [rows, columns, without]
    assert round(facts["energy_kwh"], 12) == Decimal(energy)
    assert round(facts["emissions_kg"], 12) == Decimal(emissions)
    assert round(facts["duration_s"], 6) == Decimal(duration)
    assert ", ".join(f"'{value}'" for value in facts["pue_values"]) == pues.replace("None", "")
    assert result.tables == {}


@pytest.mark.slow
@needs_samples
def test_the_hourly_intensity_gives_its_published_truth() -> None:
    name = "energy/ciso_grid_carbon_intensity.csv"
    facts = grid_intensity.PARSER.parse(sample(name)).facts
    rows, first, last, mean, low, high, blank, twice = truth_in(
        ROWS[name],
        r"rows=(\d+); first=(\S+ \S+)\+00:00 last=(\S+ \S+)\+00:00; mean avg_CI=([\d.]+) gCO2/kWh; "
        r"min=([\d.]+) max=([\d.]+); blank avg_CI=(\d+); duplicate timestamps=(\d+)",
    )
    assert [str(facts[key]) for key in ("rows", "blank", "duplicate_instants")] == [rows, blank, twice]
    assert (facts["first_at"], facts["last_at"]) == (f"{first.replace(' ', 'T')}Z", f"{last.replace(' ', 'T')}Z")
    assert [round(facts[f"g_per_kwh_{key}"], 6) for key in ("mean", "min", "max")] == [
        Decimal(mean),
        Decimal(low),
        Decimal(high),
    ]


@needs_samples
def test_the_yearly_intensity_gives_its_published_truth() -> None:
    name = "energy/eu_carbon_intensity_2020.csv"
    facts = grid_intensity.PARSER.parse(sample(name)).facts
    rows, entities, first, last, mean = truth_in(
        ROWS[name], r"rows=(\d+); .*entities=(\d+); years (\d+)–(\d+); mean value=([\d.]+)"
    )
    assert [str(facts[key]) for key in ("rows", "entities", "first_year", "last_year")] == [rows, entities, first, last]
    assert round(facts["g_per_kwh_mean"], 4) == Decimal(mean)


def test_a_blank_figure_is_missing_and_what_is_no_figure_costs_its_run() -> None:
    result = read(codecarbon.PARSER, THREE)
    assert result.issue_counts["missing_value"] == 1
    assert result.issue_counts["unreadable_value"] == 1  # NaN
    assert (result.facts["rows"], result.facts["energy_kwh"]) == (2, Decimal("0.0003"))


def test_an_hour_without_intensity_is_blank_and_never_zero() -> None:
    facts = read(grid_intensity.PARSER, HOURLY).facts
    assert (facts["blank"], facts["g_per_kwh_mean"]) == (1, Decimal("450.5"))


def test_a_file_without_any_intensity_is_refused() -> None:
    with pytest.raises(ParseError) as refusal:
        read(grid_intensity.PARSER, b"timestamp,avg_CI\n2026-01-01T00:00:00Z,\n")
    assert refusal.value.code == "no_rows"


test_any_bytes_give_emissions_or_a_refusal = survives_anything(codecarbon.PARSER, THREE)
test_any_bytes_give_an_intensity_or_a_refusal = survives_anything(grid_intensity.PARSER, HOURLY)
