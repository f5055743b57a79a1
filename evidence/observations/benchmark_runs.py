"""One result of one benchmark tool on one card, node or cluster."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

BENCHMARK_RUNS = Kind(
    name="benchmark_runs",
    title=Text(zh="基准测试运行", en="Benchmark runs"),
    own_columns=(
        Column("tool", TEXT),  # mlperf_training, mlperf_hpc, …
        Column("benchmark", TEXT),  # llama2_70b_lora, …
        Column("status", TEXT),  # success | aborted | incomplete
        Column("organisation", TEXT, optional=True),
        Column("division", TEXT, optional=True),
        Column("platform", TEXT, optional=True),  # the system's name, as its description gives it
        Column("started_at", INSTANT, optional=True),
        Column("stopped_at", INSTANT, optional=True),
        Column("duration_ms", COUNT, unit="ms", optional=True),
        Column("samples", COUNT, optional=True),  # consumed up to the last evaluation
        Column("sequence_length", COUNT, unit="token", optional=True),
        Column("global_batch_size", COUNT, optional=True),
        Column("last_accuracy", FIGURE, optional=True),
        Column("seed", TEXT, optional=True),
    ),
)
