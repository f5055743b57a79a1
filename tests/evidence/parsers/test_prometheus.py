"""Range queries and scrapes: published truths, stitched slices, counters that reset, figures that are none."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.formats import prometheus_range, prometheus_text
from evidence.parsers.monitoring.card_metrics import card_metric
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

RANGES = [row for row in readme_rows("series=") if row[0].startswith("prometheus/")]
SCRAPES = readme_rows("samples=\\d+; metric families")
CARDS = (FOLDER / "prometheus_range/cards.json").read_bytes()
SLICES = (FOLDER / "prometheus_range/two_slices.json").read_bytes()
SCRAPE = (FOLDER / "prometheus_text/dcgm_with_instants.txt").read_bytes()
START = 1_767_225_600


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(RANGES), len(SCRAPES)) == (3, 2)


@pytest.mark.parametrize(("name", "truth"), RANGES, ids=lambda value: value[:60])
def test_an_export_of_up_gives_its_published_truth(name: str, truth: str) -> None:
    result = prometheus_range.PARSER.parse(sample(name))
    facts = result.facts
    series, samples, zero, ratio, first, last, gaps = truth_in(
        truth,
        r"series=(\d+); samples=(\d+); samples==0: (\d+); naive availability=([\d.]+); "
        r"span ([\d.]+)…([\d.]+); gaps >30 s: (\d+)",
    )
    assert [str(facts[key]) for key in ("series", "samples", "up_samples_zero", "gaps_over_30_s")] == [
        series,
        samples,
        zero,
        gaps,
    ]
    assert round(facts["up_ratio_of_samples"], 8) == Decimal(ratio)
    assert [seconds(facts[key]) for key in ("first_at", "last_at")] == [Decimal(first), Decimal(last)]
    published = published_targets(truth)
    assert [(t["target"], t["zero"], t["samples"]) for t in facts["targets_with_zero"]] == published
    assert result.tables["monitors"].num_rows == int(series)
    assert not result.issues


@needs_samples
def test_a_target_that_was_down_throughout_is_down_over_time_too() -> None:
    rows = prometheus_range.PARSER.parse(sample(RANGES[0][0])).tables["monitors"].to_pylist()
    down = next(row for row in rows if row["monitor"].startswith("prophet/") and "prophet-0" in row["monitor"])
    assert (down["uptime_ratio"], down["status"]) == (0, "down")


@pytest.mark.parametrize(("name", "truth"), SCRAPES, ids=lambda value: value[:60])
def test_a_scrape_gives_its_published_truth_and_no_rows(name: str, truth: str) -> None:
    result = prometheus_text.PARSER.parse(sample(name))
    samples, families, watts, ratio = truth_in(
        truth,
        r"samples=(\d+); metric families=(\d+); .*draw_watts=([\d.]+); nvidia_smi_utilization_gpu_ratio=(\d)",
    )
    (card,) = result.facts["cards"]
    assert (str(result.facts["samples"]), str(result.facts["metrics"])) == (samples, families)
    assert (card["power_w"], card["util_ratio"]) == (Decimal(watts), Decimal(ratio))
    assert result.tables == {}
    assert result.issue_counts == {"snapshot_only": 1}


def test_slices_are_stitched_and_what_overlaps_counts_once() -> None:
    result = read(prometheus_range.PARSER, SLICES)
    table = result.tables["device_samples"]
    assert result.issue_counts == {"overlapping_slices": 3, "contradicting_samples": 2}
    assert table.num_rows == 8  # nine minutes, of which one is told in two ways and believed in none
    assert result.facts["step_median_ms"] == 60_000


def test_an_energy_counter_gives_mean_power_and_a_reset_gives_none() -> None:
    values = ["1000000", "13000000", "5", "9000005"]  # mJ every 30 s: 12 MJ⁄1000 in 30 s = 400 W; 9 MJ⁄1000 = 300 W
    result = read(prometheus_range.PARSER, range_of(values, name="DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"))
    assert result.tables["power_samples"].column("power_w").to_pylist() == [400, 300]
    assert result.issue_counts == {"counter_reset": 1}


@pytest.mark.parametrize("seconds", [15, 60, 1800, 3600])
def test_an_energy_counter_gives_the_power_of_a_card_at_any_step(seconds: int) -> None:
    # 700 W are 700,000 mJ a second: 2.52 MJ, 2.52e9 mJ, in an hour.
    values = [str(n * 700_000 * seconds) for n in range(4)]
    result = read(prometheus_range.PARSER, energy_of(values, seconds))
    assert result.tables["power_samples"].column("power_w").to_pylist() == [700, 700, 700]
    assert result.issue_counts == {}


def test_the_largest_power_of_a_counter_is_exact_and_more_is_told_and_left_out() -> None:
    # 10⁹ W over an hour are 3.6e15 mJ; one mJ more is above the range, as is whatever a counter can leap by.
    largest = 3_600_000 * 10**9
    values = [0, largest, 2 * largest + 1, 9 * 10**18]
    result = read(prometheus_range.PARSER, energy_of([str(value) for value in values], 3600))
    assert result.tables["power_samples"].column("power_w").to_pylist() == [10**9]
    assert result.issue_counts == {"out_of_range": 2}


def test_two_files_of_a_counter_that_share_a_reading_lose_no_span_between_them() -> None:
    # Five powers of six readings; cut behind the third the span at the cut is in neither file.
    values = [str(n * 42_000_000) for n in range(6)]

    def powers(*parts: tuple[int, int]) -> list[int]:
        return [
            read(prometheus_range.PARSER, energy_of(values[first:last], 60)).tables["power_samples"].num_rows
            for first, last in parts
        ]

    assert powers((0, 6)) == [5]
    assert powers((0, 3), (3, 6)) == [2, 2]
    assert powers((0, 3), (2, 6)) == [2, 3]


def test_a_recording_rule_is_the_mean_over_its_hour_and_a_sum_over_cards_is_no_card() -> None:
    metric = card_metric("gpu:DCGM_FI_PROF_SM_ACTIVE:avg1h")
    assert metric is not None
    assert (metric.column, metric.interval_ms) == ("active_ratio", 3_600_000)
    assert card_metric("gpu:dcgm_fi_prof_sm_active:mean_over_time_5m").interval_ms == 300_000
    assert card_metric("gpu:DCGM_FI_PROF_SM_ACTIVE:max1h") is None
    summed = json.loads(range_of(["0.5"], name="DCGM_FI_PROF_SM_ACTIVE"))
    summed["data"]["result"][0]["metric"] = {"__name__": "cluster:DCGM_FI_PROF_SM_ACTIVE:avg1h"}
    result = read(prometheus_range.PARSER, json.dumps(summed).encode())
    assert (result.tables, result.issue_counts) == ({}, {"no_single_card": 1})


def test_what_is_no_finite_figure_is_missing_and_never_zero() -> None:
    result = read(prometheus_range.PARSER, range_of(["NaN", "+Inf", "1e-05", "0.1234567895"]))
    assert result.tables["device_samples"].column("active_ratio").to_pylist() == [
        Decimal("0.000010000"),
        Decimal("0.123456790"),
    ]
    assert result.issue_counts == {"no_figure": 2}
    assert (result.coverage.lines_read, result.coverage.lines_used) == (4, 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'[{"metric": {}, "values": [[1,"1"]', "bad_json"),
        (b'[{"metric": {}, "values": [[1 5,"1"]]}]', "bad_json"),
        (b'[{"metric": {}, "values": [[1,"1",2]]}]', "bad_json"),
        (b'[{"metric": {"a": 1}, "values": [[1,"1"]]}]', "unexpected_shape"),
        (b'[{"metric": {"a": "1", "a": "2"}, "values": [[1,"1"]]}]', "repeated_key"),
        (b'{"status": "error", "error": "timeout"}', "query_failed"),
        (b'{"status":"success","data":{"resultType":"vector","result":[]}}', "unexpected_shape"),
        (b'[{"metric": {}, "values": [[1767225600000,"1"]]}]', "bad_instant"),
        (b"[]", "unexpected_shape"),
    ],
)
def test_what_is_no_matrix_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(prometheus_range.PARSER, content)
    assert refusal.value.code == code


def test_a_label_that_looks_like_samples_is_a_label() -> None:
    entry = {"metric": {"__name__": "up", "job": '"values":[[1,"0"]]'}, "values": [[START, "1"], [START + 60, "1"]]}
    (row,) = read(prometheus_range.PARSER, json.dumps([entry]).encode()).tables["monitors"].to_pylist()
    assert (row["monitor"], row["uptime_ratio"]) == ('"values":[[1,"0"]]', 1)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(cut=st.integers(1, 9), overlap=st.integers(0, 3), indent=st.sampled_from([None, 1]))
def test_slicing_and_printing_change_no_row(cut: int, overlap: int, indent: int | None) -> None:
    values = [f"0.{digit}" for digit in range(1, 11)]
    whole = json.loads(range_of(values))

    def part(start: int, stop: int) -> str:
        sliced = json.loads(range_of(values))
        sliced["data"]["result"][0]["values"] = whole["data"]["result"][0]["values"][start:stop]
        return json.dumps(sliced, indent=indent)

    stitched = read(prometheus_range.PARSER, "\n".join([part(max(0, cut - overlap), 10), part(0, cut)]).encode())
    plain = read(prometheus_range.PARSER, range_of(values))
    assert without_lines(stitched) == without_lines(plain)


def test_the_dress_of_a_scrape_changes_nothing() -> None:
    for dressed in (SCRAPE.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + SCRAPE):
        assert figures(read(prometheus_text.PARSER, dressed)) == figures(read(prometheus_text.PARSER, SCRAPE))


SAMPLE = 'DCGM_FI_DEV_POWER_USAGE{{gpu="0",UUID="GPU-1",Hostname="n1"}} {} {}\n'
STAMP = START * 1000


@pytest.mark.torture("T15", "samples of a scrape")
@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "1e400", ".5"])
@pytest.mark.parametrize("instant", [STAMP, ""])
def test_a_sample_of_a_scrape_that_is_no_figure_is_told_and_not_used(value: str, instant: int | str) -> None:
    scrape = "# TYPE DCGM_FI_DEV_POWER_USAGE gauge\n" + SAMPLE.format(300, STAMP) + SAMPLE.format(value, instant)
    result = read(prometheus_text.PARSER, scrape.encode())
    assert result.issue_counts == {"no_figure": 1}
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (2, 1, 1)
    assert result.issues[0].where.line == 3


@pytest.mark.torture("T14", "samples of a scrape")
@pytest.mark.parametrize(
    ("value", "instant", "code"),
    [(-50, STAMP, "out_of_range"), (300, 9 * 10**12, "bad_instant"), ("1_00", STAMP, "broken_line")],
)
def test_a_sample_of_a_scrape_is_used_or_told(value: int | str, instant: int, code: str) -> None:
    scrape = "# TYPE DCGM_FI_DEV_POWER_USAGE gauge\n" + SAMPLE.format(300, STAMP) + SAMPLE.format(value, instant)
    result = read(prometheus_text.PARSER, scrape.encode())
    assert result.issue_counts == {code: 1}
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (2, 1, 1)


def energy_of(values: list[str], step: int) -> bytes:
    return range_of(values, name="DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", step=step)


def range_of(values: list[str], *, name: str = "DCGM_FI_PROF_SM_ACTIVE", step: int = 30) -> bytes:
    """One series of one card as `query_range` answers it."""
    metric = {"__name__": name, "Hostname": "gpu-01", "UUID": "GPU-0"}
    pairs: list[Any] = [[START + index * step, value] for index, value in enumerate(values)]
    result = [{"metric": metric, "values": pairs}]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


@pytest.mark.torture("T15", "values of a range query")
@pytest.mark.parametrize("value", ["1_0", "５０", "1,5", "5 0", "", "98 %", '50"', "[5]"])
def test_a_value_that_is_no_number_is_missing_and_told_at_its_line(value: str) -> None:
    content = range_of(["0.5", value, "0.7"]).replace(b"], [", b"],\n[")
    result = read(prometheus_range.PARSER, content)
    assert [(issue.code, issue.where.line) for issue in result.issues] == [("not_a_number", 2)]
    assert result.tables["device_samples"].column("active_ratio").to_pylist() == [Decimal("0.5"), Decimal("0.7")]
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (3, 2, 1)


def test_blanks_around_a_value_do_not_count() -> None:
    assert figures(read(prometheus_range.PARSER, range_of([" 0.5", "0.5 "]))) == figures(
        read(prometheus_range.PARSER, range_of(["0.5", "0.5"]))
    )


@pytest.mark.torture("T14", "values of a range query")
@pytest.mark.parametrize("value", ["1.5", "-0.03"])
def test_a_value_out_of_range_is_told_and_not_counted_as_used(value: str) -> None:
    result = read(prometheus_range.PARSER, range_of(["0.5", value, "0.7"]))
    assert result.issue_counts == {"out_of_range": 1}
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (3, 2, 1)


@pytest.mark.parametrize(
    ("also", "warning"),
    [({"warnings": ["results truncated due to limit"]}, "truncated due to limit"), ({"isPartial": True}, "isPartial")],
)
def test_what_an_answer_warns_of_is_told(also: dict[str, Any], warning: str) -> None:
    answer = json.loads(range_of(["0.5", "0.7"]))
    result = read(prometheus_range.PARSER, json.dumps(answer | also).encode())
    assert [issue.code for issue in result.issues] == ["query_warned"]
    assert warning in result.issues[0].message.en
    assert not read(prometheus_range.PARSER, json.dumps(answer | {"warnings": [], "isPartial": False}).encode()).issues


def without_lines(result: Any) -> list[dict[str, Any]]:
    rows = result.tables["device_samples"].to_pylist()
    return [{name: value for name, value in row.items() if name != "line"} for row in rows]


def seconds(text: str) -> Decimal:
    moment = dt.datetime.fromisoformat(text)
    return Decimal((moment - dt.datetime.fromtimestamp(0, dt.UTC)) // dt.timedelta(milliseconds=1)) / 1000


def published_targets(truth: str) -> list[tuple[str, int, int]]:
    listed = re.findall(r"\('([^']+)', '([^']+)', (\d+), (\d+)\)", truth)
    return [(f"{job}/{instance}", int(zero), int(count)) for job, instance, zero, count in listed]


test_any_bytes_give_series_or_a_refusal = survives_anything(prometheus_range.PARSER, CARDS, SLICES)
test_any_bytes_give_a_scrape_or_a_refusal = survives_anything(prometheus_text.PARSER, SCRAPE)
