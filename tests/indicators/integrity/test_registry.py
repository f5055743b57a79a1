"""Every check says what, why, what to look at and where its lines come from; flags depend on the dossier alone."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from core.canonical import canonical_digest
from evidence.observations.registry import KINDS
from fixtures.integrity.draws import Population
from fixtures.integrity.frauds import FRAUDS
from fixtures.integrity.honest import honest_world, written
from indicators.integrity.base import Check, Dossier, Flag
from indicators.integrity.kept_prints import Prints
from indicators.integrity.prints import prints_of
from indicators.integrity.registry import CHECKS, check_versions, flags_of, thresholds
from indicators.measures.base import CentreEvidence

PAGE = Path(__file__).parents[3] / "docs" / "integrity.md"
TRIED = Population("tests", 5, tuple(range(10)))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_explains_itself_in_both_languages(check: Check) -> None:
    for text in (check.title, check.what, check.why, check.look):
        assert text.zh
        assert text.en
        assert text.zh != text.en
    assert check.thresholds
    for threshold in check.thresholds:
        assert threshold.basis in ("physics", "scheme", "fitted")
        assert threshold.source


@pytest.mark.parametrize("check", [one for one in CHECKS if one.is_open], ids=lambda check: check.code)
def test_the_centre_is_told_of_published_bounds_and_of_no_line_that_was_fitted(check: Check) -> None:
    assert {threshold.basis for threshold in check.thresholds} <= {"physics", "scheme"}


def test_which_checks_are_open_is_decided_one_by_one() -> None:
    """No statistic, no copy and no test of digits is among them."""
    assert {check.code for check in CHECKS if check.is_open} == {
        *("energy_against_nameplate", "more_than_installed", "pue_too_low", "utilisation_order", "reference_bands"),
        "bills_against_meters",
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_says_in_the_documentation_whether_it_is_open(check: Check) -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n### ")
    (section,) = (one for one in sections if one.partition("\n")[0].endswith(f"`{check.code}`"))
    assert ("*Open*" in section) is check.is_open


def test_a_flag_has_the_same_key_as_long_as_its_figures_are_the_same() -> None:
    flag = flags_of(Dossier(constant()))[0]
    assert replace(flag, reason=flag.look, version="9").key == flag.key
    assert replace(flag, figures=()).key != flag.key
    assert Flag.from_json(json.loads(json.dumps(flag.as_json()))).key == flag.key


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_and_line_stands_in_the_documentation(check: Check) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{check.code}`" in page
    missing = [line.name for line in check.thresholds if f"`{line.name}` | {line.value} |" not in page]
    assert missing == []


def test_codes_and_lines_have_one_name_each() -> None:
    assert len(check_versions()) == len(CHECKS)
    assert len(thresholds()) == sum(len(check.thresholds) for check in CHECKS)


@cache
def constant() -> CentreEvidence:
    """A centre whose meter stands still for sixty days."""
    fraud = next(one for one in FRAUDS if one.way == "one value")
    world = honest_world(TRIED, 1)
    return written(TRIED, 1, fraud.lay(TRIED.draw("fraud"), world, 60, world)).evidence()


def test_flags_are_a_function_of_the_dossier() -> None:
    evidence = constant()
    first = flags_of(Dossier(evidence))
    again = flags_of(Dossier(CentreEvidence(evidence.profile, evidence.tables)))
    assert "constant_stretch" in {flag.code for flag in first}
    assert first == again
    assert [flag.severity for flag in first] == sorted(
        (flag.severity for flag in first), key=list(type(first[0].severity)).index
    )


@pytest.mark.slow
def test_a_flag_leads_to_its_rows_and_comes_back_from_json() -> None:
    flag = next(flag for flag in flags_of(Dossier(constant())) if flag.code == "constant_stretch")
    assert flag.rests_on[0].kind == "energy_readings"
    assert flag.rests_on[0].rows > 8_000
    assert "/" in flag.period
    assert Flag.from_json(json.loads(json.dumps(flag.as_json()))) == flag


def test_prints_come_back_from_json() -> None:
    prints = prints_of(Dossier(constant()))
    again = Prints.from_json(json.loads(json.dumps(prints.as_json())))
    assert canonical_digest(again.as_json()) == canonical_digest(prints.as_json())
    assert set(prints.shapes) >= {"energy it", "energy facility"}
    assert set(prints.sketches) == {"jobs", "outages"}


def test_a_centre_without_evidence_has_no_flags() -> None:
    evidence = constant()
    assert flags_of(Dossier(CentreEvidence(evidence.profile))) == ()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_empty_tables_raise_no_flag(kind) -> None:
    empty = kind.empty()
    evidence = CentreEvidence.pooled(constant().profile, [("sha256:0", {kind.name: empty})])
    assert flags_of(Dossier(evidence)) == ()
