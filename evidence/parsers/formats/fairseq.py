"""Logs of fairseq, in its two forms: `epoch 001:  10 / 2183 loss=…, wps=26259, …` and `{"loss": "…", "wps": "26259"}`.

`wps` is a mean since the start in old releases and over the interval in new ones, so it is told as a fact and never
turned into a time. The time per update comes from the `wall` clock, whose whole seconds are exact over a stretch.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.provenance import Where
from core.text import Text
from evidence.observations.schema import COUNT as COUNTS
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
from evidence.parsers.logs.training_steps import FINISHED_LOG, plain_figure
from evidence.parsers.text.log_lines import log_lines
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_OWN = Mark(
    rb"\bwps=[0-9.]+, [^\n]{0,400}\bnum_updates=|\"wps\": ?\"[0-9.]+\"[^\n]{0,600}\"num_updates\": ?\"", b"num_updates"
)
_LINE = re2.compile(rb"\bwps=[0-9.]+, |\"wps\": ?\"[0-9.]+\"|\| epoch [0-9]+ \|.*\| wps [0-9]")
_DONE = re2.compile(rb"\bdone training in [0-9]")
_END = r"(?:,|\"|\}|\s|$)"


def _label(name: str) -> str:
    """The label of a meter in the three ways it is printed; the last is the summary of an epoch."""
    return rf"(?:\b{name}=|\"{name}\": ?\"?|\| {name} )"


_FIELDS = (
    StepField("wps", _label("wps"), NUMBER, required=True, end=_END),
    StepField("step", _label("num_updates"), COUNT, required=True, end=_END),
    StepField("batch", r"(?:\bepoch [0-9]+:\s+|\"update\": ?\"?)", NUMBER, end=r"(?: /|,|\"|\})"),
    StepField("loss", _label("loss"), NUMBER, end=_END),
    StepField("wall_s", _label("wall"), r"[0-9]{1,9}(?:\.[0-9]{1,9})?", end=_END),
    StepField("sentences", _label("bsz"), CLOCK, end=_END),
    StepField("words_per_batch", _label("wpb"), NUMBER, end=_END),
)


class Fairseq:
    format = "fairseq"
    version = "2"
    title = Text(zh="fairseq 训练日志", en="Training log of fairseq")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_OWN)

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        read = read_step_lines(source, start=_LINE, fields=_FIELDS, issues=issues)
        steps = read.fields.filter(read.fields.column("batch").is_valid())
        if not steps.num_rows:
            raise no_steps()
        return step_result(
            source,
            StepLines(steps, read.lines),
            dialect="fairseq",
            columns={
                "step": steps.column("step"),
                "iteration_ms": times_between(steps.column("step"), _clock(steps.column("wall_s"))),
                "loss": steps.column("loss"),
                "global_batch_size": _whole(steps.column("sentences")),
            },
            issues=issues,
            facts={**_facts(read.fields), "status": _status(source, steps, issues)},
        )


def _status(source: Source, steps: pa.Table, issues: Issues) -> str:
    """`completed` where the log says that training is done. It announces no number of steps to hold its last one to."""
    if any(_DONE.search(line) for _, line in log_lines(source)):
        return "completed"
    issues.add(
        "stops_early",
        Text(
            zh="日志没有“done training in … seconds”行：运行中止，或文件被截断。",
            en="The log has no line `done training in … seconds`: the run was aborted, or the file is cut short.",
        ),
        where=Where(line=steps.column("line")[-1].as_py()),
        hint=FINISHED_LOG,
    )
    return "incomplete"


def _clock(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.multiply(seconds.cast(pa.decimal128(18, 9)), pa.scalar(1000, pa.decimal128(4, 0)))


def _whole(sentences: pa.ChunkedArray) -> pa.ChunkedArray:
    """Sentences per update, where the mean that is printed is a whole number."""
    rounded = pc.round(sentences, ndigits=0)
    whole = pc.if_else(pc.equal(rounded, sentences), rounded, pa.scalar(None, rounded.type))
    return whole.cast(COUNTS)


def _facts(fields: pa.Table) -> dict[str, Any]:
    """Words per second as printed, the summaries of epochs among them."""
    wps = fields.column("wps")
    words = fields.column("words_per_batch").drop_null()
    return {
        "wps_values": len(wps),
        "wps_first": plain_figure(wps[0].as_py()),
        "wps_last": plain_figure(wps[-1].as_py()),
        "words_per_batch_last": plain_figure(words[-1].as_py()) if len(words) else None,
    }


PARSER = Fairseq()
