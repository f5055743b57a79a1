"""Any table by a column map: what it becomes, what is refused, and that nothing is ever guessed."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import canonical_json
from core.errors import ParseError
from evidence.observations.registry import KIND_BY_NAME
from evidence.observations.schema import COUNT, FIGURE, INSTANT
from evidence.parsers.base import ParseResult, identity
from evidence.parsers.maps.as_text import yaml_of
from evidence.parsers.maps.checking import read_map, read_map_text
from evidence.parsers.maps.document import FORMS, SPREADS, MapError
from evidence.parsers.maps.fields import MAPPED_KINDS, Field, fields_of
from evidence.parsers.maps.parser import MappedTable
from evidence.parsers.maps.units import UNITS, conversion, unit_of
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import damaged, quickly
from tests.evidence.parsers.workbooks import workbook, workbook_of

UTC = dt.UTC
Z = "2025-04-01T00:00:00Z"
ENERGY: dict[str, Any] = {
    "contract": 1,
    "map": "energy",
    "kind": "energy_readings",
    "timezone": "Asia/Shanghai",
    "fields": {
        "at": {"column": "时间"},
        "meter": {"column": "表计"},
        "value": {"column": "电量", "unit": "kWh"},
        "reading": {"constant": "interval"},
    },
}
TABLE = "时间,表计,电量,状态\n2025-04-01 00:15:00,A,1.5,正常\n2025-04-01 00:30:00,A,2,停用\n"


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The document with top keys, or fields (`value={…}`), set."""
    made = copy.deepcopy(document)
    for name, value in changes.items():
        target = made["fields"] if name in fields_of(made["kind"]) else made
        target[name] = value
    return made


def by(document: dict[str, Any], content: str | bytes, *, name: str = "t.csv", zone: str | None = None) -> ParseResult:
    data = content.encode() if isinstance(content, str) else content
    return MappedTable(read_map(document)).parse(Source.of_bytes(data, name, timezone=zone))


def column(result: ParseResult, name: str) -> list[Any]:
    (table,) = result.tables.values()
    values: list[Any] = table.column(name).to_pylist()
    return values


def refused(document: dict[str, Any], content: str, **more: Any) -> ParseError:
    with pytest.raises(ParseError) as caught:
        by(document, content, **more)
    return caught.value


def faults(document: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(MapError) as caught:
        read_map(document)
    return {(fault.where.field if fault.where else None, fault.code) for fault in caught.value.faults}


def told(result: ParseResult) -> dict[str, int]:
    shown = ("column_mapped", "column_ignored", "read_by_map")
    return {code: count for code, count in result.issue_counts.items() if code not in shown}


def test_every_row_becomes_an_observation_with_its_line() -> None:
    result = by(ENERGY, TABLE)
    assert column(result, "at")[0] == dt.datetime(2025, 3, 31, 16, 15, tzinfo=UTC)
    assert column(result, "value") == [Decimal("1.5"), Decimal(2)]
    assert column(result, "unit") == ["kWh", "kWh"]
    assert column(result, "reading") == ["interval", "interval"]
    assert column(result, "line") == [2, 3]
    assert (result.coverage.lines_read, result.coverage.lines_used) == (2, 2)
    assert not told(result)


@pytest.mark.parametrize(
    ("heading", "unit", "figure", "kept"),
    [
        ("电量（MWh）", None, "1.5", "1500"),
        ("电量(万kWh)", None, "0.5", "5000"),
        ("电量_wh", None, "1", "0.001"),
        ("电量 GJ", None, "3.6", "1000"),
        ("电量", "MJ", "1", "0.277777778"),
        ("电量[KWH]", "kWh", "7", "7"),
    ],
)
def test_the_unit_of_the_heading_or_the_map_is_converted_exactly(
    heading: str, unit: str | None, figure: str, kept: str
) -> None:
    value = {"column": "电量"} | ({"unit": unit} if unit else {})
    result = by(changed(ENERGY, value=value), f"时间,表计,{heading}\n2025-04-01 00:15:00,A,{figure}\n")
    assert column(result, "value") == [Decimal(kept)]
    assert column(result, "unit") == ["kWh"]


@pytest.mark.parametrize(
    ("value", "heading", "code"),
    [
        ({"column": "电量"}, "电量", "missing_unit"),
        ({"column": "电量"}, "电量(kW)", "wrong_unit"),
        ({"column": "电量", "unit": "kWh"}, "电量(kW)", "wrong_unit"),
        ({"column": "电量", "unit": "kWh"}, "电量(MWh)", "unit_contradicted"),
    ],
)
def test_a_wrong_unit_is_never_accepted(value: dict[str, Any], heading: str, code: str) -> None:
    error = refused(changed(ENERGY, value=value), TABLE.replace("电量", heading))
    assert error.code == code
    assert error.where is not None
    assert error.where.line == 1


def test_a_column_of_energy_is_no_number_of_cards() -> None:
    jobs = {"contract": 1, "map": "j", "kind": "jobs", "fields": {"job": "a", "cards": "b", "state": "c"}}
    assert refused(jobs, "a,b(kWh),c\n1,2,成功\n").code == "wrong_unit"
    assert column(by(jobs, "a,b(张),c\n1,2,成功\n"), "cards") == [2]


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("kW", "wrong_unit"),
        ("mw", "unknown_unit"),
        ("mwh", "unknown_unit"),
        ("mj", "unknown_unit"),
        ("Kelvin", "unknown_unit"),
    ],
)
def test_a_map_with_a_wrong_unit_is_no_map(unit: str, code: str) -> None:
    assert faults(changed(ENERGY, value={"column": "电量", "unit": unit})) == {("fields.value.unit", code)}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_every_unit_is_known_by_its_own_name_and_leads_back_to_itself(unit: str) -> None:
    own = UNITS[unit]
    assert unit_of(unit) is own
    for other in UNITS.values():
        if other.dimension == own.dimension:
            there, back = conversion(own, other), conversion(other, own)
            assert there.factor * back.factor == 1
            assert there.offset * back.factor + back.offset == 0


def test_temperatures_have_an_offset_and_percent_is_a_ratio() -> None:
    fields = {
        "device": "卡",
        "at": "时间",
        "temperature_c": {"column": "温度(℉)"},
        "util_ratio": {"column": "利用率(%)"},
        "memory_used_bytes": {"column": "显存(MiB)"},
    }
    document = {"contract": 1, "map": "s", "kind": "device_samples", "fields": fields}
    content = "卡,时间,温度(℉),利用率(%),显存(MiB)\n0,2025-04-01T00:00:00Z,212,55.5,1024\n"
    result = by(document, content)
    assert column(result, "temperature_c") == [Decimal(100)]
    assert column(result, "util_ratio") == [Decimal("0.555")]
    assert column(result, "memory_used_bytes") == [2**30]
    above = by(document, content.replace("55.5", "130"))
    assert told(above) == {"out_of_range": 1}
    assert column(above, "device") == []


def test_units_of_each_row_are_converted_and_another_dimension_is_an_error() -> None:
    document = changed(ENERGY, value={"column": "值", "unit": {"column": "单位"}})
    rows = "时间,表计,值,单位\n2025-04-01 00:15:00,A,1,MWh\n2025-04-01 00:30:00,A,2,kWh\n"
    assert column(by(document, rows), "value") == [Decimal(1000), Decimal(2)]
    mixed = by(document, rows + "2025-04-01 00:45:00,A,3,kW\n2025-04-01 01:00:00,A,3,斤\n")
    assert told(mixed) == {"wrong_unit": 1, "unknown_unit": 1}
    assert mixed.has_errors
    left_out = changed(document, filter=[{"column": "单位", "is": ["kWh", "MWh"]}])
    assert not by(left_out, rows + "2025-04-01 00:45:00,A,3,kW\n").has_errors


def test_months_as_columns_become_rows_and_wait_for_no_new_map_next_year() -> None:
    fields = {
        "meter": "表计",
        "start_at": {"column": "月", "form": "month_start"},
        "at": {"column": "月", "form": "month_end"},
        "value": {"column": "值", "unit": "kWh"},
        "reading": {"constant": "interval"},
    }
    unpivot = {"columns": "months", "heading": "月", "cell": "值"}
    document = changed(ENERGY, fields=fields, unpivot=unpivot, filter=[{"column": "表计", "is_not": ["合计"]}])
    content = "表计,2025年1月,2025年2月,备注\nA,1,2,x\nB,3,,\n合计,4,2,\n"
    result = by(document, content)
    assert column(result, "meter") == ["A", "B", "A"]
    assert column(result, "start_at")[0] == dt.datetime(2024, 12, 31, 16, tzinfo=UTC)
    assert column(result, "at")[2] == dt.datetime(2025, 2, 28, 16, tzinfo=UTC)
    assert told(result) == {"missing_value": 1, "rows_filtered": 2}
    assert "第 3 行缺少“2025年2月”。" in {issue.message.zh for issue in result.issues}
    assert (result.coverage.lines_read, result.coverage.lines_used, result.coverage.lines_with_issue) == (6, 3, 1)
    assert column(by(document, content.replace("2025", "2026")), "value") == column(result, "value")


def test_meters_as_columns_each_in_its_own_unit() -> None:
    fields = {"at": "时间", "series": "回路", "power_w": "功率", "place": {"constant": "facility"}}
    unpivot = {"columns": ["1#(kW)", "2#(W)"], "heading": "回路", "cell": "功率"}
    document = {"contract": 1, "map": "p", "kind": "power_samples", "fields": fields, "unpivot": unpivot}
    result = by(document, "时间,1#(kW),2#(W)\n2025-04-01T00:00:00Z,1.5,7\n")
    assert list(zip(column(result, "series"), column(result, "power_w"), strict=True)) == [
        ("1#", Decimal(1500)),
        ("2#", Decimal(7)),
    ]


def test_merged_years_over_months_in_a_workbook() -> None:
    rows = [["能耗月报"], ["表计", "2025年", None], [None, "1月", "2月"], ["A", 1, 2]]
    fields = {
        "meter": "表计",
        "at": {"column": "月", "form": "month_end"},
        "value": {"column": "值", "unit": "kWh"},
    }
    table = {"header": 2, "header_rows": 2}
    document = changed(ENERGY, fields=fields, table=table, unpivot={"columns": "months", "heading": "月", "cell": "值"})
    content = workbook(rows, name="表", change=lambda sheet: sheet.merge_cells("B2:C2"))
    result = by(document, content, name="t.xlsx")
    assert column(result, "cell") == ["表!A4", "表!A4"]
    assert column(result, "at")[1] == dt.datetime(2025, 2, 28, 16, tzinfo=UTC)


def test_every_issue_of_a_workbook_names_its_cell() -> None:
    rows = [["时间", "表计", "电量"], ["2025-04-01 00:15:00", "A", "x"], ["2025-04-01 00:30:00", None, 2]]
    content = workbook_of({"说明": [["无关"]], "四月": rows})
    result = by(ENERGY, content, name="t.xlsx")
    places = {issue.code: issue.where.cell for issue in result.issues}
    assert places["not_a_number"] == "四月!C2"
    assert places["missing_value"] == "四月!B3"
    assert places["sheet_ignored"] == "说明"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("iso", "2025/4/1 0:15:00"),
        ("day/month/year", "01/04/2025 0:15"),
        ("month/day/year", "04/01/2025 00:15:00"),
        ("digits", "20250401001500"),
        ("epoch_s", "1743437700"),
        ("epoch_ms", "1743437700000"),
    ],
)
def test_instants_are_read_in_the_form_the_map_names(form: str, text: str) -> None:
    result = by(changed(ENERGY, at={"column": "时间", "form": form}), f"时间,表计,电量\n{text},A,1\n")
    assert column(result, "at") == [dt.datetime(2025, 3, 31, 16, 15, tzinfo=UTC)]


def test_date_and_time_in_two_columns_in_the_zone_of_the_map_or_of_the_upload() -> None:
    document = changed(ENERGY, at={"column": ["日期", "时刻"]})
    content = "日期,时刻,表计,电量\n2025-04-01,00:15,A,1\n"
    assert column(by(document, content), "at") == [dt.datetime(2025, 3, 31, 16, 15, tzinfo=UTC)]
    del document["timezone"]
    assert by(document, content).issue_counts["no_time_zone"] == 1
    assert by(document, content).has_errors
    assert column(by(document, content, zone="UTC"), "at") == [dt.datetime(2025, 4, 1, 0, 15, tzinfo=UTC)]


def test_what_is_missing_in_either_of_two_columns_or_for_either_of_two_fields_is_told() -> None:
    both = changed(ENERGY, at={"column": ["日期", "时刻"]})
    rows = "日期,时刻,表计,电量\n,00:15,A,1\n2025-04-01,,A,1\n2025-04-01,00:15,A,1\n"
    assert told(by(both, rows)) == {"missing_value": 2}
    assert column(by(both, rows), "line") == [4]
    month = {"start_at": {"column": "月", "form": "month_start"}, "at": {"column": "月", "form": "month_end"}}
    twice = changed(ENERGY, fields={**ENERGY["fields"], **month})
    found = by(twice, "月,表计,电量\nx,A,1\n,A,1\n2025-04,A,1\n")
    assert told(found) == {"bad_instant": 1, "missing_value": 1}
    assert column(found, "line") == [4]


def test_a_unit_is_asked_for_where_there_is_a_figure() -> None:
    fields = {
        "outage": "号",
        "service": {"constant": "compute"},
        "started_at": "始",
        "down_ms": {"column": "时长", "unit": {"column": "单位"}},
    }
    document = {"contract": 1, "map": "o", "kind": "outages", "fields": fields}
    head = "号,始,时长,单位\n"
    result = by(document, head + f"1,{Z},2,h\n2,{Z},,\n3,{Z},5,\n")
    assert column(result, "down_ms") == [7_200_000, None]
    assert told(result) == {"missing_value": 1}


def test_words_of_a_closed_list_are_told_by_the_map_and_unknown_ones_are_issues() -> None:
    fields = {
        "ticket": "单号",
        "priority": {"column": "等级", "words": {"特急": "P1", "普通": "P3"}},
        "opened_at": "提交",
    }
    document = {"contract": 1, "map": "t", "kind": "tickets", "fields": fields}
    result = by(document, "单号,等级,提交\n1,特急,2025-04-01T00:00:00Z\n2,怪,2025-04-01T00:00:00Z\n")
    assert column(result, "priority") == ["P1"]
    assert told(result) == {"unknown_word": 1}
    fields["priority"] = {"column": "等级", "words": {"特急": "P9"}}
    assert faults(document) == {("fields.priority.words.特急", "map_word")}
    fields["priority"] = {"column": "等级", "words": {"Very urgent": "P1", "very-urgent": "P2", "very_urgent": "P1"}}
    assert faults(document) == {("fields.priority.words.very-urgent", "word_twice")}, "either could be meant"


def test_time_a_job_ran_follows_from_its_instants_and_impossible_order_is_refused() -> None:
    fields = {"job": "a", "start_at": "s", "end_at": "e", "cards": "c", "state": "z"}
    document = {"contract": 1, "map": "j", "kind": "jobs", "fields": fields}
    rows = "a,s,e,c,z\n1,2025-04-01T00:00:00Z,2025-04-01T01:00:00Z,8,成功\n"
    rows += "2,2025-04-01T00:00:00Z,2025-03-01T01:00:00Z,8,x\n"
    result = by(document, rows)
    assert column(result, "elapsed_s") == [3600]
    assert column(result, "state") == ["COMPLETED"]
    assert told(result) == {"ends_before_start": 1, "unknown_state": 1}


def test_titles_blank_lines_a_row_of_units_and_another_separator_are_no_obstacle() -> None:
    content = "报表;;\n;;\n时间;表计;电量\n;;kWh\n2025-04-01 00:15:00;A;1\n;;\n"
    result = by(changed(ENERGY, table={"skip": 1}), content)
    assert column(result, "line") == [5]
    assert refused(changed(ENERGY, table={"header": 1}), content).code == "map_does_not_fit"


def test_a_table_without_headings_is_mapped_by_numbers() -> None:
    document = changed(ENERGY, table={"header": 0}, at=1, meter=2, value={"column": 3, "unit": "kWh"})
    result = by(document, "2025-04-01 00:15:00,A,1\n2025-04-01 00:30:00,A,2\n")
    assert column(result, "line") == [1, 2]
    assert faults(changed(ENERGY, at=1)) == {("fields", "column_by_heading")}


def test_a_column_that_is_missing_or_there_twice_is_refused_by_name() -> None:
    missing = refused(ENERGY, TABLE.replace("表计", "回路"))
    assert (missing.code, "表计" in missing.message.zh) == ("map_does_not_fit", True)
    assert missing.hint is not None
    assert "回路" in missing.hint.zh
    assert refused(ENERGY, TABLE.replace("状态", "电量")).code == "repeated_column"


def test_the_digest_is_that_of_what_is_read_and_no_more() -> None:
    first = read_map(ENERGY)
    assert read_map(changed(ENERGY, map="other", title={"zh": "甲", "en": "a"})).digest == first.digest
    assert read_map(changed(ENERGY, meter="表计")).digest == first.digest, "short and long form of a column"
    other = read_map(changed(ENERGY, value={"column": "电量", "unit": "MWh"}))
    assert other.digest != first.digest
    assert identity(MappedTable(first)) != identity(MappedTable(other))
    assert identity(MappedTable(first)).startswith("mapped_table/1-")


def test_a_map_written_out_reads_back_as_itself() -> None:
    document = changed(
        ENERGY,
        title={"zh": "true", "en": "010"},
        filter=[{"column": "状态", "is": ["", "1_0", "no", "a: b", "# x"]}],
        table={"header": 3, "separator": "\t"},
    )
    made = read_map(document)
    assert read_map_text(yaml_of(made.as_json())) == made
    assert read_map(made.as_json()) == made


def test_every_fault_is_told_at_once_with_its_line() -> None:
    with pytest.raises(MapError) as caught:
        read_map_text(
            "contract: 2\nmap: X Y\nkind: jobs\nfields:\n  jobb: a\n  cards: {column: b, form: iso, unit: kW}\n"
        )
    found = {(fault.code, fault.where.line if fault.where else None) for fault in caught.value.faults}
    assert {("map_contract", 1), ("map_name", 2), ("map_field", 5), ("unit_of_none", 6), ("map_lacks", 4)} <= found


@pytest.mark.parametrize("kind", ["benchmark_runs", "declaration", "run_cards", "tea"])
def test_what_counts_by_its_own_output_cannot_be_mapped(kind: str) -> None:
    assert faults({"contract": 1, "map": "x", "kind": kind, "fields": {"tool": "a"}}) == {("kind", "map_kind")}


def test_every_kind_can_be_filled_from_columns_alone() -> None:
    for kind in MAPPED_KINDS:
        own = fields_of(kind)
        fields = {
            name: {"column": name} | ({"unit": one.units[0].name} if one.units else {}) for name, one in own.items()
        }
        made = read_map({"contract": 1, "map": "m", "kind": kind, "fields": fields})
        assert set(made.columns) == set(own)


HEADINGS = ["时间", "表计", "电量", "状态", "x"]
names = st.sampled_from(HEADINGS)
tables = st.fixed_dictionaries(
    {},
    optional={
        "header": st.integers(1, 3),
        "header_rows": st.integers(1, 2),
        "skip": st.integers(0, 2),
        "separator": st.sampled_from([",", ";", "tab", "|"]),
        "sheet": st.sampled_from(["表", "x"]),
    },
)


@st.composite
def fillings(draw: st.DrawFn, own: Field, columns: list[Any]) -> dict[str, Any]:
    """What may well fill a field, and sometimes what cannot."""
    nonsense = draw(st.integers(0, 40)) == 0
    if draw(st.integers(0, 5)) == 0:
        words = list(own.words) or ["1"] * (own.type in (COUNT, FIGURE)) or ["yes", "2025-04-01T00:00:00Z"]
        return {"constant": draw(st.sampled_from(words))} | ({"unit": own.units[0].name} if own.units else {})
    filled: dict[str, Any] = {"column": draw(st.sampled_from(columns))}
    if own.units or nonsense:
        known = [unit.name for unit in UNITS.values() if unit.dimension in own.dimensions or nonsense]
        filled["unit"] = draw(st.sampled_from(known) | st.fixed_dictionaries({"column": st.sampled_from(columns)}))
    if own.type == INSTANT or nonsense:
        filled["form"] = draw(st.sampled_from(FORMS))
        filled["timezone"] = draw(st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]))
    if own.words:
        filled["words"] = {"A": draw(st.sampled_from(sorted(set(own.words.values()))))}
    return filled


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(MAPPED_KINDS)))
    document: dict[str, Any] = {"contract": 1, "map": "m", "kind": kind}
    columns: list[Any] = list(HEADINGS[: draw(st.integers(3, 5))])
    if draw(st.integers(0, 4)) == 0:
        columns, document["table"] = [1, 2, 3], {"header": 0, "skip": draw(st.integers(0, 1))}
    elif draw(st.booleans()):
        document["table"] = draw(tables)
    elif draw(st.booleans()):
        listed = draw(st.sampled_from([*SPREADS, ["电量"], ["电量", "状态"]]))
        document["unpivot"] = {"columns": listed, "heading": "月", "cell": "值"}
        columns = [*columns[: draw(st.integers(1, 2))], "月", "值"]
    if draw(st.booleans()):
        column = draw(st.sampled_from(columns))
        document["filter"] = [{"column": column, draw(st.sampled_from(["is", "is_not"])): ["正常", "A", ""]}]
    own = fields_of(kind)
    chosen = [name for name, one in own.items() if one.required or draw(st.integers(0, 3)) == 0]
    document["fields"] = {name: draw(fillings(own[name], columns)) for name in chosen}
    return document


CONTENTS = (
    TABLE.encode(),
    f"时间,表计,电量,状态,x\n,,1,,\n{Z},,,成功,\n2025-04,A,,,1\n,A,1,1,1\n{Z},A,2,1,1\n".encode(),
    "时间,表计,电量,状态,x\n1,1,1,1,1\n2025-04-01T00:00:00Z,3,3,3,0\n1743437700,A,0.5,A,9e23\n".encode(),
    "时间;表计;电量;状态;x\n2025年4月;A;-7;成功;\n;;;;\n4;5;1;2;3\n".encode("utf-16"),
    "表计,2025年1月,2025年2月\nA,1,2\n".encode(),
    '时间,"表计",电量\n"2025-04-01\n",A,1e40\n'.encode(),
    workbook([["时间", "表计", "电量"], [dt.datetime(2025, 4, 1), "A", 1e300], ["x", None, True]], name="表"),  # noqa: DTZ001
)


@quickly
@given(
    document=documents(),
    content=st.one_of(
        [st.just(one) for one in CONTENTS] + [damaged(one) for one in CONTENTS] + [st.binary(max_size=200)]
    ),
)
def test_any_map_on_any_bytes_gives_observations_and_issues_or_a_refusal(
    document: dict[str, Any], content: bytes
) -> None:
    try:
        made = read_map(document)
    except MapError:
        return
    assert read_map(made.as_json()) == made
    source, parser = Source.of_bytes(content, "any"), MappedTable(made)
    try:
        result = parser.parse(source)
    except ParseError:
        return
    canonical_json(result.as_json(parser, source))
    for name, table in result.tables.items():
        assert table.schema == KIND_BY_NAME[name].arrow
        table.validate(full=True)
    assert result.coverage.lines_used + result.coverage.lines_with_issue <= result.coverage.lines_read


@quickly
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["contract", "map", "kind", "fields", "table", "unpivot", "filter", "column", "unit", "at", "words"]
                )
                | st.text(max_size=5),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_document_is_a_map_or_a_list_of_faults(content: Any) -> None:
    document = content if isinstance(content, dict) else {"fields": content}
    for kind in (None, "jobs", "energy_readings"):
        found: tuple[Any, ...] = ()
        try:
            read_map(document | ({"kind": kind} if kind else {}))
        except MapError as error:
            found = error.faults
        assert found, "none of them names what every row needs"
