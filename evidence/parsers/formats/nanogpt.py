"""Logs of nanoGPT: `iter 120: loss 3.4012, time 123.45ms, mfu 31.20%`, and `step 250: train loss …, val loss …`.

The printed MFU is that of an A100 and −100 % while warming up; it is never read. A printed time is that of its one
iteration, also where not every iteration is printed.
"""

from __future__ import annotations

import re2

from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.step_lines import COUNT, NUMBER, StepField, read_step_lines, step_result
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_LINE = re2.compile(rb"^iter [0-9]+: loss ")
_OWN = Mark(rb"(?m)^iter [0-9]+: loss [^,\n]{1,40}, time [0-9.]+ms", b": loss ")
_FIELDS = (
    StepField("step", r"^iter ", COUNT, required=True, end=":"),
    StepField("loss", r": loss ", NUMBER, end=","),
    StepField("iteration_ms", r", time ", NUMBER, required=True, end="ms"),
)


class Nanogpt:
    format = "nanogpt"
    version = "1"
    title = Text(zh="nanoGPT 训练日志", en="Training log of nanoGPT")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        read = read_step_lines(source, start=_LINE, fields=_FIELDS, issues=issues)
        columns = {field.column: read.fields.column(field.column) for field in _FIELDS}
        return step_result(source, read, dialect="nanogpt", columns=columns, issues=issues)


PARSER = Nanogpt()
