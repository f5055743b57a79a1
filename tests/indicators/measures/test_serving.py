"""Serving throughput within the latency target, its roofline, and scale-out behind one gateway."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from core.quantity import measured as digits
from indicators.measures.serving_roofline import roofline
from tests.indicators.measures.evidence import centre, code, measured


def load(tokens_per_s: str, *, ttft: str | None = "1500", tpot: str | None = "150", **more: Any) -> dict[str, Any]:
    return {
        "tool": "vllm_bench", "status": "success", "output_tokens_per_s": Decimal(tokens_per_s),
        "ttft_p99_ms": ttft and Decimal(ttft), "tpot_p99_ms": tpot and Decimal(tpot), "requests": 1000,
        "completed": 1000, "failed": 0, "input_tokens": 2_048_000, "output_tokens": 512_000, "duration_ms": 200_000,
    } | more  # fmt: skip


def card(log: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "log": f"sha256:{log}", "workload": "reference_dense", "model": "R-D", "params": Decimal("70.6e9"),
        "params_active": Decimal("70.6e9"), "layers": 80, "hidden": 8192, "sequence_length": 2560,
        "objective": "inference", "accelerator": "NVIDIA H800 SXM", "accelerators": 8, "precision": "bf16",
        "witnessed_by": "Ana",
    } | more  # fmt: skip


def reference(value: str = "1000", **more: Any) -> dict[str, Any]:
    return {
        "indicator": "CE-6.1.reference", "value": Decimal(value), "unit": "token/s", "documents": 1,
        "declared_by": "Olu",
    } | more  # fmt: skip


def said(indicator: str, value: str) -> dict[str, Any]:
    return {"indicator": indicator, "value": Decimal(value), "unit": "ratio", "documents": 0, "declared_by": "Olu"}


def throughput(*loads: dict[str, Any], cards: Any = None, declared: Any = ()) -> Any:
    cards = (card(),) if cards is None else cards
    files = {"a": {"serving_runs": loads}, "b": {"run_cards": cards, "declaration": declared}}
    return measured("reference_serving_throughput", centre(files))


def test_the_highest_load_within_the_target_is_divided_by_the_documented_reference() -> None:
    # 6,400 token/s on 8 cards are 800 per card; the two faster loads miss the target.
    loads = (load("4000"), load("6400"), load("7200", tpot="201"), load("8000", ttft="2001"))
    found = throughput(*loads, declared=(reference(),))
    assert (found.value, found.quality) == (Decimal("0.8"), Quality.A)
    assert {one.name: one.value for one in found.inputs}["loads"] == 4


def test_without_a_documented_reference_half_of_the_roofline_stands_and_the_grade_is_b() -> None:
    # Compute allows 989e12 ÷ (2 · 70.6e9 · (1 + 2048/512)) = 1,400.8… token/s and card, less than memory; half 700.4.
    limit = Fraction(989 * 10**12) / (2 * Fraction("70.6e9") * 5)
    for declared in ((), (reference(documents=0),)):
        found = throughput(load("5600"), declared=declared)
        assert found.value == digits(Fraction(700) / (limit / 2))
        assert found.quality is Quality.B


def test_memory_is_the_roof_of_a_deployment_whose_weights_nearly_fill_it() -> None:
    # Two cards: 160 − 141.2 = 18.8 GB of keys and values: 327,680 B per token, 2,560 tokens each: 22 sequences.
    found = roofline(centre(), card(accelerators=2))
    assert found is not None
    per_token = 2 * 80 * 8 * 128 * 2
    read = 22 * per_token * (2048 + 256)
    assert found.per_card == Fraction("3.35e12") * 22 / (2 * Fraction("70.6e9") + read)
    assert roofline(centre(), card(accelerators=1)) is None  # the weights alone do not fit


@pytest.mark.parametrize(
    ("loads", "cards", "reason"),
    [
        ((load("6400"),), (), "run_card_missing"),
        ((load("6400"),), (card(objective="pretrain"),), "run_card_missing"),
        ((load("6400", ttft="2000.1"),), (card(),), "slo_not_met"),
        ((load("6400", tpot=None),), (card(),), "slo_not_met"),
        ((load("6400"),), (card(layers=32),), "reference_missing"),
        ((load("11500"),), (card(),), "held_for_review"),  # 1,437.5 per card, 1.026 of the roofline
    ],
)
def test_what_a_load_test_lacks_is_named(loads: Any, cards: Any, reason: str) -> None:
    found = throughput(*loads, cards=cards)
    assert (found.outcome, code(found)) == (Outcome.NOT_ASSESSABLE, reason)


def of(completed: int, *, tokens: tuple[int, int] = (2048, 512), **more: Any) -> dict[str, Any]:
    """What a test of so many completed requests of a mean length tells."""
    return {
        "completed": completed,
        "input_tokens": completed * tokens[0],
        "output_tokens": completed * tokens[1],
    } | more


def notes(found: Any) -> dict[str, str]:
    return {note.code: note.message.en for note in found.notes}


@pytest.mark.parametrize("failing", [
    of(2000, requests=4000, failed=2000),
    of(989, failed=11),  # 1.1 % of 1,000
    of(989, requests=None, failed=10),  # 10 of 999
    of(989, failed=0),  # what was sent and did not complete failed, whatever is counted
    of(989, failed=None),
])  # fmt: skip
def test_a_load_of_which_more_than_one_per_cent_failed_is_outside_every_target(failing: dict[str, Any]) -> None:
    found = throughput(load("6400"), load("7200", **failing), declared=(reference(),))
    assert found.value == Decimal("0.8")
    assert (
        notes(found)["loads_left_out"] == "Loads that do not count: more than 1 % of the requests failed (1 of them)."
    )
    alone = throughput(load("7200", **failing), declared=(reference(), said("CE-6.1", "0.9")))
    assert code(alone) == "requests_failed"


def test_one_per_cent_of_failed_requests_is_what_p99_leaves() -> None:
    found = throughput(load("6400"), load("7200", **of(990, failed=10)), declared=(reference(),))
    assert (found.value, found.quality, found.notes) == (Decimal("0.9"), Quality.A, ())


@pytest.mark.parametrize(("tokens", "counts"), [
    ((64, 512), False),
    ((2048, 1024), False),
    ((2151, 512), False),  # 2,048 · 1.05 = 2,150.4
    ((2150, 512), True),
    ((1946, 487), True),  # 1,945.6 and 486.4
    ((1946, 486), False),
])  # fmt: skip
def test_a_reference_job_has_the_reference_mix_within_five_per_cent(tokens: tuple[int, int], counts: bool) -> None:
    other = load("7200", **of(1000, tokens=tokens))
    found = throughput(load("6400"), other, declared=(reference(),))
    assert (found.value, "loads_left_out" in notes(found)) == (Decimal("0.9" if counts else "0.8"), not counts)
    assert code(throughput(other, declared=(reference(),))) == ("" if counts else "not_the_reference_mix")


def test_a_mix_that_is_not_told_is_none_and_an_operators_job_has_its_own() -> None:
    untold, short = load("6400", input_tokens=None), load("6400", **of(1000, tokens=(64, 512)))
    assert code(throughput(untold)) == "not_the_reference_mix"
    assert throughput(short, cards=(card(workload="operator_job"),), declared=(reference(),)).quality is Quality.B


@pytest.mark.parametrize("lacking", [{"requests": None, "failed": None}, {"duration_ms": None}])
def test_what_a_load_test_keeps_to_itself_lowers_its_grade(lacking: dict[str, Any]) -> None:
    found = throughput(load("6400", **lacking), declared=(reference(),))
    assert (found.value, found.quality, [*notes(found)]) == (Decimal("0.8"), Quality.B, ["load_not_fully_told"])


def test_the_operators_own_test_is_grade_c() -> None:
    assert throughput(load("6400"), cards=(card(witnessed_by=None),)).quality is Quality.C


def test_a_declaration_stands_only_where_tests_give_nothing() -> None:
    own = said("CE-6.1", "0.9")
    assert throughput(declared=(own,)).value == Decimal("0.9")
    assert throughput(load("6400"), cards=(), declared=(own,)).value == Decimal("0.9")
    assert throughput(load("6400"), declared=(own, reference())).value == Decimal("0.8")
    assert code(throughput(load("6400", tpot="500"), declared=(own,))) == "slo_not_met"
    assert throughput().outcome is Outcome.NO_EVIDENCE


def scale_out(small: str, large: str, *, cards: int = 32, installed: int = 128, **more: Any) -> Any:
    files = {
        "a": {"serving_runs": [load(small), load("9600", **of(500))]},  # half of these never came back
        "b": {"serving_runs": [load(large)]},
        "c": {"run_cards": [card("a"), card("b", accelerators=cards) | more]},
    }
    group = {"model": "NVIDIA H800 SXM", "cards": installed, "cards_per_node": 8}
    return measured("serving_scale_out_efficiency", centre(files, accelerators=[group]))


def test_scale_out_is_the_ratio_of_the_rates_per_card() -> None:
    assert scale_out("6400", "24320").value == Decimal("0.95")  # 760 of 800 per card


def test_scale_out_needs_four_instances_and_a_quarter_of_the_cards_but_never_more_than_256() -> None:
    assert code(scale_out("6400", "19000", cards=24)) == "no_scale_out_pair"
    assert code(scale_out("6400", "24320", installed=136)) == "no_scale_out_pair"  # a quarter are 34
    assert scale_out("6400", "194560", cards=256, installed=4096).value == Decimal("0.95")
    assert code(scale_out("6400", "24320", model="other")) == "no_scale_out_pair"


def test_more_per_card_than_alone_is_one_within_two_per_cent_and_held_beyond() -> None:
    assert scale_out("6400", "26112").value == 1  # 1.02
    assert code(scale_out("6400", "26113")) == "held_for_review"
