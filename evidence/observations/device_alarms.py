"""One alarm of one device or node, from its raise to its clear; not yet an outage of a service.

Whether a service suffered is told by incidents (`outages`) alone: an alarm log that names no alarm of a service proves
nothing about that service. A clear whose raise stands in no line of its file is a row, too, since the file before may
have it: of no raises, and of no length.
"""

from core.text import Text
from evidence.observations.schema import COUNT, INSTANT, TEXT, Column, Kind

DEVICE_ALARMS = Kind(
    name="device_alarms",
    title=Text(zh="设备告警", en="Device alarms"),
    own_columns=(
        Column("device", TEXT),
        Column("alarm", TEXT),  # its name or code; of a node the state it was in
        Column("severity", TEXT, optional=True),  # as the tool writes it
        Column("raised_at", INSTANT),
        Column("cleared_at", INSTANT, optional=True),  # null: still open when exported
        Column("repeats", COUNT),  # raises while it was open already; −1: no raise at all
        Column("cause", TEXT, optional=True),
    ),
    identity=("device", "alarm", "raised_at"),
)
