"""Every archived result is rebuilt to the same bytes, and the archive holds what may happen to a facility."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.scoring.recompute.rebuild import Status, recompute
from core.outcome import Outcome
from fixtures.archive.recipes import facilities
from fixtures.archive.store import FOLDER, LARGEST, add, batch_of, index, row_of, scored_bundle, size
from indicators.rubric.loader import load_edition

ROOT = Path(__file__).parents[3]
BATCHES = sorted(FOLDER.glob("*.jsonl.xz"))


@pytest.mark.slow
@pytest.mark.parametrize("batch", BATCHES, ids=lambda path: path.name.partition(".jsonl")[0])
def test_every_archived_result_is_rebuilt_to_the_same_bytes(batch: Path) -> None:
    different = [
        (found.facility, found.difference or found.checks)
        for bundle in batch_of(batch)
        if (found := recompute(bundle)).status is not Status.SAME
    ]
    assert different == []


def test_the_index_names_every_archived_result_by_its_digest() -> None:
    found = [row_of(batch.name, bundle) for batch in BATCHES for bundle in batch_of(batch)]
    assert sorted(found, key=str) == sorted(index(), key=str)
    assert len(found) >= 50
    assert size() <= LARGEST


@pytest.mark.slow
def test_the_archive_holds_every_outcome_verdict_cap_block_and_finding() -> None:
    results = [bundle.result for batch in BATCHES for bundle in batch_of(batch)]
    nodes = [node for result in results for node in _nodes(result["root"])]
    assert {node["outcome"] for node in nodes} == {outcome.value for outcome in Outcome}
    assert {result["verdict"] for result in results} == {"scored", "blocked"}
    causes = {(one["effect"], one["reason"]["code"]) for result in results for one in result["consequences"]}
    assert causes == {
        ("block", "minimum_missed"),
        ("block", "indispensable_invalid"),
        ("block", "indispensable_missing"),
        ("block", "indispensable_invalid"),
        ("block", "default_share"),
        ("block", "not_applicable_share"),
        ("block", "nothing_to_score"),
        ("cap", "minimum_missed"),
        ("cap", "pillar_floor"),
        ("finding", "minimum_missed"),
        ("finding", "invalid_evidence"),
        ("finding", "class_assumed"),
    }
    assert any(node["defaulted"] for node in nodes)
    assert {"quality_cap", "evidence_cap", "candidates"} <= {
        name for node in nodes for name in node["rule"].get("applied", {})
    }
    assert {"tie-upwards": "75.00", "below-a-tie": "74.99", "mixed-in-thirds": "73.01"}.items() <= {
        row["facility"]: row["score"] for row in index() if row["batch"].startswith("zhisuan-2026.0")
    }.items()


def test_adding_leaves_alone_what_is_there(tmp_path: Path) -> None:
    edition = load_edition(ROOT / "fixtures" / "rubrics" / "livability")
    bundles = [scored_bundle(edition, facility) for facility in facilities(edition)][:3]
    assert len(add(bundles[:2], folder=tmp_path)) == 2
    before = {path: path.read_bytes() for path in tmp_path.glob("*.xz")}
    assert [bundle.facility for bundle in add(bundles, folder=tmp_path)] == [bundles[2].facility]
    assert all(path.read_bytes() == content for path, content in before.items())
    assert [row["facility"] for row in index(tmp_path)] == [bundle.facility for bundle in bundles]


def _nodes(node: dict) -> list[dict]:
    return [node, *(below for child in node["children"] for below in _nodes(child))]
