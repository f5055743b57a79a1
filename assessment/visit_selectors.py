"""What a visit walks to: the meters of the profile with what the evidence last read of each, and what was drawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from assessment.casework.states import PREPARED_IN, Procedure
from assessment.models import Assessment, Sample, SiteVisit
from assessment.sampling.draw import SHARE_OF_CARDS, sample_size
from assessment.sampling.visit_record import read_record
from centres.models import Centre
from centres.profile import Meter
from core.quantity import plain
from core.text import Text
from evidence.selectors import accepted_evidence, read_table

_TO_COME = {
    "opening": Text(zh="首次会议（所填时间尚未到）", en="the opening meeting, whose time is still to come"),
    "closing": Text(zh="末次会议（所填时间尚未到）", en="the closing meeting, whose time is still to come"),
}
_READINGS = "energy_readings"
_COLUMNS = ("meter", "at", "value", "unit", "reading")
_INTERVAL = "interval"  # its figure is the energy of a span, which no display shows


@dataclass(frozen=True, slots=True)
class LastReading:
    """What the newest line of the evidence says of a register."""

    at: dt.datetime
    value: Decimal
    unit: str

    @property
    def figure(self) -> str:
        return f"{plain(self.value.normalize())} {self.unit}"

    def local(self, zone: str) -> str:
        """When it was read, by the clocks of the centre."""
        return self.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class MeterToWalk:
    """One meter of the profile; `last` is None for meters of intervals and where the evidence has nothing."""

    meter: Meter
    last: LastReading | None

    def difference(self, reading: Decimal, unit: str) -> Decimal | None:
        """What the register counted since the evidence; None where units differ or there is nothing to compare."""
        return reading - self.last.value if self.last is not None and self.last.unit == unit else None


@dataclass(frozen=True, slots=True)
class CardsCounted:
    """How many cards there are by the profile of the package, and by the inventory a sample is drawn from."""

    declared: int
    listed: int = 0

    @property
    def wanted(self) -> int:
        """The scheme's share of the larger: the centre writes both, and neither makes the sample smaller."""
        return sample_size(max(self.declared, self.listed, 1))

    @property
    def words(self) -> Text:
        listed = (f"，清单 {self.listed} 张", f", {self.listed} by the inventory") if self.listed else ("", "")
        return Text(zh=f"档案 {self.declared} 张{listed[0]}", en=f"{self.declared} by the profile{listed[1]}")


def is_prepared(case: Assessment) -> bool:
    """Whether cards of it are drawn now, and visits arranged: its package is settled and nobody judges it yet."""
    return case.state in PREPARED_IN[Procedure(case.procedure)]


def meters_to_walk(case: Assessment) -> dict[str, MeterToWalk]:
    """By the meter's name, in the order of the profile that was submitted: one saved since is no part of the case."""
    if case.profile_version is None:
        return {}
    meters = {one.id: one for one in case.profile_version.profile.meters}
    last = _last_readings(case.centre, meters)
    return {name: MeterToWalk(meter, last.get(name)) for name, meter in meters.items()}


def drawn_cards(visit: SiteVisit) -> tuple[str, ...]:
    """The serial numbers drawn for the case, in the order of the draw, each once."""
    samples = visit.assessment.samples.filter(of="cards")
    return tuple(dict.fromkeys(name for sample in samples for name in sample.drawn))


def cards_declared(case: Assessment) -> int:
    """Of the profile that was submitted."""
    return case.profile_version.profile.cards if case.profile_version is not None else 0


def cards_counted(sample: Sample) -> CardsCounted:
    return CardsCounted(cards_declared(sample.assessment), len(sample.inventory))


def sample_lacking(case: Assessment) -> Text | None:
    """What is lacking while no draw of the case is the scheme's share of its cards; None once one is."""
    drawn = list(case.samples.filter(of="cards").exclude(drawn_at=None))
    if any(len(one.drawn) >= cards_counted(one).wanted for one in drawn):
        return None
    cards = CardsCounted(cards_declared(case), max((len(one.inventory) for one in drawn), default=0))
    share, words = f"{SHARE_OF_CARDS:.0%}", cards.words
    return Text(
        zh=f"至少 {share} 加速卡的抽样，即 {cards.wanted} 张（{words.zh}）",
        en=f"a drawn sample of at least {share} of the cards, {cards.wanted} of them ({words.en})",
    )


def gaps_of(visit: SiteVisit) -> tuple[Text, ...]:
    """What is lacking before the visit can be closed."""
    record = read_record(visit.record)
    return (
        *record.lacking(drawn=drawn_cards(visit), sample=sample_lacking(visit.assessment)),
        *(_TO_COME[part] for part, held_at in record.meetings() if held_at > timezone.now()),
    )


def _last_readings(centre: Centre, meters: dict[str, Meter]) -> dict[str, LastReading]:
    newest: dict[str, LastReading] = {}
    for file in accepted_evidence(centre).filter(tables__kind=_READINGS).prefetch_related("tables"):
        for table in file.tables.all():
            if table.kind == _READINGS:
                _take_newer(newest, table.key, meters)
    return newest


def _take_newer(newest: dict[str, LastReading], key: str, meters: dict[str, Meter]) -> None:
    rows = read_table(key, columns=_COLUMNS)
    stamps = rows.select(["meter", "at"]).to_pandas().dropna()
    for row in rows.take(stamps.groupby("meter")["at"].idxmax().to_numpy()).to_pylist():
        meter = meters.get(row["meter"])
        if meter is None or (row.get("reading") or meter.kind) == _INTERVAL:
            continue
        if meter.id not in newest or newest[meter.id].at < row["at"]:
            newest[meter.id] = LastReading(row["at"], row["value"], row.get("unit") or meter.unit)
