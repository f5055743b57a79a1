"""The complete edition, loaded once for the tests that look at it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition

FOLDER = Path(__file__).parents[3] / "indicators" / "rubrics" / "zhisuan" / "2026.1"


@cache
def complete() -> Edition:
    return load_edition(FOLDER)
