"""Rulings take the place of measurements, and what was measured can be had back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assessment.scoring.rulings import Ruled, Ruling, as_measured, ruled_measurements, rulings_source
from core.outcome import Outcome, Quality
from core.provenance import Support
from indicators.measures.base import Measurement
from indicators.rubric.loader import load_edition

EDITION = load_edition(Path(__file__).resolve().parents[3] / "indicators" / "rubrics" / "zhisuan" / "2026.0")
ROWS = (Support("sha256:" + "0" * 64, "energy_readings", 2, (2, 3), ()),)
PUE = Measurement("annual_pue", Outcome.SCORED, value=Decimal("1.18"), quality=Quality.A, rests_on=ROWS)
MEASURED = {"annual_pue": PUE}


def test_an_accepted_figure_stays_to_the_digit_and_leaves_no_trace() -> None:
    accepted = [Ruling("GR-1.1", Ruled.ACCEPTED)]
    assert ruled_measurements(EDITION, MEASURED, accepted) == MEASURED
    assert rulings_source(EDITION, MEASURED, accepted) == {}


def test_a_disputed_figure_is_invalid_with_its_reason_and_keeps_its_rows() -> None:
    found = ruled_measurements(EDITION, MEASURED, [Ruling("GR-1.1", Ruled.DISPUTED, text="Meter M-IN was changed.")])
    disputed = found["annual_pue"]
    assert (disputed.outcome, disputed.value, disputed.rests_on) == (Outcome.INVALID, None, ROWS)
    assert disputed.reason is not None
    assert disputed.reason.message.en == "The assessors do not accept this figure: Meter M-IN was changed."
    assert disputed.reason.message.zh.endswith("Meter M-IN was changed.")


def test_a_reason_the_edition_declares_is_the_rule_and_any_other_is_an_approved_one() -> None:
    by_rule = Ruling("CE-5.1", Ruled.NOT_APPLICABLE, ground="no_published_reference")
    approved = Ruling("CE-5.1", Ruled.NOT_APPLICABLE, text="The cards are prototypes.")
    codes = []
    for ruling in (by_rule, approved):
        [one] = ruled_measurements(EDITION, {}, [ruling]).values()
        assert one.outcome is Outcome.NOT_APPLICABLE
        assert one.reason is not None
        codes.append(one.reason.code)
    assert codes == ["no_published_reference", "not_applicable_approved"]


def test_what_was_measured_can_be_had_back_from_the_inputs() -> None:
    rulings = [
        Ruling("GR-1.1", Ruled.DISPUTED, text="x"),
        Ruling("US-4.3", Ruled.NOT_APPLICABLE, text="no users yet"),
    ]
    kept = {
        "measurements": {name: one.as_json() for name, one in ruled_measurements(EDITION, MEASURED, rulings).items()},
        "sources": rulings_source(EDITION, MEASURED, rulings),
    }
    assert set(kept["measurements"]) == {"annual_pue", "sus_mean"}
    assert as_measured(kept) == {"annual_pue": PUE.as_json()}


def test_a_ruling_on_no_indicator_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        ruled_measurements(EDITION, MEASURED, [Ruling("GR", Ruled.DISPUTED, text="x")])
