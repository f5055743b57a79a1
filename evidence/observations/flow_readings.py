from core.text import Text
from evidence.observations.schema import FIGURE, INSTANT, TEXT, Column, Kind

FLOW_READINGS = Kind(
    name="flow_readings",
    title=Text(zh="水、热与温度读数", en="Readings of water, heat and temperature"),
    own_columns=(
        Column("point", TEXT),
        Column("at", INSTANT),
        Column("value", FIGURE),
        Column("unit", TEXT),  # Cel | m3 | L | m3/h | L/s | GJ
        Column("reading", TEXT),  # on_change: stands until the next row of its point
    ),
    identity=("point", "at"),
)
