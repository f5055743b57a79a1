"""Logs of MindFormers on Ascend, in both spellings of its progress lines.

`… INFO - { Epoch:[  1/  2], step:[   20/ 1000], loss: 9.123, per_step_time: 1234ms, lr: 1e-05, overflow cond: False,
loss_scale: 65536.0, global_norm: [0.5], train_throughput_per_npu: 123.4T`. Steps begin anew with each epoch, so those
of the epochs before are added. A line tells whether its last step overflowed, not how many did, so no skipped
steps are read. The printed throughput is the tool's own formula and never scored.
"""

from __future__ import annotations

import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.step_lines import EPOCHS, FEW, NUMBER, StepField, read_step_lines, step_result
from evidence.parsers.text.source import Source

_LINE = re2.compile(rb"(?i:epoch):\s*\[\s*[0-9]+\s*/\s*[0-9]+\s*\], step:\s*\[\s*[0-9]+\s*/\s*[0-9]+\s*\], loss:")
_END = r"(?:,|\s|\}|$)"
_FIELDS = (
    StepField("epoch", r"(?i:epoch):\s*\[", EPOCHS, required=True, end=r"\s*/"),
    StepField("epochs", r"(?i:epoch):\s*\[\s*[0-9]+\s*/", EPOCHS, required=True, end=r"\s*\]"),
    StepField("step", r"step:\s*\[", FEW, required=True, end=r"\s*/"),
    StepField("steps", r"step:\s*\[\s*[0-9]+\s*/", FEW, required=True, end=r"\s*\]"),
    StepField("loss", r"\], loss:", NUMBER, end=_END),
    StepField("iteration_ms", r"per_step_time:", NUMBER, required=True, end=r"\s*ms"),
    StepField("batch", r"global_batch_size:", FEW, end=_END),
    StepField("tflops", r"train_throughput_per_npu:", NUMBER, end="T"),
)


class Mindformers:
    format = "mindformers"
    version = "1"
    title = Text(zh="MindFormers 训练日志", en="Training log of MindFormers")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        opening = source.opening_in_utf8
        return b"per_step_time:" in opening and _LINE.search(opening) is not None

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        read = read_step_lines(source, start=_LINE, fields=_FIELDS, issues=issues)
        lines = read.fields
        before = pc.multiply(pc.subtract(lines.column("epoch"), 1), lines.column("steps"))
        return step_result(
            source,
            read,
            dialect="mindformers",
            columns={
                "step": pc.add(before, lines.column("step")),
                "steps_total": pc.multiply(lines.column("epochs"), lines.column("steps")),
                "iteration_ms": lines.column("iteration_ms"),
                "loss": lines.column("loss"),
                "global_batch_size": lines.column("batch"),
                "tflops_per_accelerator": lines.column("tflops"),
            },
            issues=issues,
        )


PARSER = Mindformers()
