"""Standard Workload Format: 18 numbers per job, `;` comments, −1 for unknown.

The format counts processors and never cards, and many traces leave out when they start; what it tells is listed as
facts and enters no measure of card-hours.

Source: D. Feitelson, The Standard Workload Format (2.2), Parallel Workloads Archive.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.period import instant
from core.provenance import Where
from core.quantity import bounded_decimal, measured
from core.text import Text
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.columns.figures import figure
from evidence.parsers.logs.results import log_result
from evidence.parsers.tables.table_batches import no_rows
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.source import Source

FIELDS = 18
MOST_COMMENTS = 100
STATUSES = {-1: "unknown", 0: "failed", 1: "completed", 2: "partial", 3: "partial", 4: "partial", 5: "cancelled"}

_LATEST_SECOND = 7_258_118_400  # 2200-01-01
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"
_OWN = re2.compile(rb"(?m)^[ \t]*(?:-?[0-9]{1,15}(?:\.[0-9]{1,9})?[ \t]+){17}-?[0-9]{1,15}(?:\.[0-9]{1,9})?[ \t]*\r?$")
_COMMENT = re2.compile(r"^;\s*([A-Za-z]{1,40}):\s*(.*)$")
_HEADER = {"MaxProcs": "max_processors", "MaxNodes": "max_nodes", "Computer": "computer", "TimeZoneString": "time_zone"}


class Swf:
    format = "swf"
    version = "2"
    title = Text(zh="作业轨迹（Standard Workload Format）", en="Job trace (Standard Workload Format)")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _OWN.search(source.head_in_utf8) is not None and b"," not in source.head_in_utf8

    def parse(self, source: Source) -> ParseResult:
        issues, trace = Issues(), _Trace()
        lines = 0
        for lines, raw in log_lines(source):
            text = text_of(raw).strip()
            if text.startswith(";"):
                trace.comment(text)
            elif text and not trace.take(text.split()):
                _tell_unread(issues, lines)
        if not trace.jobs:
            raise no_rows()
        _tell_processors(issues)
        faulty = issues.counts.get("bad_line", 0)
        used = trace.jobs + trace.comments
        return log_result(
            source, tables={}, facts=[trace.facts()], issues=issues, lines=lines, used=used, faulty=faulty
        )


class _Trace:
    """The sums of one trace; every unknown (−1) is left out of its sum and counted."""

    def __init__(self) -> None:
        self.jobs = self.comments = 0
        self.about: dict[str, str] = {}
        self.statuses: Counter[str] = Counter()
        self.waits = self.runs = self.decimals = 0
        self.waited = self.processor_seconds = Decimal(0)
        self.first_submit: Decimal | None = None

    def comment(self, text: str) -> None:
        self.comments += 1
        found = _COMMENT.match(text)
        if found and len(self.about) < MOST_COMMENTS:
            self.about.setdefault(found.group(1), words(found.group(2)))

    def take(self, cells: list[str]) -> bool:
        """Whether the cells are a job: 18 numbers, with a status of the list."""
        numbers = [figure(bounded_decimal(cell)) for cell in cells] if len(cells) == FIELDS else []
        known = [number for number in numbers if number is not None]
        if len(known) != FIELDS or known[10] not in STATUSES:
            return False
        submitted, waited, ran, processors = known[1:5]
        self.jobs += 1
        self.statuses[STATUSES[int(known[10])]] += 1
        self.decimals += any("." in cell for cell in cells)
        self.first_submit = submitted if self.first_submit is None else min(self.first_submit, submitted)
        if waited >= 0:
            self.waits, self.waited = self.waits + 1, self.waited + waited
        if ran >= 0 and processors >= 0:
            self.runs, self.processor_seconds = self.runs + 1, self.processor_seconds + ran * processors
        return True

    def facts(self) -> dict[str, Any]:
        return {
            "jobs": self.jobs,
            "comment_lines": self.comments,
            "jobs_by_status": dict(sorted(self.statuses.items())),
            "jobs_with_decimals": self.decimals,
            "jobs_without_wait": self.jobs - self.waits,
            "wait_mean_s": measured(Fraction(self.waited) / self.waits) if self.waits else None,
            "jobs_without_run": self.jobs - self.runs,
            "processor_s": measured(Fraction(self.processor_seconds)),
            **{shown: self.about[name] for name, shown in _HEADER.items() if name in self.about},
            **self._start(),
        }

    def _start(self) -> dict[str, str]:
        """The first submission, where the trace tells the epoch second it counts from."""
        seconds = self.about.get("UnixStartTime", "")
        if not seconds.isdecimal() or len(seconds) > 10 or self.first_submit is None:
            return {}
        at = int(seconds) + int(self.first_submit)
        if not 0 < at < _LATEST_SECOND:
            return {}
        return {"first_submit_at": instant(dt.datetime.fromtimestamp(at, dt.UTC))}


def _tell_unread(issues: Issues, line: int) -> None:
    issues.add(
        "bad_line",
        Text(
            zh=f"第 {line} 行不是 18 个数字组成的作业记录，未读取。",
            en=f"Line {line} is no job record of 18 numbers; it is not read.",
        ),
        where=Where(line=line),
    )


def _tell_processors(issues: Issues) -> None:
    issues.add(
        "processors_not_cards",
        Text(
            zh="该格式只记录处理器数，不记录加速卡数；仅列出事实，不参与计算。",
            en="The format counts processors, not accelerator cards; facts only, nothing is measured from it.",
        ),
        hint=Text(
            zh="请用 sacct 或作业列表（jobs_table）导出卡数。", en="Export the cards with sacct, or as a job table."
        ),
    )


PARSER = Swf()
