"""Sentences name value, unit, rule, clause, confidence, points, weight and share, in both languages."""

from __future__ import annotations

import pytest

from assessment.scoring.explain.lost import lost_points
from assessment.scoring.explain.sentences import Speaker
from assessment.scoring.result import Result
from core.outcome import Outcome
from indicators.rubric.model import Edition
from tests.assessment.scoring.worked import GRADES, edition_of, ended, indicator, measured, scored, title
from tests.editions import zhisuan


def said(result: Result, edition: Edition, code: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sentence in Speaker(result, edition, lost_points(result, edition)).sentences(code):
        found.setdefault(sentence.kind, []).append(sentence.text.zh + "|" + sentence.text.en)
    return found


PUE = indicator(
    "pue", "4", curve={"kind": "linear", "points": [["1.1", "100"], ["1.2", "90"], ["1.3", "60"], ["1.5", "0"]]},
    references=[{"title": {"zh": "GB 40879", "en": "GB 40879"}, "clause": "4.1", "confidence": "H"}],
)  # fmt: skip
MEASURES = {
    "pue": {"title": title("PUE"), "unit": "1", "direction": "lower"},
    "b": {"title": title("b"), "unit": "%", "direction": "higher"},
}


def test_a_value_is_told_with_rule_source_points_weight_and_share() -> None:
    edition = edition_of([PUE, indicator("b", "6")], measures=MEASURES)
    [sentence] = said(scored(edition, {"pue": measured("pue", "1.27", quality="B"), "b": "50"}), edition, "pue")[
        "value"
    ]
    assert sentence == (
        "pue（pue）测得 1.27（证据等级 B），在 1.2（90 分）与 1.3（60 分）之间线性内插，得 69.00 分；"
        "权重 4，占“test”的 40 %。依据：GB 40879 4.1（原文可查）。"
        "|pue (pue) is measured as 1.27 (evidence grade B): straight line between 1.2 (90 points) and 1.3 (60 points), "
        "69.00 points; weight 4, 40 % of “test”. Sources: GB 40879, 4.1 (read in the source itself)."
    )


def test_the_next_bit_is_worth_what_the_curve_says() -> None:
    edition = edition_of([PUE, indicator("b", "6")], measures=MEASURES)
    told = said(scored(edition, {"pue": "1.27", "b": "50"}), edition, "pue")["next_bit"]
    assert told == [
        "在 1.2–1.3 之间，每降低 0.01，本指标增加 3 分。|Within 1.2–1.3, each 0.01 less adds 3 points here."
    ]


def test_a_cap_says_what_it_took_and_no_next_bit_is_promised() -> None:
    edition = edition_of([indicator("a")], quality_caps={"C": "74"})
    told = said(scored(edition, {"a": measured("a", "81.2", quality="C")}), edition, "a")
    assert "曲线得 81.2 分，计 74.00 分，因此失 7.20 分" in told["cap"][0]
    assert "next_bit" not in told


def test_the_rounding_of_74_995_is_explained() -> None:
    edition = edition_of([indicator("a")], grades=GRADES)
    told = said(scored(edition, {"a": "74.995"}), edition, "test")
    assert "精确分值 74.995，四舍五入（恰为一半时进位）到 2 位小数，公布为 75.00" in told["rounding"][0]
    assert "达到四级的下限 75" in told["grade"][0]


def test_no_score_has_its_reason_policy_and_weight() -> None:
    edition = edition_of([indicator("a", missing="default"), indicator("b"), indicator("c"), indicator("d")],
                         limits={"default_points": "35"})  # fmt: skip
    result = scored(edition, {"c": ended("c", Outcome.NOT_APPLICABLE), "d": ended("d", Outcome.INVALID)})
    missing = {code: said(result, edition, code)["missing"][0] for code in "abcd"}
    assert "没有提交相应证据。计 35.00 分（无证据时计保守默认值，并公布其占比）；权重 1" in missing["a"]
    assert "计 0.00 分（无证据时计 0 分）" in missing["b"]
    assert "不适用：原因。不计分，权重 1 由同级其余部分按比例分担" in missing["c"]
    assert "无效：原因。计 0.00 分；权重 1" in missing["d"]
    assert (
        "c（权重 1）不计入，同级按比例分担其权重：本项占比由 25 % 变为 33.3 %"
        in said(result, edition, "a")["weight"][0]
    )


def test_a_group_names_its_parts_and_its_floor() -> None:
    edition = edition_of([indicator("a", "3"), indicator("b")], aggregation={"kind": "geometric", "floor": "1"})
    told = said(scored(edition, {"a": "81", "b": "0"}), edition, "test")["group"]
    assert "a 81.00 × 3、b 0.00 × 1（分值 × 权重）" in told[0]
    assert "低于 1 分，合成时按 1 分计" in told[1]


@pytest.mark.slow
def test_every_node_of_our_own_rubric_has_something_to_say_in_both_languages() -> None:
    edition = zhisuan()
    values = {"annual_pue": "1.27", "model_flops_utilisation": "0.4", "annual_pue.x": "1"}
    result = scored(edition, values, profile={"class": "mixed", "training_share": "0.5"})
    for node in result.root.walk():
        for texts in said(result, edition, node.code).values():
            assert all(one and not one.startswith("|") and not one.endswith("|") for one in texts)
