"""Editions that many tests read and none changes, each loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from indicators.rubric.loader import load_edition
from indicators.rubric.model import Edition

ZHISUAN = Path(__file__).resolve().parents[1] / "indicators" / "rubrics" / "zhisuan"


@cache
def edition_in(folder: Path) -> Edition:
    return load_edition(folder)


def zhisuan(edition: str = "2026.0") -> Edition:
    return edition_in(ZHISUAN / edition)
