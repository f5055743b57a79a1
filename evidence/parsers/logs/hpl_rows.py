"""Result rows of High-Performance Linpack, alone or inside a suite: a row counts once its residual check is printed.

Source: HPL 2.3, testing/ptest/HPL_pdtest.c; the rate follows from N and time, so an edited row shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import re2

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues
from evidence.parsers.logs.results import FIGURE_PATTERN, printed

MOST_ROWS = 10_000
TOLERANCE = Fraction(1, 100)
_ROW = re2.compile(
    r"(?:^|[\s:>])(W[RC][0-9A-Za-z]{1,20})\s+([0-9]{1,12})\s+([0-9]{1,9})\s+([0-9]{1,7})\s+([0-9]{1,7})\s+"
    + FIGURE_PATTERN
    + r"\s+"
    + FIGURE_PATTERN
    + r"(?:\s+\(\s*"
    + FIGURE_PATTERN
    + r"\s*\))?\s*$"
)
_CHECK = re2.compile(r"\|\|Ax-b\|\|.{0,120}\.{3,}\s*(PASSED|FAILED)")
_TIMES = re2.compile(r"HPL_pdgesv\(\) (start|end) time\s+(\w{3} \w{3} +[0-9]{1,2} [0-9:]{8} [0-9]{4})")


@dataclass(slots=True)
class HplRow:
    """One solved system as printed; `check` is PASSED, FAILED, or null where the output ends before it."""

    line: int
    variant: str
    n: int
    nb: int
    p: int
    q: int
    time_s: Decimal
    gflops: Decimal
    gflops_per_card: Decimal | None
    check: str | None = None
    started: str | None = None
    ended: str | None = None

    @property
    def follows(self) -> bool:
        """Whether the rate is (2/3·N³ + 3/2·N²) ÷ time, within a hundredth."""
        if not self.time_s or not self.gflops:
            return False
        work = Fraction(2 * self.n**3, 3) + Fraction(3 * self.n**2, 2)
        own = work / Fraction(self.time_s) / 10**9
        return abs(own - Fraction(self.gflops)) <= TOLERANCE * own

    @property
    def status(self) -> str:
        if self.check is None:
            return "incomplete"
        if self.check == "FAILED":
            return "failed"
        return "success" if self.follows else "contradictory"


def take_hpl_line(rows: list[HplRow], line: str, number: int) -> bool:
    """Take a line into the rows; true when it was one of HPL's results."""
    if (found := _ROW.search(line)) and len(rows) < MOST_ROWS:
        time_s, gflops = printed(found.group(6)), printed(found.group(7))
        if time_s is None or gflops is None:
            return False
        n, nb, p, q = (int(digits) for digits in found.groups()[1:5])
        rows.append(HplRow(number, found.group(1), n, nb, p, q, time_s, gflops, printed(found.group(8))))
        return True
    if rows and (found := _CHECK.search(line)):
        # A system is checked up to three times in old versions; one failure decides.
        rows[-1].check = "FAILED" if "FAILED" in (rows[-1].check, found.group(1)) else "PASSED"
        return True
    if rows and (found := _TIMES.search(line)):
        if found.group(1) == "start":
            rows[-1].started = found.group(2)
        else:
            rows[-1].ended = found.group(2)
        return True
    return False


def best_hpl_row(rows: list[HplRow]) -> HplRow | None:
    """The fastest row that passed and follows from its own figures."""
    good = [row for row in rows if row.status == "success"]
    return max(good, key=lambda row: (row.gflops, -row.line), default=None)


def tell_hpl_faults(rows: list[HplRow], issues: Issues) -> None:
    for row in rows:
        where = Where(line=row.line)
        match row.status:
            case "failed":
                issues.add(
                    "residual_failed",
                    Text(
                        zh=f"第 {row.line} 行的结果未通过残差检验，不能作为成绩。",
                        en=f"The result in line {row.line} failed its residual check; it does not count.",
                    ),
                    where=where,
                )
            case "incomplete":
                issues.add(
                    "residual_missing",
                    Text(
                        zh=f"第 {row.line} 行之后没有残差检验（PASSED），结果不能采用。",
                        en=f"No residual check (PASSED) follows line {row.line}; its result is not used.",
                    ),
                    where=where,
                    hint=Text(zh="请上传完整的 HPL.out。", en="Upload the whole HPL.out."),
                )
            case "contradictory":
                issues.add(
                    "rate_mismatch",
                    Text(
                        zh=f"第 {row.line} 行的 Gflops 与 N、耗时不符，未采用。",
                        en=f"Line {row.line}: the Gflops do not follow from N and time; the row is not used.",
                    ),
                    where=where,
                )
