"""What happened to installed things in twelve months: cards that failed, retired equipment that was used again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.period import Period
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import distinct
from indicators.measures.declared import declared_value
from indicators.measures.findings import NotApplicable, note, nothing_handed_in, some_of
from indicators.measures.job_log import YEAR_DAYS, window

FAILED = ("replaced", "returned")
USED_AGAIN = ("reused", "repaired", "recycled")
DISPOSED = ("disposed",)


def card_annualised_failure_rate(evidence: CentreEvidence) -> Measurement:
    """Cards replaced or sent back ÷ installed card-years, over twelve months, in per cent a year.

    A card (serial number) counts once, however many rows tell of it.

    Raises:
        NoEvidence.
        InvalidEvidence: `more_failed_than_installed`.
    Source: scheme §2.2 ST-2.5.
    """
    period = window(evidence, YEAR_DAYS)
    rows = _events(evidence)
    failed = _inside(rows.filter(_is(rows, "card", FAILED)), period, evidence)
    serials = pc.count_distinct(failed.column("asset")).as_py()
    installed = evidence.profile.cards
    if serials > installed:
        raise InvalidEvidence(
            "more_failed_than_installed",
            Text(
                zh=f"一年内更换或返修 {serials} 张卡，多于已安装的 {installed} 张。",
                en=f"{serials} cards were replaced or sent back in a year, more than the {installed} installed.",
            ),
            hint=Text(
                zh="请核对台账的资产类别与概况中的卡数。", en="Check the categories of the ledger and the profile."
            ),
        )
    return Measurement(
        measure="card_annualised_failure_rate",
        outcome=Outcome.SCORED,
        unit="%/yr",
        value=measured(Fraction(100 * serials, installed)),
        period=period,
        quality=Quality.A,
        formula="F = failed ÷ card_years × 100",
        inputs=(
            Input("failed", Text(zh="更换或返修的卡", en="Cards replaced or sent back"), Decimal(serials), "card"),
            Input(
                "card_years", Text(zh="卡年", en="Card-years"), Decimal(installed), "card·yr", "profile: accelerators"
            ),
        ),
        notes=()
        if serials
        else (
            note(
                "no_card_failed",
                "台账中没有更换或返修的加速卡。",
                "The ledger names no card that was replaced or sent back.",
            ),
        ),
        rests_on=support("asset_events", failed if failed.num_rows else rows),
    )


def equipment_reuse(evidence: CentreEvidence) -> Measurement:
    """Equipment reused, repaired or recycled ÷ equipment retired in twelve months, in per cent.

    What happened to a thing before it retired says nothing of its end, and what was disposed of was not used again. By
    mass where every retired thing has one, else by units. Without a ledger a declared figure stands (`GR-4.6`).

    Raises:
        NoEvidence.
        NotApplicable: `nothing_retired`.
    Source: scheme §2.3 GR-4.6.
    """
    if not evidence.rows("asset_events").num_rows:
        if not evidence.rows("declaration").num_rows:
            raise nothing_handed_in(["asset_events"], ["declaration"])
        return declared_value("equipment_reuse", "GR-4.6", "%", evidence)
    period = window(evidence, YEAR_DAYS)
    rows = _events(evidence)
    retired = _inside(rows.filter(pc.equal(rows.column("event"), "retired")), period, evidence)
    if not retired.num_rows:
        raise NotApplicable(
            "nothing_retired",
            Text(zh="评价期内没有设备退役，本指标不适用。", en="Nothing was retired in the period."),
        )
    last = {row["asset"]: row for row in sorted(retired.to_pylist(), key=lambda row: row["on"])}
    masses = {asset: row["mass_kg"] for asset, row in last.items()}
    behind = rows.filter(pc.is_in(rows.column("asset"), value_set=pa.array(sorted(masses))))
    after = [row for row in behind.to_pylist() if row["on"] >= last[row["asset"]]["on"]]
    used = _named(after, USED_AGAIN) - _named(after, DISPOSED)
    weighed = all(mass is not None for mass in masses.values())
    weights = {asset: Fraction(mass) if weighed else Fraction(1) for asset, mass in masses.items()}
    total, good = sum(weights.values(), Fraction(0)), sum((weights[asset] for asset in used), Fraction(0))
    unit = "kg" if weighed else "1"
    return Measurement(
        measure="equipment_reuse",
        outcome=Outcome.SCORED,
        unit="%",
        value=measured(good / total * 100),
        period=period,
        # A ledger sums up what certificates of disposal prove.
        quality=Quality.C,
        formula="R = used_again ÷ retired × 100",
        inputs=(
            Input("used_again", Text(zh="再利用、维修或回收", en="Reused, repaired or recycled"), measured(good), unit),
            Input("retired", Text(zh="退役设备", en="Retired"), measured(total), unit),
        ),
        notes=tuple(_not_used_again(sorted(_named(behind.to_pylist(), USED_AGAIN) - used))),
        rests_on=support("asset_events", behind),
    )


def _named(rows: list[dict[str, Any]], events: tuple[str, ...]) -> set[str]:
    """The things to which one of some events happened."""
    return {row["asset"] for row in rows if row["event"] in events}


def _not_used_again(assets: list[str]) -> Iterator[Reason]:
    if assets:
        shown = some_of(assets)
        yield note(
            "not_used_again",
            f"以下设备的再利用、维修或回收早于退役，或退役后已处置，不计为再利用：{shown.zh}。",
            f"These were reused, repaired or recycled before they retired, or disposed of since, and do not count as "
            f"used again: {shown.en}.",
        )


def _events(evidence: CentreEvidence) -> pa.Table:
    rows = distinct(evidence.rows("asset_events"))
    if not rows.num_rows:
        raise nothing_handed_in(["asset_events"])
    return rows


def _is(rows: pa.Table, category: str, events: tuple[str, ...]) -> pa.ChunkedArray:
    return pc.and_(
        pc.equal(rows.column("category"), category), pc.is_in(rows.column("event"), value_set=pa.array(events))
    )


def _inside(rows: pa.Table, period: Period, evidence: CentreEvidence) -> pa.Table:
    zone = evidence.profile.zone
    first, last = (moment.astimezone(zone).date() for moment in (period.start, period.end))
    on = rows.column("on")
    return rows.filter(pc.and_(pc.greater_equal(on, pa.scalar(first)), pc.less(on, pa.scalar(last))))
