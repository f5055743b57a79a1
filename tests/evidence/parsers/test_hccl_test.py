"""Ascend hccl_test: bus bandwidth is derived, so ranks and operation must be known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats.hccl_test import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER


def fixture(name: str) -> bytes:
    return (FOLDER / "hccl_test" / name).read_bytes()


GOOD = fixture("all_reduce_four_nodes.log")


def test_the_bus_bandwidth_follows_from_ranks_and_operation() -> None:
    result = read(PARSER, GOOD)
    assert (result.facts["ranks"], result.facts["nodes"], result.facts["operation"]) == (32, 4, "all_reduce")
    row = result.tables["collective_runs"].to_pylist()[-1]
    # 2³⁰ byte in 8,000 µs are 134.21773 GB/s; · 2 · 31 ÷ 32.
    assert row["algbw_gb_s"] == Decimal("134.21773")
    assert row["busbw_gb_s"] == (Decimal("134.21773") * 62 / 32).quantize(Decimal("1e-9"))
    assert row["wrong"] == 0


def test_where_every_rank_prints_its_row_the_slowest_counts() -> None:
    result = read(PARSER, fixture("every_rank_prints.log"))
    (row,) = result.tables["collective_runs"].to_pylist()
    assert (row["time_us"], row["operation"], row["nodes"]) == (9000, "all_gather", 1)


def test_without_the_command_line_the_rows_are_not_used() -> None:
    result = read(PARSER, fixture("without_command.log"))
    assert result.tables["collective_runs"].num_rows == 0
    assert list(result.issue_counts) == ["no_ranks"]
    assert (result.facts["busbw_max_gb_s"], result.facts["validated"]) == (None, False)


def test_a_failed_check_is_an_error() -> None:
    result = read(PARSER, fixture("failed_check.log"))
    assert result.has_errors
    assert result.tables["collective_runs"].column("wrong").to_pylist() == [1]


def test_a_run_with_a_bandwidth_that_does_not_follow_is_contradictory_and_its_file_is_not_accepted() -> None:
    result = read(PARSER, GOOD.replace(b"134.21773", b"334.21773"))
    assert result.issue_counts == {"bandwidth_mismatch": 1}
    assert result.has_errors
    assert (result.facts["status"], result.facts["busbw_max_gb_s"]) == ("contradictory", None)
    assert result.tables["collective_runs"].num_rows == 0


def test_a_changed_row_of_a_rank_that_is_not_the_slowest_is_seen_as_well() -> None:
    # Line 4 took 8,000 µs and line 5, the slowest, 9,000.
    result = read(PARSER, fixture("every_rank_prints.log").replace(b"134.21773", b"934.21773", 1))
    assert [issue.where.line for issue in result.issues if issue.code == "bandwidth_mismatch"] == [4]


def test_the_spelling_of_the_documentation_is_read_too() -> None:
    assert figures(read(PARSER, GOOD.replace(b"aveg_time", b"avg_time"))) == figures(read(PARSER, GOOD))


def test_a_launcher_prefix_and_other_line_ends_change_nothing() -> None:
    for dressed in (
        b"\n".join(b"[1,0]<stdout>:" + line for line in GOOD.split(b"\n")),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.decode().encode("utf-16"),
    ):
        assert figures(read(PARSER, dressed)) == figures(read(PARSER, GOOD))


def test_a_heading_without_rows_is_refused() -> None:
    with pytest.raises(ParseError, match="no result row"):
        read(PARSER, b"data_size(Bytes): | aveg_time(us): | alg_bandwidth(GB/s): | check_result:\n")


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD)
