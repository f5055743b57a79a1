"""The rehearsal of the process that parses: real files of many sorts, read without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.parsers.process.rehearsal import SPECIMENS, TIMEZONE, rehearse
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.text.source import Source


@pytest.mark.parametrize("path", sorted(SPECIMENS.iterdir()), ids=lambda path: path.stem)
def test_a_specimen_is_an_ordinary_file(path: Path) -> None:
    source = Source.of_path(path, timezone=TIMEZONE)
    result = read_by(identify(source), source)

    assert not result.issues
    assert all(table.num_rows for table in result.tables.values())


def test_no_two_specimens_are_of_one_format() -> None:
    formats = [identify(Source.of_path(path)).format for path in SPECIMENS.iterdir()]

    assert len(set(formats)) == len(formats)


def test_a_rehearsal_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rehearse()

    assert not list(tmp_path.iterdir())
