"""fio's ordinary output as text, of 2.x and 3.x. Its figures are rounded; the JSON output is better evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult, Severity
from evidence.parsers.columns.figures import figure
from evidence.parsers.logs.results import log_result, printed, table_of
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_JOBS = 10_000
_N = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_JOB = re2.compile(r"^(\S.{0,200}?): \(groupid=[0-9]{1,9}, jobs=([0-9]{1,9})\): err=\s*([0-9]{1,9})")
_NEW = re2.compile(r"^\s*(read|write)\s*: IOPS=" + _N + r"([kM]?), BW=" + _N + r"([KMGT]?i?B)/s")
_OLD = re2.compile(r"^\s*(read|write)\s*: io=.{1,40}?, bw=" + _N + r"([KMGT]?B)/s, iops=" + _N)
_OWN = Mark(rb"\(groupid=[0-9]+, jobs=[0-9]+\): err=", b"(groupid=")
_VERSION = re2.compile(r"^(fio-[0-9][0-9A-Za-z.-]{0,40})\s*$")
# KiB/s; fio 2 writes KB for 1024 byte.
_UNITS = {
    "B": Decimal(1) / 1024,
    "KiB": Decimal(1), "KB": Decimal(1),
    "MiB": Decimal(1024), "MB": Decimal(1024),
    "GiB": Decimal(1024**2), "GB": Decimal(1024**2),
    "TiB": Decimal(1024**3), "TB": Decimal(1024**3),
}  # fmt: skip
_TIMES = {"": 1, "k": 1000, "M": 1_000_000}


@dataclass(slots=True)
class _Job:
    """One group of jobs and its directions: (KiB/s, operations per second, line)."""

    name: str
    jobs: int
    error: int
    directions: dict[str, tuple[Decimal, Decimal, int]] = field(default_factory=dict)


class FioText:
    format = "fio_text"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="fio 输出（文本）", en="Output of fio (text)")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN) and b'"fio version"' not in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        issues, jobs = Issues(), list[_Job]()
        version = None
        lines = used = 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if (found := _JOB.match(line)) and len(jobs) < MOST_JOBS:
                jobs.append(_Job(words(found.group(1)), int(found.group(2)), int(found.group(3))))
            elif found := _VERSION.match(line):
                version = found.group(1)
            elif not (jobs and _take(jobs[-1], line, lines)):
                continue
            used += 1
        if not any(job.directions for job in jobs):
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 fio 的读写结果行。", en="The file holds no result of fio."),
                hint=Text(zh="请上传完整的输出，或改用 JSON。", en="Upload the whole output, better as JSON."),
            )
        issues.add(
            "rounded_figures",
            Text(
                zh="文本输出的数值已取整；建议使用 --output-format=json。",
                en="Figures of the text output are rounded; --output-format=json is better evidence.",
            ),
            severity=Severity.INFO,
        )
        for job in jobs:
            _tell(job, issues)
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, [row for job in jobs for row in _rows(job)])},
            facts=[{"version": version, **_facts(job)} for job in jobs],
            issues=issues,
            lines=lines,
            used=used,
        )


def _take(job: _Job, line: str, number: int) -> bool:
    if found := _NEW.match(line):
        operations = (printed(found.group(2)) or Decimal(0)) * _TIMES[found.group(3)]
        bandwidth, unit = printed(found.group(4)), found.group(5)
    elif found := _OLD.match(line):
        operations = printed(found.group(4)) or Decimal(0)
        bandwidth, unit = printed(found.group(2)), found.group(3)
    else:
        return False
    if bandwidth is None or unit not in _UNITS or figure(bandwidth * _UNITS[unit]) is None:
        return False
    job.directions[found.group(1)] = (bandwidth * _UNITS[unit], operations, number)
    return True


def _status(job: _Job) -> str:
    return "success" if job.error == 0 else "failed"


def _tell(job: _Job, issues: Issues) -> None:
    if job.error:
        issues.add(
            "job_failed",
            Text(
                zh=f"作业“{job.name}”出错（err={job.error}），其数值不作为成绩。",
                en=f"The job “{job.name}” ended with error {job.error}; its figures do not count.",
            ),
            where=Where(line=min((line for _, _, line in job.directions.values()), default=1)),
        )


def _facts(job: _Job) -> dict[str, Any]:
    facts: dict[str, Any] = {"job": job.name, "status": _status(job), "error": job.error, "jobs": job.jobs}
    for direction in ("read", "write"):
        bandwidth, operations, _ = job.directions.get(direction, (None, None, 0))
        facts |= {f"{direction}_bw_kib_s": bandwidth, f"{direction}_iops": operations}
    return facts


def _rows(job: _Job) -> list[dict[str, Any]]:
    return [
        {
            "tool": "fio",
            "benchmark": job.name,
            "status": _status(job),
            "metric": f"{direction}_{metric}",
            "value": value,
            "unit": unit,
            "line": line,
        }
        for direction, (bandwidth, operations, line) in job.directions.items()
        for metric, value, unit in (("bandwidth", bandwidth, "KiB/s"), ("iops", operations, "1/s"))
        if value
    ]


PARSER = FioText()
