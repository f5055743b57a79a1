"""The PyTorch all_reduce test: gigabits, payload counted twice, and ranks that print into each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats.torch_all_reduce import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

GOOD = (FOLDER / "torch_all_reduce" / "four_ranks.txt").read_bytes()


@pytest.mark.parametrize(("name", "truth"), readme_rows("busbw lines="), ids=lambda value: value[:60])
def test_the_sample_gives_its_published_truth(name: str, truth: str) -> None:
    facts = PARSER.parse(sample(name)).facts
    lines, least, most, mean = truth_in(truth, r"busbw lines=(\d+) .*? min=(\S+) max=(\S+) mean=([\d.]+);")
    assert str(facts["busbw_lines"]) == lines
    assert (str(facts["busbw_min_gbit_s"]), str(facts["busbw_max_gbit_s"])) == (least, most)
    assert str(round(facts["busbw_mean_gbit_s"], 4)) == mean
    assert truth_in(truth, r"algo throughput lines=(\d+)") == (str(facts["algo_throughput_lines"]),)
    assert facts["ranks"] == 32


def test_gigabits_become_gigabytes() -> None:
    facts = read(PARSER, GOOD).facts
    assert facts["busbw_max_gb_s"] * 8 == facts["busbw_max_gbit_s"]


def test_the_algorithm_bandwidth_counts_the_payload_once() -> None:
    row = read(PARSER, GOOD).tables["collective_runs"].to_pylist()[0]
    assert row["time_us"] == 140_000
    assert row["algbw_gb_s"] == Decimal("28.571428571")  # 4 GB in 0.14 s
    assert row["busbw_gb_s"] == Decimal("42.857137500")  # as printed, 342.8571 Gbit/s


def test_results_of_ranks_that_print_into_each_other_are_left_out_and_told() -> None:
    result = read(PARSER, (FOLDER / "torch_all_reduce" / "mixed_ranks.txt").read_bytes())
    assert result.tables["collective_runs"].num_rows == 6
    assert result.issue_counts == {"broken_line": 2}
    assert result.facts["busbw_lines"] == 8


def test_an_edited_bandwidth_is_left_out_and_told() -> None:
    result = read(PARSER, GOOD.replace(b"342.8571", b"442.8571", 1))
    assert result.issue_counts == {"bandwidth_mismatch": 1}
    assert result.tables["collective_runs"].num_rows == 7


@pytest.mark.parametrize("cut", [b"busbw:", b"algo throughput:", b"duration:"])
def test_an_output_cut_inside_a_trial_is_incomplete_and_says_so(cut: bytes) -> None:
    whole, short = read(PARSER, GOOD), read(PARSER, GOOD[: GOOD.rfind(cut) + len(cut)])
    assert (whole.facts["status"], short.facts["status"]) == ("success", "incomplete")
    (told,) = (issue for issue in short.issues if issue.code == "stops_early")
    assert told.where.line == short.tables["collective_runs"].column("line").to_pylist()[-1]


@pytest.mark.parametrize(
    "cut", [b"ignore me 17\n0:\n duration: 0.1405", b"0:\n duration: 0.1405", b"algo throughput: 455516"]
)
def test_an_output_cut_in_the_first_result_of_a_trial_is_incomplete_though_the_rest_are_whole(cut: bytes) -> None:
    at = GOOD.index(cut) + len(b"ignore me 17\n")
    short = read(PARSER, GOOD[:at])
    assert (short.facts["busbw_lines"], short.facts["status"]) == (4, "incomplete")
    [told] = short.issues
    assert (told.code, told.message.en) == (
        "stops_early",
        "5 results were begun and 4 of them printed: the run was aborted, or the file is cut short.",
    )


def test_an_output_that_lacks_a_whole_trial_at_its_end_does_not_show_it() -> None:
    # The output announces no number of trials; to call this one incomplete would be a guess.
    short = read(PARSER, GOOD[: GOOD.index(b"ignore me 17\n0:\n duration: 0.1405")])
    assert (short.facts["busbw_lines"], short.facts["status"], short.issue_counts) == (4, "success", {})


def test_ranks_that_printed_different_numbers_of_results_are_incomplete_whatever_the_sum() -> None:
    # The second result of rank 3 stands under rank 2: eight results of four ranks, and not two of each.
    head, mark, tail = GOOD.rpartition(b"3:\n")
    result = read(PARSER, head + mark.replace(b"3", b"2") + tail)
    assert (result.facts["busbw_lines"], result.facts["status"]) == (8, "incomplete")
    assert "some ranks printed 1 results and others 3" in result.issues[-1].message.en


@pytest.mark.parametrize("left", [160, 100, 96])
@needs_samples
def test_a_sample_without_the_results_of_some_ranks_is_incomplete(left: int) -> None:
    lines = sample("nccl/bigscience_torch_all_reduce_bench_a100_n4.txt").read(10**6).split(b"\n")
    last = [index for index, line in enumerate(lines) if b"busbw:" in line][left - 1]
    facts = read(PARSER, b"\n".join(lines[: last + 1])).facts
    assert (facts["busbw_lines"], facts["status"]) == (left, "incomplete" if left % 32 else "success")


def test_without_the_payload_there_are_no_rows() -> None:
    result = read(PARSER, GOOD.replace(b"data size", b"size"))
    assert result.tables["collective_runs"].num_rows == 0
    assert "no_payload" in result.issue_counts


def test_the_dress_of_an_output_changes_nothing() -> None:
    for dressed in (GOOD.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16")):
        assert figures(read(PARSER, dressed)) == figures(read(PARSER, GOOD))


def test_an_output_without_results_is_refused() -> None:
    with pytest.raises(ParseError, match="no busbw line"):
        read(PARSER, b"algo throughput: nothing\n")


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD)
