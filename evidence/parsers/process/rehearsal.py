"""What a process reads before the first file that counts: a few lines of each sort that centres hand in most.

What is made on first use – the states of a pattern, the functions of Arrow, the words of a heading – takes longer
than reading a small file does. Whoever forks after this rehearsal has it made already.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from evidence.parsers.personal_data import personal_issues
from evidence.parsers.reading import read_by
from evidence.parsers.registry import identify
from evidence.parsers.spool import write_rows
from evidence.parsers.text.source import Source

SPECIMENS = Path(__file__).parent / "specimens"
TIMEZONE = "Asia/Shanghai"


def rehearse() -> None:
    """Read every specimen as evidence is read, and keep nothing of it."""
    for path in sorted(SPECIMENS.iterdir()):
        source = Source.of_path(path, timezone=TIMEZONE)
        result = read_by(identify(source), source)
        personal_issues(source)
        for table in result.tables.values():
            write_rows(table, pa.BufferOutputStream())
