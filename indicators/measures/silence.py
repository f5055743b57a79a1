"""What an incident record proves where it is silent: that a service was available, or only that nobody wrote it down.

A record speaks for a service it names, and for the time from its first entry to its last one. An entry need not be an
outage: a planned one that ends when it starts says that the record was kept and there was nothing to tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.outcome import Quality, Reason
from core.period import Period
from indicators.measures.columns import bounds, milliseconds
from indicators.measures.findings import note, percent, worst

# Of the period between first and last entry. Quiet weeks at both ends are no gap: incidents keep no calendar.
_REACH_OF_A = Fraction(3, 4)
_REACH_OF_B = Fraction(1, 2)


@dataclass(frozen=True)
class Silence:
    """How far an incident record speaks for one service.

    Args:
        is_named: whether any entry is of the service.
        reach: share of the period from the first to the last entry, of whichever service.
    """

    is_named: bool
    reach: Fraction

    @property
    def quality(self) -> Quality:
        """C at best for a service nobody named: its availability rests on what the centre does not say."""
        return worst([Quality.A if self.is_named else Quality.C, self._of_reach])

    @property
    def _of_reach(self) -> Quality:
        if self.reach >= _REACH_OF_A:
            return Quality.A
        return Quality.B if self.reach >= _REACH_OF_B else Quality.C

    def notes(self) -> Iterator[Reason]:
        """What the record does not show, and how to show it."""
        if not self.is_named:
            yield note(
                "service_not_named",
                "事件记录没有任何一条提到该服务，不足以证明其一直可用，证据等级最高为 C。如确无中断，请为该服务在年初和"
                "年末各登记一条计划内、起止时间相同的记录。",
                "No entry of the incident record is of this service, which does not prove that it was available: "
                "grade C at best. If nothing happened, enter for it, at the beginning and the end of the year, a "
                "planned row that ends when it starts.",
            )
        if self._of_reach is not Quality.A:
            grade = self._of_reach.value
            yield note(
                "record_too_short",
                f"事件记录从首条到末条只跨越评价期的 {percent(self.reach)}，证据等级最高为 {grade}。请提交全年的记录；"
                "如其余时间确无事件，请在年初和年末各登记一条计划内、起止时间相同的记录。",
                f"From its first entry to its last one the incident record spans {percent(self.reach)} of the period: "
                f"grade {grade} at best. Hand in the record of the whole year; if nothing happened in the rest of it, "
                "enter, at its beginning and end, a planned row that ends when it starts.",
            )


def silence(record: pa.Table, names: Collection[str], period: Period) -> Silence:
    """How far a record, of all services that count, speaks for the service of these names in a period.

    Source: scheme §2.2 (window of twelve months), §2.0 (grade A is complete; C, the operator's own summary).
    """
    start, end = bounds(period)
    started, ended = (milliseconds(record.column(name)) for name in ("started_at", "ended_at"))
    first, last = np.clip([started.min(), max(started.max(), ended.max())], start, end).tolist()
    is_named = pc.any(pc.is_in(record.column("service"), value_set=pa.array(list(names)))).as_py()
    return Silence(bool(is_named), Fraction(last - first, end - start))
