"""Matrix multiplication per card: mamf-finder, FlagPerf, ascend-dmi, SuperBench, and our own table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import ascend_dmi, flagperf_gemm, gemm_table, mamf_finder, superbench
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


MAMF, FLAGPERF = fixture("mamf_finder/one_card.txt"), fixture("flagperf_gemm/ranks.txt")
ASCEND, SUPERBENCH = fixture("ascend_dmi/two_cards_and_whole.txt"), fixture("superbench/two_nodes.jsonl")
TABLE = fixture("gemm_table/two_hosts.csv")
ALL = [
    (mamf_finder.PARSER, MAMF),
    (flagperf_gemm.PARSER, FLAGPERF),
    (ascend_dmi.PARSER, ASCEND),
    (superbench.PARSER, SUPERBENCH),
    (gemm_table.PARSER, TABLE),
]


def rows(parser, content: bytes) -> list[dict]:
    return read(parser, content).tables["benchmark_runs"].to_pylist()


def test_the_best_mean_counts_and_not_the_burst() -> None:
    (row,) = rows(mamf_finder.PARSER, MAMF)
    assert (row["value"], row["precision"], row["host"], row["accelerator"]) == (
        Decimal("745.5"),
        "bf16",
        "node-7",
        "NVIDIA H800",
    )
    assert row["duration_ms"] == 252_000
    (sustained,) = rows(mamf_finder.PARSER, fixture("mamf_finder/sustained.txt"))
    assert (sustained["value"], sustained["precision"]) == (1444, "fp8")
    assert sustained["duration_ms"] == ((24 + 10) * 3600 + 40 * 60 + 32) * 1000


def test_every_rank_of_flagperf_is_a_card() -> None:
    found = rows(flagperf_gemm.PARSER, FLAGPERF)
    assert [row["device"] for row in found] == [str(rank) for rank in range(8)]
    assert found[3]["value"] == Decimal("303.5")


def test_the_sum_over_the_machine_is_no_card() -> None:
    result = read(ascend_dmi.PARSER, ASCEND)
    found = result.tables["benchmark_runs"].to_pylist()
    assert [(row["device"], row["precision"], row["value"]) for row in found] == [
        ("0", "fp16", Decimal("313.548")),
        ("1", "bf16", Decimal("304.25")),
    ]
    assert result.facts["whole_machine_tflops"] == Decimal("2509.719")
    assert list(result.issue_counts) == ["whole_machine"]


def test_superbench_rates_are_brought_to_teraflops_and_the_fastest_shape_counts() -> None:
    found = rows(superbench.PARSER, SUPERBENCH)
    first = {(row["precision"], row["device"]): row["value"] for row in found if row["host"] == "node-1"}
    assert first == {
        ("bf16", "0"): Decimal("721.25"),
        ("bf16", "1"): Decimal("721.251"),
        ("fp16", "0"): Decimal("711.5"),
        ("fp16", "1"): Decimal("711.501"),
        ("fp8", "0"): Decimal("1450.25"),
    }
    assert {row["line"] for row in found} == {1, 2}


def test_rows_of_the_table_that_cannot_be_are_left_out_each_with_its_reason() -> None:
    result = read(gemm_table.PARSER, fixture("gemm_table/chinese_with_faults.csv"))
    assert result.encoding == "gb18030"
    assert [row["device"] for row in result.tables["benchmark_runs"].to_pylist()] == ["0"]
    assert {"unknown_word", "out_of_range", "ends_before_start"} <= set(result.issue_counts)
    assert result.coverage.lines_read == result.coverage.lines_used + result.coverage.lines_with_issue


@pytest.mark.parametrize(("parser", "content"), ALL[:4], ids=lambda value: getattr(value, "format", ""))
def test_a_file_without_results_is_refused(parser, content: bytes) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, b'{"node": "a"}' if parser is superbench.PARSER else b"nothing here\n")
    assert refusal.value.code == "no_rows"


@pytest.mark.parametrize(("parser", "content"), ALL, ids=lambda value: getattr(value, "format", ""))
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    for dressed in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
        assert figures(read(parser, dressed)) == figures(read(parser, content))


test_any_bytes_give_a_mamf_result_or_a_refusal = survives_anything(mamf_finder.PARSER, MAMF)
test_any_bytes_give_a_flagperf_result_or_a_refusal = survives_anything(flagperf_gemm.PARSER, FLAGPERF)
test_any_bytes_give_an_ascend_result_or_a_refusal = survives_anything(ascend_dmi.PARSER, ASCEND)
test_any_bytes_give_a_superbench_result_or_a_refusal = survives_anything(superbench.PARSER, SUPERBENCH)
test_any_bytes_give_a_table_or_a_refusal = survives_anything(gemm_table.PARSER, TABLE)
