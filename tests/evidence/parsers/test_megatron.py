"""Megatron-style logs: the published samples to the printed digits, and logs that are torn or contradict themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Severity
from evidence.parsers.formats.megatron import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ROWS = readme_rows("iteration lines=")
GOOD = (FOLDER / "megatron" / "interval_of_ten.log").read_bytes()
STAMPED = (FOLDER / "megatron" / "mindspeed_with_zone.log").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert len(ROWS) == 4


@pytest.mark.parametrize(("name", "truth"), ROWS, ids=lambda value: value[:60])
def test_each_sample_gives_its_published_truth(name: str, truth: str) -> None:
    result = PARSER.parse(sample(name))
    facts, steps = result.facts, result.tables["training_steps"]
    said = truth_in(truth, r"iteration lines=(\d+); first iter (\d+)/(\d+), last iter (\d+);")
    assert said == tuple(str(facts[n]) for n in ("iteration_lines", "step_first", "steps_total", "step_last"))
    first, median, mean = truth_in(truth, r"ms first=(\S+) median=(\S+) mean\(excl\. first\)=(\S+);")
    assert facts["iteration_first_ms"] == Decimal(first)
    assert float(facts["iteration_median_ms"]) == pytest.approx(float(median), rel=1e-15)
    assert str(round(facts["iteration_mean_ms"], 3)) == mean
    assert truth_in(truth, r"global batch size=\['(\d+)'\]") == (str(facts["global_batch_size"]),)
    counts = truth_in(truth, r"consumed samples last=(\d+); skipped total=(\d+) nan total=(\d+);")
    assert counts == tuple(str(facts[n]) for n in ("consumed_samples", "skipped_iterations", "nan_iterations"))
    loss_first, loss_last = truth_in(truth, r"lm loss first/last=\['(\S+)'\]/\['(\S+)'\];")
    assert (facts["loss_first"], facts["loss_last"]) == (Decimal(loss_first), Decimal(loss_last))
    (printed,) = truth_in(truth, r"TFLOPs values=\[(.*?)\]")
    assert steps.column("tflops_per_accelerator").drop_null().to_pylist() == [
        Decimal(value) for value in printed.split(", ") if value
    ]
    assert result.coverage.lines_used == facts["iteration_lines"]
    ended = facts["step_last"] == facts["steps_total"]
    assert facts["status"] == ("completed" if ended else "incomplete")
    assert [issue.code for issue in result.issues] == ([] if ended else ["stops_early"])


def test_a_stamp_is_read_in_the_zone_the_uploader_declared() -> None:
    result = read(PARSER, STAMPED, timezone="Asia/Shanghai")
    assert result.tables["training_steps"].column("at")[0].as_py() == dt.datetime(2026, 1, 5, 0, 0, 6, tzinfo=dt.UTC)
    assert not result.issues


def test_a_stamp_without_a_zone_is_no_instant_and_told_once() -> None:
    result = read(PARSER, STAMPED)
    assert result.tables["training_steps"].column("at").null_count == 8
    assert [(issue.code, issue.severity) for issue in result.issues] == [("no_time_zone", Severity.WARNING)]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ParseError, match="no time zone called"):
        read(PARSER, STAMPED, timezone="Asia/Nowhere")


@pytest.mark.parametrize(
    ("case", "dialect"),
    [
        ("interval_of_ten", "megatron"),
        ("deepspeed_with_host_prefix", "megatron_deepspeed"),
        ("mindspeed_with_zone", "mindspeed"),
    ],
)
def test_dialects_are_told_apart(case: str, dialect: str) -> None:
    content = (FOLDER / "megatron" / f"{case}.log").read_bytes()
    assert read(PARSER, content).facts["dialect"] == dialect


def test_samples_that_contradict_steps_and_batch_are_an_error() -> None:
    result = read(PARSER, GOOD.replace(b"consumed samples:        12800", b"consumed samples:        99800"))
    contradiction = next(issue for issue in result.issues if issue.code == "contradictory_log")
    assert contradiction.severity is Severity.ERROR
    assert contradiction.where.line == 9
    assert "10 steps of batch 256, yet 89560 more samples" in contradiction.message.en


def test_a_batch_that_ramps_up_is_no_contradiction() -> None:
    # The batch grows from 256 to 512 somewhere between the steps 90 and 100.
    ramped = GOOD.replace(b"       25600 |", b"       27136 |").replace(
        b"27136 | elapsed time per iteration (ms): 7022.5 | learning rate: 1.500E-04 | global batch size:   256",
        b"27136 | elapsed time per iteration (ms): 7022.5 | learning rate: 1.500E-04 | global batch size:   512",
    )
    assert b"size:   512" in ramped
    assert not read(PARSER, ramped).issues


def test_a_log_that_goes_on_after_a_restart_is_no_contradiction() -> None:
    lines = GOOD.splitlines(keepends=True)
    result = read(PARSER, b"".join(lines[:10] + lines[7:]))
    assert result.facts["restarts"] == 1
    assert not result.issues


def test_stamps_that_pass_twice_as_fast_as_the_printed_times_are_told() -> None:
    content = (FOLDER / "megatron" / "contradictory_clock.log").read_bytes()
    result = read(PARSER, content, timezone="Asia/Shanghai")
    assert [(issue.code, issue.severity) for issue in result.issues] == [("contradictory_log", Severity.WARNING)]


def test_evaluations_between_iterations_are_no_contradiction() -> None:
    # One pause of an hour among eight intervals of six seconds.
    late = STAMPED
    for second in (36, 42, 48):
        late = late.replace(f"08:00:{second}".encode(), f"09:00:{second}".encode())
    assert not read(PARSER, late, timezone="Asia/Shanghai").issues


def test_two_records_in_one_line_are_not_read_and_told() -> None:
    result = read(PARSER, (FOLDER / "megatron" / "torn_lines_and_restart.log").read_bytes())
    broken = next(issue for issue in result.issues if issue.code == "broken_line")
    assert broken.where.line == 7
    assert 3 not in result.tables["training_steps"].column("step").to_pylist()


def test_figures_too_fine_for_a_column_are_rounded_half_up() -> None:
    result = read(PARSER, GOOD.replace(b"8.900000E+00", b"1.4E-9").replace(b"8.800000E+00", b"2.5E-9"))
    losses = result.tables["training_steps"].column("loss").to_pylist()
    assert losses[:3] == [None, Decimal("1E-9"), Decimal("3E-9")]


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b"\n iteration", b"\nvm-07-14:  iteration"),
        lambda text: text.replace(b"\n iteration", b"\n[default0]: iteration"),
        lambda text: text.replace(b" iteration", b"\x1b[32m iteration\x1b[0m"),
        lambda text: text.decode().encode("utf-16"),
    ],
    ids=["CRLF", "byte-order mark", "no final line end", "host", "rank", "colours", "UTF-16"],
)
def test_the_dress_of_a_log_changes_nothing(disguise) -> None:
    assert figures(read(PARSER, disguise(GOOD))) == figures(read(PARSER, GOOD))


def lines_of(*steps: int, total: int) -> bytes:
    """A log of these iterations."""
    line = " iteration {}/ {} | consumed samples: {} | elapsed time per iteration (ms): 5.0 | global batch size: 2 |\n"
    return "".join(line.format(step, total, 2 * step) for step in steps).encode()


@pytest.mark.parametrize(
    ("steps", "total", "status"),
    [
        ((1, 2, 3), 3, "completed"),
        ((1, 2, 3), 4, "incomplete"),
        ((10, 20, 30), 35, "completed"),  # every tenth is printed, so the 35th is not
        ((10, 20, 30), 40, "incomplete"),
        ((1, 2, 3, 2, 3, 4), 4, "completed"),  # resumed from the checkpoint of step 1
        ((1, 2, 3, 4, 1, 2), 4, "incomplete"),
        ((4,), 4, "completed"),
        ((3,), 4, "incomplete"),
    ],
)
def test_a_log_that_stops_before_the_announced_steps_is_incomplete(
    steps: tuple[int, ...], total: int, status: str
) -> None:
    result = read(PARSER, lines_of(*steps, total=total))
    assert result.facts["status"] == status
    told = [(issue.code, issue.severity, issue.where.line) for issue in result.issues]
    assert told == ([] if status == "completed" else [("stops_early", Severity.WARNING, len(steps))])


def test_the_warning_of_an_early_end_names_both_steps() -> None:
    (issue,) = read(PARSER, lines_of(1, 2, 3, total=500)).issues
    assert "第 3 步" in issue.message.zh
    assert "step 3 of 500 announced" in issue.message.en


def test_a_log_without_iterations_is_refused() -> None:
    with pytest.raises(ParseError, match="no readable iteration line"):
        read(PARSER, b"iteration 1/ 10 | elapsed\n")


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD, STAMPED)
