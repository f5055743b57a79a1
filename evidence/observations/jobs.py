"""One allocation of the scheduler (steps of a job are not rows)."""

from core.text import Text
from evidence.observations.schema import COUNT, INSTANT, TEXT, Column, Kind, LeftOut

JOBS = Kind(
    name="jobs",
    title=Text(zh="作业", en="Jobs"),
    own_columns=(
        Column("job", TEXT),
        Column("submit_at", INSTANT, optional=True),
        Column("start_at", INSTANT, optional=True),  # null: has not started
        Column("end_at", INSTANT, optional=True),  # null: not ended when exported
        Column("elapsed_s", COUNT, unit="s"),
        Column("cards", COUNT),
        Column("nodes", COUNT, optional=True),
        Column("state", TEXT),  # as the scheduler writes it, without suffixes
        Column("cause", TEXT, optional=True),  # taxonomy code, where the centre codes causes
        Column("exit_code", TEXT, optional=True),
    ),
    identity=("job",),
    left_out=LeftOut.TOLD,
)
