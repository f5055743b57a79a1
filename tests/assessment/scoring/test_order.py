"""Order is no information: of rows, of siblings, of facilities and of attributes. No digit depends on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.scoring.exact import score
from assessment.scoring.facts import Facility, read_facts
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.ranking import rank
from assessment.scoring.result import Result
from fixtures.archive.recipes import facilities
from indicators.rubric.loader import edition_of_content, load_edition
from indicators.rubric.model import Edition
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from zhiheng.main import main

ROOT = Path(__file__).parents[3]
CASES = ROOT / "fixtures" / "rubric_cases"
FOREIGN = CASES / "livability"
HEAD, *ROWS = (CASES / "livability.facts.csv").read_text(encoding="utf-8").splitlines()


def scored(edition: Edition, facility: Facility) -> Result:
    given = {"profile": facility.profile, "measurements": facility.measurements}
    digest = inputs_digest(facility=facility.name, **given)
    return score(edition, facility=facility.name, inputs_digest=digest, **given)


def figures(result: Result) -> Mapping[str, Any]:
    """Everything a result says, by code instead of by place."""
    nodes = {
        node.code: (node.outcome, node.points, node.published, node.weight, node.share, node.grade, node.counts)
        for node in result.root.walk()
    }
    causes = sorted((one.code, one.effect, one.grade or "", one.reason.message.en) for one in result.consequences)
    return {"nodes": nodes, "causes": causes, "score": result.score, "grade": result.grade, "verdict": result.verdict}


foreign = cache(lambda: load_edition(FOREIGN))


@settings(max_examples=25)
@given(st.permutations(ROWS))
def test_the_order_of_rows_of_a_facts_file_changes_no_byte(rows: list[str]) -> None:
    for straight, turned in zip(facts(ROWS), facts(rows), strict=True):
        assert scored(foreign(), turned).as_json() == scored(foreign(), straight).as_json()


def facts(rows: list[str]) -> list[Facility]:
    return list(read_facts("\n".join([HEAD, *rows]).encode(), file="facts.csv").values())


def test_the_order_of_rows_of_a_json_facts_file_changes_no_byte() -> None:
    rows = [dict(zip(HEAD.split(","), row.split(","), strict=True)) for row in ROWS]
    turned = [dict(reversed(row.items())) for row in reversed(rows)]
    digests = [
        [scored(foreign(), one).digest for one in read_facts(json.dumps(order).encode(), file="f.json").values()]
        for order in (rows, turned)
    ]
    assert digests[0] == digests[1] == [scored(foreign(), one).digest for one in facts(ROWS)]


def turned_around(value: Any, random: Random) -> Any:
    """The same content with its keys and its siblings in another order."""
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: siblings(value[key], random) if key == "children" else turned_around(value[key], random)
                for key in keys}  # fmt: skip
    return [turned_around(item, random) for item in value] if isinstance(value, list) else value


def siblings(children: list[Any], random: Random) -> list[Any]:
    return [turned_around(child, random) for child in random.sample(children, len(children))]


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_siblings_and_keys_of_a_rubric_changes_no_digit(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    other = edition_of_content(turned_around(dict(edition.content), random), final=False)
    for number in range(4):
        facility = random_facility(random, edition, f"f{number}")
        assert figures(scored(other, facility)) == figures(scored(edition, facility))


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_attributes_and_measurements_changes_no_byte(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facility = random_facility(random, edition, "f")
    turned = Facility("f", *(dict(reversed(part.items())) for part in (facility.profile, facility.measurements)))
    assert scored(edition, turned).digest == scored(edition, facility).digest


def test_the_order_of_files_in_the_folder_of_a_rubric_changes_no_byte() -> None:
    edition = load_edition(ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.0")
    other = edition_of_content(dict(reversed(edition.content.items())))
    assert other.digest == edition.digest
    facility = next(facilities(edition))
    assert scored(other, facility).digest == scored(edition, facility).digest


@cache
def field() -> tuple[list[Result], dict[str, dict[str, str]]]:
    """Facilities with ties and peer groups, and their profiles."""
    results = [scored(foreign(), facility) for facility in facilities(foreign())]
    places = ("europe", "asia", "africa")
    return results, {one.facility: {"continent": places[at % 3]} for at, one in enumerate(results)}


@given(st.randoms(use_true_random=False))
def test_the_order_of_facilities_changes_no_place(random: Random) -> None:
    results, profiles = field()
    turned = random.sample(results, len(results))
    backwards = dict(reversed(profiles.items()))
    assert rank(foreign(), turned, profiles=backwards) == rank(foreign(), results, profiles=profiles)


def test_the_command_line_prints_the_same_whatever_the_order_of_facilities_and_profiles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for number, rows in enumerate((ROWS, ROWS[::-1])):
        facts_file, profiles = tmp_path / f"{number}.csv", tmp_path / f"{number}.yaml"
        facts_file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        lines = ['lagos: {a: "1", b: "2"}', 'oslo: {b: "2", a: "1"}'][:: -1 if number else 1]
        profiles.write_text("\n".join(lines) + "\n", encoding="utf-8")
        main(["rank", str(FOREIGN), str(facts_file), "--profiles", str(profiles), "--json"])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
