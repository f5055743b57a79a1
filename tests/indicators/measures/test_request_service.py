"""Availability, success and latency from a gateway's windows, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import DAY, YEAR_END, centre, code, measured

START = YEAR_END - 90 * DAY
FIVE = dt.timedelta(minutes=5)
WINDOWS = 90 * 288


def windows(service: str = "chat", number: int = WINDOWS, **changes: Any) -> list[dict[str, Any]]:
    """Windows of five minutes with 100 requests each, all good."""
    row = {
        "service": service, "window_ms": 300_000, "requests": 100, "failed": 0, "client_errors": 0, "slo_met": 100,
    } | changes  # fmt: skip
    return [row | {"start_at": START + FIVE * index} for index in range(number)]


def changed(rows: list[dict[str, Any]], count: int, **changes: Any) -> list[dict[str, Any]]:
    """The first of them otherwise."""
    return [row | changes for row in rows[:count]] + rows[count:]


def found(measure: str, rows: list[dict[str, Any]], **files: Any) -> Any:
    return measured(measure, centre({"gateway": {"request_windows": rows}, **files}))


def availability(rows: list[dict[str, Any]], **files: Any) -> Any:
    return found("inference_service_availability", rows, **files)


def test_success_is_of_valid_requests_and_client_errors_are_none() -> None:
    # 25,920 windows · 100; in ten of them 20 fail and 10 are client errors.
    rows = changed(windows(), 10, failed=20, client_errors=10, slo_met=50)
    success = found("request_success_rate", rows)
    assert success.value == digits((1 - Fraction(200, 2_592_000 - 100)) * 100)
    latency = found("latency_slo_attainment", rows)
    assert latency.value == digits(Fraction(2_592_000 - 500, 2_592_000 - 100) * 100)


def test_a_window_is_down_from_five_per_cent_of_failures_on() -> None:
    # 4 of 100 are no outage, 5 of 100 are; 12 windows of five minutes of 25,920.
    rows = changed(changed(windows(), 24, failed=4), 12, failed=5)
    assert availability(rows).value == digits((1 - Fraction(12, WINDOWS)) * 100)


def test_a_silent_window_is_what_the_probe_says_and_nothing_without_one() -> None:
    quiet = {"requests": 0, "slo_met": 0}
    unreachable = changed(windows(), 30, **quiet, reachable=False)
    assert availability(unreachable).value == digits((1 - Fraction(30, WINDOWS)) * 100)
    unknown = availability(changed(changed(windows(), 40, **quiet), 10, requests=100, failed=100))
    assert unknown.value == digits((1 - Fraction(10, WINDOWS - 30)) * 100)
    assert "silent_windows" in [note.code for note in unknown.notes]


def test_services_weigh_as_many_requests_as_they_serve() -> None:
    # chat loses 100 of 25,920 windows and serves 100 each (less those 100 · 100 that failed still are valid); embed
    # serves 300 each and loses none.
    rows = changed(windows(), 100, failed=100) + windows("embed", requests=300, slo_met=300)
    assert availability(rows).value == digits((1 - Fraction(1, 4) * Fraction(100, WINDOWS)) * 100)


def test_windows_prove_no_more_than_their_length_resolves() -> None:
    perfect = availability(windows())
    assert perfect.value == digits((1 - Fraction(1, WINDOWS)) * 100)
    assert "cut_to_resolution" in [note.code for note in perfect.notes]


def test_announced_maintenance_leaves_the_time_in_service_up_to_one_per_cent() -> None:
    # 30 h of maintenance = 360 windows, all down; 1 % of 2,160 h are 21.6 h = 259.2 windows, 8.4 h count as lost.
    plan = {
        "outage": "M1", "service": "inference", "started_at": START, "ended_at": START + dt.timedelta(hours=30),
        "planned": True, "announced_at": START - 5 * DAY,
    }  # fmt: skip
    rows = changed(windows(), 360, failed=100)
    value = availability(rows, incidents={"outages": [plan]}).value
    assert value == digits((1 - Fraction(84, 10) / (2160 - Fraction(216, 10))) * 100)
    late = plan | {"announced_at": START - DAY}
    assert availability(rows, incidents={"outages": [late]}).value == digits((1 - Fraction(30, 2160)) * 100)


def test_windows_handed_in_twice_and_in_pieces_count_once() -> None:
    rows = changed(windows(), 12, failed=7)
    split = availability(rows[:9000], again={"request_windows": rows[8000:]}, twice={"request_windows": rows[5:500]})
    assert split.value == availability(rows).value


def test_two_tellings_of_one_time_are_refused() -> None:
    rows = [*windows(), windows(number=1)[0] | {"requests": 99, "slo_met": 99}]
    assert code(found("request_success_rate", rows)) == "overlapping_windows"
    assert code(found("request_success_rate", changed(windows(), 1, failed=60, client_errors=60))) == (
        "more_failed_than_valid"
    )


@pytest.mark.parametrize(("kept", "outcome", "grade"), [
    (WINDOWS - 200, Outcome.SCORED, Quality.A),
    (WINDOWS * 95 // 100, Outcome.SCORED, Quality.B),
    (WINDOWS * 80 // 100, Outcome.SCORED, Quality.C),
    (WINDOWS * 70 // 100, Outcome.NOT_ASSESSABLE, None),
])  # fmt: skip
def test_missing_windows_lower_the_grade_and_then_forbid_a_figure(kept: int, outcome: Outcome, grade: Any) -> None:
    rows = windows()
    holes = rows[: kept - 1000] + rows[-1000:]
    success = found("request_success_rate", holes)
    assert (success.outcome, success.quality) == (outcome, grade)


def test_windows_of_a_month_are_no_quarter() -> None:
    assert code(found("request_success_rate", windows(number=30 * 288))) == "window_not_covered"


def test_latency_needs_to_be_told_of_three_quarters_of_the_requests() -> None:
    rows = changed(windows(), WINDOWS * 30 // 100, slo_met=None)
    assert code(found("latency_slo_attainment", rows)) == "latency_not_told"
    some = found("latency_slo_attainment", changed(windows(slo_met=90), 1000, slo_met=None))
    assert some.value == 90


def test_without_windows_the_incident_record_tells_the_availability() -> None:
    row = {
        "outage": "I", "service": "inference", "started_at": START, "ended_at": START + DAY, "planned": False,
    }  # fmt: skip
    alone = measured("inference_service_availability", centre({"i": {"outages": [row]}}))
    assert alone.value == digits((1 - Fraction(1, 365)) * 100)
    # Too short a record of windows does not stand in its way.
    short = availability(windows(number=288), incidents={"outages": [row]})
    assert short.value == alone.value
    assert Decimal(alone.value) < 100


def without(rows: list[dict[str, Any]], first: int, number: int) -> list[dict[str, Any]]:
    """As a gateway exports that is down for so many windows."""
    return rows[:first] + rows[first + number :]


def incident(first: int, number: int, outage: str = "I", **more: Any) -> dict[str, Any]:
    """Of inference, over so many windows of five minutes."""
    return {
        "outage": outage, "service": "inference", "started_at": START + FIVE * first,
        "ended_at": START + FIVE * (first + number), "planned": False,
    } | more  # fmt: skip


def recorded(rows: list[dict[str, Any]], *incidents: dict[str, Any]) -> Any:
    return availability(rows, record={"outages": list(incidents)})


def down(number: int) -> Decimal:
    return digits((1 - Fraction(number, WINDOWS)) * 100)


def codes(measurement: Any) -> list[str]:
    return [note.code for note in measurement.notes]


def test_an_outage_of_the_record_is_time_down_where_the_gateway_exported_nothing() -> None:
    # 66 h are 792 windows of 25,920: 96.944… %, below the 97 % of the scheme.
    found = recorded(without(windows(), 9000, 792), incident(9000, 792, cards_affected=128))
    assert found.value == down(792)
    assert found.value < 97
    assert codes(found) == []
    assert [support.kind for support in found.rests_on] == ["request_windows", "outages"]


def test_where_windows_tell_the_record_adds_nothing() -> None:
    # Of 50 recorded windows 10 are there and down, 20 there and up, 20 missing; another record overlaps the missing.
    rows = without(changed(windows(), 10, failed=100), 30, 20)
    assert recorded(rows, incident(0, 50), incident(35, 10, "J")).value == down(30)
    assert recorded(windows(), incident(0, 50)).value == availability(windows()).value


def test_an_outage_counts_for_each_service_that_was_there_and_for_none_that_was_not_yet() -> None:
    # Both serve 100 a window. chat lacks 100 windows; embed lacks half of them, and came after the first outage.
    chat, embed = without(windows(), 8000, 100), without(windows("embed"), 8000, 50)[4000:]
    found = recorded(chat + embed, incident(8000, 100), incident(3000, 24, "J"))
    of_chat, of_embed = WINDOWS - 100, WINDOWS - 4050
    weighed = of_chat * (1 - Fraction(100, WINDOWS)) + of_embed * (1 - Fraction(50, WINDOWS - 4000))
    assert found.value == digits(weighed / (of_chat + of_embed) * 100)


def test_maintenance_without_windows_is_left_out_up_to_one_per_cent_too() -> None:
    # 30 h were announced: of 2,160 h 21.6 are left out and 8.4 lost; one hour more was lost unannounced.
    plan = incident(5000, 360, "M", planned=True, announced_at=START)
    found = recorded(without(windows(), 5000, 372), plan, incident(5000, 372))
    assert found.value == digits((1 - (1 + Fraction(84, 10)) / (2160 - Fraction(216, 10))) * 100)


def test_a_gateway_down_at_the_end_of_the_period_or_with_silent_windows_is_down_by_the_record() -> None:
    assert recorded(windows(number=WINDOWS - 576), incident(WINDOWS - 576, 576, ended_at=None)).value == down(576)
    silent = changed(windows(), 30, requests=0, slo_met=0)
    assert recorded(silent, incident(0, 30)).value == down(30)


def test_missing_windows_that_no_incident_explains_are_told() -> None:
    # 24 windows are missing, two hours; the record explains half of them, and an incident of no card nothing.
    rows = without(windows(), 9000, 24)
    assert availability(rows).notes[0].message.en.startswith("Windows of 2 h are missing")
    half = recorded(rows, incident(9000, 12), incident(9000, 24, "J", cards_affected=0))
    assert half.value == digits((1 - Fraction(12, WINDOWS - 12)) * 100)
    assert half.notes[0].message.en.startswith("Windows of 1 h are missing")
    assert codes(availability(windows())) == ["cut_to_resolution"]
