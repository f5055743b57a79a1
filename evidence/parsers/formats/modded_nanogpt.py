"""Logs of the modded-nanogpt speed runs: the whole source code first, then a line per step.

`step:5100/5100 train_loss:3.2741 train_time:910546ms step_avg:178.89ms`. The source in front holds the format string
of these very lines, so only lines that begin with a printed step count. The clock starts anew after warming up and
leaves validation out.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.step_lines import (
    CLOCK,
    COUNT,
    NUMBER,
    StepField,
    StepLines,
    no_steps,
    read_step_lines,
    step_result,
    times_between,
)
from evidence.parsers.logs.training_steps import plain_figure
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_LINE = re2.compile(rb"^step:[0-9]+/[0-9]+ (?:train|val)_loss:")
_OWN = Mark(rb"(?m)^step:[0-9]+/[0-9]+ (?:train|val)_loss:\S+ train_time:[0-9.]+ms step_avg:", b"ms step_avg:")
_END = r"(?:\s|$)"
_FIELDS = (
    StepField("step", r"^step:", COUNT, required=True, end="/"),
    StepField("steps_total", r"^step:[0-9]+/", COUNT, required=True, end=_END),
    StepField("loss", r" train_loss:", NUMBER, end=_END),
    StepField("val_loss", r" val_loss:", NUMBER, end=_END),
    StepField("clock_ms", r" train_time:", CLOCK, required=True, end="ms"),
)


class ModdedNanogpt:
    format = "modded_nanogpt"
    version = "1"
    title = Text(zh="modded-nanogpt 训练日志", en="Training log of modded-nanogpt")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        read = read_step_lines(source, start=_LINE, fields=_FIELDS, issues=issues)
        validated = pc.is_valid(read.fields.column("val_loss"))
        validations, trained = read.fields.filter(validated), read.fields.filter(pc.invert(validated))
        if not trained.num_rows:
            raise no_steps()
        return step_result(
            source,
            StepLines(trained, read.lines),
            dialect="modded_nanogpt",
            columns={
                "step": trained.column("step"),
                "steps_total": trained.column("steps_total"),
                "iteration_ms": times_between(trained.column("step"), trained.column("clock_ms")),
                "loss": trained.column("loss"),
            },
            issues=issues,
            facts=_facts(read.fields, validations),
        )


def _facts(fields: pa.Table, validations: pa.Table) -> dict[str, Any]:
    facts: dict[str, Any] = {"step_lines": fields.num_rows, "validation_lines": validations.num_rows}
    if validations.num_rows:
        facts["val_loss_last"] = plain_figure(validations.column("val_loss")[-1].as_py())
        facts["val_step_last"] = validations.column("step")[-1].as_py()
    return facts | {"train_time_ms": plain_figure(fields.column("clock_ms")[-1].as_py())}


PARSER = ModdedNanogpt()
