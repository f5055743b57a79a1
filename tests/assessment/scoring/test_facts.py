"""The facts file is read exactly, and every bad row is named."""

from __future__ import annotations

import re

import pytest

from assessment.scoring.facts import read_facts, read_profiles
from assessment.scoring.facts_rows import FactsError
from core.outcome import Outcome

HEADER = "facility,measure,value\n"


def faults(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(FactsError) as refused:
        read_facts(text.encode(), file="facts.csv")
    return [(fault.code, fault.where.line if fault.where else None) for fault in refused.value.faults]


def test_three_columns_are_enough_and_profile_rows_are_attributes() -> None:
    facilities = read_facts((HEADER + "f,pue,1.20\nf,profile.class,mixed\n").encode(), file="x")
    assert str(facilities["f"].measurements["pue"].value) == "1.20"
    assert facilities["f"].profile == {"class": "mixed"}


def test_an_outcome_without_value_carries_its_reason() -> None:
    text = "facility,measure,outcome,reason\nf,pue,not_applicable,too_few\n"
    measurement = read_facts(text.encode(), file="x")["f"].measurements["pue"]
    assert (measurement.outcome, measurement.reason and measurement.reason.code) == (Outcome.NOT_APPLICABLE, "too_few")


def test_json_says_the_same_as_csv() -> None:
    as_json = b'[{"facility": "f", "measure": "pue", "value": "1.20", "quality": "C"}]'
    as_csv = b"facility,measure,value,quality\nf,pue,1.20,C\n"
    assert read_facts(as_json, file="x") == read_facts(as_csv, file="x")


def test_a_fact_given_twice_names_both_lines() -> None:
    with pytest.raises(FactsError, match="on line 2 and on line 4"):
        read_facts((HEADER + "f,pue,1\ng,pue,1\nf,pue,1\n").encode(), file="x")


def test_all_bad_rows_are_listed_with_their_lines() -> None:
    assert faults(HEADER + 'f,a,NaN\nf,b,"1,234"\n,c,1\nf,d,1\nf,e,98.5%\n') == [
        ("not_a_number", 2),
        ("not_a_number", 3),
        ("missing_cell", 4),
        ("not_a_number", 6),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("facility,measure\nf,a\n", "missing_column"),
        ("facility,measure,value,colour\nf,a,1,red\n", "unknown_column"),
        ("facility,measure,value,value\nf,a,1,1\n", "repeated_column"),
        (HEADER, "no_rows"),
        ("", "missing_column"),
        (HEADER + "f,a,1,2\n", "ragged_row"),
        ('[{"facility": "f", "measure": "a", "value": 1.5}]', "not_text"),
        ('[{"facility": "f", "measure": "a", "value": NaN}]', "bad_json"),
        ("facility,measure,value,outcome\nf,a,1,invalid\n", "value_and_outcome"),
        ("facility,measure,value,outcome\nf,a,,scored\n", "value_and_outcome"),
        ("facility,measure,value,quality\nf,a,1,E\n", "unknown_choice"),
        ("facility,measure,value,cap\nf,a,1,-1\n", "negative"),
        ("facility,measure,value,period_start,period_end\nf,a,1,2026-01-01,2026-02-01\n", "bad_period"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text: str, code: str) -> None:
    assert faults(text)[0][0] == code


def test_profiles_come_as_yaml_or_json() -> None:
    expected = {"f": {"class": "mixed", "training_share": "0.60", "hub_node": True}}
    assert read_profiles(b"f: {class: mixed, training_share: 0.60, hub_node: true}\n", file="x") == expected
    assert read_profiles(b'{"f": {"class": "mixed", "training_share": "0.60", "hub_node": true}}', file="x") == expected


def test_columns_may_be_named_in_chinese_and_in_any_case() -> None:
    chinese, shouted = ("机构,度量,数值,单位\nf,pue,1.20,1\n", "Facility,MEASURE,Value,unit\nf,pue,1.20,1\n")
    assert read_facts(chinese.encode(), file="x") == read_facts(shouted.encode(), file="x")
    assert str(read_facts(chinese.encode(), file="x")["f"].measurements["pue"].value) == "1.20"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("facility;measure;value\nf;a;1\n", "另存为逗号分隔的 CSV", "parted by semicolons"),
        ("facility\tmeasure\tvalue\nf\ta\t1\n", "制表符", "parted by tabs"),
        ("facility,pue,uptime\nf,1.2,99\n", "每个机构的每个度量占一行", "one row per facility and measure"),
        ("facility,measure,valeu\nf,a,1\n", "是否指“value”", "Did you mean “value”"),
        (HEADER + "f,a,n/a\n", "请留空", "leave the cell empty"),
        (HEADER + ",a,1\n", "合并的单元格", "fill merged cells"),
        (HEADER + "f,a,1,2\n", "千分位", "Quote cells that hold a comma"),
    ],
)
def test_a_file_of_another_shape_is_told_how_to_mend_it(text: str, zh: str, en: str) -> None:
    with pytest.raises(FactsError) as refused:
        read_facts(text.encode(), file="facts.csv")
    hint = refused.value.faults[0].hint
    assert hint is not None
    assert zh in hint.zh
    assert en in hint.en


@pytest.mark.parametrize(
    "text", [HEADER + 'f,"a,1\n', HEADER + "f,a,1\n" + "f," + "x" * 200_000 + ",1\n", '[{"facility": f}]']
)
def test_a_file_that_cannot_be_read_on_is_refused_in_chinese_words_alone(text: str) -> None:
    with pytest.raises(FactsError) as refused:
        read_facts(text.encode(), file="facts.csv")
    assert re.fullmatch("此行不是可用的 (CSV|JSON)。", refused.value.message.zh)
    assert refused.value.where is not None
    assert refused.value.where.line


def test_a_file_in_the_encoding_of_a_chinese_spreadsheet_is_told_which_one_to_choose() -> None:
    with pytest.raises(FactsError) as refused:
        read_facts((HEADER + "北京,a,1\n").encode("gbk"), file="facts.csv")
    assert refused.value.code == "not_utf8"
    assert refused.value.hint is not None
    assert "CSV UTF-8" in refused.value.hint.zh
