"""Readings that parse and cannot be, worked by hand: what is taken out, what stays, and what only lowers the grade."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.profile import Meter
from core.outcome import Quality
from indicators.measures.meter_checks import imbalance, is_sound, relatives, screened
from indicators.measures.meters import Ledger
from tests.indicators.measures.evidence import centre, measured, meter, profile, readings

QUARTER = 15 * 60_000


def ledger(values: list[int], *, minutes: int = 15, form: str = "interval") -> Ledger:
    starts = np.arange(len(values), dtype=np.int64) * minutes * 60_000
    ends = starts + minutes * 60_000
    return Ledger(form, Fraction(1), starts, ends, np.array(values, dtype=np.int64), starts, minutes * 60_000)


def check(own: Ledger, *, siblings: list[Ledger] | None = None, children: list[Ledger] | None = None) -> Any:
    """What was flagged, and how many intervals stay."""
    found = screened(own, siblings=siblings or [], children=children or [])
    return dict(found.flagged), len(found.starts)


MOVING = ledger([10, 11, 12, 13] * 20)


def test_four_hours_of_one_value_are_stuck_while_a_sibling_moves() -> None:
    assert check(ledger([5, 7] + [9] * 16 + [8]), siblings=[MOVING]) == ({"stuck": 16}, 3)


def test_a_shorter_run_and_a_run_beside_a_steady_sibling_are_not_stuck() -> None:
    assert check(ledger([5, 7] + [9] * 15 + [8]), siblings=[MOVING]) == ({}, 18)
    steady = ledger([1000, 1001] * 20)  # a coefficient of variation of 0.05 %
    assert check(ledger([9] * 20), siblings=[steady]) == ({}, 20)
    assert check(ledger([9] * 20)) == ({}, 20)


def test_readings_of_five_minutes_are_stuck_after_twenty_four() -> None:
    fine = ledger([10, 11, 12, 13] * 20, minutes=5)
    assert check(ledger([9] * 23 + [8], minutes=5), siblings=[fine]) == ({}, 24)
    assert check(ledger([9] * 24 + [8], minutes=5), siblings=[fine]) == ({"stuck": 24}, 1)


def test_a_run_of_zeros_is_not_stuck_and_hours_are_not_judged() -> None:
    assert check(ledger([0] * 30), siblings=[MOVING])[0] == {}
    assert check(ledger([9] * 30, minutes=60), siblings=[ledger([10, 20] * 20, minutes=60)])[0] == {}


def test_a_leap_over_three_times_what_all_but_one_in_a_thousand_stay_below_is_a_spike() -> None:
    values = [10, 11] * 1000
    values[500] = 34  # above 3 × 11
    values[700] = 33
    assert check(ledger(values)) == ({"spike": 1}, 1999)


def test_the_highest_of_a_short_series_is_no_spike() -> None:
    assert check(ledger([1, 1, 1, 1000])) == ({}, 4)


def test_a_zero_above_a_load_is_missing_and_a_zero_above_nothing_is_zero() -> None:
    assert check(ledger([5, 0, 0, 5]), children=[ledger([2, 2, 0, 2])]) == ({"zero": 1}, 3)
    assert check(ledger([5, 0, 0, 5])) == ({}, 4)


def test_registers_are_left_alone() -> None:
    own = ledger([9] * 20, form="register")
    assert screened(own, siblings=[MOVING], children=[MOVING]) is own


@pytest.mark.parametrize("minutes", [5, 15, 60])
@given(values=st.lists(st.sampled_from([0, 9, 10, 11, 40]), max_size=40), repeated=st.integers(1, 30))
def test_from_a_sound_ledger_nothing_is_taken_whatever_stands_around_it(
    values: list[int], repeated: int, minutes: int
) -> None:
    own = ledger([value for value in values for _ in range(repeated)], minutes=minutes)
    around = ledger([10, 11, 12, 13] * 300, minutes=minutes)
    left = screened(own, siblings=[around], children=[around])
    assert left is own or not is_sound(own)


def test_a_ledger_with_a_run_a_leap_or_a_zero_is_not_sound() -> None:
    assert is_sound(ledger([5, 7, 9, 8]))
    assert not is_sound(ledger([5, 7] + [9] * 16 + [8]))
    assert not is_sound(ledger([10] * 3 + [11] * 2000 + [40]))
    assert not is_sound(ledger([5, 0, 5]))
    assert not is_sound(ledger([5, 0, 5], form="register"))
    assert is_sound(ledger([5] * 16 + [40], form="register"))
    assert is_sound(ledger([]))


def declared(name: str, measures: str = "it", parent: str | None = None) -> Meter:
    return Meter.model_validate(meter(name, "ups_output", measures, parent=parent))


@pytest.mark.parametrize(
    ("below", "grade"),
    [("98", None), ("102", None), ("97.9", Quality.B), ("105", Quality.B), ("94.9", Quality.C), ("106", Quality.C)],
)
def test_children_of_one_kind_add_up_to_their_parent(below: str, grade: Quality | None) -> None:
    found = imbalance(declared("A"), [declared("B"), declared("C")], above=Fraction(100), below=Fraction(below))
    assert (found.grade if found else None) is grade


def test_other_loads_may_hang_beside_children_but_children_never_exceed_their_parent() -> None:
    site, it = declared("A", "facility"), [declared("B")]
    assert imbalance(site, it, above=Fraction(100), below=Fraction(60)) is None
    found = imbalance(site, it, above=Fraction(100), below=Fraction(110))
    assert found is not None
    assert (found.error, found.grade) == (Fraction(1, 10), Quality.C)


def test_siblings_share_a_parent_and_an_only_child_has_its_parent() -> None:
    tree = profile(
        meters=[
            meter("IN", "utility_incomer", "facility"),
            meter("A", "pdu_output", "it", parent="IN"),
            meter("B", "pdu_output", "it", parent="IN"),
            meter("A1", "it_input", "it", parent="A"),
        ]
    )
    by_id = {each.id: each for each in tree.meters}
    named = {name: tuple([m.id for m in group] for group in relatives(tree, by_id[name])) for name in by_id}
    assert named == {"IN": (["A", "B"], ["A", "B"]), "A": (["B"], ["A1"]), "B": (["A"], []), "A1": (["A"], [])}


def test_the_energy_year_tells_what_was_taken_out_and_what_does_not_add_up() -> None:
    hours = 365 * 24
    site = [12] * hours
    site[100] = 0
    meters = [
        meter("M-IN", "utility_incomer", "facility"),
        meter("M-A", "ups_output", "it", parent="M-IN"),
        meter("M-A1", "it_input", "it", parent="M-A"),
    ]
    rows = [*readings("M-IN", site), *readings("M-A", [10] * hours), *readings("M-A1", ["9.6"] * hours)]
    rows = [{**row, "at": row["at"] + dt.timedelta(hours=1)} for row in rows]
    result = measured("annual_pue", centre({"e": {"energy_readings": rows}}, meters=meters))
    assert result.value == 12 / Fraction("9.6")
    assert {"readings_zero", "meters_unbalanced"} <= {note.code for note in result.notes}


RUNNING = ledger([8] * 60)


def test_a_register_that_stood_still_above_a_load_and_never_caught_up_knows_nothing_of_that_time() -> None:
    stood = ledger([10] * 20 + [0] * 12 + [10] * 20, form="register")
    assert check(stood, children=[RUNNING]) == ({"zero": 12}, 40)
    assert not is_sound(stood)


def test_one_that_caught_up_has_lost_no_energy() -> None:
    caught_up = ledger([10] * 20 + [0] * 12 + [130] + [10] * 20, form="register")
    assert check(caught_up, children=[RUNNING]) == ({}, 53)


def test_one_that_stands_still_to_the_end_has_not_caught_up() -> None:
    assert check(ledger([10] * 20 + [0] * 5, form="register"), children=[RUNNING]) == ({"zero": 5}, 20)


def test_a_coarse_register_that_moves_seldom_is_believed() -> None:
    assert check(ledger(([0] * 11 + [120]) * 4, form="register"), children=[RUNNING]) == ({}, 48)


def test_a_register_may_stand_still_where_nothing_below_it_runs() -> None:
    stood = ledger([10] * 20 + [0] * 12 + [10] * 20, form="register")
    assert check(stood) == ({}, 52)
    assert check(stood, children=[ledger([8] * 20 + [0] * 12 + [8] * 20, form="register")]) == ({}, 52)


def test_a_register_that_never_moves_above_a_load_knows_nothing() -> None:
    assert check(ledger([0] * 10, form="register"), children=[RUNNING]) == ({"zero": 10}, 0)
