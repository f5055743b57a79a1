"""Incidents that are shorter than the nodes were down."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.node_spells import node_spells
from indicators.integrity.outage_record import improbability, record_of
from indicators.measures.base import support
from indicators.measures.columns import MISSING

_SHORT = line("shortened_outages.short", "0.75", "1", "scheme", "an incident ends when its nodes are back")
_USUAL = line("shortened_outages.usual", "0.10", "1", "fitted", "share of honest incidents closed before their nodes")
_IMPROBABLE = line("shortened_outages.improbability", "2", "−log₁₀ p", "scheme", "one in a hundred")
_NEAR_MS = 45 * 60_000
_SHORTEST_H = 1.0
_LEAST = 4


def _find(dossier: Dossier) -> Iterable[Finding]:
    record = record_of(dossier)
    spells = node_spells(dossier, record) if record is not None else None
    if record is None or spells is None:
        return
    closed = record.end != MISSING
    starts, ends = record.start[closed], record.end[closed]
    if not len(starts):
        return
    shares = []
    for start, end in zip(spells.start.tolist(), spells.end.tolist(), strict=True):
        near = np.flatnonzero(np.abs(starts - start) <= _NEAR_MS)
        if not len(near) or end - start < _SHORTEST_H * 3_600_000:
            continue
        shares.append(float((ends[near].max() - starts[near].min()) / (end - start)))
    short = sum(share < _SHORT.number for share in shares)
    if short < _LEAST:
        return
    odds = improbability(short, len(shares), share=_USUAL.number)
    if not dossier.above(_IMPROBABLE, odds):
        return
    middle = float(np.median(shares))
    yield Finding(
        subject="outages",
        reason=Text(
            zh=f"{len(shares)} 次可对应的停机中，{short} 次的事件时长不到节点停机的 {_SHORT.value} 倍"
            f"（中位数 {middle:.2f}）。",
            en=f"Of {len(shares)} spells with an incident, {short} incidents last less than {_SHORT.value} of the time "
            f"the nodes were down (median {middle:.2f}).",
        ),
        figures=(
            figure("short", "过短的事件", "Incidents too short", short),
            figure("median", "时长之比的中位数", "Median ratio", middle),
        ),
        rests_on=(*support("device_alarms", spells.rows), *support("outages", record.rows)),
    )


SHORTENED_OUTAGES = Check(
    code="shortened_outages",
    title=Text(zh="事件时长短于节点停机", en="Incidents shorter than the outages"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="事件与同时开始的节点停机相比，时长应相当。",
        en="An incident lasts about as long as the node outage that began with it.",
    ),
    why=Text(zh="缩短事件会提高可用度。", en="Shorter incidents raise availability."),
    look=Text(
        zh="核对事件关闭时间与节点恢复调度的时间。",
        en="Compare when incidents were closed with when nodes came back to the scheduler.",
    ),
    thresholds=(_SHORT, _USUAL, _IMPROBABLE),
    find=_find,
    version="2",
)
