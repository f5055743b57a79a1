"""What a column map can fill: the kinds of observations a table may hold, their fields, units and words.

Results of benchmarks, run cards and declarations are not among them: they count by the output of the program, or by
who signed, and a table of one's own is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from evidence.observations.device_alarms import DEVICE_ALARMS
from evidence.observations.device_samples import DEVICE_SAMPLES
from evidence.observations.energy_readings import ENERGY_READINGS
from evidence.observations.flow_readings import FLOW_READINGS
from evidence.observations.inventory import INVENTORY
from evidence.observations.jobs import JOBS
from evidence.observations.monitors import MONITORS
from evidence.observations.outages import OUTAGES
from evidence.observations.power_samples import POWER_SAMPLES
from evidence.observations.schema import FLAG, Kind
from evidence.observations.survey_responses import SURVEY_RESPONSES
from evidence.observations.tickets import TICKETS
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.formats.jobs_table import STATES
from evidence.parsers.formats.tickets import PRIORITIES
from evidence.parsers.maps.units import UNITS, Unit
from evidence.parsers.tables.headers import folded
from evidence.parsers.tables.sus_items import ANSWERS


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind.

    Args:
        required: a map must fill it.
        units: the units its figures are kept in, one per dimension that may be handed in; none for plain numbers.
        unit_field: the field that receives the name of that unit, where a kind keeps figures of several units.
        words: of a closed list, folded word → what is kept; empty for free text.
        levels: the same for answers that are kept as numbers.
        is_state: of a scheduler, where unknown words are kept and told.
    """

    name: str
    type: pa.DataType
    required: bool
    units: tuple[Unit, ...] = ()
    unit_field: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    is_state: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(unit.dimension for unit in self.units)

    @property
    def meanings(self) -> tuple[str, ...]:
        """What the words of a table may stand for; empty where any text may."""
        if self.type == FLAG:
            return ("yes", "no")
        if self.levels:
            return tuple(str(level) for level in sorted(set(self.levels.values())))
        return tuple(dict.fromkeys(self.words.values()))

    def means(self, text: str) -> bool:
        """Whether a word is one of the closed list, or what one stands for."""
        if self.type == FLAG or self.levels:
            return text in self.meanings
        return folded(text) in self.words or text in self.words.values()

    def kept_in(self, unit: Unit) -> Unit | None:
        """The unit a figure of `unit` is kept in; null where it measures something else."""
        return next((own for own in self.units if own.dimension == unit.dimension), None)


_READINGS = {
    "cumulative": "cumulative",
    "register": "cumulative",
    "示数": "cumulative",
    "累计": "cumulative",
    "interval": "interval",
    "区间": "interval",
    "时段": "interval",
    "onchange": "on_change",
    "变化": "on_change",
}
_PLACES = {
    **{place: place for place in ("it", "rack", "node", "switch", "card", "analyser", "facility", "cooling", "other")},
    "机柜": "rack",
    "服务器": "node",
    "节点": "node",
    "交换机": "switch",
    "加速卡": "card",
    "总进线": "facility",
    "制冷": "cooling",
    "其他": "other",
}
_CHANGES = {"onchange": "on_change", "变化": "on_change"}
_UNIT_NAMES = {"s": "s", "ms": "ms", "day": "d", "1": "1", "B": "B", "Cel": "Cel", "W": "W", "TFLOP/s": "TFLOP/s"}

# Fields that a table seldom has and that follow from others, or have one plain meaning when they are left out.
_FILLED_IN = {
    "jobs": ("elapsed_s",),
    "outages": ("planned",),
    "device_alarms": ("repeats",),
    "survey_responses": ("sus",),
    "training_steps": ("dialect",),
    "inventory": ("accelerators",),
    "flow_readings": ("reading",),
    "power_samples": ("place",),
}
_NOT_OFFERED = {"survey_responses": ("sus",), "training_steps": ("dialect",)}
_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("energy_readings", "reading"): _READINGS,
    ("power_samples", "place"): _PLACES,
    ("power_samples", "reading"): _CHANGES,
    ("flow_readings", "reading"): _CHANGES,
    ("tickets", "priority"): PRIORITIES,
    ("jobs", "state"): STATES,
}
_SEVERAL_UNITS = {
    ("energy_readings", "value"): ("kWh",),
    ("flow_readings", "value"): ("Cel", "m3", "m3/h", "GJ"),
}
_ALSO_WITH_UNIT = {("monitors", "uptime_ratio"): "1"}  # kept without the name of its unit

MAPPED_KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        ENERGY_READINGS,
        POWER_SAMPLES,
        FLOW_READINGS,
        JOBS,
        OUTAGES,
        TICKETS,
        DEVICE_ALARMS,
        DEVICE_SAMPLES,
        MONITORS,
        INVENTORY,
        TRAINING_STEPS,
        SURVEY_RESPONSES,
    )
}


def fields_of(kind: str) -> dict[str, Field]:
    """The fields a map of this kind may fill, in the order of the kind."""
    return _FIELDS[kind]


def _fields(kind: Kind) -> dict[str, Field]:
    several = [name for owner, name in _SEVERAL_UNITS if owner == kind.name]
    hidden = (*_NOT_OFFERED.get(kind.name, ()), *(("unit",) if several else ()))
    found: dict[str, Field] = {}
    for column in kind.own_columns:
        if column.name in hidden:
            continue
        key = (kind.name, column.name)
        names = _SEVERAL_UNITS.get(key, ())
        unit = _ALSO_WITH_UNIT.get(key, _UNIT_NAMES.get(column.unit, ""))
        is_state = key == ("jobs", "state")
        is_item = kind is SURVEY_RESPONSES and column.name.startswith("q")
        found[column.name] = Field(
            column.name,
            column.type,
            required=not column.optional and column.name not in _FILLED_IN.get(kind.name, ()),
            units=tuple(UNITS[name] for name in names or ((unit,) if unit else ())),
            unit_field="unit" if names else None,
            words=_WORDS.get(key, {}),
            levels=ANSWERS if is_item else {},
            is_state=is_state,
        )
    return found


_FIELDS = {name: _fields(kind) for name, kind in MAPPED_KINDS.items()}
