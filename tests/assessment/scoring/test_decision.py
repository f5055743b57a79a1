"""Minima, caps, blocks and grades: what they look at, whom they name, and that their words are right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assessment.scoring.result import Consequence, Result
from core.outcome import Outcome
from core.text import Text
from indicators.measures.base import Input, Measurement
from tests.assessment.scoring.worked import GRADES, edition_of, ended, indicator, measured, scored, title

NO_MARGIN = GRADES | {"pillar_margin": None}


def group(name: str, children: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": title(name), "weight": "1", "children": children} | more


def causes(result: Result) -> list[tuple[str, str, str | None, str]]:
    return [(one.code, one.effect, one.grade, one.reason.code) for one in result.consequences]


def only(result: Result) -> Consequence:
    (one,) = result.consequences
    return one


def missed(minimum: dict[str, Any], value: str | Measurement, **more: Any) -> tuple[Consequence, ...]:
    (child,) = more.pop("children", [indicator("a")])
    edition = edition_of([child | {"minimum": {"on_miss": "finding"} | minimum}], **more)
    return scored(edition, {"a": value}).consequences


def test_a_line_is_missed_below_or_above_it_and_never_on_it() -> None:
    assert [len(missed({"at_least": "50"}, value)) for value in ("49.99", "50", "50.01")] == [1, 0, 0]
    assert [len(missed({"at_most": "50"}, value)) for value in ("49.99", "50", "50.01")] == [0, 0, 1]


@pytest.mark.parametrize(
    ("side", "line", "value", "shown"),
    [
        ("at_least", "50", "49.5", "49.5"),
        ("at_most", "1.50", "1.51", "1.51"),
        ("at_least", "50", "49.999", "49.999"),
        ("at_least", "50", "49.123456", "49.12"),
        ("at_most", "1", "1.000000000004", "1.000000000004"),
        ("at_most", "1", "1.0000000000004", "1.0000000000004"),
        ("at_most", "1", "1.00000000000041", "1.00000000000041"),
    ],
)
def test_a_missed_line_is_told_with_just_the_digits_it_takes(side: str, line: str, value: str, shown: str) -> None:
    (one,) = missed({side: line}, value)
    zh, en = ("低于下限", "below the limit of") if side == "at_least" else ("高于上限", "above the limit of")
    assert one.reason.code == "minimum_missed"
    assert one.reason.message.zh == f"a 为 {shown}，{zh} {line}。"
    assert one.reason.message.en == f"a is {shown}, {en} {line}."


def test_a_line_may_be_a_parameter_on_either_side() -> None:
    parameters = {"line": {"title": title("line"), "unit": "point", "value": "40"}}
    for side, values in (("at_least", ("39", "40", "41")), ("at_most", ("41", "40", "39"))):
        found = [missed({side: {"parameter": "line"}}, value, parameters=parameters) for value in values]
        assert [len(one) for one in found] == [1, 0, 0], side


def test_a_line_with_a_title_and_a_unit_is_told_with_them() -> None:
    measures = {"a": {"title": title("a"), "unit": "%", "direction": "higher"}}
    (one,) = missed({"at_least": "9", "title": title("Lo")}, measured("a", "8", unit="%"), measures=measures)
    assert one.reason.message.en == "Lo: a is 8 %, below the limit of 9 %."
    pillar = group("p", [indicator("b")], minimum={"at_least": "50", "on_miss": "finding"})
    (of_a_group,) = scored(edition_of([pillar]), {"b": "49.5"}).consequences
    assert of_a_group.reason.message.en == "p is 49.5 points, below the limit of 50 points."
    item = edition_of([indicator("a", minimum={"item": "x", "at_least": "3", "on_miss": "finding"})])
    inputs = (Input("w", Text("乙", "w"), Decimal(9), "kg"), Input("x", Text("甲", "x"), Decimal(2), "h"))
    (of_an_item,) = scored(item, {"a": measured("a", "50", inputs=inputs)}).consequences
    assert of_an_item.reason.message.en == "a is 2 h, below the limit of 3 h."


@pytest.mark.parametrize(
    ("name", "said"), [("指标A", "指标A 为 8"), ("PUE值", "PUE值为 8"), ("A", "A 为 8"), ("可用度", "可用度为 8")]
)
def test_chinese_is_set_off_from_the_latin_letter_it_follows(name: str, said: str) -> None:
    (one,) = missed({"at_least": "9"}, "8", children=[indicator("a", title={"zh": name, "en": "a"})])
    assert one.reason.message.zh == f"{said}，低于下限 9。"


def test_what_was_not_measured_is_not_missed() -> None:
    for outcome in (Outcome.NO_EVIDENCE, Outcome.NOT_ASSESSABLE, Outcome.NOT_APPLICABLE):
        assert [one.reason.code for one in missed({"at_least": "50"}, ended("a", outcome))] in (
            [],
            ["nothing_to_score"],
        )
    (one,) = missed({"at_least": "50"}, ended("a", Outcome.INVALID))
    assert one.reason.code == "invalid_evidence"


def test_a_minimum_with_a_condition_waits_for_a_clear_yes() -> None:
    minimum = {"at_least": "50", "on_miss": "block", "when": {"attribute": "big", "is": True}}
    edition = edition_of([indicator("a", minimum=minimum)])
    found = {
        str(profile.get("big")): causes(scored(edition, {"a": "1"}, profile=profile))
        for profile in ({"big": True}, {"big": False}, {})
    }
    assert found == {"True": [("a", "block", None, "minimum_missed")], "False": [], "None": []}


CHECKLIST = {"kind": "checklist", "items": [{"id": name, "title": title(name), "points": "1"} for name in ("x", "y")]}


def with_item(**more: Any) -> Any:
    minimum = {"item": "x", "at_least": "1", "on_miss": "block"} | more
    return edition_of([indicator("a", curve=CHECKLIST, minimum=minimum)])


def test_a_minimum_may_look_at_one_item_of_a_checklist() -> None:
    assert causes(scored(with_item(), {"a.x": "0", "a.y": "1"})) == [("a", "block", None, "minimum_missed")]
    assert causes(scored(with_item(), {"a.x": "1", "a.y": "0"})) == []
    assert causes(scored(with_item(), {"a.y": "1"})) == [], "an item nobody recorded is not missed"


def test_an_item_counts_even_where_its_checklist_was_not_measured() -> None:
    plain = edition_of([indicator("a", minimum={"item": "x", "at_least": "1", "on_miss": "block"})])
    assert causes(scored(plain, {"a.x": "0"})) == [("a", "block", None, "minimum_missed")]
    assert causes(scored(plain, {"a.x": "1"})) == []
    assert causes(scored(plain, {})) == []


def test_an_item_may_be_an_input_of_its_measurement_alone() -> None:
    plain = edition_of([indicator("a", minimum={"item": "x", "at_least": "1", "on_miss": "block"})])
    for met, expected in (("0", [("a", "block", None, "minimum_missed")]), ("1", [])):
        inputs = (Input("x", Text("甲", "x"), Decimal(met), "1"),)
        assert causes(scored(plain, {"a": measured("a", "50", inputs=inputs)})) == expected


def test_an_item_of_what_does_not_apply_is_not_missed() -> None:
    minimum = {"item": "x", "at_least": "1", "on_miss": "block"}
    edition = edition_of([indicator("a", minimum=minimum), indicator("b")])
    result = scored(edition, {"a": ended("a", Outcome.NOT_APPLICABLE), "a.x": "0", "b": "1"})
    assert causes(result) == []


def test_a_measure_that_is_called_like_an_item_is_not_that_item() -> None:
    edition = edition_of([indicator("a", minimum={"item": "x", "at_least": "1", "on_miss": "block"})])
    assert causes(scored(edition, {"a": "50", "x": "0"})) == []
    assert causes(scored(edition, {"a": "50", "a.x": "0"})) == [("a", "block", None, "minimum_missed")]


def test_a_missed_item_is_told_by_its_title_alone_or_by_its_figures() -> None:
    named = only(scored(with_item(title=title("Fence")), {"a.x": "0", "a.y": "1"})).reason.message
    assert (named.zh, named.en) == ("Fence：未满足。", "Fence: not met.")
    bare = only(scored(with_item(), {"a.x": "0", "a.y": "1"})).reason.message
    assert bare.en == "a is 0, below the limit of 1."


def test_the_words_of_blocks_and_findings_name_the_indicator_and_the_cause() -> None:
    blocked = only(scored(edition_of([indicator("a", missing="block")], grades=GRADES), {}))
    assert blocked.reason.message.en == "a is indispensable: No evidence was handed in."
    assert (blocked.effect, blocked.grade) == ("block", None)
    invalid = only(scored(edition_of([indicator("a")]), {"a": measured("a", "1", unit="%")}))
    assert invalid.reason.message.en == (
        "The evidence of a is invalid and counts 0 points: The unit is “%”; “point” is expected."
    )
    assert (invalid.effect, invalid.reason.code) == ("finding", "invalid_evidence")


def test_a_share_that_is_exceeded_is_told_in_percent_with_its_limit() -> None:
    tree = [group("p", [indicator("a"), indicator("b", "2", missing="default")])]
    edition = edition_of(tree, limits={"default_points": "35", "default_share": "0.405"})
    one = only(scored(edition, {"a": "80"}))
    assert (one.code, one.effect, one.reason.code) == ("p", "block", "default_share")
    assert one.reason.message.en == (
        "p: the conservative default carries 66.7 % of the weight, above 40.5 %; it is not assessable."
    )
    assert "占权重 66.7%，超过 40.5%" in one.reason.message.zh


def test_without_grades_there_is_none_and_nothing_caps() -> None:
    result = scored(edition_of([indicator("a")]), {"a": "10"})
    assert (result.grade, result.consequences) == (None, ())


def test_of_several_caps_the_lowest_holds_and_findings_cap_nothing() -> None:
    def capped(name: str, cap: dict[str, Any]) -> dict[str, Any]:
        return indicator(name, minimum={"at_least": "50"} | cap)

    edition = edition_of(
        [capped("a", {"on_miss": "cap", "cap_at": "L4"}), capped("b", {"on_miss": "cap", "cap_at": "L3"}),
         capped("c", {"on_miss": "finding"}), indicator("d", "999")],
        grades=NO_MARGIN,
    )  # fmt: skip
    best = {"a": "50", "b": "50", "c": "1", "d": "100"}
    assert scored(edition, best).grade == "L5"
    assert scored(edition, best | {"a": "1"}).grade == "L4"
    assert scored(edition, best | {"a": "1", "b": "1"}).grade == "L3"


def test_a_cap_above_the_grade_reached_changes_nothing() -> None:
    capped = indicator("a", minimum={"at_least": "50", "on_miss": "cap", "cap_at": "L4"})
    assert scored(edition_of([capped], grades=NO_MARGIN), {"a": "45"}).grade == "L2"


@pytest.mark.parametrize(
    ("weak", "grade"), [("75", "L5"), ("74.99", "L4"), ("60", "L4"), ("59.99", "L3"), ("44.99", "L2"), ("0", "L1")]
)
def test_every_pillar_must_reach_the_line_of_the_grade_less_the_margin(weak: str, grade: str) -> None:
    result = scored(edition_of([indicator("a"), indicator("b", "99")], grades=GRADES), {"a": weak, "b": "100"})
    assert result.grade == grade
    assert causes(result) == ([] if grade == "L5" else [("a", "cap", grade, "pillar_floor")])


def test_the_words_of_a_pillar_cap_name_its_points_the_line_and_the_grade() -> None:
    result = scored(edition_of([indicator("a"), indicator("b", "99")], grades=GRADES), {"a": "44.99", "b": "100"})
    message = only(result).reason.message
    assert message.en == "a has 44.99 points, below the 45 a higher grade asks of every pillar; at most L2."
    assert message.zh == "a 44.99 分，低于更高等级要求的支柱最低分 45；最高为L2。"


def test_a_pillar_as_good_as_the_whole_holds_nothing_back() -> None:
    result = scored(edition_of([indicator("a"), indicator("b")], grades=GRADES), {"a": "62", "b": "61"})
    assert (result.grade, result.consequences) == ("L3", ())


def test_a_pillar_that_does_not_count_cannot_hold_the_grade_back() -> None:
    shown = indicator("a", display=True)
    del shown["weight"]
    result = scored(edition_of([shown, indicator("b")], grades=GRADES), {"a": "0", "b": "100"})
    assert (result.grade, result.consequences) == ("L5", ())
