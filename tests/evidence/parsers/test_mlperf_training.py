"""MLPerf Training and HPC logs: the published samples to the printed digits, and the ways such files go wrong."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import ParseResult, Severity
from evidence.parsers.formats.mlperf_training import PARSER
from evidence.parsers.logs.mlperf_targets import TARGETS
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

START, STOP = 1_760_000_000_000, 1_760_000_300_250


def event(key: str, value: str = "null", *, time: int | str = START, metadata: str = "") -> bytes:
    return (
        f':::MLLOG {{"namespace": "", "time_ms": {time}, "event_type": "POINT_IN_TIME", "key": "{key}", '
        f'"value": {value}, "metadata": {{"file": "train.py", "lineno": 7{metadata}}}}}\n'
    ).encode()


HEADER = (
    event("submission_benchmark", '"llama2_70b_lora"')
    + event("submission_org", '"Example Compute"')
    + event("submission_division", '"closed"')
    + event("global_batch_size", "8")
    + event("seed", "31")
    + event("train_samples", "3901")
)
EVALUATED = event("eval_accuracy", "0.9247096180915833", time=STOP - 5, metadata=', "samples_count": 3072')
FINISHED = event("run_stop", time=STOP, metadata=', "status": "success"')
GOOD = HEADER + event("run_start") + b"epoch 1: loss 0.9\n" + EVALUATED + FINISHED


ROWS = readme_rows("benchmark=")


@pytest.mark.parametrize(("name", "truth"), ROWS, ids=lambda value: value[:60])
def test_each_sample_gives_its_published_truth(name: str, truth: str) -> None:
    facts = PARSER.parse(sample(name)).facts

    def said(pattern: str) -> tuple[str, ...]:
        return truth_in(truth, pattern)

    assert (facts["benchmark"], facts["organisation"], facts["division"]) == said(
        r"benchmark=(.*?); org=(.*?); division=(.*?);"
    )
    (status,) = said(r"status=(.*?);")
    assert facts["status"] == {"['success']": "success", "['aborted']": "aborted", "NO run_stop": "incomplete"}[status]
    start, stop, duration = said(r"run_start=\[(\d*)\] run_stop=\[(\d*)\] → (\S+) s")
    assert str(facts["run_start_ms"]) == start
    assert str(facts["run_stop_ms"] or "") == stop
    assert str(facts["duration_s"]) == duration
    counted = said(r"MLLOG events=(\d+) \(bad JSON (\d+)\), other non-empty lines=(\d+), events not at column 0=(\d+)")
    assert counted == tuple(str(facts[n]) for n in ("mllog_events", "bad_json", "other_lines", "events_off_column_0"))
    assert said(r"distinct seeds=(\d+)") == (str(facts["seeds"]),)
    for key in ("global_batch_size", "eval_samples", "train_samples"):
        assert said(rf"{key}=\[(\d+)\]") == (str(facts[key]),)
    evaluations, value, position = said(r"eval_accuracy events=(\d+), last=\(value (\S+), samples/epoch (\S+?)\)")
    assert str(facts["eval_accuracy_events"]) == evaluations
    assert str(facts["eval_accuracy_last"]) == value
    assert str(facts["eval_samples_last"]) == position
    if "tracked_stats throughput" in truth:
        throughput = said(r"throughput first/last/n=\[(\S+), (\S+), (\d+)\]")
        assert throughput == tuple(str(facts[n]) for n in ("throughput_first", "throughput_last", "throughput_count"))
    else:
        assert facts["throughput_count"] == 0


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert len(ROWS) == 10 + 3 + 1 + 1 + 15


VERDICTS = [(name, verdict) for name, truth in ROWS for verdict in re.findall(r"\*peer verdict:\* (.+)", truth)]


@needs_samples
def test_the_readme_has_all_its_verdicts_of_the_peer() -> None:
    assert sorted(verdict.partition(":")[0] for _, verdict in VERDICTS) == ["FAILED"] * 3 + ["SUCCESS"] * 9


@pytest.mark.parametrize(("name", "verdict"), VERDICTS, ids=lambda value: value[:60])
def test_each_run_is_judged_as_the_peer_judges_it(name: str, verdict: str) -> None:
    result = PARSER.parse(sample(name))
    codes = set(result.issue_counts)
    if verdict == "SUCCESS":
        assert result.facts["status"] == "success"
        assert not codes & {"target_not_reached", "target_unknown"}
        return
    assert result.facts["status"] != "success"
    assert ("EXACTLY_ONE run_stop but 0" in verdict) == ("no_run_stop" in codes)
    assert ("run was aborted" in verdict) == ("run_aborted" in codes)
    (told,) = [issue for issue in result.issues if issue.code == "target_not_reached"]
    for metric, sign, limit in re.findall(r"(eval_accuracy) must be (≥) ([0-9.]+)", verdict):
        assert f"{metric} {sign} {limit}" in told.message.en
        assert f"{metric} {result.facts['eval_accuracy_last']}" in told.message.en
    if "eval_error check" in verdict:
        assert "eval_error ≤ 0.124" in told.message.en


def test_the_page_lists_every_target() -> None:
    page = (FOLDER.parents[1] / "docs" / "formats" / "mlperf_training.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| ([^|]*[≥≤][^|]*) \| ((?:training|HPC) .*) \|$", page, re.M)
    assert listed == [
        (
            target.benchmark,
            ", ".join(map(str, target.bounds)),
            target.rounds + (f", runs until {target.until}" if target.until else ""),
        )
        for target in TARGETS
    ]


@needs_samples
def test_every_success_among_the_samples_is_judged_by_a_known_target() -> None:
    untold = [name for name, _ in ROWS if "target_unknown" in PARSER.parse(sample(name)).issue_counts]
    assert untold == []


def test_a_good_run_becomes_one_row_with_its_line() -> None:
    result = read(PARSER, GOOD)
    (row,) = result.tables["benchmark_runs"].to_pylist()
    assert row["tool"] == "mlperf_training"
    assert (row["status"], row["duration_ms"], row["samples"], row["seed"]) == ("success", 300_250, 3072, "31")
    assert row["last_accuracy"] == Decimal("0.924709618")
    assert row["line"] == 10
    assert not result.issues


def test_a_log_without_run_stop_is_incomplete_and_says_why() -> None:
    result = read(PARSER, HEADER + event("run_start") + EVALUATED)
    assert result.facts["status"] == "incomplete"
    assert result.facts["duration_s"] is None
    assert [issue.code for issue in result.issues] == ["no_run_stop"]


def test_an_aborted_run_keeps_its_time_but_is_no_success() -> None:
    result = read(PARSER, GOOD.replace(b'"status": "success"', b'"status": "aborted"'))
    assert (result.facts["status"], result.facts["duration_s"]) == ("aborted", Decimal("300.250"))
    assert [issue.code for issue in result.issues] == ["run_aborted"]


def run_of(benchmark: str, *evaluations: bytes, division: str = "closed") -> bytes:
    return (
        event("submission_benchmark", f'"{benchmark}"')
        + event("submission_division", f'"{division}"')
        + event("run_start")
        + b"".join(evaluations)
        + FINISHED
    )


def evaluated(value: str, key: str = "eval_accuracy", metadata: str = "") -> bytes:
    return event(key, value, metadata=metadata)


def test_a_success_below_the_target_of_its_benchmark_is_none_and_says_both_figures() -> None:
    result = read(PARSER, run_of("bert", evaluated("0.05"), evaluated("0.10")))
    assert result.facts["status"] == "failed"
    assert result.tables["benchmark_runs"].column("status").to_pylist() == ["failed"]
    (told,) = result.issues
    assert (told.code, told.severity, told.where.line) == ("target_not_reached", Severity.WARNING, 5)
    for words in (told.message.zh, told.message.en):
        assert "eval_accuracy ≥ 0.720" in words
        assert "eval_accuracy 0.10" in words


def test_one_evaluation_at_the_target_is_enough() -> None:
    result = read(PARSER, run_of("bert", evaluated("0.720"), evaluated("0.71")))
    assert (result.facts["status"], result.issue_counts) == ("success", {})


def test_a_success_without_any_evaluation_is_none() -> None:
    result = read(PARSER, run_of("resnet"))
    assert (result.facts["status"], result.issue_counts) == ("failed", {"target_not_reached": 1})
    assert "eval_accuracy –" in result.issues[0].message.en


def test_an_accuracy_in_percent_reaches_no_target() -> None:
    assert read(PARSER, run_of("resnet", evaluated("76.1"))).facts["status"] == "failed"


@pytest.mark.parametrize(("loss", "status"), [("3.3", "success"), ("3.31", "failed"), ("0", "failed")])
def test_a_loss_must_come_down_to_its_target(loss: str, status: str) -> None:
    assert read(PARSER, run_of("llama31_8b", evaluated(loss))).facts["status"] == status


@pytest.mark.parametrize(("error", "status"), [("0.1239", "success"), ("0.125", "failed")])
def test_an_hpc_run_may_be_judged_by_its_error(error: str, status: str) -> None:
    assert read(PARSER, run_of("cosmoflow", evaluated(error, "eval_error"))).facts["status"] == status


def test_figures_under_names_must_all_be_met_by_one_evaluation() -> None:
    first, second = '{"BBOX": 0.38, "SEGM": 0.33}', '{"BBOX": 0.37, "SEGM": 0.34}'
    assert read(PARSER, run_of("maskrcnn", evaluated(first), evaluated(second))).facts["status"] == "failed"
    assert read(PARSER, run_of("maskrcnn", evaluated('{"BBOX": 0.377, "SEGM": 0.339}'))).facts["status"] == "success"


def test_figures_told_one_by_one_belong_together_by_their_samples() -> None:
    def taken(fid: str, clip: str, samples: int) -> bytes:
        return b"".join(
            evaluated(value, metadata=f', "metric": "{metric}", "samples_count": {samples}')
            for metric, value in (("FID", fid), ("CLIP", clip))
        )

    apart = taken("80", "0.1", 512) + taken("95", "0.2", 1024)
    assert read(PARSER, run_of("stable_diffusion", apart)).facts["status"] == "failed"
    assert read(PARSER, run_of("stable_diffusion", apart, taken("90", "0.15", 2048))).facts["status"] == "success"


@pytest.mark.parametrize("run", [run_of("own_model", EVALUATED), run_of("bert", evaluated("0.1"), division="open")])
def test_a_run_whose_target_is_not_known_is_not_judged_and_says_so(run: bytes) -> None:
    result = read(PARSER, run)
    assert result.facts["status"] == "success"
    assert [(issue.code, issue.severity) for issue in result.issues] == [("target_unknown", Severity.INFO)]


@pytest.mark.parametrize(
    ("year", "accuracy", "status", "code"),
    [
        (2021, "0.35", "success", None),
        (2021, "0.25", "success", "target_unknown"),
        (2021, "0.22", "failed", "target_not_reached"),
        (2022, "0.25", "failed", "target_not_reached"),
    ],
)
def test_a_benchmark_whose_target_changed_is_judged_by_the_rounds_a_run_can_be_of(
    year: int, accuracy: str, status: str, code: str | None
) -> None:
    began = int(dt.datetime(year, 5, 1, tzinfo=dt.UTC).timestamp() * 1000)
    run = run_of("ssd", evaluated(accuracy)).replace(str(START).encode(), str(began).encode())
    result = read(PARSER, run.replace(str(STOP).encode(), str(began + 60_000).encode()))
    assert result.facts["status"] == status
    assert list(result.issue_counts) == ([code] if code else [])


def test_an_aborted_run_below_its_target_stays_aborted_and_tells_the_figures() -> None:
    result = read(PARSER, run_of("bert", evaluated("0.7197")).replace(b"success", b"aborted"))
    assert (result.facts["status"], set(result.issue_counts)) == ("aborted", {"run_aborted", "target_not_reached"})


def test_several_trials_in_one_file_are_several_runs() -> None:
    second = GOOD.replace(b"success", b"aborted").replace(b'"value": 31', b'"value": 32')
    result = read(PARSER, GOOD + second)
    assert [run["status"] for run in result.runs] == ["success", "aborted"]
    assert [run["seeds"] for run in result.runs] == [1, 1]
    assert result.tables["benchmark_runs"].num_rows == 2


@pytest.mark.parametrize(
    "block",
    [GOOD, HEADER + GOOD.removeprefix(HEADER) + b"slurm: done\n", event("seed") + GOOD, event("run_start") + FINISHED],
    ids=["as it is", "with chatter", "seed first", "without an opening event"],
)
def test_a_run_pasted_twice_counts_once_and_says_so(block: bytes) -> None:
    once, twice = read(PARSER, block), read(PARSER, block + block)
    assert twice.tables["benchmark_runs"].equals(once.tables["benchmark_runs"])
    counted = {"mllog_events", "other_lines"}
    assert {k: v for k, v in twice.facts.items() if k not in counted} == {
        k: v for k, v in once.facts.items() if k not in counted
    }
    (told,) = [issue for issue in twice.issues if issue.code == "repeated_run"]
    assert told.severity is Severity.WARNING
    assert told.where.line is not None
    assert told.where.line > block.count(b"\n")
    assert "repeated_run" not in once.issue_counts


def test_two_trials_that_differ_in_one_figure_are_two_runs() -> None:
    second = GOOD.replace(b"0.9247096180915833", b"0.9247096180915834")
    assert read(PARSER, GOOD + second).tables["benchmark_runs"].num_rows == 2


def test_a_trial_after_one_that_died_is_a_run_of_its_own() -> None:
    died = HEADER + event("init_start") + event("run_start")
    second = (
        event("init_start", time=START + 60_000)
        + HEADER
        + event("run_start", time=START + 70_000)
        + EVALUATED
        + FINISHED
    )
    assert [run["status"] for run in read(PARSER, died + second).runs] == ["incomplete", "success"]


def test_a_rank_that_logs_late_does_not_open_a_trial() -> None:
    late = HEADER + event("run_start") + event("init_start", time=START - 500) + EVALUATED + FINISHED
    assert read(PARSER, late).facts["status"] == "success"


def test_two_run_starts_in_one_trial_are_an_error() -> None:
    result = read(PARSER, GOOD.replace(b"epoch 1", event("run_start", time=START + 9).rstrip() + b"\nepoch 1"))
    assert "repeated_event" in result.issue_counts
    assert result.has_errors


def test_a_run_that_stops_before_it_starts_is_an_error() -> None:
    result = read(PARSER, GOOD.replace(str(STOP).encode(), str(START - 1).encode()))
    assert result.facts["duration_s"] is None
    assert [issue.severity for issue in result.issues] == [Severity.ERROR]


def test_two_ranks_writing_into_one_line_are_told_and_the_rest_is_read() -> None:
    result = read(PARSER, GOOD + b':::MLLOG {"key": "eval_acc {"key": "x"}}\n')
    assert (result.facts["status"], result.facts["bad_json"]) == ("success", 1)
    assert result.issues[0].where.line == 11


@pytest.mark.parametrize("prefix", [b"", b"[1,0]<stdout>:", b"0: "])
@pytest.mark.parametrize("fragment", [b":::", b":::MLLO", b":::MLLOG", b":::MLLOG ", b':::MLLOG {"namespa'])
def test_a_record_that_breaks_off_at_the_end_of_the_file_is_told_with_its_line(prefix: bytes, fragment: bytes) -> None:
    result = read(PARSER, GOOD + prefix + fragment)
    assert (result.facts["status"], result.facts["bad_json"]) == ("success", 1)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("bad_json", 11)]
    assert result.facts["other_lines"] == read(PARSER, GOOD).facts["other_lines"]


@pytest.mark.parametrize("fragment", [b":", b"::"])
def test_colons_tell_a_broken_record_only_where_nothing_else_stands_in_the_line(fragment: bytes) -> None:
    assert read(PARSER, GOOD + fragment).issue_counts == {"bad_json": 1}
    assert read(PARSER, GOOD + b"done" + fragment).issue_counts == {}


@pytest.mark.parametrize("levels", [32, 100_000])
def test_a_record_nested_too_deep_is_told_with_its_line_and_not_read(levels: int) -> None:
    deep = b':::MLLOG {"key": "eval_accuracy", "value": ' + b"[" * levels + b"]" * levels + b"}\n"
    result = read(PARSER, GOOD + deep)
    assert (result.facts["status"], result.coverage.lines_with_issue) == ("success", 1)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("too_deep", 11)]


def test_nan_is_missing_and_told() -> None:
    result = read(PARSER, GOOD.replace(b"0.9247096180915833", b"NaN"))
    assert result.facts["eval_accuracy_last"] is None
    assert result.issue_counts == {"not_finite": 1, "target_not_reached": 1}


def test_figures_no_run_can_have_are_missing_and_told() -> None:
    result = read(PARSER, GOOD.replace(b"0.9247096180915833", b"1e400"))
    assert result.facts["eval_accuracy_last"] is None
    assert result.issue_counts == {"not_finite": 1, "target_not_reached": 1}


def test_accuracies_by_name_are_kept_by_name() -> None:
    result = read(PARSER, GOOD.replace(b"0.9247096180915833", b'{"BBOX": 0.377, "SEGM": 0.339}'))
    assert result.facts["eval_accuracy_last"] == {"BBOX": Decimal("0.377"), "SEGM": Decimal("0.339")}
    assert result.tables["benchmark_runs"].column("last_accuracy").to_pylist() == [None]


def test_characters_cut_in_the_middle_do_not_lose_the_run() -> None:
    assert read(PARSER, b"progress \xe2\x96\n" + GOOD).facts["status"] == "success"


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b":::MLLOG", b"\x1b[32m:::MLLOG"),
        lambda text: text.decode().encode("utf-16"),
    ],
    ids=["CRLF", "byte-order mark", "no final line end", "colours", "UTF-16"],
)
def test_the_dress_of_a_file_changes_nothing(disguise) -> None:
    plain: ParseResult = read(PARSER, GOOD)
    assert figures(read(PARSER, disguise(GOOD))) == figures(plain)


@pytest.mark.parametrize("prefix", [b"  0: ", b"[1,0]<stdout>:", b"2025-05-01T04:30:58Z ", b":::MLLOG "])
def test_a_launcher_prefix_changes_nothing_but_its_count(prefix: bytes) -> None:
    prefixed = read(PARSER, GOOD.replace(b":::MLLOG", prefix + b":::MLLOG"))
    assert prefixed.facts["events_off_column_0"] == 9
    assert {**prefixed.facts, "events_off_column_0": 0} == dict(read(PARSER, GOOD).facts)


def test_a_file_without_events_is_refused() -> None:
    with pytest.raises(ParseError, match="no MLPerf Training events"):
        read(PARSER, b"nothing here\n")


test_any_bytes_give_a_result_or_a_refusal = survives_anything(PARSER, GOOD, GOOD + GOOD)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (GOOD, "utf-8"),
        (b"\xef\xbb\xbf" + GOOD, "utf-8-sig"),
        (GOOD.decode().encode("utf-16"), "utf-16"),
        (b"progress \xe2\x96\n" + GOOD, "latin-1"),
    ],
)
def test_the_encoding_used_is_recorded(content: bytes, encoding: str) -> None:
    assert read(PARSER, content).encoding == encoding
