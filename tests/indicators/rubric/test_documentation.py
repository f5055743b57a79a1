"""The pages on rubrics say what happens: their examples are run."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from assessment.scoring.exact import score
from assessment.scoring.facts import categories, read_facts
from assessment.scoring.together import samples_of
from indicators.rubric.loader import load_edition
from indicators.rubric.yaml_reader import authored, read_yaml
from tests.assessment.scoring.examples import score_together
from tests.assessment.scoring.worked import edition_of, indicator, measured, title

DOCS = Path(__file__).parents[3] / "docs"
BLOCK = re.compile(r"```yaml\n(curve: .*?)# (.*?) → (.*?)\n```", re.DOTALL)
CURVES = BLOCK.findall((DOCS / "rubric-curves.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("curve", "values", "points"), CURVES, ids=[curve.strip()[:60] for curve, _, _ in CURVES])
def test_a_curve_gives_the_points_the_page_shows(curve: str, values: str, points: str) -> None:
    direction, *rest = values.split()
    direction, given = (direction, rest) if direction in ("lower", "target") else ("higher", [direction, *rest])
    rule = authored(read_yaml(curve.encode(), file="page"))["curve"]
    measures = {"a": {"title": title("a"), "unit": "u", "direction": direction}}
    edition = edition_of([indicator("a", curve=rule)], measures=measures)
    facilities = [(f"f{at}", {}, {"a": measured("a", value)}) for at, value in enumerate(given)]
    samples = samples_of(edition, facilities)
    found = [
        score(edition, facility=name, profile={}, measurements=facts, inputs_digest="", samples=samples).score
        for name, _, facts in facilities
    ]
    assert found == [Decimal(one).quantize(Decimal("0.01")) for one in points.split()]


def test_the_page_shows_every_kind_that_needs_no_items() -> None:
    shown = {YAML(typ="safe").load(curve)["curve"]["kind"] for curve, _, _ in CURVES}
    assert shown >= {
        "linear", "bands", "step", "boolean", "table", "formula", "min_max", "z_score", "rank", "percentile",
        "distance_to_best", "distance_to_target",
    }  # fmt: skip


WHOLE = re.findall(
    r"```yaml\n# rubric\.yaml\n(.*?)```\s*```csv\n(.*?)```", (DOCS / "rubric.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, {"ana": "60.00", "ravi": "95.00"}), (1, {"aland": "1.0000", "borduria": "0.2000"})],
)
def test_the_whole_rubrics_on_the_page_score_the_facts_beside_them(
    tmp_path: Path, number: int, expected: dict[str, str]
) -> None:
    text, facts = WHOLE[number]
    (tmp_path / "rubric.yaml").write_text(text, encoding="utf-8")
    edition = load_edition(tmp_path)
    facilities = read_facts(facts.encode(), file="facts.csv", categories=categories(edition))
    assert {name: str(one.score) for name, one in score_together(edition, facilities).items()} == expected
