"""A reader that goes away, as `| head` does, ends the command without a word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden import FOLDER, ROOT
from zhiheng.main import READER_GONE

pytestmark = pytest.mark.slow

LOG = str(FOLDER / "megatron" / "interval_of_ten.log")
RUBRIC = ROOT / "fixtures" / "rubrics" / "livability"
COMMANDS = {
    "text": ("parse", LOG),
    "JSON": ("parse", LOG, "--json"),
    "rows": ("parse", LOG, "--table", "training_steps"),
    "ranking": ("rank", str(RUBRIC), str(RUBRIC.with_suffix(".facts.csv"))),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_whose_reader_is_gone_ends_quietly(arguments: tuple[str, ...], tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "zhiheng", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    assert (running.wait(timeout=60), said) == (READER_GONE, "")
