"""Twelve months of energy of a centre: which meters count, how well they are covered, what they add up to.

Facility and IT energy are taken over the same clock: an instant one of the meters knows nothing of
counts for none of them, so that a gap can move the ratio neither up nor down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from centres.profile import Meter
from core.errors import InsufficientData
from core.outcome import Quality
from core.period import Period
from core.provenance import Support
from core.silences import told_silences
from core.text import Text
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import bounds
from indicators.measures.fills import estimates
from indicators.measures.findings import coverage_grade, nothing_handed_in, percent, worst
from indicators.measures.intervals import Spell, gaps, union
from indicators.measures.meter_checks import Imbalance, imbalance, relatives, screened
from indicators.measures.meter_tree import facility_meters, generation_meters, is_below, is_contained, it_meters
from indicators.measures.meters import FORMS, Ledger
from indicators.measures.readings import number_of_readings, readings_support
from indicators.measures.shelf import Kept, Opened, ledgers_of, shelf_of, year_of

LEAST_MONTH = Fraction(75, 100)
LEAST_YEAR = Fraction(90, 100)
_NAMED_SHARES = 4
_TWELVE_MONTHS = Text(zh="全年", en="twelve months")


@dataclass(frozen=True)
class Account:
    """One meter over the year: for each month the ledger that covers it best, registers before intervals."""

    meter: Meter
    parts: tuple[tuple[str, int, int, Kept, Ledger | None], ...]  # month, start, end, as read, estimates beside it

    def kwh(self, start: int, end: int) -> Fraction:
        """Energy between two instants, estimates of short gaps included."""
        estimated = (ledger.kwh(*span) for span, _, ledger in self._within(start, end) if ledger is not None)
        return self.read_kwh(start, end) + sum(estimated, Fraction(0))

    def read_kwh(self, start: int, end: int) -> Fraction:
        """The same without estimates."""
        return sum((ledger.kwh(*span) for span, ledger, _ in self._within(start, end)), Fraction(0))

    @cached_property
    def coverage(self) -> Mapping[str, Fraction]:
        """Share of each month that readings cover."""
        return {month: Fraction(read.covered(start, end), end - start) for month, start, end, read, _ in self.parts}

    @cached_property
    def year_coverage(self) -> Fraction:
        covered = sum(read.covered(start, end) for _, start, end, read, _ in self.parts)
        return Fraction(covered, self.parts[-1][2] - self.parts[0][1])

    @cached_property
    def uncovered(self) -> list[tuple[int, int]]:
        """The gaps that readings leave in the year; one that crosses the border of two months is one."""
        return union(Spell(*gap) for _, start, end, read, _ in self.parts for gap in read.uncovered(start, end))

    def unknown(self, start: int, end: int) -> list[tuple[int, int]]:
        """The time of a window for which there is no energy, neither read nor estimated."""
        return gaps(self.known(), start, end)

    @property
    def usual(self) -> int:
        """The longest usual interval of the ledgers in use, ms."""
        return max(read.usual for *_, read, _ in self.parts)

    @property
    def rejected(self) -> int:
        return sum({id(read): read.rejected for *_, read, _ in self.parts}.values())

    @property
    def resets(self) -> tuple[int, ...]:
        """When the register ran backwards inside the year, ms."""
        return tuple(at for _, start, end, read, _ in self.parts for at in read.resets if start < at <= end)

    @property
    def flagged(self) -> Counter[str]:
        """Intervals that cannot be, by the check that took them out."""
        ledgers_in_use = {id(read): read for *_, read, _ in self.parts}
        return sum((Counter(read.flagged) for read in ledgers_in_use.values()), Counter())

    def known(self) -> list[tuple[int, int]]:
        """The time for which there is energy, read or estimated."""
        inside = (
            Spell(first, last).within(start, end)
            for _, start, end, read, estimated in self.parts
            for ledger in (read, estimated)
            if ledger is not None
            for first, last in ledger.known()
        )
        return union(spell for spell in inside if spell)

    def _within(self, start: int, end: int) -> Iterable[tuple[tuple[int, int], Kept, Ledger | None]]:
        for _, first, last, read, estimated in self.parts:
            if start < last and first < end:
                yield (max(first, start), min(last, end)), read, estimated


@dataclass(frozen=True)
class EnergyYear:
    """The accounts of a year and the time all of them know; without IT accounts for facility figures."""

    period: Period
    zone: str
    facility: tuple[Account, ...]
    it: tuple[Account, ...]
    generation: tuple[Account, ...]  # on-site, in no facility meter
    contained: tuple[Account, ...] = ()  # on-site, in a facility meter already
    unfollowed: tuple[str, ...] = ()  # generation that counts although the profile puts it below an incomer
    uncredited: tuple[str, ...] = ()  # generation in a facility meter already, without a reading of its own
    imbalances: tuple[Imbalance, ...] = ()

    @property
    def accounts(self) -> tuple[Account, ...]:
        return (*self.facility, *self.it, *self.generation)

    @cached_property
    def common(self) -> list[tuple[int, int]]:
        """The time for which every account has energy."""
        start, end = bounds(self.period)
        holes = (Spell(*hole) for account in self.accounts for hole in account.unknown(start, end))
        return gaps(union(holes), start, end)

    @cached_property
    def common_share(self) -> Fraction:
        start, end = bounds(self.period)
        return Fraction(sum(last - first for first, last in self.common), end - start)

    def facility_kwh(self, month: Period | None = None) -> Fraction:
        """Total energy of the centre over the common time: facility meters and on-site generation."""
        return self._sum((*self.facility, *self.generation), month)

    def it_kwh(self, month: Period | None = None) -> Fraction:
        return self._sum(self.it, month)

    def generation_kwh(self, month: Period | None = None) -> Fraction:
        """All own generation over the common time; where a contained meter knows nothing it adds nothing."""
        return self._sum((*self.generation, *self.contained), month)

    def whole_year(self, kwh: Fraction) -> Fraction:
        """Energy of the common time brought to the whole year at mean power; unchanged without gaps."""
        return kwh / self.common_share

    @cached_property
    def months(self) -> list[tuple[str, Period]]:
        return self.period.months(self.zone)

    @property
    def coverage(self) -> Fraction:
        """Of the worst covered meter."""
        return min(account.year_coverage for account in self.accounts)

    @property
    def estimated_share(self) -> Fraction:
        """Estimated energy ÷ total, of facility and IT meters together."""
        start, end = bounds(self.period)
        total = sum(account.kwh(start, end) for account in self.accounts)
        read = sum(account.read_kwh(start, end) for account in self.accounts)
        return 1 - read / total if total else Fraction(0)

    @property
    def grade(self) -> Quality:
        """By the coverage of every meter, month by month and over the year, the estimated share, and the balance."""
        shares = [share for account in self.accounts for share in (account.year_coverage, *account.coverage.values())]
        balance = (found.grade for found in self.imbalances)
        return worst([*map(coverage_grade, shares), estimate_grade(self.estimated_share), *balance])

    def _sum(self, accounts: Iterable[Account], month: Period | None) -> Fraction:
        window = bounds(month or self.period)
        spans = [span for first, last in self.common if (span := Spell(first, last).within(*window))]
        return sum((a.kwh(span.start, span.end) for a in accounts for span in spans), Fraction(0))


def energy_year(evidence: CentreEvidence, *, with_it: bool = True) -> EnergyYear:
    """The year's accounts, checked against the coverage rule.

    Args:
        with_it: False for figures of the facility alone, which no gap of an IT meter concerns.

    Raises:
        NoEvidence: there are no readings at all.
        InsufficientData: `meters_not_declared`, `meter_silent`, or `coverage_too_small` naming the months.
    Source: ISO/IEC 30134-2 (twelve months, same clock); data-quality rules of the scheme, §3.1.
    """
    key = "energy_year" if with_it else "facility_year"
    if key not in evidence.derived:
        evidence.derived[key] = _energy_year(evidence, with_it=with_it)
    year: EnergyYear = evidence.derived[key]
    return year


def account_of(evidence: CentreEvidence, meter: Meter, period: Period) -> Account | None:
    """The account of one meter over a period, None when it has no reading in it."""
    key = f"account {meter.id}"
    if key not in evidence.derived:
        evidence.derived[key] = _account_of(evidence, meter, period)
    account: Account | None = evidence.derived[key]
    return account


def used_readings(evidence: CentreEvidence, year: EnergyYear) -> tuple[Support, ...]:
    """The provenance of the readings of the meters in use whose instants lie in the year."""
    key = f"used_readings {sorted(account.meter.id for account in year.accounts)}"
    if key not in evidence.derived:
        meters = [account.meter.id for account in (*year.accounts, *year.contained)]
        evidence.derived[key] = readings_support(evidence, meters=meters, period=year.period)
    found: tuple[Support, ...] = evidence.derived[key]
    return found


def _energy_year(evidence: CentreEvidence, *, with_it: bool) -> EnergyYear:
    profile = evidence.profile
    if not number_of_readings(evidence):
        raise nothing_handed_in(["energy_readings"])
    period = year_of(profile)
    own = generation_meters(profile)
    added = tuple(meter for meter in own if not is_contained(profile, meter))
    groups = (facility_meters(profile), it_meters(profile) if with_it else (), added)
    if not groups[0] or (with_it and not groups[1]):
        raise InsufficientData(
            "meters_not_declared",
            Text(
                zh="机构概况的电表树中没有总电表或没有 IT 电表。",
                en="The meter tree of the profile has no facility meter or no IT meter.",
            ),
            hint=Text(
                zh="请在机构概况中为每只电表申报位置（at）与对象（measures）。",
                en="Declare for each meter where it sits (at) and what it measures (measures).",
            ),
        )
    accounts = [[_account(evidence, meter, period) for meter in group] for group in groups]
    facility, it, generation = (tuple(group) for group in accounts)
    within = {meter.id: account_of(evidence, meter, period) for meter in own if meter not in added}
    year = EnergyYear(
        period,
        profile.place.timezone,
        facility,
        it,
        generation,
        contained=tuple(account for account in within.values() if account is not None),
        unfollowed=tuple(meter.id for meter in added if is_below(profile, meter, "facility")),
        uncredited=tuple(name for name, account in within.items() if account is None),
        imbalances=_imbalances(evidence, period),
    )
    _check_coverage(year)
    return year


def _account(evidence: CentreEvidence, meter: Meter, period: Period) -> Account:
    account = account_of(evidence, meter, period)
    if account is None:
        raise InsufficientData(
            "meter_silent",
            Text(
                zh=f"电表 {meter.id} 在评价期内没有可用读数。",
                en=f"Meter {meter.id} has no usable reading in the period.",
            ),
            hint=Text(
                zh="请提交该电表十二个整月的读数，或更正电表编号。",
                en="Hand in twelve whole months of its readings, or correct the meter's id.",
            ),
        )
    return account


def _account_of(evidence: CentreEvidence, meter: Meter, period: Period) -> Account | None:
    months = [(month, *bounds(span)) for month, span in period.months(evidence.profile.place.timezone)]
    found = _screened(evidence, meter)
    for kept in found.values():
        kept.remember([(first, last) for _, first, last in months])
    start, end = bounds(period)
    if not any(kept.covered(start, end) for kept in found.values()):
        return None
    estimated = {form: estimates(kept, start, end) for form, kept in found.items()}
    parts = []
    for month, first, last in months:
        best = max((form for form in FORMS if form in found), key=lambda form: found[form].covered(first, last))
        parts.append((month, first, last, found[best], estimated[best]))
    return Account(meter, tuple(parts))


def _screened(evidence: CentreEvidence, meter: Meter) -> dict[str, Kept]:
    """The ledgers of a meter without the intervals that cannot be, seen beside the meters around it."""
    beside, children = relatives(evidence.profile, meter)
    siblings = [own["interval"] for other in beside if "interval" in (own := ledgers_of(evidence, other))]
    below = [next(own[form] for form in FORMS if form in own) for m in children if (own := ledgers_of(evidence, m))]
    found = {}
    for form, kept in ledgers_of(evidence, meter).items():
        found[form] = kept
        if kept.is_sound():
            continue
        ledger = kept.ledger
        possible = screened(ledger, siblings=Opened(siblings), children=Opened(below))
        if possible is not ledger:
            found[form] = shelf_of(evidence).put(possible)
    return found


def _imbalances(evidence: CentreEvidence, period: Period) -> tuple[Imbalance, ...]:
    """The meters whose children, all of them read, do not add up to them."""
    found = []
    for meter in evidence.profile.meters:
        _, children = relatives(evidence.profile, meter)
        accounts = [account_of(evidence, each, period) for each in (meter, *children)]
        known = [account for account in accounts if account is not None]
        if not children or len(known) < len(accounts):
            continue
        window = bounds(period)
        holes = (Spell(*hole) for account in known for hole in account.unknown(*window))
        spans = gaps(union(holes), *window)
        above, *below = (sum((account.kwh(*span) for span in spans), Fraction(0)) for account in known)
        found.append(imbalance(meter, children, above=above, below=sum(below, Fraction(0))))
    return tuple(each for each in found if each is not None)


def _check_coverage(year: EnergyYear) -> None:
    thin = [
        (account.meter.id, month, share)
        for account in year.accounts
        for month, share in account.coverage.items()
        if share < LEAST_MONTH
    ]
    short = [(account.meter.id, account.year_coverage) for account in year.accounts]
    short = [(meter, share) for meter, share in short if share < LEAST_YEAR]
    shares = [_share(Text(zh=month, en=month), meter, share) for meter, month, share in thin]
    shares += [_share(_TWELVE_MONTHS, meter, share) for meter, share in short]
    silent = {account.meter.id: found for account in year.accounts if (found := _at_fault(account))}
    if not shares:
        if year.common_share >= LEAST_MONTH:
            return
        shares = [_share(_TWELVE_MONTHS, Text(zh="各电表同时有数", en="all meters at once"), year.common_share)]
        silent = {account.meter.id: account.unknown(*bounds(year.period)) for account in year.accounts}
    gaps_told, more = told_silences(silent, year.zone), len(shares) - _NAMED_SHARES
    zh, en = [one.zh for one in shares[:_NAMED_SHARES]], [one.en for one in shares[:_NAMED_SHARES]]
    if more > 0:
        zh, en = [*zh, f"另有 {more} 处"], [*en, f"and {more} more"]
    raise InsufficientData(
        "coverage_too_small",
        Text(
            zh=f"电表数据覆盖不足（每月至少 75 %，全年至少 90 %）：{'、'.join(zh)}。"
            f"没有可用读数的时段：{gaps_told.zh}。",
            en=f"Meter data cover too little (at least 75 % of each month, 90 % of the year): {', '.join(en)}. "
            f"No usable readings: {gaps_told.en}.",
        ),
        hint=Text(
            zh="请补交缺失时段的原始读数；表码仍在时，可提交缺口前后的表码。",
            en="Hand in the missing raw readings; where the register survived, its figures before and after the gap.",
        ),
    )


def _share(of: Text, meter: str | Text, share: Fraction) -> Text:
    """Of a month or the year and a meter: how much of it is covered."""
    return Text(zh="{of}（{meter}：{share}）", en="{of} ({meter}: {share})").filled(
        of=of, meter=meter, share=percent(share, decimals=1)
    )


def _at_fault(account: Account) -> list[tuple[int, int]]:
    """The gaps that leave a meter's year, or a month of it, below the rule."""
    if account.year_coverage < LEAST_YEAR:
        return account.uncovered
    thin = [(start, end) for month, start, end, *_ in account.parts if account.coverage[month] < LEAST_MONTH]
    return [gap for gap in account.uncovered if any(gap[0] < end and start < gap[1] for start, end in thin)]


def estimate_grade(share: Fraction) -> Quality:
    """By the share of energy that is not read but estimated: up to 5 % A, up to 10 % B, else C."""
    if share > Fraction(10, 100):
        return Quality.C
    return Quality.B if share > Fraction(5, 100) else Quality.A
