"""What every form of a utility's bill shares: two readings, often known to the day only, and what cannot be billed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.errors import InputError
from core.quantity import read_number
from core.text import Text
from evidence.observations.schema import FIGURE
from evidence.parsers.columns.instants import Mask
from evidence.parsers.tables.typed_rows import TypedRows

_DAY = r"^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?$"
# A workbook shows a day and keeps its midnight: the hour tells nothing. With an offset somebody meant it.
_MIDNIGHT = r"[T ]0?0:00(:00)?$"
_VOLTAGE = re2.compile(r"(?:交流|AC)?\s*([0-9.]{1,9})\s*(?:[kK][vV]|千伏)?")
_MOST_KV = Decimal(1500)


def period_columns(rows: TypedRows, *, start: str, end: str, required: bool) -> Mapping[str, pa.Array]:
    """`start_at`, `end_at` and `by_day` of two columns of days or instants.

    Issues: `ends_before_start`, `missing_value` where required, and those of instants; their rows are left out.
    """
    texts = {name: rows.text(name, required=required) for name in (start, end)}
    by_day = pc.or_(*(_names_a_day(texts[name]) for name in (start, end)))
    starts, ends = (rows.instants_in(_with_hour(texts[name]), name=name) for name in (start, end))
    rows.refuse(
        _true(pc.less_equal(ends, starts)),
        "ends_before_start",
        Text(zh="第 {line} 行的账期止于开始之前。", en="The period billed in line {line} ends before it starts."),
    )
    return {"start_at": starts, "end_at": ends, "by_day": by_day}


def refuse_negative(rows: TypedRows, billed: pa.Array) -> None:
    """Leave out what was billed below zero: a correction belongs to the bill it corrects."""
    rows.refuse(
        _true(pc.less(billed, Decimal(0))),
        "out_of_range",
        Text(zh="第 {line} 行的计费电量为负。", en="The energy billed in line {line} is negative."),
        hint=Text(
            zh="退补电量请并入所更正账期的电量。", en="Merge a correction into the energy of the period it corrects."
        ),
    )


def voltage(rows: TypedRows, name: str) -> pa.Array:
    """KV of `10`, `10kV` or `交流10kV`."""
    return rows.each_unique(name, _kilovolts, FIGURE)


def _kilovolts(text: str) -> Decimal | None:
    found = _VOLTAGE.fullmatch(text)
    try:
        value = read_number(found.group(1)) if found else None
    except InputError:
        return None
    return value if value is not None and 0 < value <= _MOST_KV else None


def _names_a_day(texts: pa.Array) -> pa.Array:
    day, midnight = (pc.match_substring_regex(texts, pattern) for pattern in (_DAY, _MIDNIGHT))
    return pc.fill_null(pc.or_(day, midnight), fill_value=False)


def _with_hour(texts: pa.Array) -> pa.Array:
    """A day as its midnight, which the clock of the file reads in the zone declared at upload."""
    is_day = pc.fill_null(pc.match_substring_regex(texts, _DAY), fill_value=False)
    return pc.if_else(is_day, pc.binary_join_element_wise(texts, "00:00", " "), texts)


def _true(mask: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False), dtype=bool)
    return found
