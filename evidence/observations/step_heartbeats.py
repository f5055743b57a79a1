"""One sign of life of one training job: which step it finished, when, on how many cards.

No loss, no data, no model: what a tenant can hand in of a job of its own.
"""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

STEP_HEARTBEATS = Kind(
    name="step_heartbeats",
    title=Text(zh="训练步心跳", en="Step heartbeats"),
    own_columns=(
        Column("job", TEXT),  # as the scheduler calls it
        Column("at", INSTANT),  # end of the step
        Column("step", COUNT),
        Column("cards", COUNT),
        Column("step_ms", FIGURE, unit="ms", optional=True),  # of this step alone, without waiting for a checkpoint
        Column("data_wait_ms", FIGURE, unit="ms", optional=True),  # of it, blocked on input
        Column("checkpoint_ms", FIGURE, unit="ms", optional=True),  # training stood still for a checkpoint after it
    ),
    identity=("job", "step"),
)
