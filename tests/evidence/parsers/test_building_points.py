"""Changes of DCIM and BMS points: the unit of a row decides what it is; nothing is guessed, nothing goes unseen."""

from __future__ import annotations

from decimal import Decimal

from evidence.parsers.formats.building_points import PARSER
from tests.evidence.parsers.properties import figures, read, survives_anything
from tests.golden import FOLDER

CHANGES = (FOLDER / "building_points/changes.csv").read_bytes()


def test_each_row_goes_to_the_kind_of_its_unit() -> None:
    result = read(PARSER, CHANGES)
    assert result.facts["changes_by_kind"] == {"energy_readings": 2, "flow_readings": 2, "power_samples": 2}
    assert result.tables["power_samples"].column("power_w").to_pylist() == [812_400, 900_000]
    assert result.tables["energy_readings"].column("value").to_pylist() == [Decimal("1000.5"), Decimal("1012.25")]
    assert all(set(table.column("reading").to_pylist()) == {"on_change"} for table in result.tables.values())


def test_a_negative_power_and_an_unknown_unit_are_told() -> None:
    result = read(PARSER, CHANGES)
    assert result.issue_counts["out_of_range"] == 1
    assert result.issue_counts["unreadable_value"] == 1  # V
    assert (result.coverage.lines_read, result.coverage.lines_used) == (8, 6)


def test_a_power_point_without_a_place_sits_nowhere_known() -> None:
    content = b"at,point,value,unit\n2026-01-01T00:00:00Z,P1,5,kW\n"
    assert read(PARSER, content).tables["power_samples"].column("place").to_pylist() == ["other"]


def test_milliwatts_are_no_megawatts() -> None:
    result = read(PARSER, b"at,point,value,unit\n2026-01-01T00:00:00Z,P1,5,mW\n2026-01-01T00:00:00Z,P2,5,MW\n")
    assert result.tables["power_samples"].column("power_w").to_pylist() == [5_000_000]
    assert result.issue_counts == {"unreadable_value": 1}


def test_the_dress_of_an_export_changes_nothing() -> None:
    for dressed in (CHANGES.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + CHANGES, CHANGES.decode().encode("gb18030")):
        assert figures(read(PARSER, dressed)) == figures(read(PARSER, CHANGES))


test_any_bytes_give_changes_or_a_refusal = survives_anything(PARSER, CHANGES)
