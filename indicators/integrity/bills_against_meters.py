"""What the electricity utility billed against the centre's incoming meters over the very same time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from core.text import Text
from indicators.integrity.base import Check, Dossier, Finding, Severity, Threshold, figure, line
from indicators.integrity.bills import Bill, bills_of, in_a_row
from indicators.integrity.series import meter_support, span_of_dates, year
from indicators.measures.base import support
from indicators.measures.columns import milliseconds
from indicators.measures.energy_year import Account, account_of
from indicators.measures.intervals import gaps
from indicators.measures.meter_tree import facility_meters
from indicators.measures.meters import DAY

_CLASSES = "both meters and their transformers within class: 0.5S with 0.2S, 1.0 with 0.5; together 1.2 %"
_LESS = line(
    "bills_against_meters.year_less", "0.032", "1", "physics", f"transformer losses up to 2 % are billed; {_CLASSES}"
)
_MORE = line("bills_against_meters.year_more", "0.012", "1", "physics", _CLASSES)
_MONTH_LESS = line(
    "bills_against_meters.month_less", "0.05", "1", "scheme", "as over the year, and 2 % for what one month evens out"
)
_MONTH_MORE = line(
    "bills_against_meters.month_more", "0.03", "1", "scheme", "as over the year, and 2 % for what one month evens out"
)
_COVERED = line(
    "bills_against_meters.covered", "0.95", "1", "scheme", "a period is compared where the meters know nearly all of it"
)
_DAYS = line("bills_against_meters.days", "180", "d", "scheme", "bills of half a year before they are taken together")
_APART_AT_MOST = Fraction(1, 2)  # mean power of hours nobody read, from that of the rest of their period


@dataclass(frozen=True)
class Compared:
    """Energy billed and metered over one stretch of time, in kWh.

    Args:
        start, end: ms since 1970 UTC.
        least, most: what may have passed the incoming meters, with all that is not known of it.
    """

    start: int
    end: int
    billed: Fraction
    metered: Fraction
    least: Fraction
    most: Fraction

    @property
    def less(self) -> float:
        """Share by which the meters certainly tell less than was billed; negative where they may tell as much."""
        return float((self.billed - self.most) / self.billed)

    @property
    def more(self) -> float:
        """Share by which the meters certainly tell more than was billed; negative where they may not."""
        return float((self.least - self.billed) / self.billed)

    @property
    def length(self) -> int:
        return self.end - self.start


def _find(dossier: Dossier) -> Iterable[Finding]:
    bills = bills_of(dossier.evidence)
    if not bills:
        return
    meters = facility_meters(dossier.evidence.profile)
    accounts = [account_of(dossier.evidence, meter, year(dossier)) for meter in meters]
    known = [account for account in accounts if account is not None]
    if not known or len(known) < len(accounts):
        return
    inside = tuple(bill for bill in bills if bill.kwh > 0 and _all_covered(known, bill))
    months = [_compared(known, bill) for bill in inside]
    stretches = [_compared(known, bill) for bill in in_a_row(inside)]
    apart = [one for one in months if _is_apart(dossier, one, less=_MONTH_LESS, more=_MONTH_MORE)]
    if sum(one.length for one in stretches) >= _DAYS.value * DAY:
        together = _together(stretches)
        if _is_apart(dossier, together, less=_LESS, more=_MORE):
            yield _finding(dossier, together, periods=len(months), apart=len(apart))
            return
    if apart:
        worst = max(apart, key=lambda one: max(one.less, one.more))
        yield _finding(dossier, worst, periods=1, apart=len(apart))


def _is_apart(dossier: Dossier, one: Compared, *, less: Threshold, more: Threshold) -> bool:
    told = dossier.above(less, one.less), dossier.above(more, one.more)  # both are, whatever the first says
    return any(told)


def _all_covered(accounts: list[Account], bill: Bill) -> bool:
    return all(_covered(account, bill) >= _COVERED.value for account in accounts)


def _covered(account: Account, bill: Bill) -> Fraction:
    """Share of a billing period of which a meter knows the energy."""
    unknown = sum(end - start for start, end in gaps(account.known(), bill.start, bill.end))
    return 1 - Fraction(unknown, bill.end - bill.start)


def _compared(accounts: list[Account], bill: Bill) -> Compared:
    """Billed and metered energy of a stretch, hours nobody read brought in at the mean power of the others."""
    metered = apart = Fraction(0)
    for account in accounts:
        covered = _covered(account, bill)
        own = account.kwh(bill.start, bill.end) / covered
        metered += own
        apart += own * (1 - covered) * _APART_AT_MOST
        apart += _interpolated(account, bill.start) + _interpolated(account, bill.end)
    apart += metered * Fraction(bill.within, bill.end - bill.start)
    return Compared(bill.start, bill.end, bill.kwh, metered, metered - apart, metered + apart)


def _interpolated(account: Account, at: int) -> Fraction:
    """How far energy may be off where a reading cuts a month of which the meter tells the sum alone."""
    for _, start, end, ledger, _ in account.parts:
        if start < at < end and ledger.usual > DAY:
            part = Fraction(min(at - start, end - at), end - start)
            return account.kwh(start, end) * part * _APART_AT_MOST
    return Fraction(0)


def _together(stretches: list[Compared]) -> Compared:
    """All stretches as one: what one month lacks another has, so that smaller shares show."""
    figures = (
        sum((getattr(one, name) for one in stretches), Fraction(0)) for name in ("billed", "metered", "least", "most")
    )
    return Compared(stretches[0].start, stretches[-1].end, *figures)


def _finding(dossier: Dossier, one: Compared, *, periods: int, apart: int) -> Finding:
    evidence = dossier.evidence
    meters = facility_meters(evidence.profile)
    share = float(one.metered / one.billed - 1) * 100
    rows = evidence.rows("utility_bills")
    starts, ends = (milliseconds(rows.column(name)) for name in ("start_at", "end_at"))
    return Finding(
        subject=", ".join(meter.id for meter in meters),
        reason=Text(
            zh=f"{periods} 个账期内供电企业计费 {float(one.billed):.0f} kWh，同期总表为 {float(one.metered):.0f} kWh，"
            f"相差 {share:+.1f} %，损耗、准确度等级与抄表日期不足以解释；单独超限的账期有 {apart} 个。",
            en=f"Over {periods} billing periods the utility billed {float(one.billed):.0f} kWh, the incoming meters "
            f"tell {float(one.metered):.0f} kWh: {share:+.1f} %, more than losses, meter classes and days of reading "
            f"explain; {apart} periods are apart by themselves.",
        ),
        figures=(
            figure("billed", "计费电量", "Billed", float(one.billed), "kWh"),
            figure("metered", "总表电量", "By the incoming meters", float(one.metered), "kWh"),
            figure("periods_apart", "超限账期数", "Periods apart by themselves", apart, "1"),
        ),
        rests_on=(
            *support("utility_bills", rows.filter(pa.array((starts >= one.start) & (ends <= one.end)))),
            *meter_support(evidence, meters),
        ),
        period=span_of_dates(one.start, one.end, evidence.profile.zone),
    )


BILLS_AGAINST_METERS = Check(
    code="bills_against_meters",
    title=Text(zh="电费账单与总表不符", en="The utility's bills and the incoming meters disagree"),
    severity=Severity.SERIOUS,
    what=Text(
        zh="同一账期内，供电企业计费电量与中心总表电量之差不超过变压器损耗与仪表误差；多个账期合并后要求更严。",
        en="Over the same billing period the energy billed and the incoming meters agree within transformer losses and "
        "meter classes, over many periods together more closely.",
    ),
    why=Text(
        zh="缩小总表可压低 PUE，且没有制冷分表时无从对照；账单由供电企业出具。",
        en="An incomer scaled down lowers PUE, and without a cooling meter nothing else contradicts it; bills are the "
        "utility's own.",
    ),
    look=Text(
        zh="向供电企业核验账单原件；核对总表倍率、户号所供范围与抄表日期。",
        en="Have the utility confirm the bills; compare the incomer's multiplier, what the accounts supply and the "
        "days of reading.",
    ),
    thresholds=(_LESS, _MORE, _MONTH_LESS, _MONTH_MORE, _COVERED, _DAYS),
    find=_find,
    version="2",
    is_open=True,
)
