"""What tools tell of cards: nvidia-smi, rocm-smi, npu-smi, kernel and fabric logs, usage tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ParseError
from evidence.parsers.base import Parser
from evidence.parsers.formats import (
    card_usage_table,
    fabric_manager,
    kernel_log,
    npu_smi_info,
    nvidia_smi_capture,
    nvidia_smi_csv,
    rocm_smi,
)
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER
from tests.samples import needs_samples, readme_rows, sample, truth_in

ROWS = {name: truth for name, truth in readme_rows("") if name.startswith("gpu-telemetry/")}
KERNEL = sorted(name for name in ROWS if "dmesg" in name)
BURST = (FOLDER / "kernel_log/iso_burst.log").read_bytes()
LOG = (FOLDER / "nvidia_smi_csv/log_by_uuid.csv").read_bytes()
CHIPS = (FOLDER / "npu_smi_info/two_chips.txt").read_bytes()


def truth_of(name: str, pattern: str) -> tuple[str, ...]:
    return truth_in(ROWS[f"gpu-telemetry/{name}"], pattern)


@needs_samples
def test_the_readme_has_all_its_rows() -> None:
    assert len(ROWS) == 10  # two of them are scrapes, which test_prometheus asserts


@pytest.mark.parametrize("name", KERNEL)
def test_a_kernel_log_gives_its_published_truth(name: str) -> None:
    facts = kernel_log.PARSER.parse(sample(name, timezone="UTC")).facts
    lines, codes, devices, killed = truth_in(
        ROWS[name], r"lines=(\d+); Xid events by code=\{(.*?)\}; devices=\['(.*?)'\]; OOM-kill lines=(\d+)"
    )
    assert (str(facts["lines"]), str(facts["oom_lines"])) == (lines, killed)
    assert ", ".join(f"'{code}': {count}" for code, count in facts["xid_by_code"].items()) == codes
    assert facts["xid_devices"] == [devices]


@needs_samples
def test_the_fabric_log_gives_its_published_truth() -> None:
    facts = fabric_manager.PARSER.parse(sample("gpu-telemetry/fabricmanager.log")).facts
    lines, errors, mild, fatal = truth_of(
        "fabricmanager.log", r"lines=(\d+); ERROR-level lines=(\d+); NVSwitch .* mentions=(\d+)/(\d+)"
    )
    assert (str(facts["lines"]), str(facts["lines_by_level"]["ERROR"])) == (lines, errors)
    assert (str(facts["nvswitch_non_fatal_errors"]), str(facts["nvswitch_fatal_errors"])) == (mild, fatal)


@needs_samples
def test_the_capture_gives_its_published_truth() -> None:
    name = "nvidia_smi_capture_h100_590.48.01.txt"
    facts = nvidia_smi_capture.PARSER.parse(sample(f"gpu-telemetry/{name}")).facts
    sections, driver, collected = truth_of(name, r"(\d+) sections; driver \['(.*?)'\].*`collected_at` \['(.*?)'\]")
    assert (str(facts["sections"]), facts["driver_versions"], facts["collected_at"]) == (
        sections,
        [driver],
        [collected],
    )
    commands = " ".join(facts["commands"])
    assert all(part in commands for part in ("--query-gpu=", "dmon"))


@needs_samples
def test_a_query_without_instants_is_a_snapshot_of_its_cards() -> None:
    result = nvidia_smi_csv.PARSER.parse(sample("gpu-telemetry/nvidia_smi_query_single.csv.txt"))
    cards, used, driver = truth_of(
        "nvidia_smi_query_single.csv.txt", r"(\d+) GPUs; .*memory.used (\d+) MiB, driver ([\d.]+)"
    )
    first, second = result.facts["snapshot"]
    assert str(result.facts["rows"]) == cards
    assert (str(first["memory_used_mib"]), first["driver_version"]) == (used, driver)
    assert (second["memory_used_mib"], second["fan_percent"], second["driver_version"]) == (1234, 50, "123.45")
    assert result.tables == {}


@needs_samples
def test_the_power_log_gives_its_published_truth() -> None:
    name = "pkb_nvidia_smi_power_query.txt"
    result = nvidia_smi_csv.PARSER.parse(sample(f"gpu-telemetry/{name}", timezone="UTC"))
    rows, mean, highest, first = truth_of(
        name, r"rows=(\d+); mean=([\d.]+) W; max=([\d.]+) W; indices=\['0'\]; timestamps (\S+ \S+)"
    )
    assert (str(result.facts["rows"]), result.facts["cards"]) == (rows, ["0"])
    assert round(result.facts["power_mean_w"], 4) == Decimal(mean)
    assert result.facts["power_max_w"] == Decimal(highest)
    assert result.facts["first_at_local"] == first.replace("/", "-")
    assert result.tables["power_samples"].num_rows == int(rows)


ROCM = b'{"card0": {"Average Graphics Package Power (W)": "%s", "GPU use (%%)": "7"}, "system": {}}'


@pytest.mark.parametrize("value", [b"36.0 W", b"1e400", b"-", b"36,0"])
def test_a_figure_of_a_card_that_cannot_be_read_is_told_with_card_and_key(value: bytes) -> None:
    result = read(rocm_smi.PARSER, ROCM % value)
    assert "power_w" not in result.facts["cards"][0]
    told = next(issue for issue in result.issues if issue.code == "unreadable_value")
    assert "card0" in told.message.en
    assert "Average Graphics Package Power (W)" in told.message.zh


@pytest.mark.parametrize("value", [b"N/A", b"", b"Not Supported"])
def test_a_figure_the_tool_says_it_does_not_have_is_no_fault(value: bytes) -> None:
    assert "unreadable_value" not in read(rocm_smi.PARSER, ROCM % value).issue_counts


@needs_samples
def test_the_rocm_snapshot_gives_its_published_truth() -> None:
    name = "rocm_smi_mi100_rocm602.json"
    cards = rocm_smi.PARSER.parse(sample(f"gpu-telemetry/{name}")).facts["cards"]
    listed, keys = truth_of(name, r"cards=\[(.*?)\]; keys in first card=(\d+)")
    assert ", ".join(f"'{card['card']}'" for card in cards) == listed
    assert str(cards[0]["keys"]) == keys
    assert (cards[0]["power_w"], cards[0]["memory_used_bytes"]) == (36, 6750208)


@needs_samples
def test_the_usage_table_gives_its_published_truth() -> None:
    name = "biohpc_h100_hourly_usage_BOM.tsv.txt"
    result = card_usage_table.PARSER.parse(sample(f"gpu-telemetry/{name}", timezone="UTC"))
    rows, last, first, power, energy, util, steps, twice = truth_of(
        name,
        r"rows=(\d+); descending time (\S+ \S+)\.000 → (\S+ \S+)\.000; mean powerave=([\d.]+) W; "
        r"Σ powerave×1h=([\d.]+) kWh; mean utilave=([\d.]+) %; steps not equal 1 h=(\d+); duplicate timestamps=(\d+)",
    )
    facts = result.facts
    assert [str(facts[key]) for key in ("rows", "steps_irregular", "duplicate_instants")] == [rows, steps, twice]
    assert (facts["first_at_local"], facts["last_at_local"]) == (first.replace(" ", "T"), last.replace(" ", "T"))
    assert round(facts["power_mean_w"], 4) == Decimal(power)
    assert round(facts["util_mean_percent"], 4) == Decimal(util)
    assert round(facts["energy_kwh"], 4) == Decimal(energy)
    assert result.tables["device_samples"].num_rows == int(rows)


def test_a_burst_of_one_code_on_one_card_is_one_incident() -> None:
    facts = read(kernel_log.PARSER, BURST).facts
    # 13 twice within a millisecond, 13 again 76 s later, 79 once: three incidents, one of the hardware.
    assert (facts["xid_events"], facts["xid_incidents"], facts["xid_hardware_incidents"]) == (4, 3, 1)


def test_seconds_since_boot_fix_no_instant() -> None:
    result = read(kernel_log.PARSER, (FOLDER / "kernel_log/since_boot.log").read_bytes(), timezone="UTC")
    assert (result.tables, result.issue_counts) == ({}, {"since_boot": 1})


@pytest.mark.torture("T16", "utilisation above 100 %", "out_of_range")
def test_a_logger_that_restarted_and_a_figure_out_of_range_are_told() -> None:
    result = read(nvidia_smi_csv.PARSER, LOG, timezone="Asia/Shanghai")
    assert result.tables["power_samples"].column("power_w").to_pylist() == [
        Decimal("412.25"),
        Decimal("88.50"),
        Decimal("300.00"),
    ]
    assert result.issue_counts["out_of_range"] == 1  # 101 %
    assert result.issue_counts["not_a_number"] == 4  # the header in the middle


def test_a_log_without_a_zone_keeps_its_figures_but_no_rows() -> None:
    result = read(nvidia_smi_csv.PARSER, (FOLDER / "nvidia_smi_csv/no_zone.csv").read_bytes())
    assert result.has_errors
    assert (result.tables, result.facts["power_mean_w"]) == ({}, 17)


def test_a_chip_cut_in_half_is_told_and_an_unknown_power_is_none() -> None:
    result = read(npu_smi_info.PARSER, CHIPS)
    assert [card["active_ratio"] for card in result.facts["cards"]] == [Decimal("0.85"), 0]
    assert result.facts["cards"][1]["power_w"] is None
    assert result.issue_counts == {"half_a_chip": 1, "snapshot_only": 1}


@pytest.mark.parametrize(
    "parser", [kernel_log.PARSER, nvidia_smi_capture.PARSER, npu_smi_info.PARSER], ids=lambda parser: parser.format
)
def test_a_file_without_anything_of_it_is_refused(parser: Parser) -> None:
    with pytest.raises(ParseError) as refusal:
        read(parser, b"nothing\n")
    assert refusal.value.code == "no_rows"


@pytest.mark.parametrize(
    ("parser", "content"),
    [(kernel_log.PARSER, BURST), (npu_smi_info.PARSER, CHIPS), (nvidia_smi_csv.PARSER, LOG)],
    ids=["kernel", "npu", "nvidia"],
)
def test_the_dress_of_a_file_changes_nothing(parser: Parser, content: bytes) -> None:
    plain = figures(read(parser, content, timezone="UTC"))
    for dressed in (content.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + content, content.decode().encode("utf-16")):
        assert figures(read(parser, dressed, timezone="UTC")) == plain


@pytest.mark.parametrize("content", [b"\x00\n ", b"a,b\n\n1,2\n"])
def test_a_card_log_without_any_known_column_is_refused(content: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        read(nvidia_smi_csv.PARSER, content)
    assert caught.value.code == "missing_column"
    assert "utilization.gpu" in caught.value.hint.en


test_any_bytes_give_a_kernel_log_or_a_refusal = survives_anything(kernel_log.PARSER, BURST)
test_any_bytes_give_a_card_log_or_a_refusal = survives_anything(nvidia_smi_csv.PARSER, LOG)
test_any_bytes_give_chips_or_a_refusal = survives_anything(npu_smi_info.PARSER, CHIPS)
test_any_bytes_give_a_capture_or_a_refusal = survives_anything(
    nvidia_smi_capture.PARSER, (FOLDER / "nvidia_smi_capture/two_sections.txt").read_bytes()
)
test_any_bytes_give_a_fabric_log_or_a_refusal = survives_anything(
    fabric_manager.PARSER, (FOLDER / "fabric_manager/one_error.log").read_bytes()
)
test_any_bytes_give_cards_or_a_refusal = survives_anything(
    rocm_smi.PARSER, (FOLDER / "rocm_smi/two_cards.json").read_bytes()
)
test_any_bytes_give_a_usage_table_or_a_refusal = survives_anything(
    card_usage_table.PARSER, (FOLDER / "card_usage_table/two_days.tsv").read_bytes()
)
