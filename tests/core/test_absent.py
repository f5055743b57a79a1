"""A process that does without a package finds it nowhere, and everything else as before."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
from core.absent import do_without
do_without("sqlite3")
import email
try:
    import sqlite3
except ModuleNotFoundError as error:
    print(error.name)
"""


def test_a_package_that_is_left_out_cannot_be_loaded() -> None:
    run = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)

    assert run.stdout == "sqlite3\n"
