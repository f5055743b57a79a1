"""Results of IO500 (`result_summary.txt` of 2019 and later, `result.txt`): phases, bandwidth, metadata, total score.

TOTAL = √(bandwidth · IOPS); `[INVALID]` behind a line or score makes it unusable. Neither file names the number of
client nodes. Source: IO500, src/main.c; io500_fixed.sh of 2019.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import re2

from core.errors import ParseError
from core.provenance import Where
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, log_result, printed, table_of, tell_no_result
from evidence.parsers.text.log_lines import log_lines, text_of, words
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

MOST_PHASES = 100
TOLERANCE = Fraction(1, 100)
_NEW = re2.compile(
    r"\[RESULT\]\s+(?:(?:BW|IOPS) +phase +[0-9] +)?([a-z][A-Za-z0-9_-]{1,40})\s+"
    + FIGURE_PATTERN
    + r"\s+([A-Za-z]{1,5}(?:/s)?)\s*:\s*time\s+"
    + FIGURE_PATTERN
    + r"\s+seconds(.{0,40})$"
)
_SCORE = re2.compile(
    r"\[SCORE ?\]\s+Bandwidth\s+"
    + FIGURE_PATTERN
    + r"\s+(Gi?B)/s\s*:\s*IOPS\s+"
    + FIGURE_PATTERN
    + r"\s+kiops\s*:\s*TOTAL\s+"
    + FIGURE_PATTERN
    + r"(.{0,40})$",
)
_SCORE_LOWER = re2.compile(r"(?i)kIOPS")
_SECTION = re2.compile(r"^\[([A-Za-z][A-Za-z0-9-]{1,40})\]\s*$")
_PAIR = re2.compile(r"^(score|t_delta|MD|BW|SCORE)\s*=\s*" + FIGURE_PATTERN + r"(.{0,40})$")
_OWN = Mark(
    rb"\[SCORE ?\]\s+Bandwidth|\[RESULT\]\s+(?:BW |IOPS |ior[-_]|mdtest[-_])|(?m:^\[ior-easy-write\]\s*$)",
    *(b"[SCORE", b"[RESULT]", b"[ior-easy-write]"),
)
_VERSION = re2.compile(r"IO500 version (\S{1,60})")


@dataclass(slots=True)
class _Result:
    """Phases as (value, unit, seconds, valid, line) and the scores of the whole run."""

    phases: dict[str, tuple[Decimal, str, Decimal | None, bool, int]] = field(default_factory=dict)
    bandwidth: Decimal | None = None
    iops: Decimal | None = None
    total: Decimal | None = None
    unit: str = "GiB/s"
    valid: bool = True
    line: int | None = None
    version: str | None = None
    used: int = 0


class Io500:
    format = "io500"
    version = "1"
    kinds = (BENCHMARK_RUNS.name,)
    title = Text(zh="IO500 结果", en="IO500 result")

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues, read, section, lines = Issues(), _Result(), "", 0
        for lines, raw in log_lines(source):
            line = text_of(raw)
            if found := _SECTION.match(line):
                section = found.group(1)
            elif found := _VERSION.search(line):
                read.version = words(found.group(1))
            else:
                read.used += _take_summary(read, line, lines) or _take_ini(read, section, line, lines)
        if not read.phases and read.total is None:
            raise ParseError(
                "no_rows",
                Text(zh="文件中没有 IO500 结果。", en="The file holds no IO500 result."),
                hint=Text(zh="请上传 result_summary.txt。", en="Upload result_summary.txt."),
            )
        status = _status(read, issues)
        facts: dict[str, Any] = {
            "status": status,
            "score": read.total,
            "bandwidth_score": read.bandwidth,
            "bandwidth_unit": read.unit,
            "iops_score_kiops": read.iops,
            "version": read.version,
            "phases": len(read.phases),
            "invalid_phases": sorted(name for name, phase in read.phases.items() if not phase[3]),
        }
        return log_result(
            source,
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, _rows(read, status))},
            facts=[facts],
            issues=issues,
            lines=lines,
            used=read.used,
        )


def _take_summary(read: _Result, line: str, number: int) -> bool:
    if found := _NEW.search(line):
        value, seconds = printed(found.group(2)), printed(found.group(4))
        if value is None or len(read.phases) >= MOST_PHASES:
            return False
        name = found.group(1).replace("_", "-")
        read.phases[name] = (value, found.group(3), seconds, "[INVALID]" not in found.group(5), number)
        return True
    if found := _SCORE.search(_SCORE_LOWER.sub("kiops", line)):
        read.bandwidth, read.iops = printed(found.group(1)), printed(found.group(3))
        read.total, read.unit, read.line = printed(found.group(4)), found.group(2) + "/s", number
        read.valid = "[INVALID]" not in found.group(5)
        return True
    return False


def _take_ini(read: _Result, section: str, line: str, number: int) -> bool:
    """A line of `result.txt`, whose sections are the phases and, last, the score."""
    found = _PAIR.match(line)
    value = printed(found.group(2)) if found else None
    if found is None or value is None:
        return False
    key, valid = found.group(1), "[INVALID]" not in found.group(3)
    if section == "SCORE":
        if key == "BW":
            read.bandwidth = value
        elif key == "MD":
            read.iops = value
        elif key == "SCORE":
            read.total, read.valid, read.line = value, valid, number
        return key in ("BW", "MD", "SCORE")
    if key == "score" and section.startswith(("ior-", "mdtest-", "find")) and len(read.phases) < MOST_PHASES:
        unit = "GiB/s" if section.startswith("ior-") else "kIOPS"
        read.phases[section] = (value, unit, None, valid, number)
        return True
    return False


def _status(read: _Result, issues: Issues) -> str:
    where = Where(line=read.line)
    if read.total is None:
        tell_no_result(issues)
        return "incomplete"
    if not read.valid:
        issues.add(
            "run_invalid",
            Text(zh="总分标有 [INVALID]，不能作为成绩。", en="The score is marked [INVALID]; it does not count."),
            where=where,
        )
        return "invalid"
    if read.bandwidth is None or read.iops is None or not _follows(read.bandwidth, read.iops, read.total):
        issues.add(
            "score_mismatch",
            Text(
                zh="总分与 √(带宽 × IOPS) 不符，未采用。",
                en="The total is not √(bandwidth · IOPS); it is not used.",
            ),
            where=where,
        )
        return "contradictory"
    return "success"


def _follows(bandwidth: Decimal, iops: Decimal, total: Decimal) -> bool:
    """Total² = bandwidth · IOPS within twice the tolerance, so that no root is needed."""
    own, said = Fraction(bandwidth) * Fraction(iops), Fraction(total) ** 2
    return abs(own - said) <= 2 * TOLERANCE * own


def _rows(read: _Result, status: str) -> list[dict[str, Any]]:
    rows = [
        {
            "tool": "io500",
            "benchmark": name,
            "status": "success" if valid else "invalid",
            "duration_ms": int(seconds * 1000) if seconds is not None and seconds < 10**12 else None,
            "metric": "bandwidth" if "B" in unit else "operations",
            "value": value,
            "unit": unit,
            "line": line,
        }
        for name, (value, unit, seconds, valid, line) in read.phases.items()
    ]
    if read.total is not None:
        rows.append(
            {
                "tool": "io500",
                "benchmark": "io500",
                "status": status,
                "metric": "score",
                "value": read.total,
                "unit": "",
                "line": read.line or 1,
            }
        )
    return rows


PARSER = Io500()
