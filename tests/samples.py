"""The real evidence files beside the repository; tests that need them are skipped where they are absent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.parsers.text.source import Source

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the folder shared/samples is not beside the repository"
)


def sample(name: str, *, timezone: str | None = None, encoding: str | None = None) -> Source:
    """One sample by its path inside the folder, such as `nccl/superbench_a100x8_alltoall.log`."""
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"the sample {name} is not beside the repository")
    return Source.of_path(path, timezone=timezone, encoding=encoding)


def every_sample() -> list[Path]:
    """All sample files, without the table that describes them."""
    if not SAMPLES.is_dir():
        return []
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.parent != SAMPLES)


def readme_rows(starting_with: str) -> list[tuple[str, str]]:
    """(file, ground truth) of the rows whose truth starts so, from the table that came with the samples."""
    readme = SAMPLES / "README.md"
    if not readme.is_file():
        return []
    rows = re.findall(
        rf"^\| `([^`]+)` \|.*?\| \d+ \| ({starting_with}.*) \|$", readme.read_text(encoding="utf-8"), re.M
    )
    return [(name, truth) for name, truth in rows]


def truth_in(truth: str, pattern: str) -> tuple[str, ...]:
    """The groups of a pattern in a ground truth; the pattern must be there."""
    found = re.search(pattern, truth)
    assert found, f"{pattern} is not in: {truth}"
    return found.groups()
