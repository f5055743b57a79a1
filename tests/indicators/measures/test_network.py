"""Collective bandwidths against line rates and link specifications."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.outcome import Outcome, Quality
from tests.indicators.measures.evidence import centre, code, measured

GIB = 1 << 30


def row(busbw: str, *, nodes: int | None = 4, ranks: int = 32, size: int = GIB, **more: Any) -> dict[str, Any]:
    return {
        "run": 0,
        "tool": "nccl_tests",
        "operation": "all_reduce",
        "ranks": ranks,
        "nodes": nodes,
        "size_bytes": size,
        "in_place": False,
        "time_us": Decimal(1),
        "algbw_gb_s": Decimal(1),
        "busbw_gb_s": Decimal(busbw),
        "wrong": 0,
    } | more


def between(*rows: dict[str, Any], **profile: Any) -> Any:
    return measured("inter_node_collective_efficiency", centre({"a": {"collective_runs": rows}}, **profile))


def inside(*runs: dict[str, Any], **profile: Any) -> Any:
    files = {f"n{index}": {"collective_runs": [run]} for index, run in enumerate(runs)}
    return measured("intra_node_interconnect_efficiency", centre(files, **profile))


def test_bus_bandwidth_between_nodes_is_converted_before_it_is_compared() -> None:
    # 381.8 GB/s over 4 nodes of 8 cards: 381.8 · 3 ÷ 31 = 36.95 GB/s per card, 73.9 % of 50.
    assert between(row("381.8")).value == (Decimal("381.8") * 3 / 31 / 50).quantize(Decimal("1e-12"))


def test_small_payloads_and_smaller_runs_do_not_count() -> None:
    found = between(
        row("300"),
        row("390", size=GIB - 1),
        row("450", nodes=4, ranks=16, run=1),
        row("500", nodes=1, ranks=8, run=2),
    )
    assert {i.name: i.value for i in found.inputs}["busbw"] == 300


def test_faster_than_the_wire_is_invalid_and_within_two_per_cent_is_one() -> None:
    assert between(row("525")).value == 1  # 1.016
    assert code(between(row("530"))) == "above_line_rate"  # 1.026


def test_what_the_comparison_lacks_is_named() -> None:
    assert code(between(row("381.8"), link_line_rate_gb_s=None)) == "line_rate_missing"
    assert code(between(row("381.8", nodes=None))) == "no_comparable_run"
    assert code(between(row("381.8", nodes=3, ranks=24))) == "no_comparable_run"


def test_wrong_results_are_never_scored() -> None:
    assert code(between(row("381.8", wrong=3))) == "wrong_results"
    both = between(row("400", wrong=3), row("381.8", run=1))
    assert {i.name: i.value for i in both.inputs}["busbw"] == Decimal("381.8")


def test_a_run_nobody_validated_is_grade_b_and_says_so() -> None:
    # The figure is the same: 381.8 · 3 ÷ 31 ÷ 50.
    checked, unchecked = between(row("381.8", wrong=0)), between(row("381.8", wrong=None))
    assert checked.value == unchecked.value
    assert (checked.quality, unchecked.quality) == (Quality.A, Quality.B)
    assert [note.code for note in checked.notes] == ["hierarchical_assumed"]
    assert [note.code for note in unchecked.notes] == ["hierarchical_assumed", "not_validated"]


def test_a_run_is_validated_where_any_of_its_rows_was() -> None:
    # hccl_test prints NULL for sizes beyond its overflow rules.
    assert between(row("381.8", wrong=None), row("370", size=2 * GIB, wrong=0)).quality is Quality.A
    assert between(row("381.8", wrong=None), row("370", run=1, wrong=0)).quality is Quality.B


def test_a_run_without_its_end_is_grade_b_unless_another_file_has_it() -> None:
    cut, whole = row("381.8", ended=False), row("381.8", ended=True)
    found = between(cut)
    assert (found.quality, [note.code for note in found.notes][-1]) == (Quality.B, "no_end_of_run")
    assert between(whole).quality is Quality.A
    both = measured(
        "inter_node_collective_efficiency", centre({n: {"collective_runs": [r]} for n, r in (("a", cut), ("b", whole))})
    )
    assert (both.quality, [note.code for note in both.notes][-1]) == (Quality.A, "repeated_run")


def test_among_the_nodes_tested_those_without_validation_or_end_are_counted() -> None:
    found = inside(gather("170", wrong=None), gather("180", wrong=None, ended=False), gather("190"))
    assert found.quality is Quality.B
    told = {note.code: note.message.en for note in found.notes}
    assert "runs used 2 did not check" in told["not_validated"]
    assert "output of 1 of the runs" in told["no_end_of_run"]
    assert inside(gather("170"), gather("180")).quality is Quality.A


def gather(busbw: str, **more: Any) -> dict[str, Any]:
    return row(busbw, nodes=1, ranks=8, operation="all_gather", **more)


def test_the_tenth_percentile_of_the_nodes_is_scored() -> None:
    # Eleven nodes: the second lowest is the tenth percentile by nearest rank. 180 of 200 GB/s.
    runs = [gather("170"), gather("180"), *(gather(str(190 + n)) for n in range(9))]
    assert inside(*runs).value == Decimal("0.9")


def test_in_switch_reduction_is_cut_to_one() -> None:
    found = inside(gather("214"))
    assert found.value == 1
    assert "cut_to_one" in [note.code for note in found.notes]


def test_the_same_run_in_two_files_counts_once_and_says_so() -> None:
    runs = [gather("170"), *(gather(str(180 + n)) for n in range(10))]
    once, twice = inside(*runs), inside(*runs, gather("170", run=3))
    assert twice.value == once.value
    assert [note.code for note in twice.notes] == ["nodes_tested", "repeated_run"]
    assert "sha256:n0…" in twice.notes[1].message.zh
    assert "repeated_run" not in [note.code for note in once.notes]


@pytest.mark.parametrize(
    ("model", "outcome", "reason"),
    [
        ("NVIDIA L40S", Outcome.NOT_APPLICABLE, "no_card_link"),
        ("Unheard-of X1", Outcome.NOT_ASSESSABLE, "no_link_rate"),
    ],
)
def test_cards_without_a_known_link(model: str, outcome: Outcome, reason: str) -> None:
    found = inside(gather("20"), accelerators=[{"model": model, "cards": 128, "cards_per_node": 8}])
    assert (found.outcome, code(found)) == (outcome, reason)
