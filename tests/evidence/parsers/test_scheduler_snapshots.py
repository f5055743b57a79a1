"""Queues, nodes, counters and published traces: the samples' truths, and why none of them is a period of jobs."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import (
    openb_nodes,
    openb_pods,
    runtime_column,
    slurm_sdiag_json,
    slurm_sinfo_json,
    slurm_squeue_json,
    slurm_squeue_lines,
    swf,
    trace_summary,
)
from evidence.parsers.schedulers.slurm_json import counted
from tests.evidence.parsers.properties import read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


QUEUE = fixture("slurm_squeue_json/two_waiting.json")
NODES = fixture("slurm_sinfo_json/one_node_drained.json")
COUNTERS = fixture("slurm_sdiag_json/one_day.json")
QUEUE_LINES = fixture("slurm_squeue_lines/quoted_name_breaks_a_line.txt")
PODS = fixture("openb_pods/four_phases.csv")
BUILDS = fixture("openb_nodes/two_builds.csv")
TRACE = fixture("swf/with_header.swf")
SUMMARY = fixture("trace_summary/one_centre.csv")
RUNTIMES = fixture("runtime_column/five_jobs.csv")


def truth_of(name: str) -> str:
    return next(truth for path, truth in readme_rows("") if path == f"scheduler/{name}")


def table_of(words: str) -> dict[str, int]:
    """A dictionary as the table of truths prints it."""
    counts: dict[str, int] = json.loads(words.replace("'", '"'))
    return counts


@needs_samples
def test_the_queue_gives_its_published_states() -> None:
    facts = slurm_squeue_json.PARSER.parse(sample("scheduler/rivos_squeue_out.json")).facts
    jobs, states = truth_in(truth_of("rivos_squeue_out.json"), r"jobs=(\d+); states=(\{.*?\})")
    assert (facts["jobs"], facts["jobs_by_state"]) == (int(jobs), table_of(states))


@needs_samples
def test_the_nodes_give_their_published_states() -> None:
    facts = slurm_sinfo_json.PARSER.parse(sample("scheduler/rivos_sinfo_out.json")).facts
    nodes, states = truth_in(truth_of("rivos_sinfo_out.json"), r"entries=(\d+); node states=(\{.*?\})")
    assert facts["nodes"] == int(nodes)
    assert {state.lower(): number for state, number in facts["nodes_by_state"].items()} == table_of(states)


@needs_samples
def test_the_counters_of_the_controller_are_the_published_ones() -> None:
    facts = slurm_sdiag_json.PARSER.parse(sample("scheduler/rivos_sdiag_2405.json")).facts
    printed = truth_in(
        truth_of("rivos_sdiag_2405.json"),
        r"jobs_completed=(\d+) jobs_failed=(\d+) jobs_started=(\d+) jobs_canceled=(\d+)",
    )
    names = ("jobs_completed", "jobs_failed", "jobs_started", "jobs_canceled")
    assert tuple(str(facts[name]) for name in names) == printed


@needs_samples
def test_the_queue_line_by_line_gives_its_published_truth_and_names_the_lines_that_are_no_json() -> None:
    result = slurm_squeue_lines.PARSER.parse(sample("scheduler/rivos_squeue_fallback.txt"))
    truth = truth_of("rivos_squeue_fallback.txt")
    bad, rows, states, units, without = (
        *truth_in(truth, r"(\d+) line\(s\) are not JSON"),
        *truth_in(truth, r"rows=(\d+); states=(\{.*?\}); memory units seen=\[(.*?)\]; end_time 'N/A' rows=(\d+)"),
    )
    assert result.issue_counts["bad_line"] == int(bad)
    assert (result.facts["jobs"], result.facts["jobs_by_state"]) == (int(rows), table_of(states))
    assert result.facts["memory_units"] == sorted(units.replace("'", "").split(", "))
    assert result.facts["jobs_with_end_not_applicable"] == int(without)


@needs_samples
def test_the_pods_of_openb_give_their_published_truth() -> None:
    facts = openb_pods.PARSER.parse(sample("scheduler/alibaba_openb_pod_list_default.csv")).facts
    truth = truth_of("alibaba_openb_pod_list_default.csv")
    rows, phases, classes, cards, shared, waiting = truth_in(
        truth,
        r"rows=(\d+); pod_phase=(\{.*?\}); qos=(\{.*?\}); Σ num_gpu=(\d+); .*num_gpu=1: (\d+); "
        r"empty scheduled_time=(\d+)",
    )
    assert (facts["pods_by_phase"], facts["pods_by_qos"]) == (table_of(phases), table_of(classes))
    assert (facts["pods"], facts["cards"]) == (int(rows), int(cards))
    assert (facts["pods_sharing_a_card"], facts["pods_never_scheduled"]) == (int(shared), int(waiting))


@needs_samples
def test_the_nodes_of_openb_give_their_published_truth() -> None:
    result = openb_nodes.PARSER.parse(sample("scheduler/alibaba_openb_node_list_gpu_node.csv"))
    nodes, cards, models = truth_in(
        truth_of("alibaba_openb_node_list_gpu_node.csv"), r"nodes=(\d+); Σ gpu=(\d+); models=(\{.*?\})"
    )
    assert (result.facts["nodes"], result.facts["cards"]) == (int(nodes), int(cards))
    assert result.facts["nodes_by_model"] == table_of(models)
    assert sum(result.tables["inventory"].column("accelerators").to_pylist()) == int(cards)


@needs_samples
def test_the_run_times_of_philly_give_their_published_distribution() -> None:
    facts = runtime_column.PARSER.parse(sample("scheduler/alibaba_v2020_philly_runtime.csv")).facts
    rows, total, median, longest = truth_in(
        truth_of("alibaba_v2020_philly_runtime.csv"), r"rows=(\d+); Σ=(\S+); median=(\S+); max=(\S+) "
    )
    assert facts["rows"] == int(rows)
    names = ("runtime_sum_s", "runtime_median_s", "runtime_max_s")
    assert [facts[name] for name in names] == [Decimal(figure) for figure in (total, median, longest)]


@needs_samples
def test_the_summary_of_acme_gives_its_published_rates() -> None:
    result = trace_summary.PARSER.parse(sample("scheduler/acme_cluster_summary.csv"))
    truth = truth_of("acme_cluster_summary.csv")
    assert truth_in(truth, r"rows=(\d+)") == (str(result.facts["rows"]),)
    for name, row in result.facts["centres"].items():
        jobs, completed, failed = truth_in(
            truth, rf"{name}: job_num=(\d+) complete_rate_gpu=([0-9.]*) fail_rate_gpu=([0-9.]*)"
        )
        assert row["job_num"] == int(jobs)
        assert row["complete_rate_gpu"] == (Decimal(completed) if completed else None)
        assert row["fail_rate_gpu"] == (Decimal(failed) if failed else None)
    assert result.issue_counts["reference_only"] == 1


@needs_samples
def test_the_trace_in_swf_gives_its_published_truth() -> None:
    facts = swf.PARSER.parse(sample("scheduler/accasim_workload.swf")).facts
    jobs, comments, completed, used, wait = truth_in(
        truth_of("accasim_workload.swf"),
        r"jobs=(\d+); comment lines=(\d+); status counts=\{'1': (\d+)\}; Σ run×procs=(\d+) proc·s; mean wait=(\S+) s;",
    )
    assert (facts["jobs"], facts["comment_lines"]) == (int(jobs), int(comments))
    assert facts["jobs_by_status"] == {"completed": int(completed)}
    assert (facts["processor_s"], facts["wait_mean_s"]) == (Decimal(used), Decimal(wait))
    assert facts["jobs_with_decimals"] > 0


@pytest.mark.torture("T15", "a number of a trace")
@pytest.mark.parametrize("number", ["1_00", "１００", "1,00", "NaN"])
def test_a_job_with_a_number_outside_the_grammar_is_no_job(number: str) -> None:
    job = "1 0 10 {} 4 -1 -1 4 -1 -1 1 1 1 1 1 1 -1 -1\n"
    result = read(swf.PARSER, (job.format("100") + job.format(number)).encode())
    assert (result.facts["jobs"], result.issue_counts["bad_line"]) == (1, 1)


@pytest.mark.parametrize(
    ("parser", "content", "code"),
    [
        (slurm_squeue_json.PARSER, QUEUE, "snapshot_only"),
        (slurm_sinfo_json.PARSER, NODES, "snapshot_only"),
        (slurm_sdiag_json.PARSER, COUNTERS, "snapshot_only"),
        (slurm_squeue_lines.PARSER, QUEUE_LINES, "snapshot_only"),
        (openb_pods.PARSER, PODS, "relative_times"),
        (swf.PARSER, TRACE, "processors_not_cards"),
        (trace_summary.PARSER, SUMMARY, "reference_only"),
        (runtime_column.PARSER, RUNTIMES, "reference_only"),
    ],
    ids=lambda value: getattr(value, "format", ""),
)
def test_what_is_no_period_of_jobs_gives_no_rows_and_says_why(parser, content, code) -> None:
    result = read(parser, content)
    assert not result.tables
    assert result.issue_counts[code] == 1
    assert next(issue for issue in result.issues if issue.code == code).hint is not None


def test_cards_of_running_jobs_are_counted_once_with_their_model() -> None:
    facts = read(slurm_squeue_json.PARSER, QUEUE).facts
    assert (facts["running_cards"], facts["running_nodes"]) == (16, 2)
    assert facts["waiting_by_reason"] == {"Priority": 1, "Resources": 1}
    assert facts["exported_at"] == "2025-12-01T01:00:00Z"


def test_a_node_that_drains_while_it_works_takes_no_new_work() -> None:
    facts = read(slurm_sinfo_json.PARSER, NODES).facts
    assert facts["nodes_by_state"] == {"ALLOCATED": 1, "DOWN": 1, "IDLE": 1, "MIXED": 1}
    assert (facts["nodes_unavailable"], facts["cards"], facts["cards_unavailable"]) == (2, 32, 16)


def test_counters_without_a_required_one_are_refused_naming_it() -> None:
    with pytest.raises(ParseError, match="jobs_started") as refusal:
        read(slurm_sdiag_json.PARSER, fixture("slurm_sdiag_json/without_counters.json"))
    assert refusal.value.code == "unexpected_shape"


def test_an_epoch_second_in_the_header_dates_a_trace() -> None:
    facts = read(swf.PARSER, TRACE).facts
    assert facts["first_submit_at"] == "2025-12-01T00:01:00Z"
    assert (facts["jobs_without_run"], facts["jobs_without_wait"]) == (1, 1)
    assert facts["processor_s"] == 600 * 16 + Decimal("1200.5") * 64


def test_a_status_outside_the_list_is_a_line_that_is_not_read() -> None:
    result = read(swf.PARSER, fixture("swf/without_header_and_broken.swf"))
    assert (result.facts["jobs"], result.issue_counts["bad_line"]) == (1, 2)


def test_nodes_of_one_build_stand_together_and_nodes_without_cards_apart() -> None:
    result = read(openb_nodes.PARSER, BUILDS)
    rows = result.tables["inventory"].to_pylist()
    assert [(row["system"], row["nodes"], row["accelerators"]) for row in rows] == [
        ("H800 × 8", 2, 16),
        ("H800 × 4", 1, 4),
        ("910B × 8", 1, 8),
    ]
    assert (result.facts["nodes"], result.issue_counts["missing_value"]) == (5, 1)


def test_words_beyond_a_hundred_are_counted_together() -> None:
    counts = counted([f"w{number:03d}" for number in range(150)] + ["w000"])
    assert (len(counts), counts["w000"], counts["…"], sum(counts.values())) == (101, 2, 50, 151)


test_any_bytes_survive_the_queue = survives_anything(slurm_squeue_json.PARSER, QUEUE)
test_any_bytes_survive_the_nodes = survives_anything(slurm_sinfo_json.PARSER, NODES)
test_any_bytes_survive_the_counters = survives_anything(slurm_sdiag_json.PARSER, COUNTERS)
test_any_bytes_survive_the_queue_in_lines = survives_anything(slurm_squeue_lines.PARSER, QUEUE_LINES)
test_any_bytes_survive_the_pods = survives_anything(openb_pods.PARSER, PODS)
test_any_bytes_survive_the_node_list = survives_anything(openb_nodes.PARSER, BUILDS)
test_any_bytes_survive_the_trace = survives_anything(swf.PARSER, TRACE)
test_any_bytes_survive_the_summary = survives_anything(trace_summary.PARSER, SUMMARY)
test_any_bytes_survive_the_run_times = survives_anything(runtime_column.PARSER, RUNTIMES)
