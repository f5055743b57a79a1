"""What every case of the parsing benchmark has: an input of our own making, a bare reading, and the whole path."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from evidence.observations.stored import StoredTable
from evidence.parsers.process import sandbox
from evidence.parsers.process.sandbox import Request, parse

Totals = dict[str, Any]
UNBOUNDED = 2**60  # the limits are those of the process of the worker


@dataclass
class Watch:
    """Processor seconds by stage, over all threads, less what stages inside of a stage take."""

    seconds: Counter[str] = field(default_factory=Counter)
    _inner: threading.local = field(default_factory=threading.local)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        outer = getattr(self._inner, "spent", 0.0)
        self._inner.spent, start = 0.0, time.thread_time()
        try:
            yield
        finally:
            spent = time.thread_time() - start
            self.seconds[name] += spent - self._inner.spent
            self._inner.spent = outer + spent

    def around(self, owner: Any, name: str, stage: str) -> None:
        """Count every call of a function, or every step of a generator it returns, to a stage."""
        function = getattr(owner, name)

        @wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            with self.stage(stage):
                answer = function(*arguments, **named)
            return self._steps(answer, stage) if isinstance(answer, Iterator) else answer

        setattr(owner, name, counted)

    def _steps(self, items: Iterator[Any], stage: str) -> Iterator[Any]:
        while True:
            with self.stage(stage):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item


@dataclass(frozen=True)
class Case:
    """One input and what is made of it.

    Args:
        rows: of the full size.
        write: makes the file, so many rows of it.
        bare: readings of the same bytes without any check, by the engine's name; each gives the totals.
        watched: (owner, function, stage) of the whole path, for the split by stage.
        measure: the totals out of the stored tables.
        goal: how many times the faster bare reading the whole path may take.
    """

    name: str
    file: str
    format: str
    rows: int
    write: Callable[[Path, int], None]
    bare: Mapping[str, Callable[[Path], Totals]]
    watched: tuple[tuple[Any, str, str], ...]
    measure: Callable[[str, Mapping[str, Any], dict[str, Any]], Totals]
    goal: float


def whole_path(case: Case, path: Path, folder: Path, watch: Watch) -> Totals:
    """Parse, check and keep as Parquet as the platform does, then measure what was kept."""
    for owner, name, stage in (*case.watched, (sandbox, "personal_issues", "personal data")):
        watch.around(owner, name, stage)
    request = Request(
        path=str(path), name=case.file, sha256="sha256:" + "0" * 64, size=path.stat().st_size, format=case.format,
        encoding="", timezone="Asia/Shanghai", folder=str(folder), seconds=0, memory=0, output=UNBOUNDED,
        expanded=UNBOUNDED,
    )  # fmt: skip
    with watch.stage("parse"):
        found = parse(request, folder)
    if "problem" in found or any(issue["severity"] == "error" for issue in found["issues"]):
        raise SystemExit(f"{case.name}: the file was not accepted: {found.get('problem') or found['issues']}")
    with watch.stage("measure"):
        tables = {kind: StoredTable(folder / f"{kind}.parquet") for kind in found["tables"]}
        return case.measure(request.sha256, tables, found)
