"""Numbers missing from a series of incidents that is numbered on its own."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import re2

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, figure, line
from indicators.integrity.outage_record import improbability, record_of
from indicators.measures.base import support

_OWN = line("incident_numbers.own_series", "0.55", "1", "fitted", "share of steps of one in a series of its own")
_VOIDED = line("incident_numbers.voided", "0.05", "1", "fitted", "share of numbers honest series void or merge")
_IMPROBABLE = line("incident_numbers.improbability", "2", "−log₁₀ p", "scheme", "one in a hundred")
_LEAST = 8
_JUMP = 12  # larger steps are a new series
_NUMBERED = re2.compile(r"^(.*?)([0-9]{1,12})$")


def _find(dossier: Dossier) -> Iterable[Finding]:
    record = record_of(dossier)
    if record is None:
        return
    series: dict[str, list[int]] = {}
    for name in record.rows.column("outage").to_pylist():
        if match := _NUMBERED.match(name):
            series.setdefault(match.group(1), []).append(int(match.group(2)))
    for prefix, numbers in sorted(series.items()):
        steps = np.diff(np.unique(numbers))
        steps = steps[steps <= _JUMP]
        if len(steps) < _LEAST or not dossier.above(_OWN, float((steps == 1).mean())):
            continue
        broken = int((steps > 1).sum())
        odds = improbability(broken, len(steps), share=_VOIDED.number)
        if not dossier.above(_IMPROBABLE, odds):
            continue
        missing = int((steps - 1).sum())
        yield Finding(
            subject=f"{prefix}…" if prefix else "outages",
            reason=Text(
                zh=f"编号序列“{prefix}”共 {len(numbers)} 条，缺 {missing} 个号，分布在 {broken} 处。",
                en=f"The series “{prefix}” of {len(numbers)} incidents lacks {missing} numbers in {broken} places.",
            ),
            figures=(
                figure("missing", "缺少的编号", "Missing numbers", missing),
                figure("places", "缺号处", "Places", broken),
            ),
            rests_on=support("outages", record.rows),
        )


INCIDENT_NUMBERS = Check(
    code="incident_numbers",
    title=Text(zh="事件编号缺号", en="Gaps in the numbers of incidents"),
    severity=Severity.NOTABLE,
    what=Text(
        zh="独立编号的事件序列中，缺号比例不应超过作废与合并的常见比例。",
        en="In a series numbered on its own, no more numbers are missing than are voided or merged anywhere.",
    ),
    why=Text(zh="删去事件而不改编号会留下缺号。", en="Incidents left out without renumbering leave gaps."),
    look=Text(
        zh="询问缺号的去向：作废、合并，还是未提交。",
        en="Ask what became of the missing numbers: void, merged, or not handed in.",
    ),
    thresholds=(_OWN, _VOIDED, _IMPROBABLE),
    find=_find,
)
