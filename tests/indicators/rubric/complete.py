"""The complete edition, loaded once for the tests that look at it."""

from __future__ import annotations

from pathlib import Path

from indicators.rubric.model import Edition
from tests.editions import edition_in

FOLDER = Path(__file__).parents[3] / "indicators" / "rubrics" / "zhisuan" / "2026.1"


def complete() -> Edition:
    return edition_in(FOLDER)
