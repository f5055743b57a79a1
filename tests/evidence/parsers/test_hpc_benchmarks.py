"""HPL, HPL-MxP, HPCC, HPCG and GPCNeT: what counts as a result, and what only looks like one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import gpcnet, hpcc, hpcg, hpl, hpl_mxp
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def one(pattern: str) -> tuple[str, str]:
    """The one row of the table whose truth starts so."""
    rows = [row for row in readme_rows(pattern) if row[0].startswith("hpc-bench/")]
    if not rows:
        pytest.skip("the samples are not beside the repository")
    assert len(rows) == 1
    return rows[0]


SWEEP, MXP, SUITE = fixture("hpl/sweep_with_failure.txt"), fixture("hpl_mxp/two_nodes.txt"), fixture("hpcc/success.txt")
HPCG, NETWORK = fixture("hpcg/reference.txt"), fixture("gpcnet/healthy.txt")


@needs_samples
def test_the_section_has_as_many_rows_as_are_asserted_here_and_beside() -> None:
    section = [name for name, _ in readme_rows("") if name.startswith("hpc-bench/")]
    assert len(section) == 9


def test_the_hpl_sample_gives_its_published_truth() -> None:
    name, truth = one(r"result rows=\[\('")
    result = hpl.PARSER.parse(sample(name))
    facts = result.facts
    variant, n, nb, p, q, time, gflops, passed, failed = truth_in(
        truth,
        r"\('(\w+)', '(\d+)', '(\d+)', '(\d+)', '(\d+)', '([\d.]+)', '([\d.e+]+)'\)\]; PASSED=(\d+) FAILED=(\d+)",
    )
    assert (facts["variant"], str(facts["n"]), str(facts["nb"])) == (variant, n, nb)
    assert (str(facts["p"]), str(facts["q"]), str(facts["time_s"])) == (p, q, time)
    assert facts["rmax_gflops"] == Decimal(gflops)
    assert (str(facts["passed"]), str(facts["failed"])) == (passed, failed)
    counted = truth_in(
        truth, r"(\d+) tests completed and passed.*?(\d+) tests completed and failed.*?(\d+) tests skipped"
    )
    assert counted == tuple(str(facts[f"tests_{what}"]) for what in ("passed", "failed", "skipped"))
    (row,) = result.tables["benchmark_runs"].to_pylist()
    assert (row["status"], row["value"], row["unit"]) == ("success", Decimal("8126.1"), "GFLOP/s")
    assert not result.issues


def test_a_linpack_that_ends_before_its_table_has_no_result() -> None:
    name, truth = one(r"result rows=\[\];")
    result = hpl.PARSER.parse(sample(name))
    (progress,) = truth_in(truth, r"\['([\d.]+)'\] last Mflops; PASSED lines=0")
    assert (result.facts["status"], result.facts["rmax_gflops"], result.facts["passed"]) == ("incomplete", None, 0)
    assert result.facts["progress_lines"] == 6
    assert result.tables["benchmark_runs"].num_rows == 0
    assert list(result.issue_counts) == ["no_result"]
    assert progress not in figures(result)


def test_the_hpcc_sample_gives_its_published_truth_and_its_hpl_once() -> None:
    name, truth = one(r"embedded HPL row")
    result = hpcc.PARSER.parse(sample(name))
    facts = result.facts
    ours = {
        "Success": "success", "CommWorldProcs": "processes", "HPL_Tflops": "hpl_tflops", "PTRANS_GBs": "ptrans_gb_s",
        "StarSTREAM_Triad": "star_stream_triad_gb_s", "MPIRandomAccess_GUPs": "mpi_random_access_gups",
    }  # fmt: skip
    for key, name in ours.items():
        assert truth_in(truth, rf"{key}=([\d.]+)") == (str(facts[name]),)
    (gflops,) = truth_in(truth, r"([\d.e+]+)'\]; Success")
    rows = [row for row in result.tables["benchmark_runs"].to_pylist() if row["benchmark"] == "HPL"]
    assert [(row["status"], row["value"]) for row in rows] == [("success", Decimal(gflops))]
    assert not result.issues
    assert not hpl.PARSER.recognises(sample("hpc-bench/pkb_hpcc_with_embedded_hpl.txt"))


def test_the_hpcg_sample_gives_its_published_truth() -> None:
    name, truth = one(r"total = ")
    facts = hpcg.PARSER.parse(sample(name)).facts
    for row in ("total", "final"):
        rate, bandwidth = truth_in(truth, rf"{row} =\s+([\d.]+) GF \(([\d.]+) GB/s Effective\)")
        assert (str(facts[f"{row}_gflops"]), str(facts[f"{row}_gb_s"])) == (rate, bandwidth)
    assert (facts["status"], facts["rating_gflops"]) == ("success", Decimal("202.6"))


def test_the_gpcnet_sample_is_flagged_as_degenerate() -> None:
    name, truth = one(r"lines=97")
    result = gpcnet.PARSER.parse(sample(name))
    assert truth_in(truth, r"lines=(\d+)") == (str(result.facts["lines"]),)
    assert result.facts["status"] == "degenerate"
    assert set(result.tables["benchmark_runs"].column("status").to_pylist()) == {"degenerate"}
    assert list(result.issue_counts) == ["degenerate_run"]
    assert set(map(str, result.facts["impact_factors"]["Multiple Allreduce (8 B)"].values())) == {"0"}


def test_of_a_sweep_the_fastest_row_that_passed_counts() -> None:
    result = read(hpl.PARSER, SWEEP)
    assert (result.facts["rmax_gflops"], result.facts["passed"], result.facts["failed"]) == (Decimal("533.4"), 2, 1)
    assert result.tables["benchmark_runs"].column("status").to_pylist() == ["success", "failed", "success"]
    assert [issue.code for issue in result.issues] == ["residual_failed"]


def test_a_rate_that_does_not_follow_from_size_and_time_is_no_result() -> None:
    result = read(hpl.PARSER, fixture("hpl/edited_row.txt"))
    assert (result.facts["status"], result.facts["rmax_gflops"]) == ("contradictory", None)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("rate_mismatch", 11)]


def test_a_row_cut_off_before_its_check_is_no_result() -> None:
    cut = SWEEP[: SWEEP.index(b"----\n||Ax-b")]
    assert read(hpl.PARSER, cut).facts["rmax_gflops"] is None
    assert list(read(hpl.PARSER, cut).issue_counts) == ["residual_missing"]


def test_start_and_end_need_the_zone_and_the_rate_per_card_tells_the_cards() -> None:
    content = fixture("hpl/per_card_in_shanghai.txt")
    (row,) = read(hpl.PARSER, content, timezone="Asia/Shanghai").tables["benchmark_runs"].to_pylist()
    assert (row["started_at"].isoformat(), row["accelerators"]) == ("2026-02-03T01:15:20+00:00", 8)
    (bare,) = read(hpl.PARSER, content).tables["benchmark_runs"].to_pylist()
    assert bare["started_at"] is None


def test_mixed_precision_is_read_apart_from_hpl() -> None:
    result = read(hpl_mxp.PARSER, MXP)
    (row,) = result.tables["benchmark_runs"].to_pylist()
    assert (row["tool"], row["value"], row["accelerators"], row["precision"]) == ("hpl_mxp", 4_736_000, 16, "fp16")
    assert result.facts["lu_gflops"] == 6_400_000
    failed = read(hpl_mxp.PARSER, fixture("hpl_mxp/residual_failed.txt"))
    assert (failed.facts["status"], failed.facts["mxp_gflops"]) == ("failed", None)


def test_a_suite_that_failed_or_contradicts_itself_yields_no_hpl() -> None:
    result = read(hpcc.PARSER, fixture("hpcc/failed_and_differing.txt"))
    assert set(result.issue_counts) == {"suite_failed", "conflicting_value"}
    assert "HPL" not in result.tables["benchmark_runs"].column("benchmark").to_pylist()


@pytest.mark.parametrize(
    ("case", "status", "code"),
    [("invalid", "invalid", "run_invalid"), ("cut_short", "incomplete", "no_result")],
)
def test_an_hpcg_without_a_valid_rating_has_no_result(case: str, status: str, code: str) -> None:
    result = read(hpcg.PARSER, fixture(f"hpcg/{case}.txt"))
    assert (result.facts["status"], result.facts["rating_gflops"]) == (status, None)
    assert list(result.issue_counts) == [code]


def test_a_healthy_network_test_is_not_flagged() -> None:
    result = read(gpcnet.PARSER, NETWORK)
    assert (result.facts["status"], result.facts["impact_factor_max"]) == ("success", Decimal("1.3"))
    assert not result.issues
    with pytest.raises(ParseError, match="no GPCNeT result row"):
        read(gpcnet.PARSER, NETWORK[:60])


@pytest.mark.parametrize(
    ("parser", "content"),
    [(hpl.PARSER, SWEEP), (hpl_mxp.PARSER, MXP), (hpcc.PARSER, SUITE), (hpcg.PARSER, HPCG), (gpcnet.PARSER, NETWORK)],
    ids=["hpl", "hpl_mxp", "hpcc", "hpcg", "gpcnet"],
)
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    dresses = (
        content.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + content,
        content.decode().encode("utf-16"),
        content.replace(b"PASSED", b"\x1b[32mPASSED"),
    )
    for dressed in dresses:
        assert figures(read(parser, dressed)) == figures(read(parser, content))


@pytest.mark.parametrize("prefix", [b"0: ", b"[1,0]<stdout>:"])
def test_a_launcher_prefix_changes_nothing_of_hpl(prefix: bytes) -> None:
    prefixed = b"\n".join(prefix + line for line in SWEEP.split(b"\n"))
    assert read(hpl.PARSER, prefixed).facts["rmax_gflops"] == Decimal("533.4")


test_any_bytes_give_an_hpl_result_or_a_refusal = survives_anything(hpl.PARSER, SWEEP)
test_any_bytes_give_a_mixed_result_or_a_refusal = survives_anything(hpl_mxp.PARSER, MXP)
test_any_bytes_give_a_suite_or_a_refusal = survives_anything(hpcc.PARSER, SUITE)
test_any_bytes_give_an_hpcg_result_or_a_refusal = survives_anything(hpcg.PARSER, HPCG, fixture("hpcg/console.txt"))
test_any_bytes_give_a_network_test_or_a_refusal = survives_anything(gpcnet.PARSER, NETWORK)
