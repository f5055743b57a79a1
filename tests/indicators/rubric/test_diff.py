"""Two editions compared: everything that differs is told, by pillar, with what it means."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assessment.scoring.effects import worth
from core.canonical import canonical_json
from core.errors import RubricError
from indicators.rubric.diff.change import WORDS_ONLY, Aspect, Change, EditionDiff
from indicators.rubric.diff.editions import diff_editions
from indicators.rubric.loader import edition_of_content, load_edition
from indicators.rubric.model import Edition
from tests.indicators.rubric.complete import FOLDER, complete

pytestmark = pytest.mark.slow

LIVABILITY = Path(__file__).parents[3] / "fixtures" / "rubrics" / "livability"
PUE = "green_and_low_carbon/energy_efficiency/annual_pue.yaml"
SERVING = "compute_effectiveness/inference_efficiency/reference_serving_throughput.yaml"


def compared(old: Edition, new: Edition) -> EditionDiff:
    return diff_editions(old, new, worth=worth)


def changed(file: str, **keys: Any) -> EditionDiff:
    """The complete edition against itself with some keys of one file replaced; None takes a key away."""
    content = copy.deepcopy(dict(complete().content))
    for key, value in keys.items():
        if value is None:
            del content[file][key]
        else:
            content[file][key] = value
    return compared(complete(), edition_of_content(content, final=False))


def only(found: EditionDiff) -> Change:
    [change] = found.changes
    return change


def test_an_edition_does_not_differ_from_itself_nor_from_its_own_next_name() -> None:
    assert compared(complete(), complete()).pillars == ()
    assert changed("rubric.yaml", edition="2026.9").pillars == ()


def test_a_moved_anchor_says_what_each_value_gave_and_gives() -> None:
    points = [["1.50", "0"], ["1.40", "40"], ["1.30", "55"], ["1.25", "75"], ["1.20", "90"], ["1.10", "100"]]
    found = changed(PUE, curve={"kind": "linear", "points": points})
    change = only(found)
    assert [pillar.code for pillar in found.pillars] == ["GR"]
    assert (change.aspect, change.code) == (Aspect.THRESHOLD, "GR-1.1")
    assert change.consequences[0].en == "Power usage effectiveness (PUE) 1.30 gave 60 points, now 55"
    assert change.consequences[0].zh == "电能利用效率（PUE） 1.30：原得 60 分，现得 55 分"
    assert len(change.consequences) == 1
    assert found.moves_figures


def test_a_weight_is_told_per_class_with_its_share_of_the_pillar() -> None:
    content = copy.deepcopy(dict(complete().content))
    content[SERVING]["weight"]["inference_led"] = "34"
    content[SERVING.replace("reference_serving_throughput", "serving_scale_out_efficiency")]["weight"][
        "inference_led"
    ] = "14"
    found = compared(complete(), edition_of_content(content, final=False))
    told = {change.code: change for change in found.changes}
    assert set(told) == {"CE-6.1", "CE-6.2"}
    assert told["CE-6.1"].what.en == "weight, inference-led"
    assert (told["CE-6.1"].old.en, told["CE-6.1"].new.en) == ("38", "34")  # type: ignore[union-attr]
    assert told["CE-6.1"].consequences[0].en == "carried 38 % of its pillar, now 34 %"


def test_a_stricter_minimum_names_who_passed_and_now_does_not() -> None:
    change = only(changed(PUE, minimum={"at_most": "1.40", "on_miss": "block"}))
    assert change.aspect is Aspect.MINIMUM
    assert change.consequences[0].en == (
        "Power usage effectiveness (PUE) between 1.4 and 1.5 passed, now: no grade and no certificate"
    )
    assert "不评级、不发证" in change.consequences[0].zh


def test_a_minimum_that_is_gone_says_so() -> None:
    change = only(changed(PUE, minimum=None))
    assert (change.aspect, change.new) == (Aspect.MINIMUM, None)
    assert change.consequences


@pytest.mark.parametrize(
    ("key", "value", "aspect"),
    [
        ("missing", "zero", Aspect.MISSING),
        ("evidence", {"kinds": ["energy_readings"], "window": "P24M"}, Aspect.EVIDENCE),
        ("definition", {"zh": "改", "en": "changed"}, Aspect.TEXT),
        ("title", {"zh": "改", "en": "changed"}, Aspect.TEXT),
        ("confidence", "L", Aspect.SOURCE),
        ("review_due", "2028-01-01", Aspect.SOURCE),
        ("references", [{"source": "gb_40879", "clause": "4", "confidence": "H"}], Aspect.SOURCE),
        ("tags", ["innovation"], Aspect.TEXT),
        ("applies_when", {"attribute": "hub_node", "is": True}, Aspect.RULE),
        ("not_applicable_reasons", ["new_centre"], Aspect.RULE),
    ],
)
def test_every_other_side_of_an_indicator_has_its_word(key: str, value: Any, aspect: Aspect) -> None:
    found = changed(PUE, **{key: value})
    assert {change.aspect for change in found.changes} == {aspect}
    assert found.moves_figures == (aspect not in WORDS_ONLY)


def test_grade_lines_margins_caps_and_limits_are_told_with_their_meaning() -> None:
    grades = copy.deepcopy(complete().content["rubric.yaml"]["grades"])
    grades["of"][3]["at_least"] = "78"
    grades["pillar_margin"] = "10"
    found = changed("rubric.yaml", grades=grades, quality_caps={"A": "100", "B": "95", "C": "70", "D": "50"})
    told = {change.what.en: change for change in found.changes}
    assert told["line of L4"].consequences[0].en == "a score of 75 was L4, now L3"
    assert (told["margin of the pillars"].old, told["margin of the pillars"].new) != (None, None)
    assert told["cap by evidence grade C"].aspect is Aspect.RULE
    assert len(told) == 3


def test_indicators_come_go_and_move() -> None:
    content = copy.deepcopy(dict(complete().content))
    gone = content.pop("green_and_low_carbon/energy_efficiency/it_load_factor.yaml")
    gone.pop("id")
    content["green_and_low_carbon/water_and_heat/it_load_factor.yaml"] = gone
    for dimension in ("energy_efficiency", "water_and_heat"):
        content[f"green_and_low_carbon/{dimension}/index.yaml"].pop("weights_sum", None)
    moved = compared(complete(), edition_of_content(content, final=False))
    [place] = [change for change in moved.changes if change.aspect is Aspect.MOVED]
    assert place.code == gone["code"]
    assert place.old is not None
    assert place.old.en.startswith("GR-1 ")
    assert place.new is not None
    assert place.new.en.startswith("GR-3 ")
    del content["green_and_low_carbon/water_and_heat/it_load_factor.yaml"]
    content["rubric.yaml"]["measures"].pop("it_load_factor")
    without = edition_of_content({**content, "cases.yaml": {"cases": []}}, final=False)
    assert [c.code for c in compared(complete(), without).changes if c.aspect is Aspect.REMOVED] == [gone["code"]]
    assert [c.code for c in compared(without, complete()).changes if c.aspect is Aspect.ADDED] == [gone["code"]]


def test_a_new_code_in_the_same_place_is_a_renaming_not_a_new_indicator() -> None:
    content = copy.deepcopy(dict(complete().content))
    content[PUE]["code"] = "GR-1.9"
    text = canonical_json(content["cases.yaml"]).decode().replace('"GR-1.1"', '"GR-1.9"')
    found = compared(complete(), edition_of_content({**content, "cases.yaml": _parsed(text)}, final=False))
    assert [(c.aspect, c.code) for c in found.changes if c.aspect is not Aspect.CASES] == [(Aspect.MOVED, "GR-1.9")]


def test_a_key_this_comparison_has_no_word_for_is_told_by_its_name() -> None:
    """A later schema may add keys; none of them may pass in silence."""
    from dataclasses import replace

    root = complete().root
    pue = complete().node("GR-1.1")
    later = replace(pue, authored={**pue.authored, "witness": "two"})
    found = compared(complete(), replace(complete(), root=_with(root, later)))
    change = only(found)
    assert (change.aspect, change.what.en, change.new and change.new.en) == (Aspect.RULE, "witness", "two")


def test_no_single_changed_word_or_figure_of_a_rubric_passes_unseen() -> None:
    edition = load_edition(LIVABILITY)
    seen = 0
    for path in _leaves(edition.content):
        spoilt = copy.deepcopy(dict(edition.content))
        _replace(spoilt, path)
        try:
            other = edition_of_content(spoilt, final=False)
        except RubricError:
            continue
        if path[-1] in ("edition", "rubric") and path[0] == "rubric.yaml" and len(path) == 2:
            continue
        seen += 1
        told = list(compared(edition, other).changes)
        assert told, path
        assert all(change.what.en != "spelling" for change in told), path
    assert seen > 60


def test_every_change_speaks_both_languages_and_has_a_json_form() -> None:
    draft = load_edition(FOLDER.parent / "2026.2-draft")
    found = compared(complete(), draft)
    assert list(found.changes)
    for change in found.changes:
        for text in (change.title, change.what, *change.consequences, change.old, change.new):
            assert text is None or (text.zh and text.en), change
    told = found.as_json()
    assert told["contract"] == 1
    assert sum(told["counts"].values()) == len(list(found.changes))
    canonical_json(told)


def test_the_draft_tightens_pue_and_says_so() -> None:
    draft = load_edition(FOLDER.parent / "2026.2-draft")
    words = [so.en for change in compared(complete(), draft).changes for so in change.consequences]
    assert "Power usage effectiveness (PUE) 1.30 gave 60 points, now 50" in words
    assert "carried 10 % of its pillar, now 14 %" in words


def _parsed(text: str) -> Any:
    import json

    return json.loads(text)


def _with(group: Any, node: Any) -> Any:
    from dataclasses import replace

    from indicators.rubric.model import Group

    if not isinstance(group, Group):
        return node if group.code == node.code else group
    return replace(group, children=tuple(_with(child, node) for child in group.children))


def _leaves(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(content, list):
        for position, value in enumerate(content):
            yield from _leaves(value, (*path, position))
    elif isinstance(content, str):
        yield path


def _replace(content: Any, path: tuple[Any, ...]) -> None:
    for step in path[:-1]:
        content = content[step]
    text = content[path[-1]]
    content[path[-1]] = f"{text}1" if "." in text and text.replace(".", "").isdigit() else f"{text}x"
    if text.isdigit():
        content[path[-1]] = str(int(text) + 1)


def test_an_aggregation_that_a_level_declares_is_told_by_name() -> None:
    content = copy.deepcopy(dict(load_edition(LIVABILITY.parent / "innovation").content))
    root = content["rubric.yaml"]
    assert "aggregation" in root["levels"][0]
    for level in root["levels"]:
        if "aggregation" in level:
            level["aggregation"] = "harmonic"
    found = compared(load_edition(LIVABILITY.parent / "innovation"), edition_of_content(content, final=False))
    told = [change for change in found.changes if change.what.en == "aggregation"]
    assert told
    assert all(change.new is not None and "harmonic" in change.new.en for change in told)
    assert all(change.old is not None and change.old != change.new for change in told)
