"""A bundle is enough to rebuild its result; whatever was changed in it is found, and where it shows is said."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.scoring import exact
from assessment.scoring.facts import Facility
from assessment.scoring.inputs import inputs_digest
from assessment.scoring.recompute.bundle import Bundle, bundle_name, bundle_of, edition_path, packed, read_bundle
from assessment.scoring.recompute.rebuild import Recomputed, Status, recompute
from assessment.scoring.semantics.registry import SEMANTICS, score, semantics
from assessment.scoring.together import samples_of
from core.errors import InputError
from fixtures.archive.store import scored_bundle
from indicators.rubric import head
from tests.assessment.scoring.random_pairs import random_edition, random_facility, seeded
from tests.assessment.scoring.worked import GRADES, edition_of, indicator, measured
from tests.indicators.rubric.tiny import RUBRIC, codes_of, folder_with
from zhiheng.main import main

ROOT = Path(__file__).parents[3]
FOREIGN = ROOT / "fixtures" / "rubrics" / "livability"
FACTS = ROOT / "fixtures" / "rubrics" / "livability.facts.csv"


def bundle() -> Bundle:
    edition = edition_of([indicator("a"), indicator("b")], grades=GRADES)
    return scored_bundle(edition, Facility("f", {"city": "x"}, {"a": measured("a", "74.995"), "b": measured("b", "9")}))


def changed(change: Callable[[dict[str, Any]], Any]) -> Recomputed:
    content = copy.deepcopy(bundle().as_json())
    change(content)
    return recompute(
        Bundle(content["digests"], content["edition"], content["inputs"], content["result"], content["origin"])
    )


def failed(found: Recomputed) -> list[str]:
    return [check.name for check in found.checks if check.ok is False]


# --- semantics --------------------------------------------------------------------------------------------------------


def test_the_edition_chooses_its_semantics_and_every_number_of_the_rubric_is_there() -> None:
    assert set(SEMANTICS) == set(head.SEMANTICS)
    assert semantics(1) is exact.score


def test_an_unknown_number_is_refused_by_rubric_and_engine_in_both_languages(tmp_path: Path) -> None:
    assert codes_of(folder_with(tmp_path, RUBRIC + "semantics: 2\n")) == ["unknown_semantics"]
    with pytest.raises(InputError) as refusal:
        semantics(2)
    assert refusal.value.code == "unknown_semantics"
    assert "2" in refusal.value.message.zh
    assert "known: 1" in refusal.value.message.en


# --- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_any_result_is_rebuilt_from_its_bundle_as_read_back_from_a_file(seed: int, tmp_path: Path) -> None:
    random = seeded(seed)
    edition = random_edition(random)
    facility = random_facility(random, edition, "f")
    others = [random_facility(random, edition, f"other {number}") for number in range(3)]
    samples = samples_of(edition, [(one.name, one.profile, one.measurements) for one in (facility, *others)])
    given = {"profile": facility.profile, "measurements": facility.measurements, "samples": samples}
    result = score(edition, facility="f", inputs_digest=inputs_digest(facility="f", **given), **given)
    made = bundle_of(result, edition=edition, **given)
    (tmp_path / "f.json.gz").write_bytes(packed(made.as_json()))
    found = recompute(read_bundle(tmp_path / "f.json.gz"))
    assert (found.status, found.difference) == (Status.SAME, None)
    assert found.result == result


@pytest.mark.parametrize("written", ["1e1", "7.50E0", "0.5e-3"])
def test_a_value_with_an_exponent_is_rebuilt_although_files_hold_none(written: str, tmp_path: Path) -> None:
    """Also where it is named in a message: what is kept is its plain form."""
    levels = [{"level": str(level), "points": "0", "title": {"zh": "级", "en": "level"}} for level in (0, 1)]
    edition = edition_of([indicator("a", curve={"kind": "judged", "levels": levels})])
    made = scored_bundle(edition, Facility("f", {}, {"a": measured("a", written)}))
    assert recompute(made).status is Status.SAME
    assert "E" not in made.result["root"]["children"][0]["reason"]["message"]["en"]


def test_bundles_may_share_an_edition_beside_them(tmp_path: Path) -> None:
    made = bundle()
    (tmp_path / "f.json").write_bytes(gzip.decompress(packed(made.as_json(edition_beside=True))))
    with pytest.raises(InputError, match="does not exist"):
        read_bundle(tmp_path / "f.json")
    beside = edition_path(tmp_path, made.digests["edition"])
    beside.parent.mkdir()
    beside.write_bytes(packed(made.edition))
    assert recompute(read_bundle(tmp_path / "f.json")).status is Status.SAME


# --- what was changed is found ----------------------------------------------------------------------------------------


def test_a_changed_figure_is_named_with_its_node_and_both_values() -> None:
    found = changed(lambda content: content["result"]["root"]["children"][1].update(published="90.00"))
    assert failed(found) == ["result", "bytes"]
    assert found.difference is not None
    assert (found.difference.node, found.difference.field) == ("b", "published")
    assert (found.difference.kept, found.difference.rebuilt) == ("90.00", "9.00")
    assert "节点 b" in found.difference.message.zh


def test_a_changed_measurement_shows_first_at_its_own_indicator() -> None:
    found = changed(lambda content: content["inputs"]["measurements"]["a"].update(value="75"))
    assert failed(found) == ["inputs", "result", "bytes"]
    assert found.difference is not None
    assert found.difference.node == "a"


def test_a_changed_threshold_or_text_of_the_edition_is_found_by_its_digest() -> None:
    found = changed(lambda content: content["edition"]["rubric.yaml"]["title"].update(en="other"))
    assert failed(found) == ["edition", "result", "bytes"]


def test_a_changed_grade_is_named_though_every_node_is_the_same() -> None:
    found = changed(lambda content: content["result"].update(grade="L5"))
    assert found.difference is not None
    assert (found.difference.node, found.difference.field, found.difference.rebuilt) == (None, "grade", "L1")


def test_a_result_of_another_semantics_than_its_edition_is_found() -> None:
    assert "semantics" in failed(changed(lambda content: content["result"].update(scoring=2)))
    unknown = changed(lambda content: content["edition"]["rubric.yaml"].update(semantics="7"))
    assert unknown.status is Status.DIFFERENT
    assert unknown.result is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.update(contract=2),
        lambda content: content.pop("digests"),
        lambda content: content["inputs"].update(sources=[]),
        lambda content: content["digests"].update(edition="../../etc/passwd"),
        lambda content: content.update(result="scored"),
        lambda content: content.update(edition=None),
        lambda content: content.update(origin={"profile": {}, "evidence": [{"sha256": "x"}]}),
    ],
)
def test_what_is_no_bundle_is_refused_in_both_languages(spoil: Callable[[dict[str, Any]], Any], tmp_path: Path) -> None:
    content = copy.deepcopy(bundle().as_json())
    spoil(content)
    (tmp_path / "f.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_bundle(tmp_path / "f.json")
    assert refusal.value.message.zh
    assert refusal.value.message.en


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08rest", b"[1.5]", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_broken_files_are_refused_and_never_a_traceback(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_bytes(content)
    with pytest.raises(InputError, match="bundle"):
        read_bundle(tmp_path / "f.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["inputs"]["measurements"].update(a={"measure": "a"}),
        lambda content: content["inputs"]["measurements"]["a"].update(value="many"),
        lambda content: content["result"].update(score=2**60),
    ],
)
def test_a_bundle_whose_figures_cannot_be_read_is_refused(spoil: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(InputError, match=r"bundle"):
        changed(spoil)


# --- the command ------------------------------------------------------------------------------------------------------


def test_what_score_writes_recompute_rebuilds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(FOREIGN), str(FACTS), "--bundle", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "bergen.bundle.json.gz", "lagos.bundle.json.gz", "oslo.bundle.json.gz"
    ]  # fmt: skip
    capsys.readouterr()
    assert main(["recompute", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["facility"], one["status"]) for one in told["bundles"]] == [
        ("bergen", "same"), ("lagos", "same"), ("oslo", "same")
    ]  # fmt: skip
    assert {check["name"] for one in told["bundles"] for check in one["checks"]} == {
        "edition", "inputs", "semantics", "result", "bytes"
    }  # fmt: skip


def test_a_changed_bundle_ends_with_1_and_says_where_in_the_asked_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = copy.deepcopy(bundle().as_json())
    content["result"]["root"]["children"][1]["published"] = "90.00"
    (tmp_path / "f.json").write_text(json.dumps(content), encoding="utf-8")
    assert main(["recompute", str(tmp_path / "f.json"), "--language", "en"]) == 1
    assert "First difference: node b, published: kept 90.00, recomputed 9.00." in capsys.readouterr().out
    assert main(["recompute", str(tmp_path / "f.json")]) == 1
    assert "首个不同处：节点 b 的 published" in capsys.readouterr().out


def test_an_unusable_call_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f.json").write_text("{}", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name in ("f.json", "absent.json", "empty"):
        assert main(["recompute", str(tmp_path / name)]) == 2
    assert main(["recompute", str(tmp_path / "f.json"), "--evidence", str(tmp_path / "nowhere")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_facility_of_any_name_gets_a_file_of_its_own() -> None:
    names = ["good", "../good", "good ", "a/b", "a_b", "智算 1", "x" * 300, ".."]
    files = [bundle_name(name) for name in names]
    assert files[0] == "good.bundle.json.gz"
    assert len(set(files)) == len(names)
    assert all("/" not in name and not name.startswith(".") and len(name) < 120 for name in files)
