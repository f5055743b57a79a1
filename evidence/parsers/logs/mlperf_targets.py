"""What an MLPerf Training or HPC run must reach to count: the quality targets of the closed division.

A log names no round, and two benchmarks changed their target: such a run is judged by every target it may have been
run for, and where these disagree there is no verdict. Source: `training_*/closed_*.yaml` and `hpc_*/closed_*.yaml` of
the MLCommons compliance checker (mlperf-logging 4.1.68); MLPerf Training rules, "Benchmarks", quality targets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from core.provenance import Where
from core.text import Text
from evidence.parsers.base import Issues, Severity
from evidence.parsers.logs.mllog import Event
from evidence.parsers.text.log_lines import words

Evaluation = Mapping[str, Decimal]  # what one evaluation measured, by name


@dataclass(frozen=True, slots=True)
class Bound:
    """One figure of an evaluation and how good it must be: at least so much of 1, or at most so much above 0."""

    name: str
    limit: Decimal
    at_least: bool

    def is_met(self, evaluation: Evaluation) -> bool:
        value = evaluation.get(self.name)
        if value is None:
            return False
        return self.limit <= value <= 1 if self.at_least else 0 < value <= self.limit

    def best(self, evaluations: Sequence[Evaluation]) -> Decimal | None:
        """The value nearest to the target or beyond it, null where none was taken."""
        values = [evaluation[self.name] for evaluation in evaluations if self.name in evaluation]
        return (max if self.at_least else min)(values, default=None)

    def __str__(self) -> str:
        return f"{self.name} {'≥' if self.at_least else '≤'} {self.limit}"


@dataclass(frozen=True, slots=True)
class Target:
    """What one evaluation of a benchmark must meet, all bounds at once.

    Args:
        rounds: the rounds whose rule files say so.
        until: when the results of the last of them were published, where a later round asks for more.
    """

    benchmark: str
    rounds: str
    bounds: tuple[Bound, ...]
    until: dt.date | None = None

    def is_met(self, evaluations: Iterable[Evaluation]) -> bool:
        return any(all(bound.is_met(evaluation) for bound in self.bounds) for evaluation in evaluations)

    def best(self, evaluations: Sequence[Evaluation]) -> str:
        """The best values of a run in words, a dash for one that was never taken."""
        values = ((bound.name, bound.best(evaluations)) for bound in self.bounds)
        return ", ".join(f"{name} {'–' if value is None else value}" for name, value in values)

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.bounds))} ({self.rounds})"


def _at_least(limit: str, name: str = "eval_accuracy") -> Bound:
    return Bound(name, Decimal(limit), at_least=True)


def _at_most(limit: str, name: str = "eval_accuracy") -> Bound:
    return Bound(name, Decimal(limit), at_least=False)


TARGETS = (
    Target("bert", "training v0.7", (_at_least("0.706"),), until=dt.date(2020, 7, 29)),  # 0.712 below a batch of 8192
    Target("bert", "training v1.0 – v5.0", (_at_least("0.720"),)),
    Target("cosmoflow", "HPC v1.0 – v3.0", (_at_most("0.124", "eval_error"),)),
    Target("deepcam", "HPC v1.0 – v3.0", (_at_least("0.82"),)),
    Target("deepseekv3_671b", "training v6.0 – v6.1", (_at_most("3.6"),)),
    Target("dlrm", "training v0.7 – v3.1", (_at_least("0.8025"),)),
    Target("dlrm_dcnv2", "training v3.0 – v6.0", (_at_least("0.80275"),)),
    Target("flux1", "training v5.1 – v6.1", (_at_most("0.586"),)),
    Target("gnmt", "training v0.7", (_at_least("0.240"),)),
    Target("gnn", "training v4.0 – v4.1", (_at_least("0.72"),)),
    Target("gpt3", "training v3.0 – v4.1", (_at_most("2.69"),)),
    Target("gpt_oss_20b", "training v6.0 – v6.1", (_at_most("3.34"),)),
    Target("llama2_70b_lora", "training v4.0 – v6.1", (_at_most("0.925"),)),
    Target("llama31_405b", "training v5.0 – v6.0", (_at_most("5.6"),)),
    Target("llama31_8b", "training v5.1 – v6.1", (_at_most("3.3"),)),
    Target("maskrcnn", "training v0.7 – v3.1", (_at_least("0.377", "BBOX"), _at_least("0.339", "SEGM"))),
    Target("minigo", "training v0.7 – v3.1", (_at_least("0.5"),)),
    Target("oc20", "HPC v1.0 – v3.0", (_at_most("0.036", "eval_error"),)),
    Target("openfold", "HPC v3.0", (_at_least("0.8"),)),
    Target("resnet", "training v0.7 – v4.0", (_at_least("0.7590"),)),
    Target("retinanet", "training v5.0 – v5.1", (_at_least("0.340"),)),
    Target("rgat", "training v5.0 – v5.1", (_at_least("0.72"),)),
    Target("rnnt", "training v1.0 – v3.1", (_at_most("0.058"),)),
    Target("ssd", "training v0.7 – v1.1", (_at_least("0.230"),), until=dt.date(2021, 12, 1)),
    Target("ssd", "training v2.0 – v4.1", (_at_least("0.340"),)),
    Target("stable_diffusion", "training v3.1 – v5.0", (_at_most("90", "FID"), _at_least("0.15", "CLIP"))),
    Target("transformer", "training v0.7", (_at_least("0.2500"),)),
    Target("unet3d", "training v1.0 – v4.0", (_at_least("0.908"),)),
)


def targets_of(benchmark: str, *, started_on: dt.date | None) -> list[Target]:
    """The targets a run of this day may have been run for; none for a benchmark whose target is not known."""
    return [
        target
        for target in TARGETS
        if target.benchmark == benchmark and not (target.until and started_on and started_on > target.until)
    ]


def evaluations_in(events: Iterable[Event]) -> list[Evaluation]:
    """The evaluations of a run, each with its figures by name.

    A figure stands alone under the key of its event, several in one value by name (`BBOX`, `SEGM`), or one in each of
    several events that name their metric (`FID`, `CLIP`) and the samples after which it was taken.
    """
    found: list[Evaluation] = []
    by_samples: dict[str, dict[str, Decimal]] = {}
    for event in events:
        metric = event.metadata.get("metric")
        if isinstance(event.value, dict):
            found.append({words(name): Decimal(one) for name, one in event.value.items() if _is_figure(one)})
        elif not _is_figure(event.value):
            continue
        elif isinstance(metric, str):
            by_samples.setdefault(str(event.metadata.get("samples_count")), {})[words(metric)] = Decimal(event.value)
        else:
            found.append({event.key: Decimal(event.value)})
    return [*found, *by_samples.values()]


def tell_missed(target: Target, evaluations: Sequence[Evaluation], where: Where, issues: Issues) -> None:
    """The warning that no evaluation of a run met the target, with both figures."""
    best = target.best(evaluations)
    issues.add(
        "target_not_reached",
        Text(
            zh=f"{target.benchmark} 的目标为 {target}，可读的评测中最好成绩为 {best}：未达到目标，不能作为成绩。",
            en=f"The target of {target.benchmark} is {target}, the best evaluation that can be read {best}: "
            "the target was not reached, so there is no result.",
        ),
        where=where,
        hint=Text(
            zh="请训练到目标精度，并上传完整、未改动的日志。",
            en="Train until the target is reached, and upload the whole log unchanged.",
        ),
    )


def tell_no_verdict(benchmark: str, where: Where, issues: Issues) -> None:
    """The note that nothing here tells which target the run had to reach."""
    issues.add(
        "target_unknown",
        Text(
            zh=f"不知道“{benchmark}”本次运行应达到的目标精度，未作判断；运行状态以日志所写为准。",
            en=f"Which target this run of “{benchmark}” had to reach is not known, so it was not judged; "
            "its status is what the log says.",
        ),
        where=where,
        severity=Severity.INFO,
    )


def _is_figure(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
