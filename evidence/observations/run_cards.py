"""What no training log says about itself: model, system and precision, joined by the log's digest."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, TEXT, Column, Kind

RUN_CARDS = Kind(
    name="run_cards",
    title=Text(zh="运行卡", en="Run cards"),
    own_columns=(
        Column("log", TEXT),  # sha256:… of the log it speaks of; one row per log
        Column("workload", TEXT),  # reference_dense | reference_moe | operator_job
        Column("model", TEXT),
        Column("params", FIGURE),
        Column("params_active", FIGURE),
        Column("layers", COUNT, optional=True),
        Column("hidden", COUNT, optional=True),
        Column("sequence_length", COUNT, unit="token"),
        Column("objective", TEXT),  # pretrain | lora | inference
        Column("accelerator", TEXT),
        Column("accelerators", COUNT),
        Column("nodes", COUNT, optional=True),
        Column("precision", TEXT),  # bf16 | fp16 | fp8
        Column("witnessed_by", TEXT, optional=True),
    ),
    identity=("log",),
)
