"""What the tools for collective communication share: operations, the factor from algorithm to bus bandwidth.

Source: NVIDIA nccl-tests, doc/PERFORMANCE.md: busbw = algbw · factor(n), n ranks, GB = 10⁹ byte.
"""

from __future__ import annotations

from fractions import Fraction

# Longer names first: `all_reduce` holds `reduce`.
_NAMES = (
    ("reduce_scatter", ("reduce_scatter", "reducescatter")),
    ("all_reduce", ("all_reduce", "allreduce")),
    ("all_gather", ("all_gather", "allgather")),
    ("alltoall", ("alltoall", "all_to_all")),
    ("sendrecv", ("sendrecv", "send_recv")),
    ("broadcast", ("broadcast",)),
    ("reduce", ("reduce",)),
)


def operation_named_in(text: str) -> str | None:
    """The operation a program or file is named after (`all_reduce_perf`, `nccl_alltoall.log`)."""
    folded = text.lower().replace("-", "_")
    for operation, spellings in _NAMES:
        if any(spelling in folded for spelling in spellings):
            return operation
    return None


def bus_factor(operation: str, ranks: int) -> Fraction | None:
    """Bus bandwidth ÷ algorithm bandwidth; None where it is not defined (fewer than two ranks, unknown operation)."""
    if ranks < 2:
        return None
    match operation:
        case "all_reduce":
            return Fraction(2 * (ranks - 1), ranks)
        case "all_gather" | "reduce_scatter" | "alltoall":
            return Fraction(ranks - 1, ranks)
        case "broadcast" | "reduce" | "sendrecv":
            return Fraction(1)
    return None
