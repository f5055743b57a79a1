"""Results of benchmark tools as measures see them: rows of one tool, the same result once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from core.errors import InsufficientData
from core.provenance import Support
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.findings import nothing_handed_in

Row = dict[str, Any]
_PLACES = ("line", "cell", "evidence")


def results(evidence: CentreEvidence, *, tools: Iterable[str], files: Text, metric: str | None = None) -> list[Row]:
    """The rows of some tools with a value, each with `index`, its place in the pooled table.

    The same content handed in again in another file counts once.

    Args:
        files: what a person hands in so that such rows arise.

    Raises:
        NoEvidence: nothing of these tools was handed in.
    """
    wanted = frozenset(tools)
    rows: dict[tuple[str, ...], Row] = {}
    for index, row in enumerate(evidence.rows("benchmark_runs").to_pylist()):
        if row["tool"] in wanted and row["value"] is not None and metric in (None, row["metric"]):
            content = tuple(str(value) for name, value in row.items() if name not in _PLACES)
            rows.setdefault(content, row | {"index": index})
    if not rows:
        raise nothing_handed_in([files])
    return list(rows.values())


def successful(rows: Iterable[Row]) -> list[Row]:
    """The rows that count as a result.

    Raises:
        InsufficientData: `no_valid_result` when there is none.
    """
    good = [row for row in rows if row["status"] == "success"]
    if not good:
        raise no_valid_result()
    return good


def no_valid_result() -> InsufficientData:
    return InsufficientData(
        "no_valid_result",
        Text(
            zh="提交的测试没有一个有效结果（未通过校验、INVALID、数值矛盾或被截断）。",
            en="None of the tests handed in is a valid result: failed, INVALID, contradictory or cut short.",
        ),
        hint=Text(zh="请提交通过校验的完整输出。", en="Hand in the whole output of a test that passed."),
    )


def rests_on(evidence: CentreEvidence, rows: Iterable[Mapping[str, Any]]) -> tuple[Support, ...]:
    """The provenance of rows that `results` gave."""
    indices = pa.array(sorted({row["index"] for row in rows}), pa.int64())
    return support("benchmark_runs", evidence.rows("benchmark_runs").take(indices))
