"""One spell of unavailability, interruption or incident, with its cause."""

from core.text import Text
from evidence.observations.schema import COUNT, FLAG, INSTANT, TEXT, Column, Kind, LeftOut

OUTAGES = Kind(
    name="outages",
    title=Text(zh="中断与事件", en="Outages and incidents"),
    own_columns=(
        Column("outage", TEXT),
        Column("service", TEXT),  # compute | facility | inference | … or a monitor's name
        Column("started_at", INSTANT),
        Column("ended_at", INSTANT, optional=True),  # null: open, or only minutes per day are known
        Column("down_ms", COUNT, unit="ms", optional=True),  # null: from start to end
        Column("planned", FLAG),
        Column("announced_at", INSTANT, optional=True),
        Column("cards_affected", COUNT, optional=True),
        Column("cause", TEXT, optional=True),
        Column("raised_by", TEXT, optional=True),
        Column("alarmed_at", INSTANT, optional=True),  # first alarm
        Column("located_at", INSTANT, optional=True),  # the faulty component was named
        Column("automatic", FLAG, optional=True),  # recovered without a person; null: not said
    ),
    identity=("outage", "service"),
    left_out=LeftOut.REFUSED,
)
