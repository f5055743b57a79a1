"""Telemetry of cards: one row per card, instant and whatever was read there at that instant.

Sources that tell one quantity at a time yield one row per quantity; nothing is joined before a measure asks.
"""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

DEVICE_SAMPLES = Kind(
    name="device_samples",
    title=Text(zh="加速卡遥测", en="Card telemetry"),
    own_columns=(
        Column("node", TEXT, optional=True),
        Column("device", TEXT),  # UUID, die or index of the card
        Column("at", INSTANT),
        Column("interval_ms", COUNT, unit="ms", optional=True),  # null: an instant; else mean over what ends at `at`
        Column("active_ratio", FIGURE, unit="1", optional=True),  # SM or AI Core: a kernel is resident
        Column("tensor_ratio", FIGURE, unit="1", optional=True),  # tensor pipe
        Column("util_ratio", FIGURE, unit="1", optional=True),  # the coarse “GPU-Util”: any kernel on any part
        Column("memory_used_bytes", COUNT, unit="B", optional=True),
        Column("temperature_c", FIGURE, unit="Cel", optional=True),
        Column("ecc_uncorrected", COUNT, optional=True),  # counter since the driver was loaded
        Column("xid", COUNT, optional=True),  # code of a driver error, 0 for none
    ),
    identity=("node", "device", "at"),
)
