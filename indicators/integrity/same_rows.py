"""Rows of logs that another centre handed in too, under other numbers and at other times."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.prints import SKETCH, prints_of

_SHARED = line("same_rows.shared", "0.10", "1", "fitted", "job lengths and waits to the second hardly agree by chance")
_LEAST = line("same_rows.least", "6", "1", "fitted", "equal rows of a sketch before their share counts")
_NAMES = {"jobs": ("作业记录", "job records"), "outages": ("事件记录", "incident records")}
_SMALLEST = 8


def _find(dossier: Dossier) -> Iterable[Finding]:
    for name, (rows, own) in prints_of(dossier).sketches.items():
        for other in dossier.others:
            their_rows, theirs = other.sketches.get(name, (0, ()))
            if min(rows, their_rows) < _SMALLEST:
                continue
            equal, shared = contained(own, rows, theirs, their_rows)
            if not dossier.above(_LEAST, float(equal)) or not dossier.above(_SHARED, shared):
                continue
            zh, en = _NAMES[name]
            yield Finding(
                subject=name,
                reason=Text(
                    zh=f"{zh}约有 {shared * 100:.0f} % 的行与另一中心相同（时间与编号除外）。",
                    en=f"About {shared * 100:.0f} % of the {en} equal another centre's but for times and numbers.",
                ),
                figures=(
                    figure("shared", "相同行的比例", "Share of equal rows", shared),
                    figure("rows", "行数", "Rows", rows),
                ),
                elsewhere=(other.centre, name),
            )


def contained(own: tuple[int, ...], rows: int, theirs: tuple[int, ...], their_rows: int) -> tuple[int, float]:
    """Equal hashes among the smallest of both, and the estimated share of the smaller set that the larger holds."""
    union = sorted({*own, *theirs})[:SKETCH]
    both = set(own) & set(theirs)
    equal = sum(one in both for one in union)
    alike = equal / len(union)  # of all rows of both
    common = alike * (rows + their_rows) / (1 + alike)
    return equal, min(1.0, common / min(rows, their_rows))


SAME_ROWS = Check(
    code="same_rows",
    title=Text(zh="与另一中心的记录行相同", en="The same rows as another centre"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="以行指纹（时长与等待时间，不含编号与时刻）估计与其他中心记录的重合比例。",
        en="Fingerprints of rows, without numbers and times, estimate how much of a record others handed in too.",
    ),
    why=Text(
        zh="改编号、改日期的抄袭仍保留逐行的时长。",
        en="A copy under other numbers and dates keeps the lengths of its rows.",
    ),
    look=Text(
        zh="并排比较两份记录，询问其来源系统。",
        en="Compare both records side by side and ask which system they come from.",
    ),
    thresholds=(_SHARED, _LEAST),
    find=_find,
)
