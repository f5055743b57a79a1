"""What the readings of a meter or point had against them, as notes: left out, reset, or of what cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.outcome import Reason
from core.period import Period, instant
from core.quantity import measured, plain
from core.text import Text
from indicators.measures.columns import bounds
from indicators.measures.energy_year import Account
from indicators.measures.findings import note, some_of
from indicators.measures.meters import Ledger

METER = Text(zh="电表", en="Meter")
POINT = Text(zh="测点", en="Point")


@dataclass(frozen=True, slots=True)
class Told:
    """What the readings of one meter or point tell, in the unit they count in."""

    name: str
    amounts: Account | Ledger
    unit: str = "kWh"


def reading_notes(of: Text, told: Sequence[Told], period: Period) -> Iterator[Reason]:
    """The notes on some meters or points.

    Args:
        of: `METER` or `POINT`.
    """
    yield from _rejected(of, {one.name: one.amounts.rejected for one in told if one.amounts.rejected})
    for one in told:
        yield from _reset(of, one, period)
    for one in told:
        for code, count in sorted(one.amounts.flagged.items()):
            zh, en = _CHECKS[code]
            yield note(
                f"readings_{code}",
                f"{of.zh} {one.name} 有 {count} 个读数{zh}。",
                f"{of.en} {one.name}, readings that {en}: {count}.",
            )


def _rejected(of: Text, rejected: Mapping[str, int]) -> Iterator[Reason]:
    if not rejected:
        return
    names, number = some_of(list(rejected)), sum(rejected.values())
    yield note(
        "readings_rejected",
        f"{of.zh} {names.zh} 有 {number} 个读数未采用（倒走、重叠、同一时刻数值矛盾或负值）。",
        f"{of.en} {names.en}, readings not used (running backwards, overlapping, contradicting or negative): {number}.",
    )


def _reset(of: Text, told: Told, period: Period) -> Iterator[Reason]:
    """A register that was reset or replaced: how often, when first, and what the rest of the steps came to."""
    start, end = bounds(period)
    resets = [at for at in told.amounts.resets if start < at <= end]
    if not resets:
        return
    often = "once" if len(resets) == 1 else f"{len(resets)} times"
    first = instant(dt.datetime.fromtimestamp(resets[0] / 1000, dt.UTC))
    read = told.amounts.read_kwh if isinstance(told.amounts, Account) else told.amounts.kwh
    rest = f"{plain(measured(read(start, end)))} {told.unit}"
    yield note(
        "counter_reset",
        f"{of.zh} {told.name} 的示数倒走 {len(resets)} 次，首次在 {first}；该段不计入，其余各段合计 {rest}。",
        f"The register of {of.en.lower()} {told.name} ran backwards {often}, first at {first}; that step counts "
        f"nowhere, the others come to {rest}.",
    )


_CHECKS = {
    "spike": (
        "突增（超过自身 P99.9 的三倍），按缺失处理",
        "leap above three times its own P99.9 and count as missing",
    ),
    "stuck": (
        "停滞不变，而相邻电表在变化，按缺失处理",
        "stand still while meters beside it move, and count as missing",
    ),
    "zero": (
        "为零，而下级电表有用电，按缺失处理",
        "are zero while meters below it are not, and count as missing",
    ),
    "leap": (
        "比上一示数多出其间不可能有的用量（超过自身 P99.9 的三倍），该段按缺失处理",
        "exceed the one before by more than it can have used (three times its own P99.9); the steps count as missing",
    ),
    "apart": (
        "（月初示数）与上月的月末示数不符，其间用量按月末示数之差计",
        "start a month elsewhere than the month before ended; the difference between the ends of the months counts",
    ),
    "strayed": (
        "偏离后又回到原来的走势，未采用；其间用量按前后示数之差计",
        "stray from its register, which then goes on as before, and are left out; the difference across them counts",
    ),
}
