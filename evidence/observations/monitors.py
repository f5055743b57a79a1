"""One availability monitor as its tool summarises it; a monitor is not yet a service."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, TEXT, Column, Kind

MONITORS = Kind(
    name="monitors",
    title=Text(zh="可用性监测项", en="Availability monitors"),
    own_columns=(
        Column("monitor", TEXT),
        Column("status", TEXT),
        Column("uptime_ratio", FIGURE),
        Column("down_ms", COUNT, unit="ms"),
        Column("days_with_downtime", COUNT, unit="day"),
    ),
    identity=("monitor",),
)
