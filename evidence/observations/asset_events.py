"""One event in the life of one installed thing: replaced, sent back, retired, reused, recycled."""

from core.text import Text
from evidence.observations.schema import DATE, FIGURE, TEXT, Column, Kind

ASSET_EVENTS = Kind(
    name="asset_events",
    title=Text(zh="资产变动", en="Asset events"),
    own_columns=(
        Column("asset", TEXT),  # serial number
        Column("category", TEXT),  # card | server | switch | storage | power | cooling | other
        Column("event", TEXT),  # replaced | returned | retired | reused | repaired | recycled | disposed
        Column("on", DATE),
        Column("mass_kg", FIGURE, unit="kg", optional=True),
    ),
    identity=("asset", "event", "on"),
)
