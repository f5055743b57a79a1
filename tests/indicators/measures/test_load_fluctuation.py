"""Changes of IT power between minutes, worked by hand: a lost sample is no swing, a card is no centre."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.outcome import Outcome, Quality
from indicators.measures.base import CentreEvidence
from indicators.measures.load_fluctuation import _changes
from tests.indicators.measures.evidence import DAY, YEAR_END, centre, code, measured, profile, table

START = YEAR_END - 90 * DAY
MINUTES = 90 * 24 * 60
MINUTE = dt.timedelta(minutes=1)


def sample(minute: float, watts: str, *, series: str = "n1", place: str = "node") -> dict[str, Any]:
    return {"series": series, "place": place, "at": START + minute * MINUTE, "power_w": Decimal(watts)}


def changes_of(*rows: dict[str, Any]) -> tuple[list[int], int]:
    """Changes and peak in W."""
    changes, peak, _ = _changes(table("power_samples", rows))
    return [int(change) // 10**6 for change in changes], peak // 10**6


def ninety_days(watts: np.ndarray, *, place: str = "it", every: int = 1) -> CentreEvidence:
    """One series of a sample per so many minutes, as columns."""
    count = len(watts)
    start = round(START.timestamp() * 1000)
    rows = table("power_samples", []).schema
    columns = {
        "series": pa.array(["M"] * count),
        "place": pa.array([place] * count),
        "at": pa.array(start + 60_000 * every * np.arange(count)).cast(rows.field("at").type),
        "power_w": pa.array(watts).cast(pa.decimal128(20, 0)).cast(rows.field("power_w").type),
        "mark": pa.nulls(count, pa.string()),
        "reading": pa.nulls(count, pa.string()),
        "line": pa.array(np.arange(count)),
        "cell": pa.nulls(count, pa.string()),
    }
    own = pa.Table.from_arrays([columns[name] for name in rows.names], schema=rows)
    return CentreEvidence.pooled(profile(), [("sha256:p", {"power_samples": own})])


def test_power_of_a_minute_is_the_mean_of_its_samples() -> None:
    changes, peak = changes_of(sample(0, "100"), sample(0.5, "200"), sample(1, "180"), sample(2, "60"))
    assert (changes, peak) == ([30, -120], 180)


def test_series_add_up_minute_by_minute() -> None:
    both = [sample(m, w, series=s) for s, powers in (("a", "12"), ("b", "58")) for m, w in enumerate(powers)]
    assert changes_of(*both) == ([1 + 3], 10)


def test_a_lost_sample_is_no_swing() -> None:
    a = [sample(m, "100", series="a") for m in range(4)]
    b = [sample(m, "100", series="b") for m in (0, 1, 3)]
    assert changes_of(*a, *b) == ([0], 200)


def test_the_same_sample_in_two_files_counts_once() -> None:
    rows = [sample(0, "100"), sample(0.5, "200"), sample(1, "180")]
    assert changes_of(*rows, *rows[:2]) == changes_of(*rows)


def test_a_value_that_stands_until_it_changes_fills_the_minutes_between() -> None:
    held = [sample(m, w, place="it") | {"reading": "on_change"} for m, w in ((0, "100"), (2.5, "200"), (4, "50"))]
    # 100 for two minutes, half a minute of 100 and half of 200, 200, then 50 for the minute behind the last change.
    assert changes_of(*held) == ([0, 50, 50, -150], 200)


def test_an_hour_of_silence_is_believed_and_no_more() -> None:
    held = [sample(m, "100", place="it") | {"reading": "on_change"} for m in (0, 90)]
    assert len(changes_of(*held)[0]) == 59


@pytest.mark.slow
def test_p99_of_the_changes_is_taken_of_the_highest_minute() -> None:
    # Every 50th minute power jumps from 1 000 to 1 200 W and back: 4 % of the changes are 200 W, so P99 is 200.
    watts = np.where(np.arange(MINUTES) % 50 == 0, 1200, 1000)
    result = measured("load_fluctuation", ninety_days(watts))
    assert result.value == Decimal("16.6666666667")  # 200 ÷ 1 200
    assert (result.coverage, result.quality) == (Decimal(1), Quality.A)


def test_swings_rarer_than_one_in_a_hundred_minutes_do_not_count() -> None:
    watts = np.where(np.arange(MINUTES) % 400 == 0, 1200, 1000)  # 0.5 % of the changes
    assert measured("load_fluctuation", ninety_days(watts)).value == 0


def test_power_of_cards_and_analysers_is_not_that_of_the_centre() -> None:
    evidence = centre({"p": {"power_samples": [sample(0, "300", place="card"), sample(0, "300", place="analyser")]}})
    assert measured("load_fluctuation", evidence).outcome is Outcome.NO_EVIDENCE


def test_samples_five_minutes_apart_show_no_minute() -> None:
    evidence = ninety_days(np.full(MINUTES // 5, 1000), every=5)
    assert code(measured("load_fluctuation", evidence)) == "power_gaps"


@pytest.mark.slow
def test_a_load_of_nothing_is_not_assessable() -> None:
    assert code(measured("load_fluctuation", ninety_days(np.zeros(MINUTES, dtype=np.int64)))) == "no_load"
