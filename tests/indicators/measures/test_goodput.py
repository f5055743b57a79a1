"""Effective training time, recovery, lost work and stalls, worked out by hand for 128 cards."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from tests.indicators.measures.evidence import DAY, HOUR, YEAR_END, YEAR_START, centre, code, measured
from tests.indicators.measures.test_scheduling import weekly

START = YEAR_END - 80 * DAY  # inside the 90 days
TEN_MINUTES = dt.timedelta(minutes=10)
# 1 to 100, then a crash; back at 90, the next step done an hour later; on to 160, ten minutes each.
FIRST = [(step, START + TEN_MINUTES * (step + 1)) for step in range(1, 101)]
CRASH = FIRST[-1][1]
SECOND = [(step, CRASH + HOUR + TEN_MINUTES * (step - 91)) for step in range(91, 161)]
END = SECOND[-1][1]  # 29 h 20 min after the start


def beats(points: list[tuple[int, dt.datetime]], **more: Any) -> list[dict[str, Any]]:
    return [{"job": "big", "at": at, "step": step, "cards": 64} | more for step, at in points]


def job(name: str, start: dt.datetime, end: dt.datetime, cards: int, **more: Any) -> dict[str, Any]:
    return {
        "job": name, "submit_at": start - HOUR, "start_at": start, "end_at": end, "cards": cards, "state": "COMPLETED",
        "elapsed_s": int((end - start).total_seconds()),
    } | more  # fmt: skip


# Twelve months, no week of them without a word.
EDGES = [job("early", YEAR_START, YEAR_START + HOUR, 1), job("late", YEAR_END - HOUR, YEAR_END, 1), *weekly()]
BIG = job("big", START, END, 64)


def ettr(heartbeats: Any, jobs: Any = (BIG,), **files: Any) -> Any:
    return measured(
        "effective_training_time_ratio",
        centre({"beats": {"step_heartbeats": heartbeats}, "jobs": {"jobs": [*EDGES, *jobs]}, **files}),
    )


def named(found: Any) -> dict[str, Decimal]:
    return {one.name: one.value for one in found.inputs}


def test_what_was_rolled_back_and_the_way_back_are_no_training() -> None:
    # Kept: steps 1–90 and 91–160, 160 · 600 s = 96,000 s. Clock: ten minutes of start-up, 100 steps, an hour, 69 steps:
    # 600 + 60,000 + 3,600 + 41,400 = 105,600 s. An hour of queue before it: 109,200 s.
    found = ettr(beats(FIRST + SECOND))
    assert found.value == digits(Fraction(96_000, 105_600))
    assert named(found)["ettr_sched"] == digits(Fraction(96_000, 109_200))
    assert found.quality is Quality.A


def test_waiting_for_a_restart_is_on_the_clock() -> None:
    # The same job in two allocations half an hour apart, the half hour inside the hour of the crash.
    first = job("big", START, CRASH, 64)
    second = job("big", CRASH + HOUR / 2, END, 64, submit_at=CRASH)
    assert ettr(beats(FIRST + SECOND), (first, second)).value == digits(Fraction(96_000, 105_600))


def test_a_long_pause_without_going_back_is_no_progress_either() -> None:
    # Steps 1–100, four hours of nothing, 101–200: 200 · 600 s of 600 + 200 · 600 + 4 · 3,600 s.
    later = [(step, CRASH + 4 * HOUR + TEN_MINUTES * (step - 100)) for step in range(101, 201)]
    found = ettr(beats(FIRST + later), (job("big", START, later[-1][1], 64),))
    assert found.value == digits(Fraction(120_000, 135_000))


def test_time_stood_still_for_checkpoints_is_no_training() -> None:
    # Every step of 540 s is followed by a checkpoint of 60 s; the step itself counts.
    points = [(step, START + TEN_MINUTES * (step - 1) + dt.timedelta(seconds=540)) for step in range(1, 151)]
    found = ettr(beats(points, checkpoint_ms=Decimal(60_000)), (job("big", START, START + 150 * TEN_MINUTES, 64),))
    assert found.value == digits(Fraction(540, 600))


def test_jobs_are_weighed_by_cards_and_time() -> None:
    # A job of 32 cards with nothing lost: 150 steps of 600 s from its very start.
    points = [(step, START + TEN_MINUTES * step) for step in range(1, 151)]
    other = [row | {"job": "other", "cards": 32} for row in beats(points)]
    found = ettr(beats(FIRST + SECOND) + other, (BIG, job("other", START, START + 150 * TEN_MINUTES, 32)))
    assert found.value == digits(Fraction(64 * 96_000 + 32 * 90_000, 64 * 105_600 + 32 * 90_000))


def test_heartbeats_handed_in_twice_and_in_pieces_count_once() -> None:
    whole = beats(FIRST + SECOND)
    split = ettr(whole[:70], again={"step_heartbeats": whole[60:]}, twice={"step_heartbeats": whole})
    assert split.value == ettr(whole).value


def test_small_and_short_jobs_do_not_count() -> None:
    # 20 % of 128 cards are 25.6: 25 cards are too few, and so are 23 hours.
    for jobs in ((job("big", START, END, 25),), (job("big", START, START + 23 * HOUR, 64),)):
        assert code(ettr(beats(FIRST + SECOND), jobs)) == "no_large_job"


def said(indicator: str, value: str, unit: str) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(value), "unit": unit, "documents": 1}


DRILL = {
    "trial": "D", "subject": "training_job", "started_at": START, "recovered_at": START + HOUR / 4,
    "injected": True, "witnessed_by": "Ana",
}  # fmt: skip
ESTIMATE: dict[str, Any] = {
    "said": {"declaration": [said("ST-4.1", "12", "s"), said("ST-2.4.checkpoint_interval", "20", "min")]},
    "drills": {"timed_trials": [DRILL]},
}


def test_without_heartbeats_the_estimate_is_scored_at_grade_b_or_worse() -> None:
    # A clean record of 64 cards over 60 days = 3,840 card-days: U = 2.99573 ÷ 3,840 · 1,000 per kcd; the rung of 128
    # cards is 64: λ = U · 64 ÷ 1,000 ÷ 24 an hour. δ = 12 s, τ = 20 min, u = 15 min.
    found = ettr([], (job("long", YEAR_END - 61 * DAY, YEAR_END - DAY, 64),), **ESTIMATE)
    upper = Fraction("2.99573227355399099343522357614")
    per_hour = upper / 3840 * 64 / 24
    expected = (1 - Fraction(12, 1200)) * (1 - per_hour * Fraction(25, 60))
    assert found.value is not None
    assert abs(Fraction(found.value) - expected) < Fraction(1, 10**9)
    assert found.quality is Quality.C  # the stall is declared with a document only
    assert "estimated" in [note.code for note in found.notes]


def test_the_estimate_is_not_made_of_the_last_months_of_a_log_alone() -> None:
    # 64 cards over 60 days are 3,840 card-days: below 10,000 the rate is one of twelve months.
    early = job("early", YEAR_END - 90 * DAY, YEAR_END - 89 * DAY, 1)
    jobs = [early, EDGES[1], job("long", YEAR_END - 61 * DAY, YEAR_END - DAY, 64)]
    found = measured("effective_training_time_ratio", centre({"jobs": {"jobs": jobs}, **ESTIMATE}))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "heartbeats_too_few")
    assert found.reason is not None
    assert "twelve months by rule" in found.reason.message.en


def test_the_estimate_is_never_better_than_what_the_heartbeats_showed() -> None:
    # Heartbeats of 29 hours beside 60 days of another job: far below 30 %.
    long = job("long", YEAR_END - 61 * DAY, YEAR_END - DAY, 64)
    found = ettr(beats(FIRST + SECOND), (BIG, long), **ESTIMATE)
    assert found.value == digits(Fraction(96_000, 105_600))
    assert "estimated" in [note.code for note in found.notes]


def test_without_heartbeats_and_without_what_the_estimate_needs_nothing_is_scored() -> None:
    found = ettr([], (job("long", YEAR_END - 61 * DAY, YEAR_END - DAY, 64),))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "heartbeats_too_few")


def test_a_measured_ratio_far_from_the_estimate_is_told() -> None:
    # Measured 10/11; twenty days of 128 clean cards beside it make the estimate almost 0.98.
    more = job("clean", YEAR_END - 40 * DAY, YEAR_END - 39 * DAY, 8)
    quiet = [job(f"q{n}", YEAR_END - 70 * DAY, YEAR_END - 10 * DAY, 8) for n in range(4)]
    found = ettr(beats(FIRST + SECOND), (BIG, more, *quiet), **ESTIMATE)
    assert "ettr_disagrees" in [note.code for note in found.notes]


def test_steps_without_the_jobs_beside_them_prove_nothing() -> None:
    found = measured("effective_training_time_ratio", centre({"b": {"step_heartbeats": beats(FIRST + SECOND)}}))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "jobs_missing")


def test_recovery_runs_from_the_last_step_to_steps_at_the_previous_rate() -> None:
    files = {"b": {"step_heartbeats": beats(FIRST + SECOND)}}
    assert measured("mean_time_to_recover", centre(files)).value == 60
    # A drill of 15 minutes beside it: the mean of both.
    with_drill = centre(files | {"d": {"timed_trials": [DRILL]}})
    assert measured("mean_time_to_recover", with_drill).value == Decimal("37.5")
    # Slow steps after the restart are no recovery: five steps of twenty minutes, then the old rate.
    slow = [(step, CRASH + HOUR + 2 * TEN_MINUTES * (step - 91)) for step in range(91, 97)]
    back = [(step, slow[-1][1] + TEN_MINUTES * (step - 96)) for step in range(97, 161)]
    found = measured("mean_time_to_recover", centre({"b": {"step_heartbeats": beats(FIRST + slow + back)}}))
    assert found.value == 60 + 5 * 20


def test_lost_work_is_what_the_restart_threw_away() -> None:
    # Steps 91 to 100 were done twice: 100 minutes.
    files = {"b": {"step_heartbeats": beats(FIRST + SECOND)}}
    assert measured("lost_work_per_interruption", centre(files)).value == 100


def test_steps_without_an_interruption_have_no_time_to_recover() -> None:
    found = measured("mean_time_to_recover", centre({"b": {"step_heartbeats": beats(FIRST)}}))
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, "no_interruption")


def test_a_log_with_times_and_a_run_card_tells_progress_at_grade_c() -> None:
    steps = [
        {"step": step, "at": at, "iteration_ms": Decimal(600_000), "dialect": "megatron"} for step, at in FIRST + SECOND
    ]
    card = {
        "log": "sha256:log", "workload": "operator_job", "model": "M", "params": Decimal(10**9),
        "params_active": Decimal(10**9), "sequence_length": 4096, "objective": "pretrain",
        "accelerator": "NVIDIA H800 SXM", "accelerators": 64, "precision": "bf16",
    }  # fmt: skip
    found = measured(
        "effective_training_time_ratio",
        centre({"log": {"training_steps": steps}, "card": {"run_cards": [card]}, "jobs": {"jobs": [*EDGES, BIG]}}),
    )
    assert (found.value, found.quality) == (digits(Fraction(96_000, 105_600)), Quality.C)


@pytest.mark.parametrize("witnessed", [True, False])
def test_checkpoints_and_input_stalls_are_those_of_the_witnessed_reference_job(witnessed: bool) -> None:
    rows = beats(FIRST[:4], step_ms=Decimal(10_000), data_wait_ms=Decimal(250))
    rows[1]["checkpoint_ms"], rows[3]["checkpoint_ms"] = Decimal(3000), Decimal(5000)
    reference = {"indicator": "reference_jobs", "item": "big", "met": True, "documents": 0}
    files = {"b": {"step_heartbeats": rows}, "d": {"declaration": [reference | {"witnessed_by": "Ana"}]}}
    found = centre(files if witnessed else {"b": files["b"]})
    stall, waited = measured("checkpoint_stall", found), measured("data_stall_share", found)
    assert (stall.value, waited.value) == (4, Decimal("2.5"))
    assert {stall.quality, waited.quality} == {Quality.A if witnessed else Quality.C}
