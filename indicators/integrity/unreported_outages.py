"""Nodes that were down while the incident record knows of nothing."""

from __future__ import annotations

from collections.abc import Iterable

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.node_spells import node_spells
from indicators.integrity.outage_record import improbability, record_of
from indicators.measures.base import support

_MISSED = line("unreported_outages.missed", "0.10", "1", "fitted", "share of faults that tidy records lack")
_IMPROBABLE = line("unreported_outages.improbability", "2", "−log₁₀ p", "scheme", "one in a hundred")
_SHORTEST_H = 0.5
_LEAST = 3


def _find(dossier: Dossier) -> Iterable[Finding]:
    record = record_of(dossier)
    spells = node_spells(dossier, record) if record is not None else None
    if record is None or spells is None:
        return
    lasting = spells.hours() >= _SHORTEST_H
    starts, hours = spells.start[lasting], spells.hours()[lasting]
    lost = [not record.knows(int(at)) for at in starts]
    unknown = sum(lost)
    if unknown < _LEAST:
        return
    odds = improbability(unknown, len(starts), share=_MISSED.number)
    if not dossier.above(_IMPROBABLE, odds):
        return
    silent = float(hours[lost].sum())
    yield Finding(
        subject="outages",
        reason=Text(
            zh=f"节点事件显示 {len(starts)} 次半小时以上的停机，"
            f"其中 {unknown} 次（共 {silent:.0f} 小时）没有事件记录。",
            en=f"Node events tell {len(starts)} spells of half an hour and more; {unknown} of them ({silent:.0f} h) "
            "have no incident.",
        ),
        figures=(
            figure("unknown", "无对应事件的停机", "Spells without an incident", unknown),
            figure("spells", "停机次数", "Spells", len(starts)),
            figure("hours", "其时长", "Their time", silent, "h"),
        ),
        rests_on=support("device_alarms", spells.rows),
    )


UNREPORTED_OUTAGES = Check(
    code="unreported_outages",
    title=Text(zh="节点停机没有对应事件", en="Node outages the record lacks"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="节点事件中半小时以上的停机，前后两小时内应有事件记录。",
        en="A node down for half an hour and more has an incident within two hours.",
    ),
    why=Text(
        zh="删去事件会提高可用度，但监控与调度器仍留有节点停机。",
        en="Incidents left out raise availability, but monitoring and scheduler still know the nodes were down.",
    ),
    look=Text(
        zh="逐条核对这些停机，要求补交事件或说明。",
        en="Go through these spells; ask for the incidents or a reason.",
    ),
    thresholds=(_MISSED, _IMPROBABLE),
    find=_find,
    version="2",
)
