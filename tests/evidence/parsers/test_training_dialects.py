"""Dialects of training logs: the samples' truths, clocks that start anew, and logs that tell no time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import ParseError
from evidence.parsers.formats import deepspeed, fairseq, llm_c, mindformers, modded_nanogpt, nanogpt
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


SOURCE_IN_FRONT = fixture("modded_nanogpt/source_in_front.txt")
CONSOLE = fixture("llm_c/console.log")
LOSSES = fixture("llm_c/main_with_torn_line.log")
EVERY_TENTH = fixture("nanogpt/every_tenth.log")
EPOCH = fixture("fairseq/epoch_with_summary.txt")
CONFIGURED = fixture("deepspeed/with_configuration.log")
TWO_EPOCHS = fixture("mindformers/two_epochs.log")
TORN = fixture("mindformers/cut_short_with_torn_line.log")
RESTARTED = fixture("fairseq/json_after_restart.log")


def truth_of(name: str) -> str:
    return next(truth for path, truth in readme_rows("") if path == f"training-log/{name}")


@needs_samples
def test_the_log_of_losses_gives_its_published_truth() -> None:
    result = llm_c.PARSER.parse(sample("training-log/nanogpt_llmc_adamw.log"))
    facts, truth = result.facts, truth_of("nanogpt_llmc_adamw.log")
    assert truth_in(truth, r"train lines=(\d+); eval lines=(\d+);") == (
        str(facts["train_lines"]),
        str(facts["validation_lines"]),
    )
    assert truth_in(truth, r"last train='s:(\d+) trl:(\S+)'; last eval='s:(\d+) tel:(\S+)'") == (
        str(facts["train_step_last"]),
        str(facts["train_loss_last"]),
        str(facts["validation_step_last"]),
        str(facts["validation_loss_last"]),
    )
    assert not result.tables
    assert result.issue_counts == {"no_times": 1}


@needs_samples
def test_the_source_code_in_front_of_a_log_is_no_step() -> None:
    result = modded_nanogpt.PARSER.parse(sample("training-log/nanogpt_modernarch_with_source_header.txt"))
    facts, truth = result.facts, truth_of("nanogpt_modernarch_with_source_header.txt")
    assert truth_in(truth, r"step lines=(\d+); val lines=(\d+);") == (
        str(facts["step_lines"]),
        str(facts["validation_lines"]),
    )
    step, total, loss, clock, average = truth_in(
        truth, r"last val line='step:(\d+)/(\d+) val_loss:(\S+) train_time:(\d+)ms step_avg:(\S+)ms'"
    )
    assert (facts["val_step_last"], facts["steps_total"]) == (int(step), int(total))
    assert (facts["val_loss_last"], facts["train_time_ms"]) == (Decimal(loss), Decimal(clock))
    steps = result.tables["training_steps"]
    assert steps.num_rows == int(total)
    # The clock started anew at the tenth step, so these times add up to what is printed at the end.
    timed = sum(steps.column("iteration_ms").to_pylist()[10:])
    assert abs(timed - Decimal(clock)) < 1000
    assert abs(timed / (int(step) - 10) - Decimal(average)) < Decimal("0.05")
    assert not result.issues


@needs_samples
def test_the_words_per_second_of_fairseq_are_the_published_ones() -> None:
    result = fairseq.PARSER.parse(sample("training-log/pkb_fairseq_roberta_mmlm.txt"))
    facts, truth = result.facts, truth_of("pkb_fairseq_roberta_mmlm.txt")
    lines, values, first, last = truth_in(
        truth, r"lines=(\d+); `wps` \(words/s\) values=(\d+), first/last=\['(\d+)'\]/"
    )[:3] + truth_in(truth, r"/\['(\d+)'\]")
    assert (result.coverage.lines_read, facts["wps_values"]) == (int(lines), int(values))
    assert (facts["wps_first"], facts["wps_last"]) == (Decimal(first), Decimal(last))
    # Words per second out of the clock agree with those printed at the end, within the clock's seconds.
    words = facts["words_per_batch_last"] / facts["iteration_mean_ms"] * 1000
    assert float(words) == pytest.approx(float(last), rel=0.01)
    assert facts["status"] == "completed"
    assert not result.issues


@needs_samples
def test_a_docker_log_with_echoed_commands_is_an_mlperf_run_with_its_published_truth() -> None:
    from evidence.parsers.formats.mlperf_training import PARSER

    truth = truth_of("pkb_docker_set-x_mlperf_resnet.txt")
    facts = PARSER.parse(sample("training-log/pkb_docker_set-x_mlperf_resnet.txt")).facts
    benchmark, organisation, division, status = truth_in(
        truth, r"benchmark=(\w+); org=(\w+); division=(\w+); status=\['(\w+)'\]"
    )
    assert (facts["benchmark"], facts["organisation"], facts["division"], facts["status"]) == (
        benchmark,
        organisation,
        division,
        status,
    )
    start, stop, seconds = truth_in(truth, r"run_start=\[(\d+)\] run_stop=\[(\d+)\] → (\S+) s")
    assert int(stop) - int(start) == Decimal(seconds) * 1000
    assert facts["duration_s"] == Decimal(seconds)
    events, others = truth_in(truth, r"MLLOG events=(\d+) \(bad JSON 0\), other non-empty lines=(\d+)")
    assert (facts["mllog_events"], facts["other_lines"]) == (int(events), int(others))


def test_a_clock_that_starts_anew_after_warming_up_gives_the_time_since() -> None:
    result = read(modded_nanogpt.PARSER, SOURCE_IN_FRONT)
    times = result.tables["training_steps"].column("iteration_ms").to_pylist()
    assert times == [Decimal(30150)] + [Decimal(150)] * 23
    assert result.facts["val_loss_last"] == Decimal("5.1")


def test_validation_lines_are_no_steps() -> None:
    result = read(modded_nanogpt.PARSER, SOURCE_IN_FRONT)
    assert (result.facts["step_lines"], result.facts["validation_lines"], result.facts["iteration_lines"]) == (
        26,
        2,
        24,
    )


def test_a_log_that_goes_on_from_a_checkpoint_does_not_spread_its_clock_over_steps_before() -> None:
    result = read(fairseq.PARSER, RESTARTED)
    assert result.tables["training_steps"].column("step").to_pylist() == [5200, 5300, 5400]
    assert result.tables["training_steps"].column("iteration_ms").to_pylist() == [Decimal(2000)] * 3
    assert result.issue_counts == {"no_time": 1, "stops_early": 1}


def test_a_log_of_fairseq_is_complete_when_it_says_that_training_is_done() -> None:
    whole, cut = read(fairseq.PARSER, EPOCH), read(fairseq.PARSER, EPOCH.partition(b"| done training")[0])
    assert (whole.facts["status"], cut.facts["status"]) == ("completed", "incomplete")
    assert (whole.issue_counts, cut.issue_counts) == ({}, {"stops_early": 1})


def test_the_summary_of_an_epoch_is_told_but_no_step() -> None:
    result = read(fairseq.PARSER, EPOCH)
    assert (result.facts["wps_values"], result.facts["iteration_lines"], result.facts["wps_last"]) == (6, 5, 26203)


def test_a_mean_of_sentences_that_is_not_whole_is_no_batch_size() -> None:
    batches = read(fairseq.PARSER, EPOCH).tables["training_steps"].column("global_batch_size").to_pylist()
    assert batches == [128, 128, 128, 128, None]


def test_the_console_of_llm_c_tells_times_and_its_file_of_losses_does_not() -> None:
    assert read(llm_c.PARSER, CONSOLE).tables["training_steps"].column("iteration_ms").to_pylist() == [
        Decimal("312.5") + step for step in range(1, 7)
    ]
    losses = read(llm_c.PARSER, LOSSES)
    assert not losses.tables
    assert losses.issue_counts == {"broken_line": 2, "no_times": 1}
    assert losses.facts["train_lines"] == 8


def test_the_printed_mfu_of_nanogpt_is_not_read_and_a_loss_that_is_no_number_is_missing() -> None:
    result = read(nanogpt.PARSER, EVERY_TENTH)
    row = result.tables["training_steps"].to_pylist()[6]
    assert (row["step"], row["loss"], row["tflops_per_accelerator"]) == (60, None, None)
    assert result.issue_counts == {"not_finite": 1}


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (modded_nanogpt.PARSER, SOURCE_IN_FRONT),
        (llm_c.PARSER, CONSOLE),
        (llm_c.PARSER, LOSSES),
        (nanogpt.PARSER, EVERY_TENTH),
        (fairseq.PARSER, EPOCH),
        (deepspeed.PARSER, CONFIGURED),
        (mindformers.PARSER, TWO_EPOCHS),
    ],
    ids=lambda value: getattr(value, "format", ""),
)
@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.decode().encode("utf-16"),
    ],
    ids=["CRLF", "byte-order mark", "no final line end", "UTF-16"],
)
def test_the_dress_of_a_log_changes_nothing(parser, content, disguise) -> None:
    source = Source.of_bytes(disguise(content), "train.log")
    assert parser.recognises(source)
    assert figures(parser.parse(source)) == figures(read(parser, content))


def test_samples_per_second_become_a_time_by_the_batch_the_log_states() -> None:
    result = read(deepspeed.PARSER, CONFIGURED)
    assert result.tables["training_steps"].column("iteration_ms").to_pylist() == [Decimal(8000)] * 5
    assert (result.facts["global_batch_size"], result.facts["skipped_steps"]) == (512, 2)
    assert result.issue_counts == {"no_time": 1}  # a rate of 0.0


def test_without_the_batch_no_time_is_guessed() -> None:
    with pytest.raises(ParseError) as refusal:
        read(deepspeed.PARSER, fixture("deepspeed/without_batch_size.log"))
    assert refusal.value.code == "no_batch_size"


def test_steps_that_begin_anew_with_each_epoch_count_on() -> None:
    result = read(mindformers.PARSER, TWO_EPOCHS)
    assert result.tables["training_steps"].column("step").to_pylist() == list(range(2, 21, 2))
    assert (result.facts["status"], result.facts["restarts"], result.facts["steps_total"]) == ("completed", 0, 20)


def test_a_torn_line_of_mindformers_is_told_and_left_out() -> None:
    result = read(mindformers.PARSER, TORN)
    assert result.issue_counts == {"not_finite": 1, "broken_line": 1, "stops_early": 1}


@pytest.mark.parametrize(
    "parser",
    [
        modded_nanogpt.PARSER,
        llm_c.PARSER,
        nanogpt.PARSER,
        fairseq.PARSER,
        deepspeed.PARSER,
        mindformers.PARSER,
    ],
)
def test_a_log_without_steps_is_refused(parser) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, Path(__file__).read_bytes())
    assert refusal.value.code == "no_rows"


test_any_bytes_survive_modded_nanogpt = survives_anything(modded_nanogpt.PARSER, SOURCE_IN_FRONT)
test_any_bytes_survive_llm_c = survives_anything(llm_c.PARSER, CONSOLE, LOSSES)
test_any_bytes_survive_nanogpt = survives_anything(nanogpt.PARSER, EVERY_TENTH)
test_any_bytes_survive_fairseq = survives_anything(fairseq.PARSER, EPOCH, RESTARTED)
test_any_bytes_survive_deepspeed = survives_anything(deepspeed.PARSER, CONFIGURED)
test_any_bytes_survive_mindformers = survives_anything(mindformers.PARSER, TWO_EPOCHS, TORN)
