"""One message size of one collective operation, in place or out of place."""

from core.text import Text
from evidence.observations.schema import COUNT, FIGURE, FLAG, TEXT, Column, Kind

COLLECTIVE_RUNS = Kind(
    name="collective_runs",
    title=Text(zh="集合通信测试", en="Collective communication runs"),
    own_columns=(
        Column("run", COUNT),  # several runs may stand in one file, counted from 0
        Column("tool", TEXT),  # nccl_tests | torch_all_reduce
        Column(
            "operation", TEXT
        ),  # all_reduce | all_gather | reduce_scatter | alltoall | broadcast | reduce | sendrecv
        Column("ranks", COUNT),
        Column("nodes", COUNT, optional=True),  # distinct hosts among the device lines
        Column("device", TEXT, optional=True),
        Column("size_bytes", COUNT, unit="byte"),
        Column("in_place", FLAG),
        Column("time_us", FIGURE, unit="us"),
        Column("algbw_gb_s", FIGURE, unit="GB/s"),  # GB = 10⁹ byte
        Column("busbw_gb_s", FIGURE, unit="GB/s"),
        Column("wrong", COUNT, optional=True),  # null: not validated
        Column("ended", FLAG, optional=True),  # whether its run is told to its end; null: the tool prints no end
    ),
    identity=("run", "tool", "operation", "ranks", "size_bytes", "in_place"),
    written_by_tools=True,
)
