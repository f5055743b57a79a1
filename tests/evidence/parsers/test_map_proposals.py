"""Maps proposed from headings and values: what can be told is told with its reason, the rest is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import ParseError
from evidence.parsers.maps.checking import read_map
from evidence.parsers.maps.document import MapError
from evidence.parsers.maps.fields import MAPPED_KINDS
from evidence.parsers.maps.fitting import fitting
from evidence.parsers.maps.opening import openings
from evidence.parsers.maps.parser import MappedTable
from evidence.parsers.maps.proposal import Proposal, propose
from evidence.parsers.registry import kinds_of
from evidence.parsers.tables.simple_tables import SIMPLE_TABLES
from evidence.parsers.text.source import Source
from tests.evidence.parsers.properties import damaged, quickly
from tests.evidence.parsers.workbooks import workbook
from tests.golden import FOLDER

Z = "2025-04-01T00:00:00Z"


def source(content: str | bytes, *, name: str = "t.csv") -> Source:
    return Source.of_bytes(content.encode() if isinstance(content, str) else content, name, timezone="Asia/Shanghai")


def best(content: str | bytes, *, zone: str | None = "Asia/Shanghai", kind: str | None = None, **more: Any) -> Proposal:
    return propose(openings(source(content, **more))[0], kind=kind, timezone=zone)[0]


def fields(proposal: Proposal) -> dict[str, Any]:
    found: dict[str, Any] = proposal.document["fields"]
    return found


@pytest.mark.parametrize(
    ("heads", "row", "kind"),
    [
        ("采集时间,电表编号,有功电能(kWh)", f"{Z},A,1", "energy_readings"),
        ("时间,机柜,有功功率(kW)", f"{Z},A,1", "power_samples"),
        ("时间,测点名称,温度(℃)", f"{Z},A,21.5", "flow_readings"),
        ("任务ID,提交时间,开始时间,结束时间,GPU卡数,任务状态", f"1,{Z},{Z},{Z},8,成功", "jobs"),
        ("工单编号,优先级,创建时间,解决时间", f"1,高,{Z},{Z}", "tickets"),
        ("事件编号,影响服务,发生时间,恢复时间,是否计划", f"1,算力,{Z},{Z},否", "outages"),
        ("告警源,告警名称,级别,告警时间,清除时间", f"n1,ECC,严重,{Z},{Z}", "device_alarms"),
        ("主机名,GPU,时间,利用率(%),显存占用(MiB)", f"n1,0,{Z},55,1024", "device_samples"),
        ("iteration,step time(ms),loss", "1,120.5,2.3", "training_steps"),
        ("集群,服务器台数,单机卡数,总卡数,加速卡型号", "A,10,8,80,910B", "inventory"),
    ],
)
def test_what_the_rows_are_is_told_from_headings_and_the_draft_is_a_map_that_reads_them(
    heads: str, row: str, kind: str
) -> None:
    content = f"{heads}\n{row}\n"
    found = best(content)
    assert found.kind == kind
    assert not found.questions, [question.en for question in found.questions]
    result = MappedTable(read_map(found.document)).parse(source(content))
    assert result.coverage.lines_used == 1, [issue.message.en for issue in result.issues]


OWN_KINDS = {name: kind for name in sorted(SIMPLE_TABLES) for kind in kinds_of(name)}
# Nothing can be proposed for a kind no map fills: those tables are read by their own formats only. The kind is the one
# the format itself declares, so that a table joins the test as soon as maps can fill its kind.
MAPPED_TABLES = [(name, kind) for name, kind in OWN_KINDS.items() if kind in MAPPED_KINDS]


@pytest.mark.parametrize(("name", "kind"), MAPPED_TABLES)
def test_our_own_tables_would_be_mapped_to_their_own_kind(name: str, kind: str) -> None:
    path = next(iter(sorted((FOLDER / name).glob("*.csv"))))
    assert best(path.read_bytes()).kind == kind


def test_a_column_without_a_heading_is_passed_over_and_what_it_may_hold_is_asked_for() -> None:
    found = best(f",电表编号,电量(kWh)\n{Z},A,1\n", kind="energy_readings")
    assert "at" not in fields(found)
    assert any("`at`" in question.en for question in found.questions)
    assert fields(found)["meter"] == {"column": "电表编号"}


def test_a_unit_nobody_wrote_is_asked_for() -> None:
    found = best(f"时间,电表编号,电量\n{Z},A,1\n")
    assert [question.en[:35] for question in found.questions] == ["Nothing tells the unit of `value`; "]
    with pytest.raises(ParseError) as caught:
        MappedTable(read_map(found.document)).parse(source(f"时间,电表编号,电量\n{Z},A,1\n"))
    assert caught.value.code == "missing_unit", "and the draft is not usable before it is answered"


def test_a_unit_in_the_title_or_in_a_column_is_found() -> None:
    titled = best(f"用电月报（单位：MWh）\n时间,电表编号,电量\n{Z},A,1\n")
    assert fields(titled)["value"]["unit"] == "MWh"
    rows = best(f"时间,电表编号,读数,单位\n{Z},A,1,kWh\n", kind="energy_readings")
    assert fields(rows)["value"]["unit"] == {"column": "单位"}


@pytest.mark.parametrize(
    ("values", "form", "asked"),
    [
        (["01/04/2025 00:15", "02/04/2025 00:15"], None, True),
        (["01/04/2025 00:15", "13/04/2025 00:15"], "day/month/year", False),
        (["04/01/2025 00:15", "04/13/2025 00:15"], "month/day/year", False),
    ],
)
def test_day_and_month_are_told_apart_or_asked_for(values: list[str], form: str | None, asked: bool) -> None:
    found = best("时间,电表编号,电量(kWh)\n" + "".join(f"{value},A,1\n" for value in values))
    assert fields(found)["at"].get("form") == form
    assert bool(found.questions) is asked


def test_date_and_time_in_two_columns_are_one_instant() -> None:
    found = best("日期,时刻,电表编号,电量(kWh)\n2025-04-01,00:15,A,1\n")
    assert fields(found)["at"] == {"column": ["日期", "时刻"]}


def test_words_without_a_known_meaning_are_asked_for() -> None:
    [question] = best(f"工单编号,优先级,创建时间\n1,特急,{Z}\n2,高,{Z}\n").questions
    assert "特急" in question.zh
    assert "高" not in question.zh.partition("；")[0]


def test_no_zone_anywhere_is_asked_for() -> None:
    content = "时间,电表编号,电量(kWh)\n2025-04-01 00:15:00,A,1\n"
    assert [question.en[:23] for question in best(content, zone=None).questions] == ["The times carry no zone"]
    assert not best(content).questions


def test_a_sheet_of_months_under_titles_is_unpivoted_without_its_totals() -> None:
    rows = [
        ["2025年用电（单位：万kWh）"],
        ["用电单元", "2025年1月", "2025年2月", "合计"],
        ["IT", 1, 2, 3],
        ["合计", 1, 2, 3],
    ]
    content = workbook(rows, name="表")
    found = best(content, name="t.xlsx")
    assert not found.questions
    result = MappedTable(read_map(found.document)).parse(source(content, name="t.xlsx"))
    assert result.tables["energy_readings"].column("value").to_pylist() == [10_000, 20_000]
    assert result.tables["energy_readings"].column("cell").to_pylist() == ["表!A3", "表!A3"]


def test_meters_as_columns_are_unpivoted() -> None:
    found = best(f"时间,1#(kW),2#(kW)\n{Z},1,2\n")
    assert found.kind == "power_samples"
    assert found.document["unpivot"]["columns"] == ["1#(kW)", "2#(kW)"]
    assert not found.questions


def test_only_maps_that_have_their_columns_and_units_fit() -> None:
    content = f"时间,电表编号,电量(kWh)\n{Z},A,1\n"
    own = read_map(best(content).document)
    other = read_map(best(content.replace("电表编号", "计量点")).document)
    wide = read_map(best(f"时间,1#(kW),2#(kW)\n{Z},1,2\n").document)
    assert list(fitting(source(content), [wide, other, own])) == [own]
    assert not list(fitting(source(content.replace("kWh", "MWh")), [own]))


NAMELESS = ",电表,(Wh),\n0000-0-0T0:00:00,,,\n".encode()  # instants below an empty heading
CONTENTS = (
    f"时间,电表编号,电量(kWh),状态\n{Z},A,1,x\n{Z},合计,2,y\n".encode(),
    "用电,2025年1月,2025年2月\nA,1,2\n".encode(),
    b"a;b;c\n01/04/2025 10:00;1;2\n",
    workbook([["日期", "时刻", "机柜", "功率(kW)"], [dt.date(2025, 4, 1), "00:15", "A", 1]], name="表"),
)


@quickly
@given(
    st.sampled_from([None, *MAPPED_KINDS]),
    st.one_of([st.just(one) for one in CONTENTS] + [damaged(one) for one in CONTENTS] + [st.binary(max_size=300)]),
)
@example(None, NAMELESS)
@example("energy_readings", NAMELESS)
def test_any_bytes_get_drafts_or_none_and_a_draft_without_questions_is_a_map(kind: str | None, content: bytes) -> None:
    try:
        tables = openings(source(content, name="any"))
    except ParseError:
        return
    for opening in tables:
        for draft in propose(opening, kind=kind, timezone="UTC"):
            try:
                read_map(draft.document)
            except MapError:
                assert draft.questions, draft.document
