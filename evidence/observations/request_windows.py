"""One gateway window of one inference service: how many requests came, failed and met their latency target."""

from core.text import Text
from evidence.observations.schema import COUNT, FLAG, INSTANT, TEXT, Column, Kind, LeftOut

LONGEST_WINDOW_MS = 300_000

REQUEST_WINDOWS = Kind(
    name="request_windows",
    title=Text(zh="网关请求窗口", en="Gateway request windows"),
    own_columns=(
        Column("service", TEXT),
        Column("start_at", INSTANT),
        Column("window_ms", COUNT, unit="ms"),  # at most five minutes
        Column("requests", COUNT),  # all that came, client errors included
        Column("failed", COUNT),  # by the service: 5xx, time-outs, broken streams, 429 within the sold quota
        Column("client_errors", COUNT, optional=True),
        Column("shed", COUNT, optional=True),  # refused beyond the sold quota; part of the client errors
        Column("slo_met", COUNT, optional=True),  # met TTFT and TPOT of the published target
        Column("output_tokens", COUNT, unit="token", optional=True),
        Column("reachable", FLAG, optional=True),  # what a probe saw in a window without requests
    ),
    identity=("service", "start_at"),
    left_out=LeftOut.TOLD,
)
