"""What flowed past one point, from its registers, else from its rates.

Registers come before rates. A rate stands until its point changes, for a day at most; a register that is read seldom
loses nothing between its readings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from centres.profile import Meter
from core.errors import InsufficientData, InvalidEvidence
from core.text import Text
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from indicators.measures.base import CentreEvidence
from indicators.measures.columns import figures, milliseconds
from indicators.measures.meters import DAY, HOUR, Ledger, ledgers, one_per_stamp
from indicators.measures.standing import standing

COUNTED = ("GJ", "m3", "L")  # what registers of points count in
RATES = {"m3": ("m3/h", HOUR), "L": ("L/s", 1000)}  # the rate of a unit, and the ms of one


def rows_of(evidence: CentreEvidence, points: Sequence[str]) -> pa.Table:
    """The readings of some points; where they are many they are read from their file, so ask once."""
    rows = evidence.rows(FLOW_READINGS.name)
    return rows.filter(pc.is_in(rows.column("point"), value_set=pa.array(points, pa.string())))


def units_told(evidence: CentreEvidence, points: Sequence[str]) -> dict[str, set[str]]:
    """The units in which each point counts, by registers or rates; none where it has no readings."""
    told: dict[str, set[str]] = {point: set() for point in points}
    for row in rows_of(evidence, points).group_by(["point", "unit"]).aggregate([]).to_pylist():
        told[row["point"]] |= {unit for unit in COUNTED if row["unit"] in (unit, *RATES.get(unit, ())[:1])}
    return told


def ledger_of(rows: pa.Table, point: str, units: Sequence[str], *, zone: dt.tzinfo) -> tuple[str, Ledger]:
    """The amounts past one point by the time, and the unit they are in.

    Args:
        rows: of `rows_of`, of this point and perhaps others.
        units: those asked for, of `COUNTED`.

    Raises:
        InsufficientData: `points_silent`.
        InvalidEvidence: `point_in_two_units`.
    """
    rows = rows.filter(pc.equal(rows.column("point"), point))
    read = set(pc.unique(rows.column("unit")).to_pylist())
    registers = [unit for unit in units if unit in read]
    if len(registers) > 1:
        raise InvalidEvidence(
            "point_in_two_units",
            Text(
                zh=f"测点 {point} 的累计读数有两种单位：{'、'.join(registers)}。",
                en=f"The register of the point {point} is in two units: {', '.join(registers)}.",
            ),
            hint=Text(zh="请为两只表取不同的测点名。", en="Name two meters by two points."),
        )
    if registers:
        own = rows.filter(pc.equal(rows.column("unit"), registers[0]))
        return registers[0], ledgers(_as_meter(own), _as_readings(own), zone=zone)["register"]
    for unit, (rate, length) in RATES.items():
        if unit in units and rate in read:
            return unit, _of_rates(rows.filter(pc.equal(rows.column("unit"), rate)), length)
    raise _silent(point, units)


def _silent(point: str, units: Sequence[str]) -> InsufficientData:
    units = units or COUNTED
    wanted = [*units, *(RATES[unit][0] for unit in units if unit in RATES)]
    return InsufficientData(
        "points_silent",
        Text(
            zh=f"测点 {point} 没有以 {'、'.join(wanted)} 为单位的读数。",
            en=f"The point {point} has no reading in {' or '.join(wanted)}.",
        ),
        hint=Text(
            zh="请提交该测点全年的读数；累计读数优先。",
            en="Hand in a year of its readings, the register before the rate.",
        ),
    )


def _as_meter(rows: pa.Table) -> Meter:
    """A register read like an electric one: only the unit differs, and is converted afterwards.

    One that is written down on change may be silent for a day; one that is read less often has its own usual interval.
    """
    at = np.unique(milliseconds(rows.column("at")))
    seldom = len(at) > 1 and int(np.median(np.diff(at))) > DAY
    changes = {"kind": "cumulative"} if seldom else {"kind": "on_change", "max_silence": "P1D"}
    return Meter.model_validate({"id": "point", "at": "other", "measures": "other", "unit": "kWh", **changes})


def _as_readings(rows: pa.Table) -> pa.Table:
    return ENERGY_READINGS.table(
        {"meter": rows.column("point"), **{name: rows.column(name) for name in ("at", "value", "line")}}
    )


def _of_rates(rows: pa.Table, length: int) -> Ledger:
    """The amounts of a rate that stands until the next reading, and for a day at most.

    Args:
        length: in ms, of the time the rate is over.
    """
    at, rates, contradicting = one_per_stamp(milliseconds(rows.column("at")), figures(rows.column("value")))
    ends = np.minimum(at[1:], at[:-1] + DAY)
    return standing(at[:-1], rates[:-1], ends, length=length, rejected=contradicting)
