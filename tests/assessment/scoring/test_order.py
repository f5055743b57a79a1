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
from assessment.scoring.together import samples_of
from fixtures.archive.recipes import facilities
from indicators.rubric.loader import edition_of_content, load_edition
from indicators.rubric.model import Edition
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from zhiheng.main import main

ROOT = Path(__file__).parents[3]
CASES = ROOT / "fixtures" / "rubrics"
FOREIGN = CASES / "livability"
HEAD, *ROWS = (CASES / "livability.facts.csv").read_text(encoding="utf-8").splitlines()


def scored(edition: Edition, *together: Facility) -> list[Result]:
    """The results of facilities that are scored together, in the order they came in."""
    samples = samples_of(edition, [(one.name, one.profile, one.measurements) for one in together])
    results = []
    for one in together:
        given = {"profile": one.profile, "measurements": one.measurements, "samples": samples}
        digest = inputs_digest(facility=one.name, **given)
        results.append(score(edition, facility=one.name, inputs_digest=digest, **given))
    return results


def digests(results: list[Result]) -> list[str]:
    return [result.digest for result in results]


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
    assert scored(foreign(), *facts(rows)) == scored(foreign(), *facts(ROWS))


def facts(rows: list[str]) -> list[Facility]:
    return list(read_facts("\n".join([HEAD, *rows]).encode(), file="facts.csv").values())


def test_the_order_of_rows_of_a_json_facts_file_changes_no_byte() -> None:
    rows = [dict(zip(HEAD.split(","), row.split(","), strict=True)) for row in ROWS]
    turned = [dict(reversed(row.items())) for row in reversed(rows)]
    read = [read_facts(json.dumps(order).encode(), file="f.json").values() for order in (rows, turned)]
    assert scored(foreign(), *read[0]) == scored(foreign(), *read[1]) == scored(foreign(), *facts(ROWS))


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
    field = [random_facility(random, edition, f"f{number}") for number in range(4)]
    found, expected = ([figures(result) for result in scored(one, *field)] for one in (other, edition))
    assert found == expected


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_attributes_and_measurements_changes_no_byte(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    field = [random_facility(random, edition, f"f{number}") for number in range(3)]
    turned = [
        Facility(one.name, *(dict(reversed(part.items())) for part in (one.profile, one.measurements))) for one in field
    ]
    assert digests(scored(edition, *turned)) == digests(scored(edition, *field))


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_facilities_scored_together_changes_no_byte(seed: int) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    field = [random_facility(random, edition, f"f{number}") for number in range(5)]
    assert digests(scored(edition, *reversed(field))) == digests(scored(edition, *field))[::-1]


@pytest.mark.slow
def test_the_order_of_files_in_the_folder_of_a_rubric_changes_no_byte() -> None:
    edition = load_edition(ROOT / "indicators" / "rubrics" / "zhisuan" / "2026.0")
    other = edition_of_content(dict(reversed(edition.content.items())))
    assert other.digest == edition.digest
    facility = next(facilities(edition))
    assert digests(scored(other, facility)) == digests(scored(edition, facility))


@cache
def field() -> tuple[list[Result], dict[str, dict[str, str]]]:
    """Facilities with ties and peer groups, and their profiles."""
    results = scored(foreign(), *facilities(foreign()))
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
