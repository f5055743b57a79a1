"""nccl-tests output: the published samples to the printed digits, and runs that must not count."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats.nccl_tests import PARSER
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ROWS = readme_rows("ranks=")
GOOD = (FOLDER / "nccl_tests" / "all_reduce_two_nodes.log").read_bytes()
UP_TO_THE_AVERAGE = GOOD.partition(b"88.4588")[0]
TWO_RUNS = (FOLDER / "nccl_tests" / "two_runs_with_prefix.log").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert len(ROWS) == 4


@pytest.mark.parametrize(("name", "truth"), ROWS, ids=lambda value: value[:60])
def test_each_sample_gives_its_published_truth(name: str, truth: str) -> None:
    result = PARSER.parse(sample(name))
    facts = result.facts
    counted = truth_in(truth, r"ranks=(\d+); data rows=(\d+); columns before timings=(\d+); sizes (\d+)…(\d+) B;")
    names = ("ranks", "rows", "leading_columns", "size_min_bytes", "size_max_bytes")
    assert counted == tuple(str(facts[n]) for n in names)
    best, size, out_of_place, in_place = truth_in(
        truth, r"max busbw=(\S+) GB/s at (\d+) B \(oop (\S+), ip (\S+)\); largest"
    )
    assert (facts["busbw_max_gb_s"], facts["busbw_max_size_bytes"]) == (Decimal(best), int(size))
    rows = [r for r in result.tables["collective_runs"].to_pylist() if r["size_bytes"] == int(size)]
    assert [row["busbw_gb_s"] for row in rows] == [Decimal(out_of_place), Decimal(in_place)]
    largest = truth_in(truth, r"largest-size busbw oop/ip=([\d.]+)/([\d.]+);")
    assert largest == (
        str(facts["busbw_largest_out_of_place_gb_s"]),
        str(facts["busbw_largest_in_place_gb_s"]),
    )
    assert truth_in(truth, r"reported avg=\['(\S+)'\]") == (str(facts["busbw_avg_gb_s"]),)
    assert truth_in(truth, r"recomputed mean of printed busbw=([\d.]+);") == (str(round(facts["busbw_mean_gb_s"], 4)),)
    out_of_bounds, status = truth_in(truth, r"out-of-bounds=\[\('(\d+)', '(\w+)'\)\]")
    assert (str(facts["out_of_bounds"]), facts["out_of_bounds_status"]) == (out_of_bounds, status)
    assert truth_in(truth, r"#wrong values seen=\['(\S+)'\]") == tuple(facts["wrong_values"])
    assert {issue.code for issue in result.issues} == {"not_validated"}


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("nccl/superbench_a100x8_allreduce_old_no_root_col.log", "all_reduce"),
        ("nccl/superbench_a100x8_alltoall.log", "alltoall"),
        ("nccl/superbench_a100x8_reduce.log", "reduce"),
        ("nccl/pkb_k80x2_allreduce_root_col.txt", "all_reduce"),
    ],
)
def test_the_operation_is_read_from_the_name_of_the_file(name: str, operation: str) -> None:
    assert PARSER.parse(sample(name)).facts["operation"] == operation


def test_the_operation_is_read_from_the_program_before_the_name() -> None:
    source = Source.of_bytes(GOOD, "my_alltoall.log")
    assert PARSER.parse(source).facts["operation"] == "all_reduce"


def test_a_reduction_without_a_name_is_told_by_its_figures() -> None:
    nameless = Source.of_bytes(b"\n".join(GOOD.split(b"\n")[1:]), "output.txt")
    result = PARSER.parse(nameless)
    assert result.facts["operation"] == "all_reduce"
    assert "operation_not_named" in result.issue_counts


def test_what_the_figures_cannot_tell_apart_stays_unknown() -> None:
    content = (FOLDER / "nccl_tests" / "all_gather_wrong_results.log").read_bytes()
    assert PARSER.parse(Source.of_bytes(content, "output.txt")).facts["operation"] == "unknown"


def test_several_runs_in_one_file_are_several_runs() -> None:
    result = read(PARSER, TWO_RUNS)
    assert [(run["operation"], run["validated"]) for run in result.runs] == [
        ("all_reduce", True),
        ("all_gather", False),
    ]
    assert result.tables["collective_runs"].column("run").unique().to_pylist() == [0, 1]


@pytest.mark.parametrize("content", [GOOD, TWO_RUNS], ids=["one run", "two runs"])
def test_a_run_pasted_twice_counts_once_and_says_so(content: bytes) -> None:
    once, twice = read(PARSER, content), read(PARSER, content + b"\n$ \n" + content)
    assert (twice.facts, twice.runs) == (once.facts, once.runs)
    assert twice.tables["collective_runs"].equals(once.tables["collective_runs"])
    told = [issue for issue in twice.issues if issue.code == "repeated_run"]
    assert len(told) == max(1, len(once.runs))
    assert told[0].severity is Severity.WARNING
    assert told[0].where.line is not None
    assert told[0].where.line > content.count(b"\n")


def test_runs_of_two_processes_with_equal_figures_are_two_runs() -> None:
    other = re.sub(rb"Pid +\d+", b"Pid  99999", GOOD)
    assert other != GOOD
    assert len(read(PARSER, GOOD + other).runs) == 2


def test_nodes_are_the_distinct_hosts() -> None:
    facts = read(PARSER, GOOD).facts
    assert (facts["ranks"], facts["nodes"], facts["device"]) == (16, 2, "NVIDIA H800")


def test_wrong_results_are_an_error_and_counted() -> None:
    result = read(PARSER, (FOLDER / "nccl_tests" / "all_gather_wrong_results.log").read_bytes())
    assert (result.facts["status"], result.facts["out_of_bounds"]) == ("failed", 6)
    assert [issue.severity for issue in result.issues if issue.code == "out_of_bounds"] == [Severity.ERROR]
    assert result.tables["collective_runs"].column("wrong").to_pylist() == [0, 0, 0, 0, 3, 3]


@pytest.mark.parametrize(
    "end", [b"", b"# Avg bus", b"# Avg bus bandwidth    : "], ids=["missing", "cut", "without its figure"]
)
def test_an_output_cut_in_its_last_line_is_incomplete(end: bytes) -> None:
    result = read(PARSER, GOOD.partition(b"# Avg bus bandwidth")[0] + end)
    assert (result.facts["status"], result.facts["out_of_bounds_status"]) == ("incomplete", "OK")
    assert "no_end_of_run" in result.issue_counts


@pytest.mark.parametrize("figure", [b"8", b"88", b"88.", b"88.4", b"88.458", b"88.4e", b"8.84588e+0"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: text.decode().encode("utf-16")])
def test_an_output_cut_inside_its_average_is_incomplete(pack: Callable[[bytes], bytes], figure: bytes) -> None:
    result = read(PARSER, pack(UP_TO_THE_AVERAGE + figure))
    assert (result.facts["status"], result.facts["busbw_avg_gb_s"]) == ("incomplete", None)
    assert "no_end_of_run" in result.issue_counts


@pytest.mark.parametrize("end", [b"88.4588", b"88.4588 ", b"88.458\n", b"88.458\r\n", b"88.458 "])
def test_an_average_that_is_printed_in_full_ends_a_run_without_a_line_end(end: bytes) -> None:
    result = read(PARSER, UP_TO_THE_AVERAGE + end)
    assert (result.facts["status"], result.facts["busbw_avg_gb_s"]) == ("success", Decimal(end.decode().strip()))
    assert "no_end_of_run" not in result.issue_counts


@pytest.mark.parametrize(
    ("figure", "average"),
    [(b"8.84588e+01", "88.4588"), (b"8.8e+01\n", "88"), (b"1.23457e+06\n", "1234570"), (b"9.5e-05", "0.000095")],
)
def test_an_average_is_read_with_its_exponent(figure: bytes, average: str) -> None:
    result = read(PARSER, UP_TO_THE_AVERAGE + figure)
    assert format(result.facts["busbw_avg_gb_s"]) == average
    assert ("average_mismatch" in result.issue_counts) == (not average.startswith("88"))


@pytest.mark.parametrize("figure", [b"88.4e+", b"88.4e+012", b"1.2.3", b"12e5e6", b"88-", b"8" * 50])
def test_an_average_that_is_no_figure_is_refused_rather_than_read_in_part(figure: bytes) -> None:
    result = read(PARSER, UP_TO_THE_AVERAGE + figure + b"\n#\n")
    assert (result.facts["status"], result.facts["busbw_avg_gb_s"]) == ("incomplete", None)
    assert "no_end_of_run" in result.issue_counts


def test_wrong_values_are_a_failure_even_where_the_end_is_missing() -> None:
    content = (FOLDER / "nccl_tests" / "all_gather_wrong_results.log").read_bytes()
    assert read(PARSER, content.partition(b"# Avg bus bandwidth")[0]).facts["status"] == "failed"


def test_an_output_cut_short_is_incomplete() -> None:
    result = read(PARSER, (FOLDER / "nccl_tests" / "all_reduce_cut_short.log").read_bytes())
    assert (result.facts["status"], result.facts["busbw_avg_gb_s"]) == ("incomplete", None)
    assert "no_end_of_run" in result.issue_counts


LAST_ROW = b"%d" % max(row["size_bytes"] for row in read(PARSER, GOOD).tables["collective_runs"].to_pylist())


def edited(column: int, figure: bytes) -> bytes:
    """The good output with another figure in a column of its largest size, counted from the right."""
    (row,) = [line for line in GOOD.split(b"\n") if line.split()[:1] == [LAST_ROW]]
    cells = row.split()
    cells[-column] = figure
    return GOOD.replace(row, b"  ".join(cells))


@pytest.mark.parametrize(
    ("column", "figure"),
    [(2, b"481.8"), (6, b"481.8"), (3, b"481.8"), (4, b"1.0"), (4, b"0.00")],
    ids=["bus bandwidth in place", "bus bandwidth", "algorithm bandwidth", "time", "no time"],
)
def test_an_edited_figure_contradicts_the_others_and_gives_no_result(column: int, figure: bytes) -> None:
    result = read(PARSER, edited(column, figure))
    assert (result.facts["status"], result.facts["busbw_max_gb_s"]) == ("contradictory", None)
    assert result.tables["collective_runs"].num_rows == 0
    assert [issue.severity for issue in result.issues if issue.code == "bandwidth_mismatch"] == [Severity.ERROR]


def test_an_average_that_is_not_that_of_the_rows_gives_no_result() -> None:
    result = read(PARSER, UP_TO_THE_AVERAGE + b"120.500\n#\n")
    assert (result.facts["status"], result.facts["busbw_max_gb_s"]) == ("contradictory", None)
    assert result.tables["collective_runs"].num_rows == 0
    assert [(issue.code, issue.severity) for issue in result.issues] == [("average_mismatch", Severity.ERROR)]


def test_only_the_run_that_was_edited_gives_no_result() -> None:
    both = read(PARSER, GOOD + edited(2, b"481.8"))
    assert [run["status"] for run in both.runs] == ["success", "contradictory"]
    assert both.tables["collective_runs"].column("run").unique().to_pylist() == [0]


def test_places_printed_as_not_available_have_no_row() -> None:
    line = b"  1048576  262144  float  20.00  52.43  91.75  0  N/A  N/A  N/A  N/A"
    content = (FOLDER / "nccl_tests" / "all_reduce_cut_short.log").read_bytes() + line + b"\n"
    rows = read(PARSER, content).tables["collective_runs"].to_pylist()
    assert [(row["size_bytes"], row["in_place"]) for row in rows][-1] == (1048576, False)


def test_a_table_without_devices_has_facts_but_no_rows() -> None:
    result = read(PARSER, b"\n".join(line for line in GOOD.split(b"\n") if b"Rank" not in line))
    assert result.facts["ranks"] is None
    assert result.tables["collective_runs"].num_rows == 0
    assert "no_ranks" in result.issue_counts


def test_a_comment_sign_lost_in_pasting_changes_nothing() -> None:
    assert figures(read(PARSER, GOOD.replace(b"# Avg", b"Avg").replace(b"# Out", b"Out"))) == figures(
        read(PARSER, GOOD)
    )


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: b"\n".join(b"[1,0]<stdout>:" + line for line in text.split(b"\n")),
        lambda text: b"\n".join(b"0: " + line for line in text.split(b"\n")),
        lambda text: text.decode().encode("utf-16"),
    ],
    ids=["CRLF", "byte-order mark", "no final line end", "mpirun", "srun", "UTF-16"],
)
def test_the_dress_of_an_output_changes_nothing(disguise) -> None:
    assert figures(read(PARSER, disguise(GOOD))) == figures(read(PARSER, GOOD))


def test_a_header_without_results_is_refused() -> None:
    with pytest.raises(ParseError, match="no result row"):
        read(PARSER, GOOD[:400])


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD, TWO_RUNS)
