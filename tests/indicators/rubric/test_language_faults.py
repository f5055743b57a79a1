"""What can be wrong with formulas, parameters, relative curves and groups is one list, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.indicators.rubric.tiny import RUBRIC, codes_of, faults_of, folder_with

CURVE = '{kind: linear, points: [["0", "0"], ["10", "100"]]}'
SPEED = '  speed: {title: {zh: "速度", en: "speed"}, unit: "m/s", direction: higher}\n'
TIME = '  time: {title: {zh: "时", en: "time"}, unit: "s", direction: lower}\n'


def with_measure(formula: str, unit: str = "m", extra: str = "") -> str:
    derived = (
        f'  way: {{title: {{zh: "程", en: "way"}}, unit: "{unit}", direction: higher, formula: "{formula}"{extra}}}\n'
    )
    return RUBRIC.replace(SPEED, SPEED + TIME + derived).replace("measure: speed", "measure: way")


def test_a_sound_derived_measure_loads(tmp_path: Path) -> None:
    assert codes_of(folder_with(tmp_path, with_measure("speed * time"))) == []


@pytest.mark.parametrize(
    ("formula", "unit", "extra", "code"),
    [
        ("speed * time", "km", "", "unit_of_formula"),
        ("speed + time", "m", "", "unit_of_formula"),
        ("speed * tme", "m", "", "unknown_name"),
        ("speed * way", "m", "", "circular_formula"),
        ("speed *", "m", "", "bad_formula"),
        ("eval(speed)", "m", "", "bad_formula"),
        ("speed * time", "m", ", computed: annual_pue", "formula_and_facts"),
    ],
)
def test_a_faulty_formula_is_named_where_it_stands(
    tmp_path: Path, formula: str, unit: str, extra: str, code: str
) -> None:
    assert (code, "rubric.yaml", 9) in faults_of(folder_with(tmp_path, with_measure(formula, unit, extra)))


@pytest.mark.parametrize(
    ("curve", "code"),
    [
        ("{kind: rank}", "missing_key"),
        ("{kind: rank, ties: sometimes}", "unknown_choice"),
        ("{kind: percentile}", "missing_key"),
        ("{kind: z_score, mean: 50, spread: 10}", "missing_key"),
        ("{kind: z_score, mean: 50, spread: 0, deviation: sample}", "not_positive"),
        ("{kind: z_score, mean: 150, spread: 10, deviation: sample}", "points_out_of_range"),
        ("{kind: z_score, mean: 50, spread: 10, deviation: sample, clamp: 0}", "not_positive"),
        (
            "{kind: z_score, mean: 50, spread: 10, deviation: sample, reference: {mean: 1, deviation: 0}}",
            "not_positive",
        ),
        ("{kind: min_max, worst: 60, best: 40}", "bad_range"),
        ("{kind: min_max, alike: 101}", "points_out_of_range"),
        ("{kind: min_max, reference: {lowest: 5, highest: 5}}", "bad_range"),
        ("{kind: min_max, reference: {mean: 5}}", "unknown_key"),
        ("{kind: min_max, outliers: {rule: winsorise, lower: 95, upper: 5}}", "bad_range"),
        ("{kind: min_max, outliers: {rule: fences, lower: 5}}", "unknown_key"),
        ("{kind: min_max, outliers: {rule: magic}}", "unknown_choice"),
        ("{kind: min_max, sample: {where: {attribute: band}}}", "bad_condition"),
        ("{kind: min_max, sample: {where: {measure: haste, above: 1}}}", "unknown_measure"),
        ("{kind: distance_to_best}", "missing_key"),
        ("{kind: distance_to_target, by: ratio}", "missing_key"),
        ("{kind: distance_to_target, by: ratio, target: 0}", "not_positive"),
        ("{kind: distance_to_target, by: ratio, target: 1, reference: {farthest: 5}}", "not_positive"),
        ("{kind: table, points: []}", "wrong_order"),
        ("{kind: table, points: [[1, 5], [1, 6]]}", "wrong_order"),
        ("{kind: table, points: [[1, 5]], otherwise: 101}", "points_out_of_range"),
        ('{kind: formula, formula: "value + haste"}', "unknown_name"),
        ('{kind: formula, formula: "100 * ("}', "bad_formula"),
        ("{kind: formula}", "missing_key"),
    ],
)
def test_a_faulty_curve_is_named(tmp_path: Path, curve: str, code: str) -> None:
    assert code in codes_of(folder_with(tmp_path, RUBRIC.replace(CURVE, curve)))


@pytest.mark.parametrize("curve", ["{kind: min_max}", "{kind: distance_to_target, by: ratio, target: 5}"])
def test_a_curve_that_compares_needs_a_better_end(tmp_path: Path, curve: str) -> None:
    spoilt = RUBRIC.replace("direction: higher", "direction: target")
    assert codes_of(folder_with(tmp_path, spoilt.replace(CURVE, curve))) == ["wrong_direction"]
    sound = "{kind: distance_to_target, by: gap, target: 5}"
    assert codes_of(folder_with(tmp_path, spoilt.replace(CURVE, sound))) == []


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ('value: "1", values: [{from: "2024", value: 1}], by: year', "bad_parameter"),
        ('values: [{from: "2024", value: 1}]', "bad_parameter"),
        ("by: year", "bad_parameter"),
        ('values: [{from: "2024", value: 1}, {from: "2023", value: 2}], by: year', "wrong_order"),
        ('values: [{from: "summer", value: 1}], by: year', "bad_date"),
        ('value: "1"', "unused_parameter"),
    ],
)
def test_a_faulty_parameter_is_named(tmp_path: Path, parameter: str, code: str) -> None:
    text = RUBRIC + f'parameters:\n  limit: {{title: {{zh: "限", en: "limit"}}, unit: "m/s", {parameter}}}\n'
    if code != "unused_parameter":
        text = text.replace(
            "missing: zero", "missing: zero\n    minimum: {at_least: {parameter: limit}, on_miss: block}"
        )
    assert codes_of(folder_with(tmp_path, text)) == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (RUBRIC + "weights: equal\n", "weight_beside_equal"),
        (RUBRIC + "weights: unequal\n", "unknown_choice"),
        (RUBRIC.replace('    weight: "0.4"\n', ""), "missing_key"),
        (RUBRIC + "needs: {share: 2, otherwise: block}\n", "share_out_of_range"),
        (RUBRIC + "needs: {at_least: 2, otherwise: block}\n", "bad_needs"),
        (RUBRIC + "needs: {at_least: 1, share: 1, otherwise: block}\n", "bad_needs"),
        (RUBRIC + "needs: {at_least: 1, otherwise: exclude}\n", "bad_needs"),
        (RUBRIC + "needs: {at_least: 0.5, otherwise: block}\n", "not_a_count"),
        (RUBRIC + 'lowest_points: "100"\n', "bad_range"),
        (RUBRIC + 'lowest_points: "-10"\naggregation: geometric\n', "negative_points"),
        (RUBRIC.replace("missing: zero", "missing: zero\n    invalid: forgive"), "unknown_choice"),
        (RUBRIC.replace("missing: zero", "missing: zero\n    minimum: {at_least: {parameter: x}, on_miss: finding}"),
         "unknown_parameter"),
        (RUBRIC + 'parameters:\n  speed: {title: {zh: "速", en: "s"}, unit: "1", value: 1}\n', "duplicate_id"),
    ],
)  # fmt: skip
def test_a_faulty_group_is_named(tmp_path: Path, text: str, code: str) -> None:
    assert code in codes_of(folder_with(tmp_path, text))
