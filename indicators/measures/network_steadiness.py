"""How steady the network is in service: links that flap, and the spread of a fixed probe."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import MISSING, bounds, distinct, figures, milliseconds
from indicators.measures.declared import declared_quantity
from indicators.measures.findings import PartMissing, coverage_grade, nothing_handed_in
from indicators.measures.intervals import Spell, union
from indicators.measures.job_log import SHORTEST_DAYS, window

SHORTEST_FLAP_MS = 1000
LEAST_LINK_MONTHS = 300
MONTH_DAYS = 30
PROBE_BYTES = 1 << 30
PROBE_HOURS = 14 * 24
LEAST_PROBED = Fraction(75, 100)
HOUR = 3_600_000
_LINKS = dict.fromkeys(("1", "", "link", "links", "条"), Fraction(1))


def link_flaps(evidence: CentreEvidence) -> Measurement:
    """Times a link was down for a second or more ÷ (links ÷ 1,000) ÷ months, over 90 days of three months.

    The number of links is declared under `ST-5.2.links`. Events of one link that overlap are one.

    Raises:
        NoEvidence.
        InsufficientData: `links_unknown`, `exposure_too_small` below 300 link-months.
        InvalidEvidence: `more_links_than_declared`.
    Source: scheme §2.2 ST-5.2.
    """
    rows = distinct(evidence.rows("link_events"))
    if not rows.num_rows:
        raise nothing_handed_in(["link_events", "declaration"])
    links = declared_quantity(evidence, "ST-5.2.links", _LINKS)
    if links is None:
        raise PartMissing(
            "links_unknown",
            Text(zh="没有申报链路总数。", en="The number of links is not declared."),
            hint=Text(zh="请以 ST-5.2.links 申报。", en="Declare it under ST-5.2.links."),
            ways=(("declaration",),),
        )
    period = window(evidence, SHORTEST_DAYS)
    months = Fraction(SHORTEST_DAYS, MONTH_DAYS)
    if links.amount * months < LEAST_LINK_MONTHS:
        raise InsufficientData(
            "exposure_too_small",
            Text(
                zh=f"{measured(links.amount)} 条链路 {measured(months)} 个月，不足 {LEAST_LINK_MONTHS} 链路月。",
                en=f"{measured(links.amount)} links over {measured(months)} months are fewer than "
                f"{LEAST_LINK_MONTHS} link-months.",
            ),
            hint=Text(zh="链路太少，本指标无法评价。", en="There are too few links to assess this."),
        )
    first, last = bounds(period)
    down, up = milliseconds(rows.column("down_at")), milliseconds(rows.column("up_at"))
    up = np.where(up == MISSING, last, up)
    inside = (down >= first) & (down < last)
    spells: dict[tuple[str, str], list[Spell]] = {}
    for index in np.flatnonzero(inside).tolist():
        key = (rows.column("switch")[index].as_py() or "", rows.column("link")[index].as_py())
        spells.setdefault(key, []).append(Spell(int(down[index]), int(max(up[index], down[index]))))
    if len(spells) > links.amount:
        raise InvalidEvidence(
            "more_links_than_declared",
            Text(
                zh=f"记录中有 {len(spells)} 条链路，多于申报的 {measured(links.amount)} 条。",
                en=f"The record names {len(spells)} links, more than the {measured(links.amount)} declared.",
            ),
            hint=Text(zh="请更正链路总数。", en="Correct the number of links."),
        )
    flaps = sum(end - start >= SHORTEST_FLAP_MS for own in spells.values() for start, end in union(own))
    return Measurement(
        measure="link_flaps",
        outcome=Outcome.SCORED,
        unit="1",
        value=measured(flaps / (links.amount / 1000) / months),
        period=period,
        quality=Quality.A,
        formula="f = flaps ÷ (links ÷ 1000) ÷ months",
        inputs=(
            Input("flaps", Text(zh="不短于 1 秒的中断", en="Flaps of a second or more"), Decimal(flaps), "1"),
            Input("links", Text(zh="链路数", en="Links"), measured(links.amount), "1", links.code),
            Input("months", Text(zh="月数（每月 30 天）", en="Months of 30 days"), measured(months), "1"),
        ),
        rests_on=(*support("link_events", rows.filter(pa.array(inside))), *support("declaration", links.rows)),
    )


def network_jitter(evidence: CentreEvidence) -> Measurement:
    """(P99 − P50) ÷ P50 of the time of a fixed 1 GiB all-reduce, probed hourly for 14 days or more of the last 90.

    Of probes on several numbers of ranks the largest that fill enough hours count.

    Raises:
        NoEvidence.
        InsufficientData: `too_few_probes` below 75 % of 336 hours.
    Source: scheme §2.2 ST-5.3.
    """
    rows = distinct(evidence.rows("network_probes"))
    if not rows.num_rows:
        raise nothing_handed_in(["network_probes"])
    period = window(evidence, SHORTEST_DAYS)
    first, last = bounds(period)
    at = milliseconds(rows.column("at"))
    fixed = pc.and_(
        pc.equal(rows.column("operation"), "all_reduce"), pc.equal(rows.column("size_bytes"), PROBE_BYTES)
    ).to_numpy()
    rows = rows.filter(pa.array(fixed & (at >= first) & (at < last)))
    hours = {
        ranks: _hours(rows.filter(pc.equal(rows.column("ranks"), ranks)))
        for ranks in pc.unique(rows.column("ranks")).to_pylist()
    }
    enough = [ranks for ranks, number in hours.items() if number >= LEAST_PROBED * PROBE_HOURS]
    if not enough:
        most = max(hours.values(), default=0)
        raise InsufficientData(
            "too_few_probes",
            Text(
                zh=f"1 GiB all-reduce 探测只覆盖 {most} 个小时，至少需要 {int(LEAST_PROBED * PROBE_HOURS)} 个。",
                en=f"Probes of a 1 GiB all-reduce fill {most} hours; {int(LEAST_PROBED * PROBE_HOURS)} are needed.",
            ),
            hint=Text(zh="请在同一批卡上每小时探测一次，持续 14 天。", en="Probe the same cards hourly for 14 days."),
        )
    rows = rows.filter(pc.equal(rows.column("ranks"), max(enough)))
    times = np.sort(figures(rows.column("time_us")))
    p50, p99 = (int(times[-(-len(times) * share // 100) - 1]) for share in (50, 99))
    coverage = min(Fraction(hours[max(enough)], PROBE_HOURS), Fraction(1))
    return Measurement(
        measure="network_jitter",
        outcome=Outcome.SCORED,
        unit="ratio",
        value=measured(Fraction(p99 - p50, p50)),
        period=period,
        coverage=measured(coverage),
        quality=coverage_grade(coverage),
        formula="j = (P99 − P50) ÷ P50",
        inputs=(
            Input("P50", Text(zh="P50 耗时", en="P50 of the time"), measured(Fraction(p50, 10**9)), "us"),
            Input("P99", Text(zh="P99 耗时", en="P99 of the time"), measured(Fraction(p99, 10**9)), "us"),
            Input("probes", Text(zh="探测次数", en="Probes"), Decimal(len(times)), "1"),
            Input("ranks", Text(zh="卡数", en="Ranks"), Decimal(max(enough)), "card"),
        ),
        rests_on=support("network_probes", rows),
    )


def _hours(rows: pa.Table) -> int:
    """Distinct hours with a probe."""
    return len(np.unique(milliseconds(rows.column("at")) // HOUR))
