"""Availability and root causes from the record of outages and incidents.

Spells of one service are laid over each other, so that no instant is lost twice. Maintenance is left
out only when announced 72 h ahead, and up to 1 % of the period; the rest of it counts as downtime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.causes import is_confirmed, unlisted
from indicators.measures.columns import MISSING, bounds, integers, milliseconds
from indicators.measures.findings import NotApplicable, note, nothing_handed_in, percent
from indicators.measures.incident_record import incident_record
from indicators.measures.intervals import Spell, downtime
from indicators.measures.silence import silence

MONTHS = 12
NOTICE_MS = 72 * 3_600_000
MAINTENANCE_SHARE = Fraction(1, 100)
LEAST_INCIDENTS = 3
SERVICES = pa.array(["compute", "facility", "inference"])  # what a centre's own incident record speaks of
_MINUTE = 60_000
# What compute cannot do without, and the longest it may be away before compute is: ten minutes of the scheduler are too
# long, five of the network are not (scheme, §3.2).
_UNDER_COMPUTE = {
    **dict.fromkeys(("scheduler", "slurm", "调度", "调度器", "调度系统", "作业调度"), 10 * _MINUTE - 1),
    **dict.fromkeys(("network", "网络", "计算网络", "集群网络"), 5 * _MINUTE),
    **dict.fromkeys(("storage", "存储", "存储系统", "并行存储"), 0),
}
_ASKED = pa.array([*SERVICES.to_pylist(), *_UNDER_COMPUTE])
_SHOWN_NAMES = 3


@dataclass(frozen=True)
class Outages:
    """The spells of one service inside a period, and the rows behind them."""

    unplanned: tuple[Spell, ...]
    maintenance: tuple[Spell, ...]  # planned and announced in time
    rows: pa.Table


def availability(measure: str, service: str, by_cards: bool, evidence: CentreEvidence) -> Measurement:
    """1 − card-time lost ÷ (card-time of the period − excluded maintenance), in per cent, over twelve months.

    A record that does not name the service, or spans too little of the year, is of a lower grade.

    Args:
        service: compute | facility | inference, as incidents name it.
        by_cards: whether `cards_affected` limits the loss; otherwise an outage takes the whole service down.

    Raises:
        InvalidEvidence: `outage_backwards` for an outage that ends before it starts.
    Source: scheme §3.2 (unit of account, planned maintenance); §2.0 (evidence grades).
    """
    profile = evidence.profile
    period = Period.whole_months(profile.applied_on, months=MONTHS, zone=profile.place.timezone)
    installed = profile.cards if by_cards else 1
    outages = service_outages(evidence, service, period, installed=installed)
    record = incident_record(evidence)
    shown = silence(_of_known_services(record.rows), _names(service), period)
    found = downtime(outages.unplanned, outages.maintenance, installed=installed)
    total = installed * period.milliseconds
    allowed = int(total * MAINTENANCE_SHARE)
    excess = max(0, found.excluded - allowed)
    excluded = found.excluded - excess
    lost = found.lost + excess
    available = 1 - Fraction(lost, total - excluded)
    including = 1 - Fraction(found.lost + found.excluded, total)
    return Measurement(
        measure=measure,
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(available * 100),
        period=period,
        quality=shown.quality,
        formula="A = 1 − lost ÷ (total − excluded), × 100",
        inputs=(
            _hours("lost", Text(zh="不可用", en="Unavailable"), lost, by_cards=by_cards),
            _hours("total", Text(zh="评价期总量", en="Of the period"), total, by_cards=by_cards),
            _hours("excluded", Text(zh="扣除的计划维护", en="Maintenance left out"), excluded, by_cards=by_cards),
            Input(
                "a_incl",
                Text(zh="可用度（维护计为不可用）", en="Availability, maintenance counted as lost"),
                measured(including * 100),
                "%",
            ),
        ),
        notes=(
            *_notes(outages, excess, total),
            *shown.notes(),
            *record.notes(outages.rows),
            *_of_other_services(record.rows),
        ),
        rests_on=support("outages", outages.rows if outages.rows.num_rows else evidence.rows("outages")),
    )


def root_cause_coverage(evidence: CentreEvidence) -> Measurement:
    """Incidents with a confirmed cause ÷ all incidents of twelve months, in per cent; planned work is none.

    Confirmed: coded in a word of the taxonomy which says more than who has to answer for it.

    Raises:
        NotApplicable: `too_few_incidents` with fewer than three in the period.
    Source: scheme §2.2 ST-3.5; taxonomy: published causes of the Llama 3 training run.
    """
    profile = evidence.profile
    record = incident_record(evidence)
    rows = record.rows
    period = Period.whole_months(profile.applied_on, months=MONTHS, zone=profile.place.timezone)
    started = rows.column("started_at")
    inside = pc.and_(pc.greater_equal(started, pa.scalar(period.start)), pc.less(started, pa.scalar(period.end)))
    incidents = rows.filter(pc.and_(inside, pc.invert(rows.column("planned"))))
    if incidents.num_rows < LEAST_INCIDENTS:
        raise NotApplicable(
            "too_few_incidents",
            Text(
                zh=f"评价期内事件少于 {LEAST_INCIDENTS} 起，本指标不适用。",
                en=f"With fewer than {LEAST_INCIDENTS} incidents in the period this indicator does not apply.",
            ),
        )
    causes = incidents.column("cause").to_pylist()
    confirmed = sum(map(is_confirmed, causes))
    return Measurement(
        measure="root_cause_coverage",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(Fraction(100 * confirmed, incidents.num_rows)),
        period=period,
        quality=Quality.A,
        formula="R = confirmed ÷ incidents × 100",
        inputs=(
            Input("confirmed", Text(zh="已确认原因的事件", en="With a confirmed cause"), Decimal(confirmed), "1"),
            Input("incidents", Text(zh="全部事件", en="All incidents"), Decimal(incidents.num_rows), "1"),
        ),
        notes=(*record.notes(incidents), *unlisted(causes)),
        rests_on=support("outages", incidents),
    )


def service_outages(evidence: CentreEvidence, service: str, period: Period, *, installed: int) -> Outages:
    """The outages of a service inside a period, each once; an outage without an end lasts to the period's end.

    Scheduler, network and storage count as compute, also where a record names nothing else. How far it speaks for a
    service it does not name, is for the grade to tell. What a monitor saw of its own target, such as a web page, says
    nothing of a service.

    Raises:
        NoEvidence: no incident record of the centre's services was handed in.
        InvalidEvidence: `outage_backwards`.
    """
    rows = incident_record(evidence).rows
    if not pc.any(pc.is_in(rows.column("service"), value_set=_ASKED)).as_py():
        raise nothing_handed_in(["outages"])
    start, end = bounds(period)
    own = rows.filter(pc.is_in(rows.column("service"), value_set=pa.array(_names(service))))
    started, ended = milliseconds(own.column("started_at")), milliseconds(own.column("ended_at"))
    lasted, announced = integers(own.column("down_ms")), milliseconds(own.column("announced_at"))
    cards = integers(own.column("cards_affected"))
    planned, names = own.column("planned").to_pylist(), own.column("service").to_pylist()
    unplanned: list[Spell] = []
    maintenance: list[Spell] = []
    used: list[int] = []
    for index, first in enumerate(started.tolist()):
        last = _end(first, int(ended[index]), int(lasted[index]), otherwise=end)
        if last < first:
            raise _backwards(own.column("outage")[index].as_py())
        number = installed if cards[index] == MISSING else min(int(cards[index]), installed)
        bearable = _UNDER_COMPUTE.get(names[index], 0)
        spell = Spell(first, last, number).within(start, end) if last - first > bearable else None
        if spell is None:
            continue
        used.append(index)
        in_time = announced[index] != MISSING and first - int(announced[index]) >= NOTICE_MS
        (maintenance if planned[index] and in_time else unplanned).append(spell)
    return Outages(tuple(unplanned), tuple(maintenance), own.take(pa.array(used, pa.int64())))


def _names(service: str) -> list[str]:
    return [service, *_UNDER_COMPUTE] if service == "compute" else [service]


def _of_known_services(rows: pa.Table) -> pa.Table:
    return rows.filter(pc.is_in(rows.column("service"), value_set=_ASKED))


def _of_other_services(rows: pa.Table) -> Iterator[Reason]:
    """That records of services nobody asks for are there, by name: one of them may be ours under another."""
    others = rows.filter(pc.invert(pc.is_in(rows.column("service"), value_set=_ASKED))).column("service")
    names = sorted(pc.unique(others).to_pylist())
    if names:
        shown, more = names[:_SHOWN_NAMES], len(names) > _SHOWN_NAMES
        yield note(
            "services_not_counted",
            f"以下服务的 {len(others)} 条记录不计入：{'、'.join(shown)}{f' 等 {len(names)} 项' if more else ''}。",
            f"Records of these services do not count ({len(others)}): "
            f"{', '.join(shown)}{f' and {len(names) - _SHOWN_NAMES} more' if more else ''}.",
        )


compute_availability = partial(availability, "compute_availability", "compute", True)
facility_availability = partial(availability, "facility_availability", "facility", True)
inference_service_availability = partial(availability, "inference_service_availability", "inference", False)


def _end(first: int, ended: int, lasted: int, *, otherwise: int) -> int:
    if ended != MISSING:
        return ended
    return first + lasted if lasted != MISSING else max(first, otherwise)


def _backwards(outage: str) -> InvalidEvidence:
    return InvalidEvidence(
        "outage_backwards",
        Text(zh=f"事件 {outage} 的结束早于开始。", en=f"Incident {outage} ends before it starts."),
        hint=Text(zh="请更正该事件的起止时间。", en="Correct the start and end of this incident."),
    )


def _hours(name: str, title: Text, card_milliseconds: int, *, by_cards: bool) -> Input:
    unit = "card·h" if by_cards else "h"
    return Input(name, title, measured(Fraction(card_milliseconds, 3_600_000)), unit)


def _notes(outages: Outages, excess: int, total: int) -> tuple[Reason, ...]:
    notes: list[Reason] = []
    if not outages.rows.num_rows:
        notes.append(
            note(
                "no_outage_recorded",
                "提交的事件记录中没有该服务在评价期内的中断。",
                "The incident record handed in holds no outage of this service in the period.",
            )
        )
    if excess:
        notes.append(
            note(
                "maintenance_above_limit",
                f"计划维护超过 1 % 的部分（{percent(Fraction(excess, total), decimals=4)}）计为不可用。",
                f"Planned maintenance above 1 % ({percent(Fraction(excess, total), decimals=4)}) counts as downtime.",
            )
        )
    if late := _late(outages.rows):
        notes.append(
            note(
                "announced_late",
                f"{late} 次计划维护未提前 72 小时公告，计为不可用。",
                f"{late} planned outages were not announced 72 h ahead and count as downtime.",
            )
        )
    return tuple(notes)


def _late(rows: pa.Table) -> int:
    started, announced = milliseconds(rows.column("started_at")), milliseconds(rows.column("announced_at"))
    planned = rows.column("planned").to_numpy()
    return int((planned & ((announced == MISSING) | (started - announced < NOTICE_MS))).sum())
