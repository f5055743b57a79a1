"""One timed trial: a drill, a probe or an event in service, from its beginning to the recovery."""

from core.text import Text
from evidence.observations.schema import COUNT, FLAG, INSTANT, TEXT, Column, Kind, LeftOut

TIMED_TRIALS = Kind(
    name="timed_trials",
    title=Text(zh="计时演练与事件", en="Timed drills and events"),
    own_columns=(
        Column("trial", TEXT),
        Column("subject", TEXT),  # training_job | restore | link | switch | instance | node | scale_out
        Column("started_at", INSTANT),  # the fault, the start of loading, or the request for more
        Column("recovered_at", INSTANT, optional=True),  # null: had not recovered when the record ended
        Column("injected", FLAG, optional=True),  # null: not said
        Column("cards", COUNT, optional=True),
        Column("witnessed_by", TEXT, optional=True),
    ),
    identity=("trial",),
    left_out=LeftOut.REFUSED,
)
