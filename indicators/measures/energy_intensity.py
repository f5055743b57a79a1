"""Energy of a job against what it computed: per ZFLOP of a training run, per million tokens of a load test."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import InsufficientData, InvalidEvidence
from core.outcome import Outcome, Quality, Reason
from core.provenance import Support
from core.quantity import measured
from core.text import Text
from indicators.measures.base import CentreEvidence, Input, Measurement, support
from indicators.measures.columns import distinct
from indicators.measures.energy import annual_pue
from indicators.measures.findings import NoEvidence, note, nothing_handed_in, worst
from indicators.measures.green import provincial_factor
from indicators.measures.power_windows import WindowPower, contradictions, power_support, powers_in, require_covered
from indicators.measures.references import emission_factors
from indicators.measures.run_cards import card_rows, run_cards_of
from indicators.measures.serving import own_throughput
from indicators.measures.training import FLOP_PER_PARAMETER
from indicators.measures.training_runs import LoggedRun, check_installed, is_own_table, logged_runs

ZFLOP = 10**21
LEAST_KWH_PER_ZFLOP = 150
LEAST_KWH_PER_MTOK = Fraction(1, 100)
WHOLE_CENTRE = Fraction(90, 100)  # from this share of the cards on, the power of all IT is the job's


@dataclass(frozen=True)
class _Energy:
    """IT energy inside a window."""

    kwh: Fraction
    covered: Fraction
    notes: tuple[Reason, ...]
    quality: Quality
    rests_on: tuple[Support, ...]


@dataclass(frozen=True)
class _Run:
    """One training run with its window and the FLOP that stayed in it."""

    model: str
    cards: int
    flop: Fraction
    start: dt.datetime
    end: dt.datetime
    quality: Quality
    notes: tuple[Reason, ...]
    rests_on: tuple[Support, ...]


def energy_per_training_compute(evidence: CentreEvidence) -> Measurement:
    """IT energy from the first to the last step ÷ 6·N·tokens of the steps that stayed, kWh per ZFLOP.

    Steps rolled back cost energy and count once. The logs of one run card are one run; of several runs the best
    evidenced, then the largest counts.

    Raises:
        NoEvidence.
        InsufficientData: `no_timed_run`, `power_missing`, `power_gaps`, `power_incomplete`.
        InvalidEvidence: `intensity_implausible` below 150, `more_cards_than_installed`, `contradicting_run_cards`.
    Source: scheme §2.3 GR-4.1, §3.6; 6·N·D: report 二(一).
    """
    if not evidence.rows("training_steps").num_rows or not evidence.rows("power_samples").num_rows:
        raise nothing_handed_in(["training_steps", "run_cards", "power_samples"])
    run = _chosen(evidence)
    energy = _energy(evidence, run.start, run.end, cards=run.cards, nodes="GR-4.1.nodes")
    value = energy.kwh / (run.flop / ZFLOP)
    if value < LEAST_KWH_PER_ZFLOP:
        raise _implausible(f"{measured(value)} kWh/ZFLOP", f"{LEAST_KWH_PER_ZFLOP} kWh/ZFLOP")
    return Measurement(
        measure="energy_per_training_compute",
        outcome=Outcome.SCORED,
        unit="kWh/ZFLOP",
        value=measured(value),
        coverage=measured(energy.covered),
        quality=worst([run.quality, energy.quality]),
        formula="e = E_IT ÷ (6 × N × tokens ÷ 10²¹)",
        inputs=(
            Input("E_IT", Text(zh="作业期间 IT 用电量", en="IT energy of the job"), measured(energy.kwh), "kWh"),
            Input(
                "compute",
                Text(zh="训练算力（6ND）", en="Compute, 6·N·D"),
                measured(run.flop / ZFLOP),
                "ZFLOP",
                run.model,
            ),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(run.cards), "card"),
            Input("hours", Text(zh="时长", en="Hours"), measured(_hours(run.start, run.end)), "h"),
            *_facility(evidence, value, "kWh/ZFLOP"),
        ),
        notes=(*run.notes, *energy.notes),
        rests_on=(*run.rests_on, *energy.rests_on),
    )


def carbon_per_training_compute(evidence: CentreEvidence) -> Measurement:
    """Energy per training compute × PUE × provincial factor of the year of the job, kg per ZFLOP; display only.

    Raises:
        NoEvidence, InsufficientData, InvalidEvidence: of `energy_per_training_compute` and `annual_pue`.
        InsufficientData: `no_emission_factor`.
    Source: scheme §2.3 GR-2.3; factors: MEE & NBS notices.
    """
    intensity, pue = energy_per_training_compute(evidence), annual_pue(evidence)
    profile = evidence.profile
    year = _chosen(evidence).start.astimezone(profile.zone).year
    factor = provincial_factor(profile.place.province, year)
    value = Fraction(intensity.value or 0) * Fraction(pue.value or 0) * Fraction(factor.factor)
    return replace(
        intensity,
        measure="carbon_per_training_compute",
        unit="kg/ZFLOP",
        value=measured(value),
        quality=worst([intensity.quality or Quality.A, pue.quality or Quality.A]),
        formula="c = e × PUE × factor",
        inputs=(
            Input("e", Text(zh="训练能耗强度", en="Energy per training compute"), _of(intensity), intensity.unit),
            Input("PUE", Text(zh="电能利用效率", en="Power usage effectiveness"), _of(pue), "1"),
            Input(
                "factor",
                Text(
                    zh=f"{factor.region}{factor.year} 年电力平均排放因子",
                    en=f"Factor of {factor.region}, {factor.year}",
                ),
                factor.factor,
                "kg/kWh",
                emission_factors().cited(f"{factor.region} {factor.year}"),
            ),
        ),
        rests_on=(*intensity.rests_on, *pue.rests_on),
    )


def energy_per_million_tokens(evidence: CentreEvidence) -> Measurement:
    """IT energy of the load test at its highest load within the target ÷ million output tokens, kWh per Mtok.

    Raises:
        NoEvidence.
        InsufficientData: `no_run_times`, `power_missing`, `power_gaps`, `power_incomplete`, and as `own_throughput`.
        InvalidEvidence: `intensity_implausible` below 0.01, and as `own_throughput`.
    Source: scheme §2.3 GR-4.7, §3.6.
    """
    if not evidence.rows("serving_runs").num_rows or not evidence.rows("power_samples").num_rows:
        raise nothing_handed_in(["serving_runs", "run_cards", "power_samples"])
    served, rests_on = own_throughput(evidence)
    row = served.row
    if row["started_at"] is None or not row["duration_ms"] or not row["output_tokens"]:
        raise InsufficientData(
            "no_run_times",
            Text(
                zh="压测结果没有写明开始时间、时长或输出词元数。",
                en="The load test does not tell its start, duration or output tokens.",
            ),
            hint=Text(zh="请提交含这些字段的原始结果。", en="Hand in the original result with these fields."),
        )
    end = row["started_at"] + dt.timedelta(milliseconds=row["duration_ms"])
    energy = _energy(evidence, row["started_at"], end, cards=served.cards, nodes="GR-4.7.nodes")
    tokens = Fraction(row["output_tokens"], 10**6)
    value = energy.kwh / tokens
    if value < LEAST_KWH_PER_MTOK:
        raise _implausible(f"{measured(value)} kWh/Mtok", "0.01 kWh/Mtok")
    return Measurement(
        measure="energy_per_million_tokens",
        outcome=Outcome.SCORED,
        unit="kWh/Mtok",
        value=measured(value),
        coverage=measured(energy.covered),
        quality=worst([served.quality, energy.quality]),
        formula="e = E_IT ÷ tokens",
        inputs=(
            Input("E_IT", Text(zh="压测期间 IT 用电量", en="IT energy of the test"), measured(energy.kwh), "kWh"),
            Input("tokens", Text(zh="输出词元", en="Output tokens"), measured(tokens), "Mtok", served.card["model"]),
            Input("cards", Text(zh="卡数", en="Cards"), Decimal(served.cards), "card"),
            *_facility(evidence, value, "kWh/Mtok"),
        ),
        notes=(*served.notes, *energy.notes),
        rests_on=(*rests_on, *energy.rests_on),
    )


def _chosen(evidence: CentreEvidence) -> _Run:
    """The run energy is set against.

    Raises:
        InsufficientData: `no_timed_run`.
    """
    runs = _timed_runs(evidence)
    if not runs:
        raise InsufficientData(
            "no_timed_run",
            Text(
                zh="没有带时间、批量与运行卡的预训练日志。",
                en="No log of pre-training has times, batch sizes and a run card.",
            ),
            hint=Text(
                zh="请提交带时间戳的日志与运行卡；无时区的日志须在上传时声明时区。",
                en="Hand in a log with time stamps and its run card; declare the zone of stamps without one at upload.",
            ),
        )
    return min(runs, key=lambda run: (run.quality, -run.cards, -run.flop, run.start))


def _timed_runs(evidence: CentreEvidence) -> list[_Run]:
    steps = evidence.rows("training_steps")
    known = pc.and_(pc.is_valid(steps.column("at")), pc.greater(steps.column("global_batch_size"), 0))
    steps = steps.filter(pc.fill_null(known, False))
    found = (_timed(evidence, run, steps) for run in logged_runs(steps, run_cards_of(evidence)))
    return [run for run in found if run and run.flop and run.end > run.start]


def _timed(evidence: CentreEvidence, run: LoggedRun, steps: pa.Table) -> _Run | None:
    """The run from its first step to its last, in however many logs; None of what is no pre-training."""
    card, own = run.card, distinct(run.rows(steps), by=("at", "step"))
    if card["objective"] != "pretrain" or own.num_rows < 2:
        return None
    own = own.sort_by([("at", "ascending"), ("step", "ascending")])
    check_installed(evidence, card["accelerator"], card["accelerators"])
    samples, first_ms = _samples(own)
    at = pc.min_max(own.column("at")).as_py()
    raw = card["workload"] != "operator_job" and not is_own_table(own)
    return _Run(
        card["model"],
        card["accelerators"],
        FLOP_PER_PARAMETER * Fraction(card["params_active"]) * card["sequence_length"] * samples,
        at["min"] - dt.timedelta(milliseconds=int(first_ms)),
        at["max"],
        (Quality.A if raw else Quality.B) if card["witnessed_by"] else Quality.C,
        (*_started_over(own.column("step").to_pylist()), *run.notes),
        (*support("training_steps", own), *support("run_cards", card_rows(evidence, run.logs))),
    )


def _started_over(steps: Sequence[int]) -> Iterator[Reason]:
    """A note where steps in the order of time begin again, as when several runs stand on one card."""
    if times := sum(later <= steps[0] < earlier for earlier, later in itertools.pairwise(steps)):
        yield note(
            "run_started_over",
            f"运行卡所指日志的训练步从头开始了 {times} 次：用电全部计入，每步只计一次；独立的运行请各用一张运行卡。",
            f"The steps of the logs on the run card begin again {'once' if times == 1 else f'{times} times'}: all of "
            "their energy counts, and each step once. Runs that have nothing to do with each other need a card each.",
        )


def _samples(rows: pa.Table) -> tuple[Fraction, Fraction]:
    """Samples of the steps that stayed, each step once, as done last; and how long the first row's steps took, ms.

    Args:
        rows: in the order of time.
    """
    listed = rows.select(["step", "global_batch_size", "iteration_ms"]).to_pylist()
    by_step = {row["step"]: row for row in listed}
    steps = sorted(by_step)
    spans = [later - earlier for earlier, later in itertools.pairwise(steps)]
    first = min(spans, default=1)
    samples = sum(
        Fraction(by_step[step]["global_batch_size"]) * span for step, span in zip(steps, [first, *spans], strict=True)
    )
    return samples, Fraction(listed[0]["iteration_ms"]) * first


def _energy(evidence: CentreEvidence, start: dt.datetime, end: dt.datetime, *, cards: int, nodes: str) -> _Energy:
    """IT energy of a window, read at the job's nodes, else its racks, else of a job on the whole centre at all IT.

    Args:
        nodes: code under which a declaration names the series of the job; without it every one read counts.
    """
    found = powers_in(evidence, start, end)
    if named := _named(evidence, nodes):
        found = [one for one in found if one.series in named]
    per_node = max(group.cards_per_node for group in evidence.profile.accelerators)
    needed = -(-cards // per_node)
    powers = _of_job(found, needed, whole=cards >= WHOLE_CENTRE * evidence.profile.cards)
    require_covered(powers)
    metered = sum(one.place == "node" for one in powers)
    with_network = not metered or any(one.place == "switch" for one in powers)
    notes = []
    if metered > needed:
        notes.append(
            note(
                "more_nodes_metered",
                f"功率含 {metered} 个节点，多于作业的 {needed} 个，全部计入；可在声明 {nodes} 中写明作业的节点。",
                f"Power covers {metered} nodes, more than the {needed} of the job; all of it counts. "
                f"A declaration of {nodes} may name those of the job.",
            )
        )
    if not with_network:
        notes.append(
            note(
                "without_network",
                "功率不含网络与存储，证据等级最高为 B。",
                "Power leaves out network and storage: grade B at best.",
            )
        )
    return _Energy(
        sum((one.mean_w for one in powers), Fraction(0)) * _hours(start, end) / 1000,
        min(one.covered for one in powers),
        (*notes, *contradictions(powers)),
        Quality.A if with_network else Quality.B,
        power_support(powers),
    )


def _of_job(found: list[WindowPower], needed: int, *, whole: bool) -> list[WindowPower]:
    """The series that are taken for a job.

    Raises:
        InsufficientData: `power_incomplete` for fewer nodes than the job had.
    """
    nodes = [one for one in found if one.place in ("node", "switch")]
    metered = sum(one.place == "node" for one in nodes)
    if metered >= needed:
        return nodes
    racks = [one for one in found if one.place == "rack"]
    if racks or (whole and any(one.place == "it" for one in found)):
        return racks or [one for one in found if one.place == "it"]
    if metered:
        raise InsufficientData(
            "power_incomplete",
            Text(
                zh=f"作业使用 {needed} 个节点，只有 {metered} 个节点的功率。",
                en=f"The job ran on {needed} nodes; the power of {metered} was handed in.",
            ),
            hint=Text(zh="请提交全部节点的功率日志。", en="Hand in the power log of every node."),
        )
    return []


def _named(evidence: CentreEvidence, code: str) -> frozenset[str]:
    rows = evidence.rows("declaration").to_pylist()
    return frozenset(row["item"] for row in rows if row["indicator"] == code and row["item"] and row["met"])


def _hours(start: dt.datetime, end: dt.datetime) -> Fraction:
    return Fraction((end - start) // dt.timedelta(milliseconds=1), 3_600_000)


def _facility(evidence: CentreEvidence, value: Fraction, unit: str) -> tuple[Input, ...]:
    """The figure × PUE, shown beside it where a PUE can be had."""
    try:
        pue = annual_pue(evidence)
    except (NoEvidence, InsufficientData, InvalidEvidence):
        return ()
    return (Input("facility", Text(zh="含 PUE", en="Times PUE"), measured(value * Fraction(pue.value or 0)), unit),)


def _implausible(value: str, least: str) -> InvalidEvidence:
    return InvalidEvidence(
        "intensity_implausible",
        Text(
            zh=f"能耗强度 {value}，低于 {least}，以今日硬件不可能。",
            en=f"An intensity of {value} is below {least}, which today's hardware cannot reach.",
        ),
        hint=Text(
            zh="请核对运行卡的参数量与卡数，以及功率测点是否齐全。",
            en="Check parameters and cards of the run card, and whether all power was handed in.",
        ),
    )


def _of(found: Measurement) -> Decimal:
    return found.value if found.value is not None else Decimal(0)
