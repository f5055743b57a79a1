"""`robustness` in `rubric.yaml`: declared, half declared, absent, and wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from indicators.rubric.loader import load_edition
from indicators.rubric.model import Aggregate, Aggregation, Variation
from indicators.rubric.variation_words import variation_words
from indicators.rubric.varied import CommonError, Distribution, Normalisation
from tests.indicators.rubric.tiny import RUBRIC, codes_of, faults_of, folder_with

GRADES = """\
grades:
  of:
    - {id: "L1", at_least: "0", title: {zh: "一级", en: "one"}}
    - {id: "L2", at_least: "50", title: {zh: "二级", en: "two"}}
"""


def test_without_the_section_the_documented_defaults_hold(tmp_path: Path) -> None:
    assert load_edition(folder_with(tmp_path)).robustness == Variation(
        draws=1000,
        weight_spread=Decimal("0.20"),
        weight_distribution=Distribution.UNIFORM,
        normalisations=(),
        aggregations=(Aggregation(Aggregate.GEOMETRIC, floor=Decimal("1.00")),),
    )


def test_levels_are_tried_where_there_are_grades_and_the_mean_that_is_not_declared(tmp_path: Path) -> None:
    text = RUBRIC + GRADES + "aggregation: {kind: geometric, floor: 1}\n"
    found = load_edition(folder_with(tmp_path, text)).robustness
    assert found.normalisations == (Normalisation.LEVELS,)
    assert found.aggregations == (Aggregation(Aggregate.ARITHMETIC),)


def test_the_floor_of_a_tried_mean_is_a_hundredth_of_the_points(tmp_path: Path) -> None:
    text = RUBRIC.replace('"100"', '"1"') + "highest_points: 1\n"
    (tried,) = load_edition(folder_with(tmp_path, text)).robustness.aggregations
    assert tried.floor == Decimal("0.01")


def test_everything_can_be_declared(tmp_path: Path) -> None:
    section = """\
robustness:
  draws: 500
  weights: {spread: "0.1", distribution: triangular}
  normalisation: [levels]
  aggregation: [{kind: arithmetic}, {kind: power, exponent: "-1", floor: "2"}]
  common_errors: [{id: "clock", measures: [speed], share: "0.5"}]
"""
    assert load_edition(folder_with(tmp_path, RUBRIC + GRADES + section)).robustness == Variation(
        500,
        Decimal("0.1"),
        Distribution.TRIANGULAR,
        (Normalisation.LEVELS,),
        (Aggregation(Aggregate.ARITHMETIC), Aggregation(Aggregate.POWER, Decimal(-1), Decimal(2))),
        (CommonError("clock", ("speed",), Decimal("0.5")),),
    )


def test_an_empty_list_varies_nothing_and_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    section = "robustness: {aggregation: [], weights: {spread: 0}}\n"
    found = load_edition(folder_with(tmp_path, RUBRIC + GRADES + section)).robustness
    assert (found.aggregations, found.weight_spread, found.draws) == ((), 0, 1000)
    assert found.normalisations == (Normalisation.LEVELS,)


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("{drawz: 10}", "unknown_key"),
        ("{draws: 0}", "not_positive"),
        ("{draws: 1000000}", "not_a_count"),
        ('{weights: {spread: "1"}}', "spread_out_of_range"),
        ('{weights: {spread: "-0.1"}}', "spread_out_of_range"),
        ("{weights: {distribution: normal}}", "unknown_choice"),
        ("{normalisation: [ranks]}", "unknown_choice"),
        ("{normalisation: [levels]}", "no_grades"),
        ("{aggregation: [{kind: median}]}", "unknown_choice"),
        ('{common_errors: [{id: "m", measures: [height]}]}', "unknown_measure"),
        ('{common_errors: [{id: "m", measures: [speed], share: "2"}]}', "share_out_of_range"),
        ('{common_errors: [{id: "m", measures: [speed, speed]}]}', "repeated_measure"),
    ],
)
def test_a_wrong_section_is_refused_with_its_line(section: str, code: str, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, RUBRIC + f"robustness: {section}\n")
    assert codes_of(folder) == [code]
    assert faults_of(folder)[0][1:] == ("rubric.yaml", RUBRIC.count("\n") + 1)


def test_the_section_belongs_to_the_content_and_its_absence_leaves_old_digests_alone(tmp_path: Path) -> None:
    without = load_edition(folder_with(tmp_path)).digest
    text = RUBRIC + "robustness: {draws: 500}\n"
    assert load_edition(folder_with(tmp_path, text)).digest != without


def test_what_is_varied_is_said_in_both_languages(tmp_path: Path) -> None:
    variation = load_edition(folder_with(tmp_path, RUBRIC + GRADES)).robustness
    said = variation_words(variation, seed=3, with_errors=True)
    assert said.en == (
        "Intervals span the 5th to 95th percentile of 1000 draws (seed 3): values by their errors; "
        "weights ±20 % (uniform); points by the curve or the middle of the level reached; "
        "the total as declared or by weighted geometric mean."
    )
    assert said.zh.startswith(
        "区间为 1000 次抽样（种子 3）的第 5 至第 95 百分位：测量值按其误差变动；权重 ±20 %（均匀分布）；"
    )


def test_what_a_rubric_that_compares_keeps_still_is_said_too() -> None:
    edition = load_edition(Path(__file__).parents[3] / "fixtures" / "rubrics" / "innovation")
    said = variation_words(edition.robustness, seed=0, with_errors=True, edition=edition)
    assert said.en.endswith("each compared with the sample as it was published; figures of formulas count as exact.")
    assert said.zh.endswith("用于比较的样本保持公布时的数值；公式所得的数值视为准确。")
