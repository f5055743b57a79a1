"""Training runs as measures see them: steps joined to their run card, benchmark runs to their system.

What no log says – model, cards, precision – comes from the run card of that log, or for MLPerf runs from
the system description of the platform the log names. Nothing is guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Quality, Reason
from core.provenance import Support
from core.text import Text
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import distinct, median
from indicators.measures.findings import note, repeated_runs
from indicators.measures.references import same_card, training_benchmarks
from indicators.measures.run_cards import (
    TOLD_ALIKE,
    card_not_in_package,
    card_rows,
    cards_without_file,
    contradicting,
    log_not_in_package,
    run_cards_of,
)

WARM_UP_STEPS = 200
# The two ways to show a training run.
FED_BY = (("training_steps", "run_cards"), ("benchmark_runs", "inventory"))


@dataclass(frozen=True)
class TrainingRun:
    """One run, or several of one set: what was trained on what, and how long one sample takes.

    Args:
        params: activated parameters.
        precision: bf16 | fp16 | fp8 …; None when nothing handed in tells it.
        seconds_per_sample: of the whole system, median over the steady steps.
        batch_per_card: samples per step and card; None for benchmark runs.
        length: steps or samples behind the median, to prefer the longer of two like runs.
        aborted: the log ends before the number of steps it announces.
        own_table: its steps come from a table of one's own, no log a framework or training loop wrote.
    """

    model: str
    workload: str
    objective: str
    params: Fraction
    sequence: int
    accelerator: str
    accelerators: int
    precision: str | None
    witnessed: bool
    seconds_per_sample: Fraction
    batch_per_card: Fraction | None
    length: int
    notes: tuple[Reason, ...]
    rests_on: tuple[Support, ...]
    aborted: bool = False
    own_table: bool = False

    @property
    def quality(self) -> Quality:
        """Evidence ladder: reference job witnessed A, other witnessed run B, the operator's own log C.

        A table of one's own is no raw log, so that a witness makes it B at best.
        """
        if not self.witnessed:
            return Quality.C
        return Quality.B if self.workload == "operator_job" or self.own_table else Quality.A

    @property
    def samples_per_card_second(self) -> Fraction:
        return 1 / (self.seconds_per_sample * self.accelerators)


def step_runs(evidence: CentreEvidence) -> list[TrainingRun]:
    """The runs whose logs were handed in with a run card, each checked against the installed cards.

    Raises:
        InvalidEvidence: `contradicting_run_cards`, `more_cards_than_installed`.
        InsufficientData: there are logs but no card of any of them: `named_log_missing` when the cards there are name
            logs that are not, else `run_card_missing`.
    """
    if "step_runs" not in evidence.derived:
        evidence.derived["step_runs"] = _step_runs(evidence)
    found: list[TrainingRun] = evidence.derived["step_runs"]
    return found


def _step_runs(evidence: CentreEvidence) -> list[TrainingRun]:
    steps = evidence.rows("training_steps")
    logs = set(pc.unique(steps.column("evidence")).to_pylist())
    cards = {log: card for log, card in run_cards_of(evidence).items() if log in logs}
    if logs and not cards:
        absent = cards_without_file(evidence, objectives=("pretrain", "lora"))
        raise log_not_in_package(absent, others=logs) if absent else card_not_in_package(logs)
    runs = [_step_run(steps, one, evidence) for one in logged_runs(steps, cards)]
    for run in runs:
        check_installed(evidence, run.accelerator, run.accelerators)
    return runs


@dataclass(frozen=True)
class LoggedRun:
    """The logs of one run with their card.

    Args:
        notes: on logs that were handed in more than once.
    """

    logs: tuple[str, ...]
    card: Mapping[str, Any]
    notes: tuple[Reason, ...]

    def rows(self, steps: pa.Table) -> pa.Table:
        """Its steps, in whichever of its logs they stand."""
        return steps.filter(pc.is_in(steps.column("evidence"), value_set=pa.array(self.logs)))


def logged_runs(steps: pa.Table, cards: Mapping[str, Mapping[str, Any]]) -> list[LoggedRun]:
    """The runs of some steps: what one card file tells alike is one run, in however many logs; equal logs count once.

    Raises:
        InvalidEvidence: `contradicting_run_cards`.
    """
    same = _same_logs(steps, cards)
    sets: dict[tuple[Any, ...], list[str]] = {}
    for log in same:
        sets.setdefault((cards[log]["evidence"], *(cards[log][name] for name in TOLD_ALIKE)), []).append(log)
    return [
        LoggedRun(tuple(sorted(logs)), cards[logs[0]], repeated_runs(same[log] for log in logs))
        for logs in sets.values()
    ]


def benchmark_training_runs(evidence: CentreEvidence) -> list[TrainingRun]:
    """Successful MLPerf runs with known samples, system and model, as training runs."""
    found = []
    for row, system in systems_of_runs(evidence):
        if system is None or row["status"] != "success" or not row["samples"] or not row["duration_ms"]:
            continue
        check_installed(evidence, system["accelerator"], system["accelerators"])
        known = next((b for b in training_benchmarks().rows if b.benchmark == row["benchmark"]), None)
        params = system.get("params_active") or (known and known.params)
        sequence = row["sequence_length"] or (known and known.sequence_length)
        objective = system.get("objective") or (known and known.objective)
        if not params or not sequence or not objective:
            continue
        found.append(
            TrainingRun(
                model=system.get("model") or row["benchmark"],
                workload=system.get("workload") or "operator_job",
                objective=objective,
                params=Fraction(params),
                sequence=sequence,
                accelerator=system["accelerator"],
                accelerators=system["accelerators"],
                precision=system.get("precision"),
                witnessed=bool(system.get("witnessed_by")),
                seconds_per_sample=Fraction(row["duration_ms"], 1000 * row["samples"]),
                batch_per_card=None,
                length=row["samples"],
                notes=(
                    note(
                        "whole_run",
                        "按 MLPerf 整次运行计算，含预热与评测。",
                        "Taken over the whole MLPerf run, warm-up and evaluation included.",
                    ),
                    *repeated_runs([row["files"]]),
                ),
                rests_on=support("benchmark_runs", _row(evidence.rows("benchmark_runs"), row["index"])),
            )
        )
    return found


def has_training_results(evidence: CentreEvidence) -> bool:
    """Whether any MLPerf Training run was handed in; other tools yield benchmark runs too."""
    tools = evidence.rows("benchmark_runs").column("tool")
    return bool(pc.any(pc.equal(tools, "mlperf_training"), min_count=0).as_py())


def has_successful_results(evidence: CentreEvidence) -> bool:
    """Whether any of the MLPerf Training runs reached its end and its target."""
    rows = evidence.rows("benchmark_runs")
    ended = pc.and_(pc.equal(rows.column("tool"), "mlperf_training"), pc.equal(rows.column("status"), "success"))
    return bool(pc.any(ended, min_count=0).as_py())


def systems_of_runs(evidence: CentreEvidence) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Every MLPerf Training run with the system it ran on: of its run card, else of its platform's description.

    A run that stands in several files is one run, and `files` names all of them.
    """
    table = evidence.rows("benchmark_runs")
    cards = run_cards_of(evidence)
    described = {row["system"]: row for row in evidence.rows("inventory").to_pylist()}
    found: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    seen: dict[tuple[str, ...], set[str]] = {}
    for index, row in enumerate(table.to_pylist()):
        content = tuple(str(value) for name, value in row.items() if name not in ("line", "cell", "evidence"))
        if row["tool"] != "mlperf_training":
            continue
        if content in seen:
            seen[content].add(row["evidence"])
            continue
        files = seen[content] = {row["evidence"]}
        system = cards.get(row["evidence"])
        if system is None and row["platform"] in described:
            description = described[row["platform"]]
            system = {"accelerator": description["accelerator_model"], "accelerators": description["accelerators"]}
        found.append((row | {"index": index, "files": files}, system))
    return found


OWN_TABLE = note(
    "own_table",
    "步数据来自自行整理的表，不是原始日志，证据等级最高为 B。",
    "The steps come from a table of one's own, no raw log: grade B at best.",
)


def is_own_table(steps: pa.Table) -> bool:
    """Whether any of the steps stood in a table of one's own."""
    return bool(pc.any(pc.equal(steps.column("dialect"), "table"), min_count=0).as_py())


def check_installed(evidence: CentreEvidence, accelerator: str, number: int) -> None:
    """A run cannot have used more cards of a model than the profile says are installed.

    Raises:
        InvalidEvidence: `more_cards_than_installed`.
    """
    installed = sum(group.cards for group in evidence.profile.accelerators if same_card(group.model, accelerator))
    if number > installed:
        raise InvalidEvidence(
            "more_cards_than_installed",
            Text(
                zh=f"该次运行使用 {number} 张 {accelerator}，而机构概况中只有 {installed} 张。",
                en=f"The run used {number} cards of {accelerator}; the profile has {installed} installed.",
            ),
            hint=Text(
                zh="请核对运行卡、系统描述与机构概况中的型号和卡数。",
                en="Check model and number of cards in run card, system description and profile.",
            ),
        )


def _same_logs(steps: pa.Table, cards: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The logs with a card, of equal ones only the first, each with all files that hold the same steps.

    The same log handed in again, with another line end or without its stamps' zone, is the same run.

    Raises:
        InvalidEvidence: `contradicting_run_cards` when two cards tell one run differently.
    """
    groups: list[tuple[pa.Table, list[str]]] = []
    for log in pc.unique(steps.column("evidence")).sort().to_pylist():
        own = steps.filter(pc.equal(steps.column("evidence"), log))
        content = own.drop_columns(["at", "line", "cell", "evidence"]).combine_chunks()
        known = next((logs for other, logs in groups if other.equals(content)), None)
        if known is None:
            groups.append((content, known := []))
        known.append(log)
    same: dict[str, list[str]] = {}
    for _, logs in groups:
        carded = [log for log in logs if log in cards]
        for log in carded[1:]:
            if any(cards[log][name] != cards[carded[0]][name] for name in TOLD_ALIKE):
                raise contradicting(log)
        if carded:
            same[carded[0]] = logs
    return same


def _step_run(steps: pa.Table, run: LoggedRun, evidence: CentreEvidence) -> TrainingRun:
    card, own = run.card, run.rows(steps)
    own = distinct(own.filter(pc.is_valid(own.column("global_batch_size"))))
    own = own.filter(pc.and_(pc.greater(own.column("global_batch_size"), 0), pc.greater(own.column("iteration_ms"), 0)))
    steady, shortness = _steady(own)
    end = _early_end(own)
    times = [
        Fraction(milliseconds) / (1000 * batch)
        for milliseconds, batch in zip(
            steady.column("iteration_ms").to_pylist(), steady.column("global_batch_size").to_pylist(), strict=True
        )
    ]
    batches = [Fraction(batch) for batch in steady.column("global_batch_size").to_pylist()]
    own_cards = card_rows(evidence, run.logs)
    return TrainingRun(
        model=card["model"],
        workload=card["workload"],
        objective=card["objective"],
        params=Fraction(card["params_active"]),
        sequence=card["sequence_length"],
        accelerator=card["accelerator"],
        accelerators=card["accelerators"],
        precision=card["precision"],
        witnessed=bool(card["witnessed_by"]),
        seconds_per_sample=median(times),
        batch_per_card=median(batches) / card["accelerators"],
        length=steady.num_rows,
        notes=(*shortness, *((end,) if end else ()), *((OWN_TABLE,) if is_own_table(steady) else ()), *run.notes),
        rests_on=(*support("training_steps", steady), *support("run_cards", own_cards)),
        aborted=end is not None,
        own_table=is_own_table(steady),
    )


def _steady(rows: pa.Table) -> tuple[pa.Table, tuple[Reason, ...]]:
    """The lines after the first 200 steps; of a shorter log all but its first line, and a note.

    A log that resumes at a later step warms up again: its steps count from where it starts.

    Raises:
        InsufficientData: `too_few_steps`.
    """
    steps = sorted(set(rows.column("step").to_pylist()))
    if len(steps) < 2:
        raise InsufficientData(
            "too_few_steps",
            Text(zh="训练日志的有效进度行不足两行。", en="The training log has fewer than two usable lines."),
            hint=Text(zh="请提交完整的训练日志。", en="Hand in the whole training log."),
        )
    span = min(later - earlier for earlier, later in _pairs(steps))
    begins = steps[0] - span
    column = rows.column("step")
    steady = rows.filter(pc.greater(column, begins + WARM_UP_STEPS))
    if steady.num_rows:
        return steady, ()
    return rows.filter(pc.greater(column, steps[0])), (
        note(
            "short_log",
            f"日志不足 {WARM_UP_STEPS} 步，仅略去第一行作为预热。",
            f"The log has fewer than {WARM_UP_STEPS} steps; only its first line is left out as warm-up.",
        ),
    )


def _early_end(rows: pa.Table) -> Reason | None:
    """That the steps, of all parts of the log together, end before the announced number; a line stands for several."""
    announced = rows.column("steps_total").drop_null()
    if not len(announced):
        return None
    steps, total = sorted(set(rows.column("step").to_pylist())), pc.max(announced).as_py()
    if steps[-1] + min(later - earlier for earlier, later in _pairs(steps)) > total:
        return None
    return note(
        "run_incomplete",
        f"训练止于第 {steps[-1]} 步，未达到宣布的 {total} 步（中止或日志不全）；按已有的稳定步计算。",
        f"Training ended at step {steps[-1]} of {total} announced (aborted, or the log is cut short); "
        "taken over the steady steps there are.",
    )


def _pairs(values: list[int]) -> Iterable[tuple[int, int]]:
    return itertools.pairwise(values)


def _row(table: pa.Table, index: int) -> pa.Table:
    return table.slice(index, 1)
