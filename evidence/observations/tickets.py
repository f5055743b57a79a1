"""One support ticket with its priority and the instants of its life."""

from core.text import Text
from evidence.observations.schema import INSTANT, TEXT, Column, Kind, LeftOut

TICKETS = Kind(
    name="tickets",
    title=Text(zh="工单", en="Tickets"),
    own_columns=(
        Column("ticket", TEXT),
        Column("priority", TEXT),  # P1 | P2 | P3
        Column("opened_at", INSTANT),
        Column("first_response_at", INSTANT, optional=True),
        Column("resolved_at", INSTANT, optional=True),
    ),
    identity=("ticket",),
    left_out=LeftOut.REFUSED,
)
