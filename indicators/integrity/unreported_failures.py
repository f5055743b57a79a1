"""Jobs the platform killed while the incident record knows of nothing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.text import Text
from indicators.integrity.allocation import jobs_of
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.outage_record import improbability, record_of, thinned
from indicators.integrity.series import year
from indicators.measures.base import support
from indicators.measures.causes import Cause
from indicators.measures.columns import MISSING, bounds

_MISSED = line("unreported_failures.missed", "0.10", "1", "fitted", "share of faults that tidy records lack")
_IMPROBABLE = line("unreported_failures.improbability", "2", "−log₁₀ p", "scheme", "one in a hundred")
_APART = 600_000
_LEAST = 3


def _find(dossier: Dossier) -> Iterable[Finding]:
    log, record = jobs_of(dossier), record_of(dossier)
    if log is None or record is None:
        return
    first, last = bounds(year(dossier))
    killed = (log.blamed() == Cause.PLATFORM) & (log.end != MISSING) & (log.end >= first) & (log.end < last)
    faults = thinned(log.end[killed], apart=_APART)
    unknown = [int(at) for at in faults if not record.knows(int(at))]
    if len(unknown) < _LEAST:
        return
    odds = improbability(len(unknown), len(faults), share=_MISSED.number)
    if not dossier.above(_IMPROBABLE, odds):
        return
    missing = killed & np.isin(log.end, unknown)
    yield Finding(
        subject="outages",
        reason=Text(
            zh=f"调度器记录了 {len(faults)} 次平台原因的作业中断，其中 {len(unknown)} 次在事件记录中没有对应事件。",
            en=f"The scheduler knows {len(faults)} interruptions by the platform; for {len(unknown)} of them the "
            "record has no incident.",
        ),
        figures=(
            figure("unknown", "无对应事件", "Without an incident", len(unknown)),
            figure("faults", "平台原因的中断", "Interruptions by the platform", len(faults)),
        ),
        rests_on=support("jobs", log.where(missing).rows),
    )


UNREPORTED_FAILURES = Check(
    code="unreported_failures",
    title=Text(zh="作业中断没有对应事件", en="Interruptions the record lacks"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="调度器记为平台原因（NODE_FAIL 等）的中断，前后两小时内应有事件记录。",
        en="An interruption the scheduler puts to the platform (NODE_FAIL …) has an incident within two hours.",
    ),
    why=Text(
        zh="删去事件会提高可用度，但调度器仍记得被杀掉的作业。",
        en="Incidents left out raise availability, but the scheduler still knows the jobs they killed.",
    ),
    look=Text(
        zh="逐条询问这些作业中断的原因，要求补交事件或说明。",
        en="Ask for the cause of each of these interruptions, and for the incidents or a reason.",
    ),
    thresholds=(_MISSED, _IMPROBABLE),
    find=_find,
)
