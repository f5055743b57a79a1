"""Logs of DeepSpeed: the lines of its throughput timer and of its steps.

`… [INFO] [timer.py:199:stop] epoch=0/micro_step=40/global_step=10, RunningAvgSamplesPerSec=…, CurrSamplesPerSec=61.2`
and `… [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=2, lr=[…], mom=[…]`. The timer gives samples per second
over the last step; the samples of a step are the batch the log states, and without it there is no time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from core.errors import ParseError
from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Issues, ParseResult
from evidence.parsers.logs.step_lines import COUNT, FEW, NUMBER, StepField, read_step_lines, step_result
from evidence.parsers.logs.training_steps import plain_figure
from evidence.parsers.text.log_lines import log_lines
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_START = re2.compile(rb"global_step=[0-9]+, RunningAvgSamplesPerSec=[0-9.]+, CurrSamplesPerSec=")
_OWN = Mark(_START.pattern, b"RunningAvgSamplesPerSec=")
_BATCH = re2.compile(rb"(?:\btrain_batch_size \.{2,} |\"train_batch_size\": )([1-9][0-9]{0,8})\b")
_SKIPPED = re2.compile(rb"\[Rank 0\] step=[0-9]+, skipped=([0-9]{1,9}),")
_FIELDS = (
    StepField("step", r"global_step=", COUNT, required=True, end=","),
    StepField("micro_step", r"micro_step=", FEW, end="/"),
    StepField("rate", r"CurrSamplesPerSec=", NUMBER, required=True, end=r"(?:,|\s|$)"),
)


class Deepspeed:
    format = "deepspeed"
    version = "1"
    title = Text(zh="DeepSpeed 训练日志", en="Training log of DeepSpeed")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        """By the timer's lines; a Megatron log on DeepSpeed has its own iteration lines and belongs to `megatron`."""
        return source.opens_with(_OWN) and b"elapsed time per iteration (ms):" not in source.opening_in_utf8

    def parse(self, source: Source) -> ParseResult:
        issues = Issues()
        batch, skipped = _about(source)
        read = read_step_lines(source, start=_START, fields=_FIELDS, issues=issues)
        if batch is None:
            raise _no_batch()
        steps = read.fields
        return step_result(
            source,
            read,
            dialect="deepspeed",
            columns={
                "step": steps.column("step"),
                "iteration_ms": _times(steps.column("rate"), batch),
                "global_batch_size": pa.array(np.full(steps.num_rows, batch), pa.int64()),
            },
            issues=issues,
            facts={"skipped_steps": skipped, **_rates(steps.column("rate"))},
        )


def _about(source: Source) -> tuple[int | None, int | None]:
    """The batch the configuration states, and the skipped steps so far at the last line that tells them."""
    batch = skipped = None
    for _, line in log_lines(source):
        if b"train_batch_size" in line and (found := _BATCH.search(line)):
            batch = int(found.group(1))
        elif b"skipped=" in line and (found := _SKIPPED.search(line)):
            skipped = int(found.group(1))
    return batch, skipped


def _times(rates: pa.ChunkedArray, batch: int) -> pa.Array:
    """Milliseconds per step from samples per second; null for a rate of nothing."""
    times = [_time(rate, batch) for rate in pc.unique(rates).to_pylist()]
    return pa.array(times, TRAINING_STEPS.arrow.field("iteration_ms").type).take(
        pc.index_in(rates, pc.unique(rates)).combine_chunks()
    )


def _time(rate: Decimal, batch: int) -> Decimal | None:
    if rate < Decimal("0.000001"):
        return None
    return (Decimal(1000 * batch) / rate).quantize(Decimal("0.000000001"))


def _rates(rates: pa.ChunkedArray) -> dict[str, Any]:
    return {
        "samples_per_second_first": plain_figure(rates[0].as_py()),
        "samples_per_second_last": plain_figure(rates[-1].as_py()),
    }


def _no_batch() -> ParseError:
    return ParseError(
        "no_batch_size",
        Text(
            zh="日志没有说明 train_batch_size，无法由每秒样本数得出每步耗时。",
            en="The log does not state its `train_batch_size`, so samples per second give no time per step.",
        ),
        hint=Text(
            zh="请上传含有启动配置（train_batch_size …）的完整日志。",
            en="Upload the whole log with the configuration printed at its start (train_batch_size …).",
        ),
    )


PARSER = Deepspeed()
