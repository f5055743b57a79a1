"""Times of drills and how incidents were handled, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, centre, code, measured

DAY_ONE = YEAR_END - 60 * DAY


def trial(number: int, subject: str, seconds: float | None, **more: Any) -> dict[str, Any]:
    start = DAY_ONE + number * HOUR
    end = None if seconds is None else start + dt.timedelta(seconds=seconds)
    return {
        "trial": f"D{number}", "subject": subject, "started_at": start, "recovered_at": end, "injected": True,
        "cards": 16, "witnessed_by": "Ana",
    } | more  # fmt: skip


def drills(measure: str, *rows: dict[str, Any]) -> Any:
    return measured(measure, centre({"drills": {"timed_trials": rows}}))


LINKS = [trial(n, "link", seconds) for n, seconds in enumerate((0.4, 0.9, 0.2, 1.5, 0.3))]


def test_convergence_is_the_p95_of_link_and_switch_faults() -> None:
    # Six values, nearest rank of 95 %: the sixth, 4 s of the switch.
    found = drills("network_convergence_time", *LINKS, trial(9, "switch", 4))
    assert (found.value, found.quality) == (4, Quality.A)
    assert code(drills("network_convergence_time", *LINKS)) == "too_few_drills"
    # On 15 cards of 128 the slice is too small: min(256, max(16, 6.4)) = 16.
    assert code(drills("network_convergence_time", *LINKS, trial(9, "switch", 4, cards=15))) == "too_few_drills"


def test_drills_older_than_a_year_do_not_count() -> None:
    old = trial(9, "switch", 4) | {"started_at": YEAR_END - 370 * DAY, "recovered_at": YEAR_END - 369 * DAY}
    assert code(drills("network_convergence_time", *LINKS, old)) == "too_few_drills"


def test_what_never_recovered_counts_to_the_end_of_the_period() -> None:
    rows = [trial(0, "instance", 20), trial(1, "node", 40), trial(2, "instance", None)]
    found = drills("instance_failover_time", *rows)
    assert found.value == Decimal((YEAR_END - rows[2]["started_at"]).total_seconds())
    assert "not_recovered" in [note.code for note in found.notes]


def test_a_trial_handed_in_open_and_later_closed_is_one_trial() -> None:
    rows = [trial(n, "instance", 60) for n in range(3)]
    while_open = {"trials": {"timed_trials": [*rows[:2], rows[2] | {"recovered_at": None}]}}
    found = measured("instance_failover_time", centre({**while_open, "later": {"timed_trials": rows[2:]}}))
    assert (found.value, found.notes) == (60, ())
    assert {i.name: i.value for i in found.inputs}["trials"] == 3


def test_of_two_recoveries_of_one_trial_the_later_counts_and_that_is_told() -> None:
    rows = [trial(n, "instance", 60) for n in range(3)]
    found = drills("instance_failover_time", *rows, trial(2, "instance", 90, witnessed_by=None))
    assert (found.value, found.quality) == (90, Quality.C)
    assert [note.message.en for note in found.notes] == [
        "Records of these trials contradict each other, the latest recovery counts: D2. "
        "Give each trial an id of its own."
    ]
    assert drills("instance_failover_time", *rows, trial(2, "node", 90)).notes == (), (
        "of another subject: another trial"
    )


def test_failover_asks_for_three_injected_losses() -> None:
    rows = [trial(n, "instance", 20, injected=n > 0) for n in range(3)]
    assert code(drills("instance_failover_time", *rows)) == "too_few_drills"


def test_a_record_nobody_witnessed_is_grade_c() -> None:
    rows = [trial(n, "scale_out", 60 + n, witnessed_by=None) for n in range(20)]
    found = drills("elastic_scale_out_time", *rows)
    assert (found.value, found.quality) == (60 + 18, Quality.C)  # 19th of 20
    assert code(drills("elastic_scale_out_time", *rows[:9])) == "too_few_drills"


def test_restores_are_timed_or_else_declared() -> None:
    assert drills("restore_time", trial(0, "restore", 120), trial(1, "restore", 600)).value == 6
    said = {"indicator": "ST-4.2", "value": Decimal("300"), "unit": "s", "documents": 1}
    found = measured("restore_time", centre({"d": {"declaration": [said]}}))
    assert (found.value, found.quality) == (5, Quality.C)


def incident(number: int, alarm: float | None, located: float | None, automatic: bool | None = None) -> dict[str, Any]:
    """Minutes after the onset; each incident lasts ten hours."""
    start = DAY_ONE + number * DAY
    stamps = [None if minutes is None else start + dt.timedelta(minutes=minutes) for minutes in (alarm, located)]
    return {
        "outage": f"I{number}", "service": "compute", "started_at": start, "ended_at": start + 10 * HOUR,
        "planned": False, "alarmed_at": stamps[0], "located_at": stamps[1], "automatic": automatic,
    }  # fmt: skip


def incidents(measure: str, *rows: dict[str, Any]) -> Any:
    return measured(measure, centre({"log": {"outages": rows}}))


def test_detection_is_a_mean_and_location_a_p90() -> None:
    rows = [incident(n, 1 + n, 11 + 3 * n) for n in range(10)]
    # Alarms after 1 … 10 minutes; located 10, 12 … 28 minutes after the alarm: the ninth of ten is 26.
    assert incidents("mean_time_to_detect", *rows).value == Decimal("5.5")
    assert incidents("fault_localisation_time", *rows).value == 26


def test_a_stamp_not_written_down_counts_at_its_worst() -> None:
    rows = [incident(0, 1, 11), incident(1, 1, 11), incident(2, None, None)]
    # No alarm: counted at the end, 600 minutes after the onset; no location: from the onset to the end.
    found = incidents("mean_time_to_detect", *rows)
    assert found.value == Decimal("200.666666667")
    assert found.quality is Quality.C
    assert incidents("fault_localisation_time", *rows).value == 600
    assert code(incidents("mean_time_to_detect", *[incident(n, None, 5) for n in range(3)])) == "stamps_missing"


def test_recovery_without_a_person_is_a_share_of_all_interruptions() -> None:
    rows = [incident(0, 1, 2, True), incident(1, 1, 2, True), incident(2, 1, 2, False), incident(3, 1, 2, None)]
    facility = incident(4, 1, 2, False) | {"service": "facility"}
    planned = incident(5, 1, 2, False) | {"planned": True}
    assert incidents("automatic_recovery_share", *rows, facility, planned).value == 50


@pytest.mark.parametrize("measure", ["mean_time_to_detect", "fault_localisation_time", "automatic_recovery_share"])
def test_two_incidents_are_too_few_to_judge_by(measure: str) -> None:
    found = incidents(measure, incident(0, 1, 2, True), incident(1, 1, 2, True))
    assert (found.outcome, code(found)) == (Outcome.NOT_APPLICABLE, "too_few_incidents")
