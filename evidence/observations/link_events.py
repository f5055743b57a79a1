"""One time a network link was down, from the switch's log."""

from core.text import Text
from evidence.observations.schema import INSTANT, TEXT, Column, Kind, LeftOut

LINK_EVENTS = Kind(
    name="link_events",
    title=Text(zh="链路中断", en="Link events"),
    own_columns=(
        Column("switch", TEXT, optional=True),
        Column("link", TEXT),  # port or cable, unique beside its switch
        Column("down_at", INSTANT),
        Column("up_at", INSTANT, optional=True),  # null: still down when exported
        Column("cause", TEXT, optional=True),
    ),
    identity=("switch", "link", "down_at"),
    left_out=LeftOut.REFUSED,
)
