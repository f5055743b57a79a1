"""One printed line of training progress; it may stand for several iterations."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

TRAINING_STEPS = Kind(
    name="training_steps",
    title=Text(zh="训练步", en="Training steps"),
    own_columns=(
        Column("step", COUNT),
        Column("steps_total", COUNT, optional=True),
        Column("at", INSTANT, optional=True),  # needs a zone: of the log, else of the upload
        Column("iteration_ms", FIGURE, unit="ms"),  # mean over the iterations the line stands for
        Column("consumed_samples", COUNT, optional=True),
        Column("global_batch_size", COUNT, optional=True),
        Column("loss", FIGURE, optional=True),
        Column("skipped_iterations", COUNT, optional=True),
        Column("nan_iterations", COUNT, optional=True),
        Column("tflops_per_accelerator", FIGURE, unit="TFLOP/s", optional=True),  # as printed, formula unknown
        Column("dialect", TEXT),  # megatron | megatron_deepspeed | mindspeed
    ),
    identity=("step",),
    written_by_tools=True,
)
