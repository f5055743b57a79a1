"""More cards at work, or more nodes alarming, than the profile says are there."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from core.text import Text
from indicators.integrity.allocation import allocated, jobs_of
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.measures.base import support
from indicators.measures.columns import integers

_TIMES = line(
    "more_than_installed.times", "1.02", "1", "physics", "hand-over of jobs within an hour may overlap a little"
)
_KINDS = (
    ("inventory", "accelerators", "系统清单", "the inventory"),
    ("benchmark_runs", "accelerators", "测试运行", "a benchmark run"),
    ("run_cards", "accelerators", "运行卡", "a run card"),
    ("jobs", "cards", "作业", "a job"),
)
_EMULATING = ("mlperf_storage",)  # tools whose accelerators are emulated


def _find(dossier: Dossier) -> Iterable[Finding]:
    installed = dossier.evidence.profile.cards
    for kind, column, zh, en in _KINDS:
        rows = dossier.evidence.rows(kind)
        if kind == "benchmark_runs":
            emulated = pc.starts_with(rows.column("tool"), _EMULATING[0])
            rows = rows.filter(pc.invert(emulated))
        rows = rows.filter(pc.fill_null(pc.greater(rows.column(column), installed), fill_value=False))
        if rows.num_rows:
            most = int(integers(rows.column(column)).max())
            yield Finding(
                subject=kind,
                reason=Text(
                    zh=f"{zh}有 {most} 张卡，而概况只有 {installed} 张。",
                    en=f"There are {most} cards in {en}; the profile has {installed}.",
                ),
                figures=(figure("cards", "卡数", "Cards", most), figure("installed", "已安装", "Installed", installed)),
                rests_on=support(kind, rows),
            )
    held = allocated(dossier)
    log = jobs_of(dossier)
    if held is None or log is None:
        return
    most_held = float(held[0].max()) / installed
    if dossier.above(_TIMES, most_held):
        yield Finding(
            subject="jobs",
            reason=Text(
                zh=f"同一小时内分配的卡达到已安装的 {most_held:.2f} 倍。",
                en=f"Within one hour {most_held:.2f} × the installed cards are allocated.",
            ),
            figures=(figure("times", "为已安装的倍数", "Times installed", most_held),),
            rests_on=support("jobs", log.rows),
        )


MORE_THAN_INSTALLED = Check(
    code="more_than_installed",
    title=Text(zh="卡数多于已安装", en="More cards than installed"),
    severity=Severity.IMPOSSIBLE,
    what=Text(
        zh="清单、测试、运行卡、作业及同时分配的卡数不得超过概况中的卡数。",
        en="Inventory, benchmarks, run cards, jobs and what is allocated at once have at most the installed cards.",
    ),
    why=Text(
        zh="日志来自其他集群，概况少报卡数，或作业重复计数。",
        en="Logs of another cluster, cards left out of the profile, or jobs counted twice.",
    ),
    look=Text(
        zh="现场清点卡数，核对日志中的主机名与资产清单。",
        en="Count the cards on site; compare host names of the logs with the asset list.",
    ),
    thresholds=(_TIMES,),
    find=_find,
    is_open=True,
)
