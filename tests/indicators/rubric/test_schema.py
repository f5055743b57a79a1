"""The JSON Schema for editors: every edition and example conforms, what the loader refuses by its shape does not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from indicators.rubric.schema import FILES, schema_of
from tests.indicators.rubric.tiny import RUBRIC, codes_of, folder_with

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(
    path.parent
    for root in (ROOT / "indicators" / "rubrics", ROOT / "fixtures" / "rubrics")
    for path in root.rglob("rubric.yaml")
)


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(kind))


def kind_of(path: Path) -> str:
    return path.name if path.name in FILES else "indicator"


def faults(kind: str, text: str) -> list[str]:
    content = YAML(typ="safe", pure=True).load(text)
    return [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator(kind).iter_errors(content)
    ]


@pytest.mark.parametrize("kind", FILES)
def test_each_schema_is_itself_valid(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_of_every_edition_and_example_conforms(folder: Path) -> None:
    found = {
        str(path.relative_to(folder)): wrong
        for path in sorted(folder.rglob("*.yaml"))
        if (wrong := faults(kind_of(path), path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("missing: zero", "missing: forgive"),
        ("missing: zero", "missing: zero\n    colour: red"),
        ('unit: "m/s", ', ""),
        ('title: {zh: "速度", en: "pace"}', 'title: {zh: "速度"}'),
        ("{kind: linear, points", "{kind: magic, points"),
        ('[["0", "0"], ["10", "100"]]', '[["0"], ["10", "100"]]'),
        ("schema: 1\n", ""),
        ("direction: higher", "direction: sideways"),
        ('weight: "0.4"', 'weight: "heavy"'),
        ('{kind: linear, points: [["0", "0"], ["10", "100"]]}', "{kind: rank}"),
        ("missing: zero", "missing: {policy: block, unless: [x]}"),
        ("missing: zero", "missing: zero\n    minimum: {at_least: 1}"),
        ("missing: zero", "missing: zero\n    applies_when: {attribute: a}"),
    ],
)
def test_what_the_loader_refuses_by_its_shape_the_schema_refuses_too(tmp_path: Path, before: str, after: str) -> None:
    assert before in RUBRIC
    spoilt = RUBRIC.replace(before, after)
    assert codes_of(folder_with(tmp_path, spoilt))
    assert faults("rubric.yaml", RUBRIC) == []
    assert faults("rubric.yaml", spoilt)


def test_every_key_of_the_documentation_is_in_the_schema() -> None:
    page = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("rubric.md", "rubric-curves.md"))
    named = set(re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+)", page, re.MULTILINE))
    keys = {key for cell in named for key in re.findall(r"`([a-z_]+)`", cell)}
    known = {key for kind in FILES for key in _keys(schema_of(kind))}
    assert len(keys) > 40
    assert keys - known - WORDS == set()


# Words in the first column of a table that are values, not keys.
WORDS: set[str] = set()


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {key for part in schema for key in _keys(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ())) if isinstance(schema.get("properties"), dict) else set()
    words = set(schema.get("enum", ())) | {schema.get("const")}
    return (
        own | {word for word in words if isinstance(word, str)} | {k for part in schema.values() for k in _keys(part)}
    )
