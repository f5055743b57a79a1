"""One reading of one meter: a register, or the energy of an interval.

The file gives figures; unit, kind and multiplier are declared in the facility profile unless the
file itself names them. Nothing is guessed from size. `opening` and `closing` are what a register showed
when a month of a sheet began and ended: where two months do not join, both stand at one instant.
"""

from core.text import Text
from evidence.observations.schema import FIGURE, INSTANT, TEXT, Column, Kind

ENERGY_READINGS = Kind(
    name="energy_readings",
    title=Text(zh="电能读数", en="Energy readings"),
    own_columns=(
        Column("meter", TEXT),
        Column("start_at", INSTANT, optional=True),  # null: the profile's meter tells the interval, or a register
        Column("at", INSTANT),  # instant of a register; end of an interval that has a start, else its stamp
        Column("value", FIGURE),
        Column("unit", TEXT, optional=True),  # null: as declared in the profile
        Column(
            "reading", TEXT, optional=True
        ),  # cumulative | opening | closing | interval | on_change; null: as declared
        Column("multiplier", FIGURE, optional=True),  # null: as declared
    ),
    identity=("meter", "start_at", "at", "reading"),
)
