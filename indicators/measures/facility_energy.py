"""All energy of a centre over its year: electricity by its meters, and every other form that crosses the boundary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pyarrow.compute as pc

from core.outcome import Quality, Reason
from core.period import Period
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from evidence.observations.flow_readings import FLOW_READINGS
from indicators.measures.base import CentreEvidence, Input
from indicators.measures.carriers import Carried, other_energy
from indicators.measures.columns import bounds
from indicators.measures.energy_results import facility_input
from indicators.measures.energy_year import EnergyYear, estimate_grade
from indicators.measures.findings import note, some_of, worst
from indicators.measures.intervals import Spell
from indicators.measures.year_amounts import items_below


@dataclass(frozen=True)
class FacilityEnergy:
    """The energy of a year as electricity, kWh: what meters tell over their common time, and the other forms."""

    year: EnergyYear
    others: tuple[Carried, ...]

    def kwh(self, month: Period | None = None) -> Fraction:
        """Over the time all meters know, of which the other forms have their share, as if spread evenly."""
        electricity = self.year.facility_kwh(month)
        return electricity + self._other_kwh * self._known_share(month) if self.others else electricity

    @property
    def of_whole_year(self) -> Fraction:
        return self.year.whole_year(self.kwh())

    @property
    def grade(self) -> Quality:
        """What is declared counts as an estimate: little does no harm, of much the grade of the declarations holds."""
        metered = [one.quality for one in self.others if one.is_metered]
        declared = [one for one in self.others if not one.is_metered and one.quality is not Quality.A]
        if not declared:
            return worst(metered)
        estimate = estimate_grade(sum(one.kwh for one in declared) / self.of_whole_year)
        own = [one.quality for one in declared] if estimate is Quality.C else []
        return worst([estimate, *own, *metered])

    def inputs(self, kwh: Fraction) -> tuple[Input, ...]:
        """The total, and what adds up to it where that is more than electricity: of the other forms their share."""
        if not self.others:
            return (facility_input(kwh),)
        share = kwh / self.of_whole_year
        electricity = measured(kwh - self._other_kwh * share)
        return (
            facility_input(kwh),
            Input("E_electricity", Text(zh="其中电力", en="Electricity in it"), electricity, "kWh"),
            *(found for one in self.others for found in one.inputs(share)),
            Input(
                "share", Text(zh="计入的时间占全年之比", en="Share of the year that counts"), measured(share * 100), "%"
            ),
        )

    @property
    def formula(self) -> str:
        """Behind the formula of a measure: what the total is made of, where that is more than electricity."""
        return "; E_facility = E_electricity + Σ Q × factor × share" if self.others else ""

    @property
    def coverage(self) -> Fraction:
        """Of the worst covered form of energy."""
        return min((one.coverage for one in self.others), default=Fraction(1))

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What their readings and factors have against them, each once."""
        return tuple(dict.fromkeys(found for one in self.others for found in one.notes))

    @property
    def rests_on(self) -> tuple[Support, ...]:
        return tuple(found for one in self.others for found in one.rests_on)

    @property
    def _other_kwh(self) -> Fraction:
        return sum((one.kwh for one in self.others), Fraction(0))

    def _known_share(self, month: Period | None) -> Fraction:
        """Of the year what lies in the time all meters know, in one month or in all of them."""
        window, (start, end) = bounds(month or self.year.period), bounds(self.year.period)
        inside = (Spell(*span).within(*window) for span in self.year.common)
        return Fraction(sum(spell.end - spell.start for spell in inside if spell), end - start)


def facility_energy(evidence: CentreEvidence, year: EnergyYear) -> FacilityEnergy:
    """The energy of all forms.

    Raises:
        InsufficientData, InvalidEvidence: of `other_energy`.
    """
    return FacilityEnergy(year, other_energy(evidence))


def boundary_notes(evidence: CentreEvidence) -> Iterator[Reason]:
    """That nothing but electricity is told of, and the points of heat that no declaration names."""
    if not other_energy(evidence):
        yield note(
            "electricity_only",
            "未申报电力以外的能源（燃料、外购冷量或热量），按没有计。",
            "No energy other than electricity is declared (fuel, bought cooling or heat); it counts as none.",
        )
    if points := _unnamed_points(evidence):
        shown = some_of(points)
        yield note(
            "points_unnamed",
            f"没有声明说明这些热量测点的用途，其读数未计入：{shown.zh}。",
            f"No declaration says what these points of heat are for, their readings do not count: {shown.en}.",
        )


def _unnamed_points(evidence: CentreEvidence) -> list[str]:
    if not evidence.number_of_rows(FLOW_READINGS.name):
        return []
    rows = evidence.rows(FLOW_READINGS.name)
    of_heat = pc.unique(rows.filter(pc.equal(rows.column("unit"), "GJ")).column("point")).to_pylist()
    named = {item for items in items_below(evidence, "", "_points").values() for item in items}
    return sorted(set(of_heat) - named)
