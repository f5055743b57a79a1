"""Jobs that were queued again: of their runs `sacct` shows the last alone unless it is asked for duplicates.

A run that a failing node ended and that was started again then reads as one job that completed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Where
from core.text import Text
from evidence.observations.schema import TEXT
from evidence.parsers.base import Issues, Severity

# A log of so many days and jobs without one that was queued again is worth a word.
LONG = dt.timedelta(days=90)
MANY_JOBS = 1_000

_WITH_DUPLICATES = Text(
    zh="请在 sacct 命令中加上 --duplicates 重新导出；若较早的运行在另一文件中，则无需处理。",
    en="Export again with --duplicates in the command of sacct; where the earlier runs stand in another file, nothing "
    "is to be done.",
)


class Requeues:
    """How often the records say that jobs were queued again, held against how often they stand in the file."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}
        self._counted = False

    def add(self, jobs: pa.Array, restarts: pa.Array, lines: pa.Array) -> None:
        """More rows, with how often each job was started again; null where the export does not say."""
        self._counted |= restarts.null_count < len(restarts)
        again = pc.fill_null(pc.greater(restarts, 0), fill_value=False)
        columns = (column.filter(again).to_pylist() for column in (jobs, restarts, lines))
        for job, number, line in zip(*columns, strict=True):
            most, first = self._told.get(job, (0, line))
            self._told[job] = max(most, number), min(first, line)

    def tell(self, table: pa.Table, facts: Mapping[str, Any], issues: Issues) -> None:
        """The runs a file lacks by its own account; else, where it gives none, that a long one repeats no job."""
        jobs = table.column("job")
        stand = Counter(jobs.filter(pc.is_in(jobs, value_set=pa.array(self._told, TEXT))).to_pylist())
        lacking = {job: self._told[job][0] + 1 - number for job, number in stand.items()}
        if missing := sum(number for number in lacking.values() if number > 0):
            first = min(self._told[job][1] for job, number in lacking.items() if number > 0)
            issues.add(
                "earlier_runs_missing",
                Text(
                    zh=f"作业重新排队之前的 {missing} 次运行不在文件中，使其结束的中断因此看不到。",
                    en=f"{missing} runs of jobs before they were queued again are not in the file, so that what "
                    "interrupted them cannot be seen.",
                ),
                where=Where(line=first),
                times=missing,
                hint=_WITH_DUPLICATES,
            )
        elif not self._counted and _is_long(facts) and facts["jobs"] == facts["jobs_distinct"]:
            issues.add(
                "no_repeated_job",
                Text(
                    zh=f"{facts['jobs']} 个作业中没有一个重新排队，导出时可能缺少 --duplicates。",
                    en=f"None of {facts['jobs']} jobs was queued again; the export may lack --duplicates.",
                ),
                severity=Severity.INFO,
                hint=_WITH_DUPLICATES,
            )


def _is_long(facts: Mapping[str, Any]) -> bool:
    if facts["jobs"] < MANY_JOBS or not {"first_submit_at", "last_end_at"} <= facts.keys():
        return False
    first, last = (dt.datetime.fromisoformat(facts[name]) for name in ("first_submit_at", "last_end_at"))
    return last - first >= LONG
