"""A rubric folder is an edition, or a list of all its faults with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.scoring.cases import run_cases, untested_thresholds
from core.errors import RubricError
from indicators.rubric.digest import seal
from indicators.rubric.loader import edition_of_content, load_edition
from tests.indicators.rubric.tiny import RUBRIC, codes_of, faults_of, folder_with

RUBRICS = Path(__file__).parents[3] / "indicators" / "rubrics"


def test_a_sound_rubric_loads(tmp_path: Path) -> None:
    edition = load_edition(folder_with(tmp_path))
    assert (edition.rubric, edition.edition, edition.final) == ("tiny", "2026.10", False)
    assert [indicator.code for indicator in edition.indicators] == ["P-1"]


def test_a_folder_without_rubric_says_so(tmp_path: Path) -> None:
    with pytest.raises(RubricError) as refused:
        load_edition(tmp_path)
    assert refused.value.code == "no_rubric"


@pytest.mark.torture("T27", "text everywhere")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('edition: "2026.10"', "edition: 2026.10"),
        ('rubric: "tiny"', "rubric: tiny"),
        ('code: "P-1"', "code: P-1"),
        ('unit: "m/s"', "unit: m"),
        ('id: "pace"', "id: 7"),
    ],
)
def test_edition_id_code_and_unit_must_be_quoted_text(tmp_path: Path, before: str, after: str) -> None:
    assert set(codes_of(folder_with(tmp_path, RUBRIC.replace(before, after)))) & {"not_quoted_text", "not_text"}


@pytest.mark.torture("T28", "missing translation")
def test_a_missing_translation_is_a_fault_where_it_is_missing(tmp_path: Path) -> None:
    spoilt = RUBRIC.replace('title: {zh: "速度", en: "pace"}', 'title: {zh: "速度"}')
    assert faults_of(folder_with(tmp_path, spoilt)) == [("missing_translation", "rubric.yaml", 11)]


@pytest.mark.torture("T28", "changed content")
def test_the_content_of_a_final_edition_cannot_change(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    seal(folder, load_edition(folder).digest)
    assert load_edition(folder).final
    folder_with(tmp_path, RUBRIC.replace('"100"', '"99"'))
    with pytest.raises(RubricError) as refused:
        load_edition(folder)
    assert refused.value.code == "edition_is_final"
    with pytest.raises(RubricError):
        seal(folder, "sha256:" + "0" * 64)


@pytest.mark.torture("T25", "one list", "unknown measure", "negative")
def test_all_faults_come_in_one_list_in_the_order_of_lines(tmp_path: Path) -> None:
    spoilt = (
        RUBRIC.replace('weight: "0.4"', 'weight: "-0.4"')
        .replace("measure: speed", "measure: haste")
        .replace("missing: zero", "missing: forgive\n    colour: red")
    )
    assert faults_of(folder_with(tmp_path, spoilt)) == [
        ("unused_measure", "rubric.yaml", 7),
        ("unknown_measure", "rubric.yaml", 9),
        ("not_positive", "rubric.yaml", 12),
        ("unknown_choice", "rubric.yaml", 15),
        ("unknown_key", "rubric.yaml", 16),
    ]


@pytest.mark.torture("T25", "negative", "not numbers")
@pytest.mark.parametrize("weight", ['"0"', '"-1"', "heavy", '"NaN"', '"1e400"', "[1]", "true"])
def test_a_weight_is_a_positive_decimal(tmp_path: Path, weight: str) -> None:
    assert codes_of(folder_with(tmp_path, RUBRIC.replace('weight: "0.4"', f"weight: {weight}")))


@pytest.mark.torture("T25", "weights_sum")
def test_weights_that_miss_their_declared_sum_are_a_fault(tmp_path: Path) -> None:
    assert codes_of(folder_with(tmp_path, RUBRIC + 'weights_sum: "1"\n')) == ["weights_sum"]
    assert codes_of(folder_with(tmp_path, RUBRIC + 'weights_sum: "0.4"\n')) == []


@pytest.mark.torture("T25", "no pillar owns it")
def test_an_indicator_no_pillar_owns_is_a_fault(tmp_path: Path) -> None:
    indicator = 'title: {zh: "孤", en: "orphan"}\nweight: 1\nmeasure: speed\nmissing: zero\n'
    folder = folder_with(tmp_path, lost__orphan=indicator)
    assert codes_of(folder) == ["orphan"]


@pytest.mark.torture("T25", "zero unless display")
def test_zero_weight_is_for_display_only(tmp_path: Path) -> None:
    shown = RUBRIC.replace('weight: "0.4"', 'weight: "0"\n    display: true')
    assert codes_of(folder_with(tmp_path, shown)) == []
    weighed = RUBRIC.replace('weight: "0.4"', 'weight: "3"\n    display: true')
    assert codes_of(folder_with(tmp_path, weighed)) == ["display_weight"]


@pytest.mark.torture("T26", "gap", "overlap", "wrong order", "wrong direction")
@pytest.mark.parametrize(
    ("curve", "code"),
    [
        ('{kind: linear, points: [["0", "0"], ["5", "40"], ["3", "60"]]}', "wrong_order"),
        ('{kind: linear, points: [["0", "0"], ["0", "60"]]}', "wrong_order"),
        ('{kind: linear, points: [["0", "100"], ["10", "0"]]}', "wrong_direction"),
        ('{kind: linear, points: [["0", "0"], ["10", "101"]]}', "points_out_of_range"),
        ('{kind: linear, points: [["0", "0"]]}', "too_few_anchors"),
        ('{kind: linear, axis: log, points: [["0", "0"], ["1", "9"]]}', "log_of_nothing"),
        ("{kind: bands, closed: left, bands: [{to: 1, points: 0}, {from: 2, points: 9}]}", "band_gap"),
        ("{kind: bands, closed: left, bands: [{to: 3, points: 0}, {from: 2, points: 9}]}", "band_overlap"),
        ("{kind: bands, closed: left, bands: [{from: 0, to: 3, points: 0}, {from: 3, points: 9}]}", "band_gap"),
        ("{kind: bands, bands: [{to: 3, points: 0}, {from: 3, points: 9}]}", "missing_key"),
        ("{kind: step, closed: left, below: 0, points: [[3, 50], [1, 60]]}", "wrong_order"),
        (
            "{kind: judged, levels: [{level: 1, points: 0, title: {zh: a, en: a}}, "
            "{level: 1, points: 1, title: {zh: b, en: b}}]}",
            "wrong_order",
        ),
        ("{kind: magic}", "unknown_choice"),
    ],
)
def test_curves_with_gaps_overlaps_or_wrong_order_are_refused(tmp_path: Path, curve: str, code: str) -> None:
    spoilt = RUBRIC.replace('{kind: linear, points: [["0", "0"], ["10", "100"]]}', curve)
    assert code in codes_of(folder_with(tmp_path, spoilt))


@pytest.mark.torture("T26", "gap", "wrong order")
@pytest.mark.parametrize(
    ("lines", "code"), [((10, 60), "grade_gap"), ((0, 60, 40), "grade_order"), ((0, 101), "grade_gap")]
)
def test_grade_lines_begin_at_zero_and_ascend(tmp_path: Path, lines: tuple[int, ...], code: str) -> None:
    grades = "".join(f'    - {{id: "G{at}", at_least: {at}, title: {{zh: "级", en: "grade"}}}}\n' for at in lines)
    assert codes_of(folder_with(tmp_path, RUBRIC + f"grades:\n  of:\n{grades}")) == [code]


@pytest.mark.torture("T26", "on the boundary", "exact comparison")
@pytest.mark.parametrize(
    ("closed", "value", "points"),
    [
        ("left", "3", "60.00"),
        ("left", "2.99999999999999999999999999999", "10.00"),
        ("right", "3", "10.00"),
        ("right", "3.00000000000000000000000000001", "60.00"),
    ],
)
def test_a_value_on_a_boundary_falls_where_the_rubric_says_to_the_last_digit(
    tmp_path: Path, closed: str, value: str, points: str
) -> None:
    """Said by a case in the rubric itself; as floats all of these values were the boundary."""
    curve = f"{{kind: bands, closed: {closed}, bands: [{{to: 3, points: 10}}, {{from: 3, points: 60}}]}}"
    rubric = RUBRIC.replace('{kind: linear, points: [["0", "0"], ["10", "100"]]}', curve)
    case = f'cases:\n  - {{name: "at the line", facts: {{speed: "{value}"}}, expect: {{nodes: {{P-1: "{points}"}}}}}}\n'
    edition = load_edition(folder_with(tmp_path, rubric, cases=case))
    assert run_cases(edition) == ()
    assert untested_thresholds(edition) == (() if value == "3" else ("P-1 3",))


@pytest.mark.slow
@pytest.mark.torture("T26", "case on each boundary")
def test_every_threshold_of_our_editions_has_a_case_of_its_own() -> None:
    for folder in sorted(RUBRICS.glob("*/*/rubric.yaml")):
        assert untested_thresholds(load_edition(folder.parent)) == (), folder.parent.name


@pytest.mark.torture("T25", "cycle")
def test_nothing_goes_round_in_a_circle(tmp_path: Path) -> None:
    classes = (
        "classes:\n  attribute: class\n  of:\n"
        '    - {id: "a", title: {zh: "甲", en: "a"}, mixes: {of: [b, c], share: s}}\n'
        '    - {id: "b", title: {zh: "乙", en: "b"}, mixes: {of: [a, c], share: s}}\n'
        '    - {id: "c", title: {zh: "丙", en: "c"}}\n'
    )
    assert set(codes_of(folder_with(tmp_path, RUBRIC + classes))) == {"unknown_class"}
    folder = folder_with(tmp_path)
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert codes_of(folder) == ["symlink"]
    (folder / "again").unlink()
    assert codes_of(folder_with(tmp_path, RUBRIC.replace("missing: zero", "missing: &m {policy: *m}"))) == [
        "yaml_anchor"
    ]


def test_an_id_equals_its_path(tmp_path: Path) -> None:
    index = 'id: "elsewhere"\ntitle: {zh: "组", en: "group"}\nweight: 1\n'
    leaf = (
        'title: {zh: "叶", en: "leaf"}\nweight: 1\nmeasure: speed\nmissing: zero\n'
        'curve: {kind: linear, points: [["0", "0"], ["10", "100"]]}\n'
    )
    assert codes_of(folder_with(tmp_path, group__index=index, group__leaf=leaf)) == ["id_is_not_path"]


def test_codes_are_unique(tmp_path: Path) -> None:
    twice = RUBRIC + RUBRIC[RUBRIC.index('  - id: "pace"') :].replace('"pace"', '"pace2"', 1)
    assert codes_of(folder_with(tmp_path, twice)) == ["duplicate_code", "duplicate_code"]


def test_symbolic_links_and_foreign_files_are_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "notes.txt").write_text("x")
    (folder / "link.yaml").symlink_to(folder / "rubric.yaml")
    assert sorted(codes_of(folder)) == ["symlink", "unknown_file"]


def test_the_digest_ignores_comments_and_key_order_but_no_content(tmp_path: Path) -> None:
    first = load_edition(folder_with(tmp_path)).digest
    moved = "# a remark\n" + RUBRIC.replace('rubric: "tiny"\nedition: "2026.10"', 'edition: "2026.10"\nrubric: "tiny"')
    assert load_edition(folder_with(tmp_path, moved)).digest == first
    assert load_edition(folder_with(tmp_path, RUBRIC.replace('en: "tiny"', 'en: "Tiny"'))).digest != first
    assert load_edition(folder_with(tmp_path, RUBRIC.replace('"0.4"', '"0.40"'))).digest != first


def test_an_edition_comes_back_from_its_content(tmp_path: Path) -> None:
    edition = load_edition(folder_with(tmp_path))
    again = edition_of_content(edition.content, final=False)
    assert again == edition


@pytest.mark.parametrize(
    ("before", "after", "hint"),
    [
        ("direction: higher", "direction: hihger", "Did you mean “higher”?"),
        ("missing: zero", "mising: zero", "Did you mean “missing”?"),
        ("kind: linear", "kind: liner", "Did you mean “linear”?"),
        ("measure: speed", "measure: sped", "Did you mean “speed”?"),
        ('rubric: "tiny"', "rubric: tiny", 'For example rubric: "tiny".'),
        ('["10", "100"]', "[10%, 100]", "percent signs"),
        ('["10", "100"]', "[10, 200]", "highest_points"),
    ],
)
def test_a_typing_error_is_answered_with_what_was_meant(tmp_path: Path, before: str, after: str, hint: str) -> None:
    with pytest.raises(RubricError) as refused:
        load_edition(folder_with(tmp_path, RUBRIC.replace(before, after)))
    assert any(fault.hint is not None and hint in fault.hint.en for fault in refused.value.faults)


def test_an_unquoted_identifier_is_one_fault_and_breeds_no_other(tmp_path: Path) -> None:
    classes = 'classes: {attribute: size, of: [{id: small, title: {zh: "小", en: "small"}}]}\n'
    weighed = RUBRIC.replace('weight: "0.4"', "weight: {small: 1}")
    assert codes_of(folder_with(tmp_path, weighed + classes)) == ["not_quoted_text"]
