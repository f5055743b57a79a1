"""Many people decide one case at once on PostgreSQL; `script/nightly races` does so for many rounds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.races.nightly import MISSING, ROOT
from tests.races.postgres import programs

pytestmark = [pytest.mark.slow, pytest.mark.torture("T37")]


@pytest.mark.skipif(programs() is None, reason=MISSING)
def test_of_many_who_decide_at_once_one_does_and_one_number_is_given() -> None:
    command = [sys.executable, "-m", "tests.races.nightly", "--service", "2", "--http", "1", "--people", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 × decided" in done.stdout
