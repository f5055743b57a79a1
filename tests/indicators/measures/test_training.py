"""MFU, scaling and parity from steps, run cards and MLPerf runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import centre, code, measured

LOG = "sha256:log"


def steps(times: list[Any], *, first: int = 1, every: int = 1, batch: int = 256) -> list[dict[str, Any]]:
    return [
        {
            "step": first + index * every,
            "iteration_ms": Decimal(time),
            "global_batch_size": batch,
            "dialect": "megatron",
        }
        for index, time in enumerate(times)
    ]


def card(log: str = LOG, **changes: Any) -> dict[str, Any]:
    return {
        "log": log,
        "workload": "reference_dense",
        "model": "R-D 70B",
        "params": Decimal("70.6e9"),
        "params_active": Decimal("70.6e9"),
        "sequence_length": 4096,
        "objective": "pretrain",
        "accelerator": "NVIDIA H800 SXM5",
        "accelerators": 64,
        "precision": "bf16",
        "witnessed_by": "Ana",
    } | changes


def run(times: list[Any], **changes: Any) -> Any:
    batch = changes.pop("batch", 256)
    return {"log": {"training_steps": steps(times, batch=batch)}, "card": {"run_cards": [card(**changes)]}}


def mfu(files: Any, **profile: Any) -> Any:
    return measured("model_flops_utilisation", centre(files, **profile))


def test_mfu_is_taken_at_the_median_step_after_two_hundred() -> None:
    # 256 · 4 096 tokens in 14 s; 6 · 70.6e9 · 1 048 576 ÷ 14 ÷ 64 cards = 495.7 TFLOP/s of 989.
    found = mfu(run([99_000] * 200 + [13_000, 14_000, 14_000, 15_000]))
    expected = Decimal(6) * Decimal("70.6e9") * 1_048_576 / 14 / 64 / Decimal("989e12")
    assert found.value == expected.quantize(Decimal("1e-12"))
    assert found.quality is Quality.A
    assert "accelerators/2026.1: NVIDIA H800 SXM bf16" in [i.source for i in found.inputs]
    assert [(s.kind, s.rows) for s in found.rests_on] == [("training_steps", 4), ("run_cards", 1)]


def test_a_line_of_ten_steps_counts_from_the_step_it_starts_with() -> None:
    rows = steps([99_000] * 20 + [14_000] * 3, first=10, every=10)
    found = mfu({"log": {"training_steps": rows}, "card": {"run_cards": [card()]}})
    assert found.rests_on[0].rows == 3


def test_a_resumed_log_warms_up_again() -> None:
    rows = steps([99_000] * 200 + [14_000] * 3, first=5001)
    found = mfu({"log": {"training_steps": rows}, "card": {"run_cards": [card()]}})
    assert found.rests_on[0].rows == 3


def test_a_short_log_leaves_out_its_first_line_and_says_so() -> None:
    found = mfu(run([99_000, 14_000, 14_000]))
    assert found.rests_on[0].rows == 2
    assert [note.code for note in found.notes] == ["short_log"]


def test_a_log_split_over_two_files_of_one_card_gives_the_same_figure() -> None:
    rows = steps([99_000] * 200 + [13_000, 14_000, 14_500, 15_000])
    whole = {"log": {"training_steps": rows}, "card": {"run_cards": [card()]}}
    split = {
        "log": {"training_steps": rows[:202]},
        "more": {"training_steps": rows[202:]},
        "card": {"run_cards": [card(), card("sha256:more")]},
    }
    assert mfu(split).value == mfu(whole).value


def announced(times: list[Any], total: int, **more: Any) -> list[dict[str, Any]]:
    return [row | {"steps_total": total} for row in steps(times, **more)]


def test_an_aborted_run_is_told_apart_from_a_completed_one_which_is_preferred() -> None:
    aborted = {"log": {"training_steps": announced([14_000] * 300, 5000)}, "card": {"run_cards": [card()]}}
    whole = {
        "good": {"training_steps": announced([30_000] * 300, 300)},
        "other": {"run_cards": [card("sha256:good", accelerators=32)]},
    }
    alone = mfu(aborted)
    assert [note.code for note in alone.notes] == ["run_incomplete"]
    assert "step 300 of 5000 announced" in alone.notes[0].message.en
    assert mfu(aborted | whole).value == mfu(whole).value  # though the aborted one ran on more cards
    assert mfu(whole).notes == ()


def test_parts_of_one_log_are_complete_together() -> None:
    rows = announced([14_000] * 300, 300)
    split = {
        "log": {"training_steps": rows[:250]},
        "more": {"training_steps": rows[250:]},
        "card": {"run_cards": [card(), card("sha256:more")]},
    }
    assert mfu(split).notes == ()


def test_the_same_log_in_two_files_counts_once_and_says_so() -> None:
    rows = steps([99_000] * 200 + [13_000, 14_000, 14_500, 15_000])
    whole = {"log": {"training_steps": rows}, "card": {"run_cards": [card()]}}
    again = {"again": {"training_steps": rows}, "second": {"run_cards": [card("sha256:again")]}}
    once, twice = mfu(whole), mfu(whole | again)
    assert (twice.value, twice.rests_on[0].rows) == (once.value, once.rests_on[0].rows)
    assert [note.code for note in twice.notes] == ["repeated_run"]
    assert twice.notes[0].message.en == (
        "One run stands in several files (sha256:again…, sha256:log…) and counts once."
    )


def test_one_run_with_two_cards_that_differ_is_invalid() -> None:
    rows = steps([14_000] * 300)
    files = {
        "log": {"training_steps": rows},
        "again": {"training_steps": rows},
        "card": {"run_cards": [card()]},
        "second": {"run_cards": [card("sha256:again", accelerators=16)]},
    }
    assert code(mfu(files)) == "contradicting_run_cards"
    assert code(measured("scaling_efficiency_per_doubling", centre(files))) == "contradicting_run_cards"


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, Quality.A),
        ({"workload": "operator_job"}, Quality.B),
        ({"witnessed_by": None}, Quality.C),
        ({"workload": "operator_job", "witnessed_by": None}, Quality.C),
    ],
)
def test_the_evidence_ladder_grades_the_run(changes: dict[str, Any], grade: Quality) -> None:
    assert mfu(run([14_000] * 300, **changes)).quality is grade


@pytest.mark.parametrize(
    ("changes", "profile", "reason"),
    [
        ({"log": "sha256:another"}, {}, "named_log_missing"),
        ({"objective": "lora"}, {}, "objective_refused"),
        ({"workload": "reference_moe"}, {}, "no_dense_run"),
        ({"precision": "int8"}, {}, "no_peak"),
        (
            {"accelerator": "Radeon X"},
            {"accelerators": [{"model": "Radeon X", "cards": 64, "cards_per_node": 8}]},
            "no_peak",
        ),
        (
            {"accelerator": "Ascend 910B3"},
            {"accelerators": [{"model": "Huawei Ascend 910B3", "cards": 64, "cards_per_node": 8}]},
            "peak_unconfirmed",
        ),
    ],
)
def test_without_what_mfu_needs_there_is_a_reason_instead(
    changes: dict[str, Any], profile: dict[str, Any], reason: str
) -> None:
    found = mfu(run([14_000] * 300, **changes), **profile)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def test_a_peak_of_low_confidence_stands_with_the_vendors_papers() -> None:
    files = run([60_000] * 300, accelerator="Ascend 910B3")
    papers = {"indicator": "CE-1.1.peak_tflops", "value": Decimal(320), "unit": "TFLOPS", "documents": 1}
    files["papers"] = {"declaration": [papers]}
    found = mfu(files, accelerators=[{"model": "Huawei Ascend 910B3", "cards": 64, "cards_per_node": 8}])
    assert {i.name: i.value for i in found.inputs}["peak"] == 320
    assert "vendor_peak" in [note.code for note in found.notes]


@pytest.mark.parametrize(
    ("times", "changes", "reason"),
    [
        ([10_000], {}, "mfu_implausible"),  # 0.70
        ([14_000], {"accelerators": 136}, "more_cards_than_installed"),
        ([14_000], {"accelerator": "NVIDIA A800 SXM"}, "more_cards_than_installed"),
    ],
)
def test_what_cannot_be_true_is_invalid(times: list[int], changes: dict[str, Any], reason: str) -> None:
    found = mfu(run(times * 300, **changes))
    assert (found.outcome, code(found)) == (Outcome.INVALID, reason)


def test_two_cards_that_tell_one_log_differently_are_invalid() -> None:
    files = run([14_000] * 300)
    files["other"] = {"run_cards": [card(params_active=Decimal("80e9"))]}
    assert code(mfu(files)) == "contradicting_run_cards"


def test_without_a_log_there_is_no_evidence() -> None:
    found = mfu({"card": {"run_cards": [card()]}})
    assert found.outcome is Outcome.NO_EVIDENCE
    assert found.reason is not None
    assert "训练日志" in found.reason.message.zh


def test_a_card_is_found_by_a_digest_of_the_content_of_its_log() -> None:
    files = run([14_000] * 300, log="sha256:as-written")
    files["log"]["content_digests"] = [{"digest": "sha256:as-written"}]
    found = mfu(files)
    assert found.value == mfu(run([14_000] * 300)).value
    assert [(s.kind, s.rows) for s in found.rests_on][1] == ("run_cards", 1)


def test_two_cards_that_tell_one_log_differently_by_different_digests_are_invalid() -> None:
    files = run([14_000] * 300, log="sha256:as-written")
    files["log"]["content_digests"] = [{"digest": "sha256:as-written"}]
    files["other"] = {"run_cards": [card(params_active=Decimal("80e9"))]}
    assert code(mfu(files)) == "contradicting_run_cards"


def test_a_card_whose_log_is_not_there_is_named_and_not_taken_for_fine_tuning() -> None:
    lora = {"log": {"training_steps": steps([14_000] * 300)}, "card": {"run_cards": [card(objective="lora")]}}
    found = mfu(lora | {"pretraining": {"run_cards": [card("sha256:0123456789abcdef")]}})
    assert code(found) == "named_log_missing"
    assert found.reason is not None
    assert "sha256:0123456789ab" in found.reason.message.zh
    assert "Hand in that log" in found.reason.message.en


def test_a_log_without_a_card_is_named_and_not_taken_for_fine_tuning() -> None:
    lora = {"log": {"training_steps": steps([14_000] * 300)}, "card": {"run_cards": [card(objective="lora")]}}
    found = mfu(lora | {"bare": {"training_steps": steps([13_000] * 300)}})
    assert code(found) == "run_card_missing"
    assert found.reason is not None
    assert "（sha256:bare…）" in found.reason.message.zh


def test_an_fp8_run_divides_by_the_fp8_peak_and_prints_the_bf16_equivalent() -> None:
    found = mfu(run([14_000] * 300, precision="fp8"))
    assert {i.name: i.value for i in found.inputs}["peak"] == 1979
    assert "bf16_equivalent" in [note.code for note in found.notes]


def scaling(files: Any, **profile: Any) -> Any:
    return measured("scaling_efficiency_per_doubling", centre(files, **profile))


def pair(small_ms: int, large_ms: int, *, small: int = 16, large: int = 64, batch: int = 4) -> Any:
    return {
        "small": {"training_steps": steps([small_ms] * 300, batch=small * 4)},
        "large": {"training_steps": steps([large_ms] * 300, batch=large * batch)},
        "card1": {"run_cards": [card("sha256:small", accelerators=small)]},
        "card2": {"run_cards": [card("sha256:large", accelerators=large)]},
    }


def test_scaling_per_doubling_is_the_root_of_the_efficiency() -> None:
    assert scaling(pair(8_100, 10_000)).value == Decimal("0.9")  # E = 0.81 over two doublings


def test_runs_of_different_batch_per_card_are_no_pair() -> None:
    assert code(scaling(pair(8_100, 10_000, batch=2))) == "no_scaling_pair"


GB200 = [{"model": "NVIDIA GB200", "cards": 8192, "cards_per_node": 4}]


def mlperf(minutes: list[str], cards: int, *, benchmark: str = "llama31_405b", model: str = "NVIDIA GB200") -> Any:
    rows = [
        {
            "tool": "mlperf_training",
            "benchmark": benchmark,
            "status": "success" if minute else "aborted",
            "platform": f"sys-{cards}",
            "duration_ms": int(Decimal(minute or 1) * 60_000),
            "samples": 331_776,
            "sequence_length": 8192,
            "seed": str(index),
        }
        for index, minute in enumerate(minutes)
    ]
    system = {
        "system": f"sys-{cards}",
        "nodes": cards // 4,
        "accelerators_per_node": 4,
        "accelerators": cards,
        "accelerator_model": model,
    }
    return {f"runs-{cards}": {"benchmark_runs": rows}, f"system-{cards}": {"inventory": [system]}}


def test_two_mlperf_sets_make_a_scaling_pair() -> None:
    # 84.9 min on 512 and 9.99 on 5 120 cards: E = 84.9 ÷ 99.9 = 0.8498, over log₂ 10 doublings 0.952.
    files = mlperf(["84.9"] * 3, 512) | mlperf(["9.99"] * 3, 5120)
    found = scaling(files, accelerators=GB200)
    assert found.value is not None
    assert found.value.quantize(Decimal("0.001")) == Decimal("0.952")
    assert "time_to_train" in [note.code for note in found.notes]


def test_parity_drops_the_best_and_the_worst_run() -> None:
    # An aborted run is the worst; of 80, 90, 100 minutes the mean of 90 and 100 stays: 84.9 ÷ 95.
    found = measured("training_benchmark_parity", centre(mlperf(["80", "90", "100", ""], 512), accelerators=GB200))
    assert found.value == (Decimal("84.9") / 95).quantize(Decimal("1e-12"))
    assert found.quality is Quality.A


def factor(*values: str) -> dict[str, Any]:
    row = {"tool": "mlperf_scaling", "benchmark": "", "status": "success", "metric": "scaling_factor", "unit": "1"}
    return {f"factor-{value}": {"benchmark_runs": [row | {"value": Decimal(value)}]} for value in values}


def test_the_minutes_of_a_set_are_multiplied_by_its_scaling_factor() -> None:
    # Of 80, 95, 100 minutes the middle run stays: 84.9 ÷ (95 · 1.004) = 84.9 ÷ 95.38.
    runs = mlperf(["80", "95", "100"], 512)
    found = measured("training_benchmark_parity", centre(runs | factor("1.004"), accelerators=GB200))
    assert found.value == (Decimal("84.9") / Decimal("95.38")).quantize(Decimal("1e-12"))
    assert found.quality is Quality.A
    assert "sha256:factor-1.004" in {one.evidence for one in found.rests_on}
    without = measured("training_benchmark_parity", centre(runs, accelerators=GB200))
    assert without.value == (Decimal("84.9") / 95).quantize(Decimal("1e-12"))
    assert "no_scaling_factor" in [note.code for note in without.notes]


def test_a_factor_that_may_be_of_either_set_counts_for_both_at_a_lower_grade() -> None:
    files = mlperf(["95"] * 3, 512) | mlperf(["9.99"] * 3, 5120) | factor("1.004", "1.002")
    found = measured("training_benchmark_parity", centre(files, accelerators=GB200))
    assert (found.quality, "scaling_factor_not_joined" in [note.code for note in found.notes]) == (Quality.B, True)
    assert {one.name: one.value for one in found.inputs}["scaling_factor"] == Decimal("1.004")
    # Both times grow alike, so that the efficiency of the pair stays what it was.
    assert scaling(files, accelerators=GB200).quality is Quality.B


def test_parity_at_an_unpublished_count_is_carried_over_and_graded_down() -> None:
    # From 512 to 1 024 cards: 84.9 ÷ 2 ÷ 0.952 = 44.59 minutes.
    found = measured("training_benchmark_parity", centre(mlperf(["50"] * 3, 1024), accelerators=GB200))
    assert found.value == (Decimal("84.9") / 2 / Decimal("0.952") / 50).quantize(Decimal("1e-12"))
    assert found.quality is Quality.B


def test_runs_of_the_open_division_are_never_set_against_closed_ones() -> None:
    def in_division(files: dict[str, Any], name: str) -> dict[str, Any]:
        rows = {"benchmark_runs": [row | {"division": name} for row in files["runs-512"]["benchmark_runs"]]}
        return {f"{name}-512": rows, "system-512": files["system-512"]}

    opened, closed = in_division(mlperf(["40"] * 3, 512), "open"), in_division(mlperf(["95"] * 3, 512), "closed")
    alone = measured("training_benchmark_parity", centre(opened, accelerators=GB200))
    assert (alone.outcome, code(alone)) == (Outcome.NOT_ASSESSABLE, "open_division")
    both = measured("training_benchmark_parity", centre(opened | closed, accelerators=GB200))
    assert both.value == (Decimal("84.9") / 95).quantize(Decimal("1e-12"))
    # Nor is one run of each division a pair of scaling, while two of the open one are, and say so.
    larger = mlperf(["9.99"] * 3, 5120)
    assert scaling(opened | larger, accelerators=GB200).value is None
    open_rows = [row | {"division": "open"} for row in larger["runs-5120"]["benchmark_runs"]]
    pair = scaling(opened | larger | {"runs-5120": {"benchmark_runs": open_rows}}, accelerators=GB200)
    assert "open_division" in [note.code for note in pair.notes]


def test_cards_without_a_published_result_make_parity_not_applicable() -> None:
    found = measured("training_benchmark_parity", centre(mlperf(["50"] * 3, 64, model="NVIDIA H800 SXM")))
    assert (found.outcome, code(found)) == (Outcome.NOT_APPLICABLE, "no_published_reference")


def test_runs_without_a_system_description_are_not_assessable() -> None:
    files = {"runs": mlperf(["50"] * 3, 512)["runs-512"]}
    assert (
        code(measured("training_benchmark_parity", centre(files, accelerators=GB200))) == "system_description_missing"
    )


def test_an_mlperf_run_yields_mfu_on_the_highest_dense_peak_when_no_precision_is_known() -> None:
    # 6 · 405e9 · 331 776 · 8 192 ÷ 5 094 s ÷ 512 cards ÷ 5 000 TFLOP/s
    found = mfu(mlperf(["84.9"] * 3, 512), accelerators=GB200)
    expected = Decimal(6) * Decimal("405e9") * 331_776 * 8192 / 5094 / 512 / Decimal("5e15")
    assert found.value == expected.quantize(Decimal("1e-12"))
    assert found.quality is Quality.C
    assert "precision_unknown" in [note.code for note in found.notes]


def test_mlperf_runs_none_of_which_succeeded_are_no_evidence_of_mfu_and_no_set() -> None:
    files = mlperf(["", "", ""], 512)
    assert code(mfu(files, accelerators=GB200)) == "no_successful_run"
    parity = measured("training_benchmark_parity", centre(files, accelerators=GB200))
    assert code(parity) == "too_many_failed_runs"


def test_steps_from_a_table_of_ones_own_are_grade_b_at_best() -> None:
    files = run([14_000] * 250)
    own = [row | {"dialect": "table"} for row in files["log"]["training_steps"]]
    witnessed = mfu(files | {"log": {"training_steps": own}})
    assert (witnessed.value, witnessed.quality) == (mfu(files).value, Quality.B)
    assert "own_table" in [note.code for note in witnessed.notes]
    alone = run([14_000] * 250, witnessed_by=None)
    assert mfu(alone | {"log": {"training_steps": own}}).quality is Quality.C
