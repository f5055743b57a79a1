"""MLPerf Power: readings of training nodes, samples and log of the analyser, the sessions around them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.formats import mlperf_power_log, mlperf_power_session, ptdaemon_log, ptdaemon_samples
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

NODES = readme_rows("power_reading events=")
SAMPLES = [row for row in readme_rows("samples=") if row[0].startswith("mlperf-power/")]
OTHERS = [row for row in readme_rows("lines=") if row[0].startswith("mlperf-power/")]
NODE = (FOLDER / "mlperf_power_log/node.txt").read_bytes()
SPL = (FOLDER / "ptdaemon_samples/testing_in_shanghai.txt").read_bytes()
LOG = (FOLDER / "ptdaemon_log/ranging_and_testing.txt").read_bytes()
CLIENT = (FOLDER / "mlperf_power_session/client.json").read_bytes()


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert (len(NODES), len(SAMPLES), len(OTHERS)) == (1, 1, 3)


@pytest.mark.parametrize(("name", "truth"), NODES, ids=lambda value: value[:60])
def test_the_node_gives_its_published_truth(name: str, truth: str) -> None:
    result = mlperf_power_log.PARSER.parse(sample(name))
    facts = result.facts
    readings, first_ms, first_w, last_ms, last_w, mean, highest, efficiency, energy, seconds = truth_in(
        truth,
        r"events=(\d+); first=\((\d+), ([\d.]+)\); last=\((\d+), ([\d.]+)\); mean=([\d.]+) W; max=([\d.]+) W; "
        r"conversion_eff=\[([\d.]+)\]; trapezoid energy=([\d.]+) kWh over ([\d.]+) s",
    )
    assert (str(facts["readings"]), result.tables["power_samples"].num_rows) == (readings, int(readings))
    assert (str(facts["first_ms"]), str(facts["first_w"])) == (first_ms, first_w)
    assert (str(facts["last_ms"]), str(facts["last_w"])) == (last_ms, last_w)
    assert round(facts["power_mean_w"], 3) == Decimal(mean)
    assert (str(facts["power_max_w"]), str(facts["conversion_efficiency"])) == (highest, efficiency)
    assert round(facts["energy_kwh"], 6) == Decimal(energy)
    assert facts["duration_s"] == Decimal(seconds)


@pytest.mark.parametrize(("name", "truth"), SAMPLES, ids=lambda value: value[:60])
def test_the_analyser_gives_its_published_truth(name: str, truth: str) -> None:
    result = ptdaemon_samples.PARSER.parse(sample(name, timezone="UTC"))
    facts = result.facts
    count, first, last, mean, mark, energy = truth_in(
        truth,
        r"samples=(\d+); first=(\S+ \S+) last=(\S+ \S+) .*?; mean=([\d.]+) W; marks=\{'(\S+)': \d+\}; "
        r".*energy ([\d.]+) Wh",
    )
    assert (str(facts["samples"]), facts["mark"]) == (count, mark)
    assert (f"{facts['first_at_local']}000", f"{facts['last_at_local']}000") == (first, last)
    assert round(facts["power_mean_w"], 4) == Decimal(mean)
    assert round(facts["energy_wh"], 4) == Decimal(energy)
    assert result.tables["power_samples"].num_rows == int(count)
    assert not result.issues


@pytest.mark.parametrize(("name", "truth"), OTHERS, ids=lambda value: value[:60])
def test_the_files_around_the_measurement_are_read_whole(name: str, truth: str) -> None:
    source = sample(name)
    (lines,) = truth_in(truth, r"lines=(\d+)")
    assert str(sum(1 for _ in source.lines())) == lines
    if name.endswith("ptd_logs.txt"):
        facts = ptdaemon_log.PARSER.parse(source).facts
        # Some lines of the log end in two carriage returns, which count as two line ends for people.
        assert truth_in(truth, r"(\d+) CRLF lines") == (str(facts["lines"]),)
        assert [(s["mark"][-7:], s["samples"], s["errors"]) for s in facts["sessions"]] == [
            ("ranging", 812, 0),
            ("testing", 814, 0),
        ]
        assert facts["sessions"][1]["power_mean_w"] == Decimal("177.826708")
    else:
        result = mlperf_power_session.PARSER.parse(source)
        assert str(result.facts["lines"]) == lines
        assert result.facts["role"] in name
        assert result.facts["session"] == "2023-02-28_09-42-54"
        assert round(result.facts["testing_duration_s"], 1) == Decimal("803.9")
        assert not result.issues


def test_bad_readings_are_told_and_left_out() -> None:
    result = read(mlperf_power_log.PARSER, (FOLDER / "mlperf_power_log/cut_short_bad_reading.txt").read_bytes())
    assert result.issue_counts == {"bad_reading": 2, "no_measurement_stop": 1}
    assert result.facts["power_mean_w"] == 6000
    assert result.facts["energy_kwh"] == Decimal("0.005")  # (3000 + 9000) ÷ 2 W over 3 s
    assert result.facts["energy_right_rectangle_kwh"] == Decimal("0.0075")  # 9000 W over 3 s


def test_samples_without_a_zone_keep_their_figures_but_no_rows() -> None:
    result = read(ptdaemon_samples.PARSER, SPL)
    assert result.has_errors
    assert result.tables["power_samples"].num_rows == 0
    assert result.facts["power_mean_w"] == Decimal("167.5")


def test_over_range_and_torn_samples_are_told_and_ranging_is_kept_apart() -> None:
    content = (FOLDER / "ptdaemon_samples/two_sessions_without_zone.txt").read_bytes()
    result = read(ptdaemon_samples.PARSER, content, timezone="Asia/Shanghai")
    assert result.issue_counts == {"over_range": 1, "broken_line": 1}
    assert [(run["mark"][-7:], run["power_mean_w"]) for run in result.runs] == [
        ("ranging", 100),
        ("testing", Decimal("167.5")),
    ]


def test_errors_of_the_analyser_count_in_the_testing_session_only() -> None:
    assert read(ptdaemon_log.PARSER, LOG).issue_counts == {}
    broken = read(ptdaemon_log.PARSER, (FOLDER / "ptdaemon_log/error_and_cut_short.txt").read_bytes())
    assert broken.issue_counts == {"session_not_completed": 1, "analyser_error": 1}


def test_a_session_without_ranging_or_with_drifting_clocks_is_told() -> None:
    content = (FOLDER / "mlperf_power_session/drifting_without_ranging.json").read_bytes()
    result = read(mlperf_power_session.PARSER, content)
    assert result.issue_counts == {"phase_missing": 1, "clock_drift": 1}
    assert result.facts["clock_difference_max_s"] == Decimal("1.25")


@pytest.mark.parametrize(
    ("parser", "content", "code"),
    [
        (mlperf_power_log.PARSER, b"nothing\n", "no_rows"),
        (ptdaemon_samples.PARSER, b"nothing\n", "no_rows"),
        (ptdaemon_log.PARSER, b"nothing\n", "no_rows"),
        (mlperf_power_session.PARSER, b"{}", "unexpected_shape"),
    ],
)
def test_a_file_without_anything_of_it_is_refused(parser, content: bytes, code: str) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, content)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("parser", "content"),
    [(mlperf_power_log.PARSER, NODE), (ptdaemon_log.PARSER, LOG), (mlperf_power_session.PARSER, CLIENT)],
    ids=["node", "log", "session"],
)
def test_the_dress_of_a_file_changes_nothing(parser, content: bytes) -> None:
    plain = content.replace(b"\r\n", b"\n")
    for dressed in (plain.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + plain, plain.decode().encode("utf-16")):
        assert figures(read(parser, dressed)) == figures(read(parser, plain))


test_any_bytes_give_readings_or_a_refusal = survives_anything(mlperf_power_log.PARSER, NODE)
test_any_bytes_give_samples_or_a_refusal = survives_anything(ptdaemon_samples.PARSER, SPL)
test_any_bytes_give_an_analyser_log_or_a_refusal = survives_anything(ptdaemon_log.PARSER, LOG)
test_any_bytes_give_a_session_or_a_refusal = survives_anything(mlperf_power_session.PARSER, CLIENT)
