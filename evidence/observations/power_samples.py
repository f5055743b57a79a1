"""One power reading of one node, rack or analyser; at most 60 s lie between two."""

from core.text import Text
from evidence.observations.schema import FIGURE, INSTANT, TEXT, Column, Kind

POWER_SAMPLES = Kind(
    name="power_samples",
    title=Text(zh="功率采样", en="Power samples"),
    own_columns=(
        Column("series", TEXT),  # the node, rack or analyser that was read
        Column("place", TEXT),  # it | rack | node | switch | card | analyser | facility | cooling | other
        Column("at", INSTANT),
        Column("power_w", FIGURE, unit="W"),
        Column("mark", TEXT, optional=True),  # the session an analyser names
        Column("reading", TEXT, optional=True),  # on_change: stands until the next row; null: a sample
    ),
    identity=("series", "place", "mark", "at"),
)
