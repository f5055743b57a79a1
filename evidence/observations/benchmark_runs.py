"""One result of one benchmark tool on one card, node or cluster."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

BENCHMARK_RUNS = Kind(
    name="benchmark_runs",
    title=Text(zh="基准测试运行", en="Benchmark runs"),
    own_columns=(
        Column("tool", TEXT),  # mlperf_training, mlperf_hpc, hpl, io500, …
        Column("benchmark", TEXT),  # llama2_70b_lora, HPL, gemm, …; empty where the file does not name it
        Column("status", TEXT),  # success | aborted | incomplete | failed | invalid | contradictory | degenerate
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
        Column("scenario", TEXT, optional=True),  # Offline, Server, randrw, …
        Column("metric", TEXT, optional=True),  # what `value` is: rmax, gemm, samples_per_second, …
        Column("value", FIGURE, optional=True),  # in the unit beside it
        Column("unit", TEXT, optional=True),
        Column("precision", TEXT, optional=True),  # fp64 | fp32 | tf32 | bf16 | fp16 | fp8
        Column("host", TEXT, optional=True),
        Column("device", TEXT, optional=True),  # the card inside its host
        Column("accelerator", TEXT, optional=True),  # model of the cards
        Column("accelerators", COUNT, optional=True),  # cards the result stands for; emulated ones for storage
        Column("nodes", COUNT, optional=True),
    ),
    identity=(
        *("tool", "benchmark", "organisation", "division", "platform", "scenario"),
        *("metric", "precision", "host", "device", "started_at", "seed"),
    ),
    written_by_tools=True,
)
