"""The registers that monthly sheets show: what they showed when each month began and ended, maybe in two workbooks.

They count where nothing else tells of the register. Where a month does not begin as the one before ended, the end of
the month before counts, so that nothing used between the two readings vanishes or counts twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from indicators.measures.columns import figures, milliseconds

Mask = npt.NDArray[np.bool_]


def believed(rows: pa.Table, registers: Mask) -> tuple[Mask, int]:
    """The readings of a meter's register that count, and at how many borders of months two that differ stand.

    Args:
        rows: of `energy_readings` of one meter.
        registers: which of them are of its register.
    """
    opening, closing = _are(rows, "opening"), _are(rows, "closing")
    of_sheets = opening | closing
    if not of_sheets.any():
        return registers, 0
    others = registers & ~of_sheets
    if others.any() or _multiplied_in_several_ways(rows.filter(pa.array(of_sheets))):
        return others, 0
    at, values = milliseconds(rows.column("at")), figures(rows.column("value"))
    ends = dict(zip(at[closing].tolist(), values[closing].tolist(), strict=True))
    begun = {int(moment): value for moment, value in zip(at[opening], values[opening].tolist(), strict=True)}
    apart = sum(moment in ends and ends[moment] != value for moment, value in begun.items())
    return closing | (opening & ~np.isin(at, at[closing])), apart


def _are(rows: pa.Table, word: str) -> Mask:
    if "reading" not in rows.column_names or rows.column("reading").null_count == rows.num_rows:
        return np.zeros(rows.num_rows, dtype=bool)
    said: Mask = pc.fill_null(pc.equal(rows.column("reading").cast(pa.string()), word), fill_value=False).to_numpy()
    return said


def _multiplied_in_several_ways(rows: pa.Table) -> bool:
    """Whether a register changed its multiplier or unit: what it shows before and after are no steps of one."""
    told = [name for name in ("unit", "multiplier") if name in rows.column_names]
    return len({tuple(row.values()) for row in rows.select(told).to_pylist()}) > 1
