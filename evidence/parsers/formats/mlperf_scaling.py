"""MLPerf `scaling.json`: the factor by which the score of a set of runs is corrected for convergence luck."""

from __future__ import annotations

from decimal import Decimal

import re2

from core.errors import ParseError
from core.text import Text
from evidence.parsers.base import Coverage, ParseResult
from evidence.parsers.documents.json_documents import line_of_key, read_json_object
from evidence.parsers.text.source import Source

_HEAD = re2.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"scaling_factor"\s*:')


class MlperfScaling:
    format = "mlperf_scaling"
    version = "1"
    title = Text(zh="MLPerf 成绩修正系数", en="MLPerf scaling factor of a set")
    kinds: tuple[str, ...] = ()

    def recognises(self, source: Source) -> bool:
        return _HEAD.match(source.head_in_utf8) is not None

    def parse(self, source: Source) -> ParseResult:
        factor = read_json_object(source).get("scaling_factor")
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal) or factor < 1:
            raise ParseError(
                "out_of_range",
                Text(zh="scaling_factor 应为不小于 1 的数。", en="The scaling_factor must be a number of at least 1."),
                hint=Text(zh="请上传成绩集自带的 scaling.json。", en="Upload the scaling.json that came with the set."),
            )
        lines = sum(1 for _ in source.lines())
        return ParseResult(
            facts={"scaling_factor": Decimal(factor), "line": line_of_key(source, "scaling_factor")},
            tables={},
            coverage=Coverage(lines, lines, 0),
            encoding=source.text_encoding,
        )


PARSER = MlperfScaling()
