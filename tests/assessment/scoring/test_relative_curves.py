"""Curves that compare facilities: one figure each by hand, and an answer where there is nothing to compare."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.exact import score
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.result import Result
from assessment.scoring.statistics import kurtosis, percentile, skewness_squared, statistics_of
from assessment.scoring.together import samples_of
from core.errors import InputError
from core.outcome import Outcome
from indicators.rubric.model import Edition
from indicators.rubric.relative import Deviation, OutlierRule, Outliers, PercentileMethod
from tests.assessment.scoring.worked import edition_of, ended, indicator, measured, scored, title

SIX = ["10", "20", "20", "30", "40", "60"]


def edition(curve: dict[str, Any], *, direction: str = "higher", **more: Any) -> Edition:
    measures = {"a": {"title": title("a"), "unit": "u", "direction": direction, "lowest": "0"}}
    return edition_of([indicator("a", curve=curve, missing="exclude")], measures=measures, **more)


def together(of: Edition, values: list[str], *, profiles: list[dict[str, Any]] | None = None) -> list[Result]:
    facilities = [
        (f"f{at}", profiles[at] if profiles else {}, {"a": measured("a", value)}) for at, value in enumerate(values)
    ]
    samples = samples_of(of, facilities)
    return [
        score(of, facility=name, profile=profile, measurements=given, samples=samples,
              inputs_digest=inputs_digest(facility=name, profile=profile, measurements=given, samples=samples))
        for name, profile, given in facilities
    ]  # fmt: skip


def published(curve: dict[str, Any], values: list[str] | None = None, **more: Any) -> list[str]:
    return [str(result.node("a").published) for result in together(edition(curve, **more), values or SIX)]


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"kind": "min_max"}, "0.00 20.00 20.00 40.00 60.00 100.00"),
        ({"kind": "min_max", "worst": "10", "best": "20"}, "10.00 12.00 12.00 14.00 16.00 20.00"),
        ({"kind": "min_max", "reference": {"lowest": "0"}}, "16.67 33.33 33.33 50.00 66.67 100.00"),
        ({"kind": "min_max", "reference": {"lowest": "20", "highest": "40"}}, "0.00 0.00 0.00 50.00 100.00 100.00"),
        ({"kind": "rank", "ties": "best"}, "0.00 40.00 40.00 60.00 80.00 100.00"),
        ({"kind": "rank", "ties": "worst"}, "0.00 20.00 20.00 60.00 80.00 100.00"),
        ({"kind": "rank", "ties": "mean"}, "0.00 30.00 30.00 60.00 80.00 100.00"),
        ({"kind": "rank", "ties": "dense"}, "0.00 25.00 25.00 50.00 75.00 100.00"),
        ({"kind": "percentile", "method": "inclusive"}, "0.00 20.00 20.00 60.00 80.00 100.00"),
        ({"kind": "percentile", "method": "exclusive"}, "14.29 28.57 28.57 57.14 71.43 85.71"),
        ({"kind": "percentile", "method": "mean"}, "8.33 33.33 33.33 58.33 75.00 91.67"),
        ({"kind": "percentile", "method": "weak"}, "16.67 50.00 50.00 66.67 83.33 100.00"),
        ({"kind": "percentile", "method": "strict"}, "0.00 16.67 16.67 50.00 66.67 83.33"),
        ({"kind": "distance_to_best", "by": "ratio"}, "16.67 33.33 33.33 50.00 66.67 100.00"),
        ({"kind": "distance_to_best", "by": "gap"}, "0.00 20.00 20.00 40.00 60.00 100.00"),
        ({"kind": "distance_to_target", "target": "50", "by": "ratio"}, "20.00 40.00 40.00 60.00 80.00 100.00"),
        ({"kind": "distance_to_target", "target": "30", "by": "gap"}, "33.33 66.67 66.67 100.00 66.67 0.00"),
        ({"kind": "distance_to_target", "target": "30", "by": "gap", "reference": {"farthest": "20"}},
         "0.00 50.00 50.00 100.00 50.00 0.00"),
    ],
)  # fmt: skip
def test_six_facilities_by_hand(curve: dict[str, Any], expected: str) -> None:
    assert " ".join(published(curve)) == expected


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"kind": "min_max"}, "100.00 80.00 80.00 60.00 40.00 0.00"),
        ({"kind": "rank", "ties": "best"}, "100.00 80.00 80.00 40.00 20.00 0.00"),
        ({"kind": "percentile", "method": "weak"}, "100.00 83.33 83.33 50.00 33.33 16.67"),
        ({"kind": "distance_to_best", "by": "ratio"}, "100.00 50.00 50.00 33.33 25.00 16.67"),
        ({"kind": "distance_to_target", "target": "30", "by": "ratio"}, "100.00 100.00 100.00 100.00 75.00 50.00"),
    ],
)  # fmt: skip
def test_less_is_better_where_the_measure_says_so(curve: dict[str, Any], expected: str) -> None:
    assert " ".join(published(curve, direction="lower")) == expected


@pytest.mark.parametrize(("divisor", "deviation"), [("population", "2"), ("sample", "2.138089935299395")])
def test_z_scores_name_their_divisor(divisor: str, deviation: str) -> None:
    values = ["2", "4", "4", "4", "5", "5", "7", "9"]  # mean 5
    results = together(edition({"kind": "z_score", "mean": "50", "spread": "10", "deviation": divisor}), values)
    expected = [50 + 10 * (float(value) - 5) / float(deviation) for value in values]
    assert [float(result.node("a").points or 0) for result in results] == pytest.approx(expected, abs=1e-9)
    sample = results[0].node("a").rule["applied"]["sample"]
    assert (sample["mean"], sample["count"], sample["deviation"][:9]) == ("5", 8, deviation[:9])


def test_z_is_clamped_points_are_held_in_range_and_a_declared_reference_needs_no_sample() -> None:
    curve = {"kind": "z_score", "mean": "50", "spread": "30", "deviation": "sample", "clamp": "1",
             "reference": {"mean": "10", "deviation": "5"}}  # fmt: skip
    assert str(scored(edition(curve), {"a": "100"}).score) == "80.00"
    assert str(scored(edition(curve | {"clamp": "9"}), {"a": "100"}).score) == "100.00"


RELATIVE = [
    {"kind": "min_max"},
    {"kind": "z_score", "mean": "50", "spread": "10", "deviation": "sample"},
    {"kind": "z_score", "mean": "50", "spread": "10", "deviation": "population"},
    {"kind": "rank", "ties": "dense"},
    {"kind": "percentile", "method": "inclusive"},
    {"kind": "distance_to_best", "by": "gap"},
]


@pytest.mark.parametrize("curve", RELATIVE)
@pytest.mark.parametrize("values", [["7"], ["7", "7", "7"], ["0", "0"]])
def test_where_nothing_differs_everybody_has_the_declared_points(curve: dict[str, Any], values: list[str]) -> None:
    assert published(curve, values) == ["50.00"] * len(values)
    assert published(curve | {"alike": "33"}, values) == ["33.00"] * len(values)


def test_a_best_of_zero_gives_the_declared_points_instead_of_a_division() -> None:
    assert published({"kind": "distance_to_best", "by": "ratio"}, ["0", "0"]) == ["50.00", "50.00"]


@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=30),
    st.sampled_from(RELATIVE),
    st.sampled_from(["higher", "lower"]),
)
def test_points_follow_the_values_and_stay_in_range(values: list[int], curve: dict[str, Any], direction: str) -> None:
    results = together(edition(curve, direction=direction), [str(value) for value in values])
    points = [result.node("a").points or Decimal(0) for result in results]
    assert all(0 <= one <= 100 for one in points)
    pairs = sorted(zip(values, points, strict=True), reverse=direction == "lower")
    assert [point for _, point in pairs] == sorted(point for _, point in pairs)


def test_the_sample_may_be_kept_within_peers_or_limited_by_a_condition() -> None:
    profiles = [{"band": "x"}, {"band": "x"}, {"band": "y"}, {"band": "y"}]
    of = edition({"kind": "min_max", "sample": {"within": ["band"]}})
    assert [str(one.score) for one in together(of, ["1", "3", "10", "90"], profiles=profiles)] == ["0.00", "100.00"] * 2
    of = edition({"kind": "min_max", "sample": {"where": {"attribute": "band", "is": "x"}}})
    found = [str(one.score) for one in together(of, ["1", "3", "2", "90"], profiles=profiles)]
    assert found == ["0.00", "100.00", "50.00", "100.00"]


def test_missing_and_impossible_values_are_not_in_the_sample() -> None:
    of = edition({"kind": "min_max"})
    facilities = [
        ("one", {}, {"a": measured("a", "10")}),
        ("two", {}, {"a": measured("a", "30")}),
        ("impossible", {}, {"a": measured("a", "-5")}),
        ("none", {}, {"a": ended("a", Outcome.NO_EVIDENCE)}),
    ]
    samples = samples_of(of, facilities)
    assert samples is not None
    (statistics,) = samples.by_curve["a"].values()
    assert statistics.values == (Fraction(10), Fraction(30))


def test_an_indicator_that_does_not_apply_leaves_the_sample() -> None:
    rule = indicator("a", curve={"kind": "min_max"}, applies_when={"attribute": "b", "is": "yes"}, missing="exclude")
    of = edition_of([rule])
    facilities = [(name, {"b": says}, {"a": measured("a", value)})
                  for name, says, value in (("x", "yes", "1"), ("y", "yes", "2"), ("z", "no", "9"))]  # fmt: skip
    samples = samples_of(of, facilities)
    assert samples is not None
    assert samples.by_curve["a"][()].count == 2


def test_a_rubric_that_compares_is_not_scored_without_a_sample() -> None:
    with pytest.raises(InputError) as refused:
        scored(edition({"kind": "min_max"}), {"a": "1"})
    assert refused.value.code == "no_sample"


def test_the_inputs_digest_changes_with_another_facility_of_the_sample() -> None:
    of = edition({"kind": "min_max"})
    assert together(of, ["1", "5", "9"])[0].inputs_digest != together(of, ["1", "5", "8"])[0].inputs_digest
    assert together(of, ["1", "5", "9"])[0].inputs_digest == together(of, ["1", "9", "5"])[0].inputs_digest


def test_the_order_of_facilities_changes_no_digit() -> None:
    of = edition({"kind": "z_score", "mean": "50", "spread": "10", "deviation": "sample"})
    straight, turned = together(of, SIX), together(of, SIX[::-1])
    assert [one.score for one in straight] == [one.score for one in turned[::-1]]


# --- outliers and statistics ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "values", "lower", "upper", "treated"),
    [
        (Outliers(OutlierRule.WINSORISE, Decimal(10), Decimal(90)), range(11), 1, 9, 2),
        (Outliers(OutlierRule.WINSORISE, Decimal(25), Decimal(75)), range(6), "1.25", "3.75", 4),
        (Outliers(OutlierRule.WINSORISE, Decimal(25), Decimal(75), PercentileMethod.NEAREST), range(6), 1, 4, 2),
        (Outliers(OutlierRule.FENCES), [1, 2, 3, 4, 100], -1, 7, 1),
    ],
)
def test_outliers_are_held_at_declared_ends(rule: Outliers, values: Any, lower: Any, upper: Any, treated: int) -> None:
    found = statistics_of([Fraction(value) for value in values], rule)
    assert (found.lower, found.upper, found.treated) == (Fraction(lower), Fraction(upper), treated)
    assert found.held(Fraction(10**6)) == Fraction(upper)


def test_trimmed_values_leave_the_sample_and_are_held_by_its_ends() -> None:
    curve = {"kind": "min_max", "outliers": {"rule": "trim", "lower": "10", "upper": "90"}}
    assert published(curve, [str(value) for value in range(11)])[-2:] == ["100.00", "100.00"]


def test_skewed_samples_are_winsorised_one_by_one_until_they_are_even() -> None:
    values = [Fraction(value) for value in (*range(20), 500, 900)]
    found = statistics_of(values, Outliers(OutlierRule.SKEW_KURTOSIS))
    assert (found.treated, found.values[-1]) == (2, 19)
    kept = statistics_of(values, Outliers(OutlierRule.SKEW_KURTOSIS, most=1))
    assert (kept.treated, kept.values[-1]) == (1, 500)


def test_skewness_and_kurtosis_are_those_of_spreadsheets() -> None:
    """SKEW and KURT of 3 4 5 2 3 4 5 6 4 7, the examples of Excel's own pages: 0.359543 and −0.151800."""
    values = [Fraction(value) for value in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)]
    assert float(skewness_squared(values)) ** 0.5 == pytest.approx(0.359543, abs=1e-6)
    assert float(kurtosis(values)) == pytest.approx(-0.151800, abs=1e-6)


def test_a_percentile_lies_between_its_neighbours() -> None:
    values = [Fraction(value) for value in (15, 20, 35, 40, 50)]
    assert percentile(values, Decimal(40), PercentileMethod.LINEAR) == 29
    assert percentile(values, Decimal(40), PercentileMethod.NEAREST) == 20


def test_a_spread_of_thirds_is_exactly_none_when_they_are_equal() -> None:
    found = statistics_of([Fraction(1, 3)] * 7, None)
    assert found.deviation(Deviation.SAMPLE) == 0


# --- groups -----------------------------------------------------------------------------------------------------------


def sub_indices(**more: Any) -> Edition:
    """Two groups brought to 0–100 over the sample, and an index of both; as e-government indices do."""
    z = {"kind": "z_score", "mean": "50", "spread": "10", "deviation": "population"}
    groups = [
        {"id": name, "title": title(name), "weight": "1", "rescale": {"kind": "min_max"}, "children": children}
        for name, children in (
            ("online", [indicator("a", curve=z, missing="exclude"), indicator("b", curve=z, missing="exclude")]),
            ("skills", [indicator("c", missing="exclude", applies_when={"attribute": "out", "is_not": "yes"})]),
        )
    ]
    return edition_of(groups, **more)


def sub_index_results(edition: Edition, rows: list[dict[str, Any]]) -> list[Result]:
    facilities = [
        (f"f{at}", {"out": row.get("out", "no")}, {name: measured(name, row[name]) for name in "abc" if name in row})
        for at, row in enumerate(rows)
    ]
    samples = samples_of(edition, facilities)
    return [
        score(edition, facility=name, profile=profile, measurements=given, inputs_digest="", samples=samples)
        for name, profile, given in facilities
    ]


ROWS = [{"a": "1", "b": "10", "c": "20"}, {"a": "2", "b": "40", "c": "30"}, {"a": "4", "b": "20", "c": "60"}]


def test_a_groups_points_are_rescaled_over_the_sample() -> None:
    results = sub_index_results(sub_indices(), ROWS)
    means = [np.mean([(row - np.mean(x)) / np.std(x) for x, row in zip(columns(), pair, strict=True)])
             for pair in zip(*columns(), strict=True)]  # fmt: skip
    expected = [100 * (mean - min(means)) / (max(means) - min(means)) for mean in means]
    assert [float(one.node("online").points or 0) for one in results] == pytest.approx(expected, abs=1e-9)
    assert [str(one.node("skills").published) for one in results] == ["0.00", "25.00", "100.00"]
    before = results[1].node("skills").rule["applied"]
    assert (before["points_before"], before["sample"]["count"]) == ("30", 3)


def columns() -> tuple[list[float], list[float]]:
    return [float(row["a"]) for row in ROWS], [float(row["b"]) for row in ROWS]


def test_a_rescaled_group_of_rescaled_groups_is_worked_out_upwards() -> None:
    results = sub_index_results(sub_indices(rescale={"kind": "rank", "ties": "best"}), ROWS)
    assert [str(one.score) for one in results] == ["0.00", "50.00", "100.00"]


def test_groups_without_points_are_not_in_the_sample_of_groups() -> None:
    rows = [*ROWS, {"a": "1", "b": "10", "c": "0", "out": "yes"}, {"a": "4", "b": "20"}]
    results = sub_index_results(sub_indices(), rows)
    assert [str(one.node("skills").published) for one in results] == ["0.00", "25.00", "100.00", "None", "None"]
