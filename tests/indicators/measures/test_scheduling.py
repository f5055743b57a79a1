"""Measures of the job log: 128 cards, windows counted back from the end of March 2026."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from indicators.measures.base import Measurement
from indicators.measures.causes import Cause, coded_as, job_cause
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, code, measured

QUARTER = YEAR_END - 90 * DAY


def job(number: int, start: dt.datetime, hours: float, cards: int = 8, **more: Any) -> dict[str, Any]:
    end = start + hours * HOUR
    row = {"job": str(number), "submit_at": start - dt.timedelta(minutes=5), "start_at": start, "end_at": end}
    return row | {"elapsed_s": int(hours * 3600), "cards": cards, "state": "COMPLETED"} | more


def frame(first: dt.datetime = YEAR_START) -> list[dict[str, Any]]:
    """Two jobs of one card and one hour at the ends of a window, and one a week that never started: it is covered."""
    return [job(1, first + HOUR, 1, 1), job(2, YEAR_END - 3 * HOUR, 1, 1), *weekly(first)]


def weekly(first: dt.datetime = YEAR_START) -> list[dict[str, Any]]:
    """Jobs that were called off before they held a card, so that no week of the log is without a word."""
    never: dict[str, Any] = {"start_at": None, "end_at": None, "state": "CANCELLED"}
    return [job(90_000 + day, first + day * DAY, 0, 1, **never) for day in range(0, (YEAR_END - first).days, 7)]


def log(*rows: dict[str, Any], **changes: Any) -> Any:
    return centre({"log": {"jobs": rows}}, **changes)


def test_allocation_is_card_hours_held_over_card_hours_installed() -> None:
    rate = measured("accelerator_allocation_rate", log(*frame(), job(3, YEAR_START + DAY, 4380, 128)))
    # 128 · 4 380 + 2 of 128 · 8 760 card-hours
    assert rate.value == (Decimal(128 * 4380 + 2) / (128 * 8760) * 100).quantize(Decimal("1e-10"))
    assert rate.quality is Quality.A


def test_a_job_counts_only_for_its_time_inside_the_window() -> None:
    rows = [job(1, YEAR_START - 10 * HOUR, 20, 64), job(2, YEAR_END - 5 * HOUR, 50, 64)]
    rate = measured("accelerator_allocation_rate", log(*rows))
    assert {i.name: i.value for i in rate.inputs}["allocated"] == 64 * 10 + 64 * 5


def test_announced_maintenance_leaves_the_available_cards() -> None:
    begin = YEAR_START + 50 * DAY
    outage = {
        "outage": "M-1",
        "service": "compute",
        "started_at": begin,
        "ended_at": begin + 10 * HOUR,
        "planned": True,
        "announced_at": begin - 5 * DAY,
    }
    evidence = centre({"log": {"jobs": [*frame(), job(3, YEAR_START + DAY, 100, 128)], "outages": [outage]}})
    rate = measured("accelerator_allocation_rate", evidence)
    assert {i.name: i.value for i in rate.inputs}["available"] == 128 * (8760 - 10)


@pytest.mark.parametrize("service", ["network", "storage", "www.example.com"])
def test_an_incident_record_without_a_word_of_compute_takes_no_measure_of_the_jobs_away(service: str) -> None:
    outage = {"outage": "N-1", "service": service, "started_at": YEAR_START + DAY, "ended_at": YEAR_START + 2 * DAY}
    jobs = busy([100] * 200)
    for measure in ("accelerator_allocation_rate", "mean_queue_wait"):
        alone = measured(measure, log(*jobs))
        beside = measured(measure, centre({"log": {"jobs": jobs, "outages": [outage | {"planned": False}]}}))
        assert (beside.outcome, beside.value, beside.quality) == (Outcome.SCORED, alone.value, alone.quality)


def test_a_log_of_half_a_year_is_measured_over_its_own_window() -> None:
    rate = measured("accelerator_allocation_rate", log(*frame(YEAR_END - 180 * DAY)))
    assert rate.period is not None
    assert rate.period.seconds == 180 * 86_400
    assert "short_window" in [note.code for note in rate.notes]


def test_a_log_that_ends_early_is_not_assessable() -> None:
    rows = [job(1, YEAR_START + HOUR, 1), job(2, YEAR_END - 30 * DAY, 1)]
    assert code(measured("accelerator_allocation_rate", log(*rows))) == "window_not_covered"


def test_a_job_on_more_cards_than_installed_is_invalid() -> None:
    found = measured("accelerator_allocation_rate", log(*frame(), job(3, YEAR_START + DAY, 1, 136)))
    assert (found.outcome, code(found)) == (Outcome.INVALID, "more_cards_than_installed")


def test_more_card_hours_than_there_are_is_invalid() -> None:
    rows = [job(n, YEAR_START, 8760, 128) for n in (3, 4)]
    assert code(measured("accelerator_allocation_rate", log(*frame(), *rows))) == "allocated_above_installed"


def test_a_job_exported_twice_counts_once_and_as_its_latest_export_says() -> None:
    running = job(3, YEAR_START + DAY, 100, 64, end_at=None, state="RUNNING")
    ended = job(3, YEAR_START + DAY, 240, 64)
    once = measured("accelerator_allocation_rate", log(*frame(), ended))
    both = centre({"may": {"jobs": [*frame(), running]}, "june": {"jobs": [*frame(), ended]}})
    assert measured("accelerator_allocation_rate", both).value == once.value


def test_a_running_job_counts_as_long_as_the_export_says() -> None:
    rate = measured("accelerator_allocation_rate", log(*frame(), job(3, YEAR_START + DAY, 10, 64, end_at=None)))
    assert {i.name: i.value for i in rate.inputs}["allocated"] == 64 * 10 + 2


def busy(waits: list[int], *, busy_hours: int = 8000) -> list[dict[str, Any]]:
    """One job holds most of the year; as many short ones as waits start in the last quarter."""
    rows = [*frame(), job(3, YEAR_START, busy_hours, 120)]
    for index, wait in enumerate(waits):
        start = QUARTER + index * HOUR
        rows.append(job(100 + index, start, 0.5, 1, submit_at=start - dt.timedelta(seconds=wait)))
    return rows


def test_mean_queue_wait_is_over_the_jobs_started_in_ninety_days() -> None:
    # 199 jobs with 100 s, one with 10 100 s, and the frame's last job with 300 s: (19 900 + 10 100 + 300) ÷ 201.
    wait = measured("mean_queue_wait", log(*busy([100] * 199 + [10_100])))
    assert wait.value == (Decimal(30_300) / 201).quantize(Decimal("1e-9"))
    assert {i.name: i.value for i in wait.inputs}["p50"] == 100


def test_fewer_than_two_hundred_jobs_make_no_mean_wait() -> None:
    assert code(measured("mean_queue_wait", log(*busy([100] * 198)))) == "too_few_jobs"


def test_an_empty_centre_has_no_queue() -> None:
    found = measured("mean_queue_wait", log(*busy([100] * 300, busy_hours=100)))
    assert (found.outcome, code(found)) == (Outcome.NOT_APPLICABLE, "empty_centre_has_no_queue")


@pytest.mark.parametrize(
    ("state", "cause", "counted"),
    [
        ("COMPLETED", None, Cause.NONE),
        ("NODE_FAIL", None, Cause.PLATFORM),
        ("BOOT_FAIL", None, Cause.PLATFORM),
        ("CANCELLED", None, Cause.USER),
        ("OUT_OF_MEMORY", None, Cause.USER),
        ("TIMEOUT", "storage", Cause.PLATFORM),
        ("PREEMPTED", None, Cause.POLICY),
        ("FAILED", None, Cause.UNKNOWN),
        ("FAILED", "user_error", Cause.USER),
        ("FAILED", "faulty_gpu", Cause.PLATFORM),
        ("FAILED", "用户代码错误", Cause.USER),
        ("FAILED", "用户取消", Cause.USER),
        ("FAILED", "GPU 故障", Cause.PLATFORM),
        ("FAILED", "光模块故障", Cause.PLATFORM),
        ("FAILED", "ＧＰＵ故障", Cause.PLATFORM),
        ("FAILED", "Faulty-GPU", Cause.PLATFORM),
        ("FAILED", "DeadlineExceeded", Cause.USER),
        ("FAILED", "计划内维护", Cause.POLICY),
        ("FAILED", "BackoffLimitExceeded", Cause.UNKNOWN),
        ("FAILED", "老王说的", Cause.UNKNOWN),
        ("CANCELLED", "老王说的", Cause.UNKNOWN),  # coded otherwise, in words nobody knows
        ("CANCELLED", "待查", Cause.USER),
        ("CANCELLED", "-", Cause.USER),
        ("NODE_FAIL", "老王说的", Cause.PLATFORM),
        ("NODE_FAIL", "user", Cause.PLATFORM),
        ("NODE_FAIL", "planned", Cause.POLICY),
        ("节点掉线", None, Cause.UNKNOWN),
        ("节点掉线", "user", Cause.USER),
        ("RUNNING", None, Cause.NONE),
    ],
)
def test_states_and_causes_of_jobs(state: str, cause: str | None, counted: Cause) -> None:
    assert job_cause(state, coded_as(cause)) is counted


def test_platform_failures_leave_out_policy_and_show_the_strict_variant() -> None:
    states = ["NODE_FAIL"] * 2 + ["FAILED"] * 3 + ["CANCELLED"] * 5 + ["PREEMPTED"] * 7 + ["COMPLETED"] * 89
    rows = [job(100 + n, QUARTER + n * HOUR, 0.5, 1, state=state) for n, state in enumerate(states)]
    failure = measured("platform_job_failure", log(*frame(), *rows))
    assert failure.value == Decimal(2)  # 2 of 89 + 5 + 3 + 2 + the frame's last one
    assert {i.name: i.value for i in failure.inputs}["strict"] == Decimal(5)
    assert failure.quality is Quality.A


def test_causes_in_chinese_and_in_english_count_alike_and_words_nobody_knows_are_told() -> None:
    def failure(cause: str) -> Measurement:
        rows = [job(100 + n, QUARTER + n * HOUR, 0.5, 1, state="COMPLETED") for n in range(7)]
        rows += [job(200 + n, QUARTER + n * HOUR, 0.5, 1, state="FAILED") | {"cause": cause} for n in range(2)]
        return measured("platform_job_failure", log(*frame(), *rows))

    assert [failure(cause).value for cause in ("用户代码错误", "user_error")] == [0, 0]
    assert [failure(cause).value for cause in ("GPU故障", "faulty_gpu")] == [20, 20]  # 2 of 7 + 2 + the frame's last
    unlisted = failure("BackoffLimitExceeded")
    assert (unlisted.value, {i.name: i.value for i in unlisted.inputs}["strict"]) == (0, 20)
    (told,) = (note.message for note in unlisted.notes if note.code == "causes_not_listed")
    assert "BackoffLimitExceeded" in told.zh
    assert "Write a code or a word of it instead" in told.en


def test_many_unknown_causes_lower_the_grade() -> None:
    rows = [job(100 + n, QUARTER + n * HOUR, 0.5, 1, state="FAILED" if n < 3 else "COMPLETED") for n in range(12)]
    assert measured("platform_job_failure", log(*frame(), *rows)).quality is Quality.C  # 3 of 13


def test_the_longest_run_is_weighed_by_the_reference_of_the_size_class() -> None:
    # 128 H800 are 126.6 PFLOP/s: small, 2 500 card-days. 25 d on 100 cards beat 100 d on 24.
    rows = [job(3, YEAR_START + DAY, 25 * 24, 100), job(4, YEAR_START + 50 * DAY, 100 * 24, 24)]
    found = measured("longest_uninterrupted_run", log(*frame(), *rows))
    assert found.value == 1
    assert "size_classes/2026.1: small" in [i.source for i in found.inputs]


def test_off_peak_is_the_night_over_the_busiest_eight_hours() -> None:
    # Every day 64 cards from 09:00 to 17:00 and 16 from 02:00 to 06:00, in the centre's own zone.
    day_jobs = [job(1000 + d, QUARTER + d * DAY + 9 * HOUR, 8, 64) for d in range(90)]
    night_jobs = [job(2000 + d, QUARTER + d * DAY + 2 * HOUR, 4, 16) for d in range(90)]
    found = measured("off_peak_utilisation", log(*day_jobs, *night_jobs))
    assert found.value == Decimal("0.125")  # 16 · 4 ÷ (64 · 8)
    assert {i.name: i.value for i in found.inputs}["peak_from"] == 9


def test_jobs_without_cards_feed_nothing() -> None:
    assert measured("off_peak_utilisation", log(job(1, QUARTER, 10, 0))).outcome is Outcome.NO_EVIDENCE
