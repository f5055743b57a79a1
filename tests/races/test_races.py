"""Many people save one thing at once on PostgreSQL; `script/nightly races` does so for many rounds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.races.nightly import MISSING, ROOT
from tests.races.postgres import programs

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.torture("T37")]


@pytest.mark.skipif(programs() is None, reason=MISSING)
def test_of_many_who_save_at_once_one_is_first_and_the_others_learn_whose_it_is() -> None:
    asked = ("--service", "2", "--http", "1", "--decision", "20", "--finding", "6")
    command = [sys.executable, "-m", "tests.races.nightly", *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for told in (
        *("decision, service: 2 rounds", "decision, http: 1 rounds", "38 × 409 wrong_state, 2 × decided"),
        *("finding, service: 2 rounds", "finding, http: 1 rounds", "5 × 412 version_changed, 1 × saved"),
    ):
        assert told in done.stdout
