"""Two requests at once on PostgreSQL that neither may stand beside the other: the second one sees the first."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.races.nightly import MISSING, ROOT, prepared
from tests.races.postgres import programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.torture("T37"),
    pytest.mark.skipif(programs() is None, reason=MISSING),
]
Answers = dict[str, tuple[list[str], Any]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """By pair and who holds it: what the two were told, and what was found when both were over."""
    with prepared() as environment:
        command = [sys.executable, "-m", "tests.races.skews"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["of"]: (one["told"], one["found"]) for one in read}


def test_of_a_centre_one_certificate_stands_though_two_are_given_at_once(answers: Answers) -> None:
    assert answers["certificate, services"] == (["done", "certificate_stands"], 1)
    assert answers["certificate, services, turned"] == (["done", "done"], 1)  # the new one takes its place
    assert answers["certificate, database"] == (["done", "IntegrityError"], 1)


def test_nobody_is_made_an_administrator_and_a_judge_at_once(answers: Answers) -> None:
    for turned in ("", ", turned"):
        assert answers[f"roles, services{turned}"] == (["done", "administers_and_judges"], 1)
        assert answers[f"accounts, services{turned}"] == (["done", "administers_and_judges"], 1)
    assert answers["roles, database"] == (["done", "IntegrityError"], 1)
    assert answers["accounts, database"] == (["done", "separation_of_duties"], 1)


def test_nobody_joins_a_centre_while_they_begin_to_judge_it(answers: Answers) -> None:
    for how in ("services", "database"):
        assert answers[f"bond, {how}"] == (["done", "separation_of_duties"], 1)
    assert answers["bond, services, turned"] == (["done", "judges_this_centre"], 1)


def test_no_surveillance_passes_over_a_complaint_that_is_just_upheld(answers: Answers) -> None:
    assert answers["complaint, services"] == (["done", "version_changed"], True)
    assert answers["complaint, services, turned"] == (["done", "done"], True)


def test_a_finding_and_the_certificate_of_its_case_do_not_wait_for_each_other(answers: Answers) -> None:
    assert answers["finding, services"] == (["done", "wrong_state"], ["withdrawn", "accepted"])
    assert answers["finding, services, turned"] == (["done", "done"], ["withdrawn", "closed"])
