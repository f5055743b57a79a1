"""One system as it describes itself: how many nodes and cards of which model."""

from core.text import Text
from evidence.observations.schema import COUNT, TEXT, Column, Kind

INVENTORY = Kind(
    name="inventory",
    title=Text(zh="系统清单", en="Inventory"),
    own_columns=(
        Column("system", TEXT),
        Column("submitter", TEXT, optional=True),
        Column("nodes", COUNT),
        Column("accelerators_per_node", COUNT),
        Column("accelerators", COUNT),
        Column("accelerator_model", TEXT),
        Column("framework", TEXT, optional=True),
    ),
    identity=("system", "submitter"),
)
