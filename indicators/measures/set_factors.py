"""The scaling factors of MLPerf sets, joined to the sets as far as that can be known.

A `scaling.json` names neither benchmark nor system. Of one set in the evidence it is the factor; among several sets, or
several factors, the largest one counts for each, which never favours.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pyarrow.compute as pc

from core.outcome import Quality, Reason
from core.provenance import Support
from core.quantity import shortest
from indicators.measures.base import CentreEvidence, support
from indicators.measures.findings import note


@dataclass(frozen=True)
class SetFactor:
    """What the minutes of a set are multiplied by, how sure that is, and the files that tell it."""

    value: Decimal
    quality: Quality
    notes: tuple[Reason, ...]
    rests_on: tuple[Support, ...]


def set_factor(evidence: CentreEvidence, *, sets: int) -> SetFactor:
    """The factor for each of so many sets.

    Source: MLPerf Training rules, "Results"; formats §1 (score of a set).
    """
    results = evidence.rows("benchmark_runs")
    rows = results.filter(pc.equal(results.column("tool"), "mlperf_scaling"))
    factors = sorted(set(rows.column("value").to_pylist()))
    if not factors:
        return SetFactor(Decimal(1), Quality.A, (_NONE,), ())
    largest, told_by = factors[-1], support("benchmark_runs", rows)
    if len(factors) == 1 and sets == 1:
        return SetFactor(largest, Quality.A, (), told_by)
    return SetFactor(largest, Quality.B, (_largest(largest, len(factors), sets),), told_by)


_NONE = note(
    "no_scaling_factor",
    "没有提交 scaling.json，修正系数按 1 计；若成绩集附有该文件，请一并提交。",
    "No scaling.json was handed in and the factor is taken as 1; hand it in where the set came with one.",
)


def _largest(factor: Decimal, factors: int, sets: int) -> Reason:
    return note(
        "scaling_factor_not_joined",
        f"有 {sets} 组 MLPerf 成绩和 {factors} 个修正系数，scaling.json 不说明属于哪一组；各组均按最大的"
        f" {shortest(factor)} 计，证据等级最高为 B。请只提交一组成绩及其 scaling.json。",
        f"There are {sets} MLPerf sets and {factors} scaling factors, and no scaling.json says to which set it "
        f"belongs: each is multiplied by the largest, {shortest(factor)}, at grade B at best. Hand in one set with "
        "its scaling.json.",
    )
