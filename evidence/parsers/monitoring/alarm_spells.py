"""Spells of alarms as observations, whichever tool logged their raises and clears."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.observations.schema import COUNT
from evidence.parsers.monitoring.spells import Paired, Spell

NO_RAISE = -1  # repeats of a clear that ends nothing


def alarms_of(pairs: Paired, *, causes: Mapping[int, str] | None = None) -> pa.Table:
    """Rows of `device_alarms`, one per spell and then one per clear that ended nothing in its file.

    Args:
        causes: what was said when the alarm was raised, by line.
    """
    spells = [*pairs.spells, *(Spell(clear, clear.at, NO_RAISE) for clear in pairs.lonely)]
    return DEVICE_ALARMS.table(
        {
            "device": [spell.first.thing for spell in spells],
            "alarm": [spell.first.alarm for spell in spells],
            "severity": [spell.first.severity for spell in spells],
            "raised_at": [spell.first.at for spell in spells],
            "cleared_at": [spell.ended_at for spell in spells],
            "repeats": pa.array([spell.repeats for spell in spells], COUNT),
            "cause": [(causes or {}).get(spell.first.line) or None for spell in spells],
            "line": pa.array([spell.first.line for spell in spells], COUNT),
        }
    )


def raised(alarms: pa.Table) -> pa.Table:
    """The rows that tell of an alarm, without the clears that ended nothing."""
    return alarms.filter(pc.not_equal(alarms.column("repeats"), NO_RAISE))
