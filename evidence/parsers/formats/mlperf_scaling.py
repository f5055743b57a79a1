"""MLPerf `scaling.json`: the factor by which the score of a set of runs is corrected for convergence luck."""

from __future__ import annotations

from decimal import Decimal

import re2

from core.errors import ParseError
from core.text import Text
from evidence.observations.benchmark_runs import BENCHMARK_RUNS
from evidence.parsers.base import Coverage, ParseResult
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.logs.results import table_of
from evidence.parsers.text.source import Source

_TOO_LARGE = 100  # no convergence is that lucky
_HEAD = re2.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"scaling_factor"\s*:')


class MlperfScaling:
    format = "mlperf_scaling"
    version = "2"
    title = Text(zh="MLPerf 成绩修正系数", en="MLPerf scaling factor of a set")
    kinds = (BENCHMARK_RUNS.name,)

    def recognises(self, source: Source) -> bool:
        return _HEAD.match(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        factor = read_json_object(source).get("scaling_factor")
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal) or not 1 <= factor < _TOO_LARGE:
            raise ParseError(
                "out_of_range",
                Text(
                    zh=f"scaling_factor 应为不小于 1、小于 {_TOO_LARGE} 的数。",
                    en=f"The scaling_factor must be a number of at least 1 and below {_TOO_LARGE}.",
                ),
                hint=Text(zh="请上传成绩集自带的 scaling.json。", en="Upload the scaling.json that came with the set."),
            )
        lines, line = sum(1 for _ in source.lines()), line_of_key(source, "scaling_factor")
        row = {
            "tool": self.format,
            "benchmark": "",
            "status": "success",
            "metric": "scaling_factor",
            "value": Decimal(factor),
            "unit": "1",
            "line": line,
        }
        return ParseResult(
            facts={"scaling_factor": Decimal(factor), "line": line},
            tables={BENCHMARK_RUNS.name: table_of(BENCHMARK_RUNS, [row])},
            coverage=Coverage(lines, lines, 0),
            encoding=source.text_encoding,
        )


PARSER = MlperfScaling()
