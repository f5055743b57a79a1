"""One run of a fixed collective probe in service, repeated to see how steady the network is."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, INSTANT, TEXT, Column, Kind, LeftOut

NETWORK_PROBES = Kind(
    name="network_probes",
    title=Text(zh="网络探测", en="Network probes"),
    own_columns=(
        Column("at", INSTANT),
        Column("operation", TEXT),  # all_reduce | all_gather | reduce_scatter | alltoall
        Column("ranks", COUNT),
        Column("size_bytes", COUNT, unit="byte"),
        Column("time_us", FIGURE, unit="us"),
    ),
    identity=("at", "operation", "ranks", "size_bytes"),
    left_out=LeftOut.TOLD,
)
