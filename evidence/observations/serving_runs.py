"""One load test of an inference service: what was asked, what came back, how late."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind

SERVING_RUNS = Kind(
    name="serving_runs",
    title=Text(zh="推理服务压测", en="Serving load tests"),
    own_columns=(
        Column("tool", TEXT),  # vllm_bench | sglang_bench | genai_perf
        Column("status", TEXT),  # success | failed (no request came back) | contradictory
        Column("model", TEXT, optional=True),
        Column("backend", TEXT, optional=True),
        Column("started_at", INSTANT, optional=True),
        Column("duration_ms", COUNT, unit="ms", optional=True),
        Column("concurrency", COUNT, optional=True),  # the limit set for the test
        Column("request_rate", FIGURE, unit="1/s", optional=True),  # null: as fast as the service answers
        Column("requests", COUNT, optional=True),  # sent
        Column("completed", COUNT, optional=True),
        Column("failed", COUNT, optional=True),
        Column("input_tokens", COUNT, unit="token", optional=True),
        Column("output_tokens", COUNT, unit="token", optional=True),
        Column("requests_per_s", FIGURE, unit="1/s", optional=True),
        Column("output_tokens_per_s", FIGURE, unit="token/s", optional=True),
        Column("ttft_mean_ms", FIGURE, unit="ms", optional=True),  # time to first token
        Column("ttft_p99_ms", FIGURE, unit="ms", optional=True),
        Column("tpot_mean_ms", FIGURE, unit="ms", optional=True),  # time per output token after the first
        Column("tpot_p99_ms", FIGURE, unit="ms", optional=True),
    ),
    identity=("tool", "model", "backend", "started_at", "concurrency", "request_rate"),
    written_by_tools=True,
)
