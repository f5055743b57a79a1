"""Logs of llm.c: the console with a time per step, and `main.log`, which has losses only.

Console: `step   12/19560 | loss 10.25 (+nanz)| norm 5.1 (+nanz)| lr 1.0e-05 | 312.55 ms | … | 1677721 tok/s`.
`main.log`: `s:12 trl:10.25`, `s:250 tel:6.9`. A log of losses tells no time, so nothing can be measured from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import re2

from core.text import Text
from evidence.observations.training_steps import TRAINING_STEPS
from evidence.parsers.base import Coverage, Issues, ParseResult
from evidence.parsers.logs.results import FIGURE_PATTERN, printed
from evidence.parsers.logs.step_lines import (
    COUNT,
    NUMBER,
    StepField,
    no_steps,
    read_step_lines,
    step_result,
    tell_broken,
)
from evidence.parsers.text.log_lines import log_encoding, log_lines
from evidence.parsers.text.marks import Mark
from evidence.parsers.text.source import Source

_STEP = re2.compile(rb"^step +[0-9]+/[0-9]+ \| (?:train )?loss .*[0-9.]+ ms \|.* tok/s")
_CONSOLE = Mark(rb"(?m)^step +[0-9]+/[0-9]+ \| (?:train )?loss [^\n]{1,200} ms \|[^\n]{1,80} tok/s", b" tok/s")
_MAIN = Mark(
    rb"(?:^|\n)s:[0-9]{1,9} (?:trl|tel):[0-9.]+[^\n]*\r?\n(?:[^\n]*\r?\n)?s:[0-9]{1,9} t[re]l:", b" trl:", b" tel:"
)
_LOSS = re2.compile(rb"^s:([0-9]{1,9}) (trl|tel|eval):" + FIGURE_PATTERN.encode() + rb"(?:\s|$)")
_ANY_LOSS = re2.compile(rb"^s:[0-9]+ ")
_FIELDS = (
    StepField("step", r"^step +", COUNT, required=True, end="/"),
    StepField("steps_total", r"^step +[0-9]+/", COUNT, required=True, end=r" \|"),
    StepField("loss", r"\| (?:train )?loss ", NUMBER, end=r"(?:\s|\|)"),
    StepField("iteration_ms", r"\| \(?", NUMBER, required=True, end=r" ms \|"),
)


class LlmC:
    format = "llm_c"
    version = "1"
    title = Text(zh="llm.c 训练日志", en="Training log of llm.c")
    kinds = (TRAINING_STEPS.name,)

    def recognises(self, source: Source) -> bool:
        return source.opens_with(_CONSOLE) or source.opens_with(_MAIN)

    def parse(self, source: Source) -> ParseResult:
        if not source.opens_with(_CONSOLE):
            return _losses(source)
        issues = Issues()
        read = read_step_lines(source, start=_STEP, fields=_FIELDS, issues=issues)
        columns = {name: read.fields.column(name) for name in ("step", "steps_total", "loss", "iteration_ms")}
        return step_result(source, read, dialect="llm_c", columns=columns, issues=issues)


def _losses(source: Source) -> ParseResult:
    """Facts only: how far the run came and where its losses stood."""
    issues, tally = Issues(), _Losses()
    for kind, step, value in tally.read(source, issues):
        tally.take(kind, step, value)
    if "trl" not in tally.last:
        raise no_steps()
    issues.add(
        "no_times",
        Text(
            zh="日志只有损失，没有迭代耗时，不能据此计算训练效率。",
            en="The log holds losses only, no time per step; no efficiency can be measured from it.",
        ),
        hint=Text(
            zh="请上传控制台输出（含“… ms | … tok/s”的行）。",
            en="Upload the console output with its `… ms | … tok/s` lines.",
        ),
    )
    return ParseResult(
        facts={"dialect": "llm_c_main", **tally.facts()},
        tables={},
        coverage=Coverage(tally.lines, sum(tally.counts.values()), issues.counts.get("broken_line", 0)),
        issues=tuple(issues.listed),
        issue_counts=issues.counts,
        encoding=log_encoding(source),
    )


class _Losses:
    """Counts and ends of the losses of one `main.log`, by their mark: `trl` trained, `tel` validated, `eval`."""

    def __init__(self) -> None:
        self.lines = 0
        self.counts: dict[str, int] = {}
        self.first: dict[str, tuple[int, Decimal]] = {}
        self.last: dict[str, tuple[int, Decimal]] = {}

    def read(self, source: Source, issues: Issues) -> Iterator[tuple[str, int, Decimal]]:
        broken = []
        for self.lines, line in log_lines(source):
            found = _LOSS.match(line)
            value = printed(found.group(3)) if found else None
            if found and value is not None:
                yield found.group(2).decode(), int(found.group(1)), value
            elif _ANY_LOSS.match(line):
                broken.append(self.lines)
        tell_broken(pa.array(broken, pa.int64()), issues)

    def take(self, kind: str, step: int, value: Decimal) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.first.setdefault(kind, (step, value))
        self.last[kind] = (step, value)

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for kind, name in (("trl", "train"), ("tel", "validation"), ("eval", "evaluation")):
            facts[f"{name}_lines"] = self.counts.get(kind, 0)
            if kind in self.last:
                facts[f"{name}_step_last"], facts[f"{name}_loss_last"] = self.last[kind]
                facts[f"{name}_loss_first"] = self.first[kind][1]
        return facts


PARSER = LlmC()
