"""Killed at every commit and every store write of upload and reading: nothing is lost and nothing doubled."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.torture("T38")]
# Every place in `script/nightly cable`; else every few, which meets each kind of place.
EVERY = int(os.environ.get("ZHIHENG_CABLE_EVERY", "6"))


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder that takes no time to sync."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108  (a real one)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


# Scenario → how many places it has at least; fewer, and the places are no longer seen.
SCENARIOS = {"Ordinary": 60, "Resumable": 90, "Archive": 150}


def test_nothing_is_lost_and_nothing_doubled(memory: Path) -> None:
    command = [sys.executable, "-m", "tests.evidence.cable", str(memory), *SCENARIOS, "--every", str(EVERY)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(said.splitlines()[-1])
    assert {name: one["faults"] for name, one in found.items()} == {name: {} for name in SCENARIOS}
    assert {name: one["points"] for name, one in found.items() if one["points"] < SCENARIOS[name]} == {}
