"""Which formats carry what a measure reads."""

from __future__ import annotations

from functools import cache

from evidence.parsers.base import Parser
from evidence.parsers.registry import PARSERS
from indicators.measures.base import Measure
from indicators.measures.registry import MEASURE_BY_NAME


def formats_of(measure: Measure) -> tuple[Parser, ...]:
    """The formats that carry what a measure reads, by name; of benchmarks only those it takes."""
    return _formats_of(measure.name)


@cache
def _formats_of(name: str) -> tuple[Parser, ...]:
    measure = MEASURE_BY_NAME[name]
    wanted = set(measure.kinds)
    return tuple(
        parser
        for parser in PARSERS
        if wanted & set(parser.kinds) - {"benchmark_runs"} or parser.format in measure.benchmarks
    )
