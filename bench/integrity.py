"""False alarms on honest centres and what is found of injected frauds, by kind, way and size.

    script/bench integrity [--honest N] [--each N] [--kinds KIND …] [--material] [--alone]
                           [--processes N] [--fit]

Thresholds were chosen on the population `fit`; this judges them by the population `evaluation`, which shares neither a
seed nor a parameter with it (`fixtures/integrity/draws.py`). Every honest centre is also compared with every other one.
`--material` leaves out the sizes below those worth a grade, `--alone` the comparison of honest centres with each other.
`--fit` prints the extremes of each statistic over the honest centres of `fit`, beside the line drawn there.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from fixtures.integrity.draws import EVALUATION, FIT, Population
from fixtures.integrity.frauds import FRAUDS, Fraud
from fixtures.integrity.honest import honest_parameters
from fixtures.integrity.trial import FITTING, Trial, compared, fraud_trial, honest_trial, suited
from indicators.integrity.registry import CHECKS, thresholds

GOALS = {"false alarms": 0.02, "found": 0.90}
# From this size on a fraud is worth a grade: below it is told, and not counted towards the goal.
MATERIAL = {
    "scaled PUE": 0.05,
    "trimmed outages": 0.4,
    "cherry-picked runs": 3,
    "copied logs": 0.25,
    "constant meters": 14,
}
SHARE_OF_STEPS = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--honest", type=int, default=240)
    parser.add_argument("--each", type=int, default=10, help="centres per way and size of a fraud")
    parser.add_argument("--kinds", nargs="+", choices=list(FITTING), default=list(FITTING), metavar="KIND")
    parser.add_argument("--material", action="store_true", help="no sizes below those worth a grade")
    parser.add_argument("--alone", action="store_true", help="honest centres are not compared with each other")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    population = FIT if asked.fit else EVALUATION
    began = time.monotonic()
    with ProcessPoolExecutor(asked.processes) as pool:
        honest = _honest(population, asked.honest, pool, alone=asked.alone)
        if asked.fit:
            _print_statistics(honest)
        alarms = _print_honest(population, honest)
        print(flush=True)
        found = _print_frauds(population, asked.each, _asked(asked.kinds, material=asked.material), pool)
    print(f"\n{time.monotonic() - began:.0f} s")
    met = alarms <= GOALS["false alarms"] and found >= GOALS["found"]
    said = "met" if met else "NOT MET"
    print(f"goals: ≤ {GOALS['false alarms']:.0%} false alarms, ≥ {GOALS['found']:.0%} found: {said}")
    return 0 if met else 1


def _asked(kinds: list[str], *, material: bool) -> list[Fraud]:
    frauds = [fraud for fraud in FRAUDS if fraud.kind in kinds]
    if not material:
        return frauds
    return [replace(f, sizes=tuple(size for size in f.sizes if size >= _material(f))) for f in frauds]


def _material(fraud: Fraud) -> float:
    return SHARE_OF_STEPS if fraud.unit == "of steps" else MATERIAL[fraud.kind]


def _honest(population: Population, count: int, pool: ProcessPoolExecutor, *, alone: bool) -> list[Trial]:
    """Every centre by itself, then every pair of them unless each stays alone."""
    numbers = range(count)
    tried = list(pool.map(partial(honest_trial, population), numbers, chunksize=4))
    if alone:
        return [trial for trial, _ in tried]
    prints = [own for _, own in tried]
    trials = {own.centre: trial for trial, own in tried}
    for own, (found, statistics) in zip(prints, pool.map(partial(compared, population, prints), numbers), strict=True):
        trials[own.centre] = replace(trials[own.centre], statistics=trials[own.centre].statistics + statistics)
        for other, code in found:
            for centre in (own.centre, other):
                trial = trials[centre]
                reasons = (*trial.reasons, f"{code}: {own.centre} and {other}")
                trials[centre] = replace(trial, codes=trial.codes | {code}, reasons=reasons)
    return list(trials.values())


def _print_honest(population: Population, trials: list[Trial]) -> float:
    flagged = [trial for trial in trials if trial.codes]
    share = len(flagged) / len(trials)
    print(f"population {population.name}: {len(trials)} honest centres")
    print(f"with a flag: {len(flagged)}, false alarms {share:.1%}")
    counts = Counter(code for trial in trials for code in trial.codes)
    for check in CHECKS:
        if counts[check.code]:
            print(f"  {check.code:<24}{counts[check.code]:>4}  {counts[check.code] / len(trials):.1%}")
    for trial in flagged:
        for reason in trial.reasons:
            print(f"    {trial.number}: {reason}")
    return share


def _print_frauds(population: Population, each: int, frauds: list[Fraud], pool: ProcessPoolExecutor) -> float:
    """The table by way and size and which flags spoke; returns the lowest share of a kind from its material size on."""
    chosen = {fraud: suited(population, fraud, each) for fraud in frauds}
    jobs = [(fraud, size, number) for fraud in frauds for size in fraud.sizes for number in chosen[fraud]]
    judged = pool.map(partial(_judged, population), jobs, chunksize=2)
    results: dict[tuple[str, str, float], list[Trial]] = defaultdict(list)
    for (fraud, size, _), trial in zip(jobs, judged, strict=True):
        results[fraud.kind, fraud.way, size].append(trial)
    print(f"{each} centres per way and size; found: a flag that speaks of the kind (any flag)")
    for fraud in frauds:
        shown = []
        for size in fraud.sizes:
            trials = results[fraud.kind, fraud.way, size]
            hits = sum(trial.finds(fraud.kind) for trial in trials) / len(trials)
            anything = sum(bool(trial.codes) for trial in trials) / len(trials)
            shown.append(f"{_size(size, fraud):>6} {hits:>4.0%} ({anything:>4.0%})")
        print(f"{fraud.kind:<20}{fraud.way:<22}{'  '.join(shown)}  {fraud.unit}")
    _print_confusion(frauds, results)
    _print_contradicting(population, results)
    return _print_kinds(frauds, results)


def _print_confusion(frauds: list[Fraud], results: dict[tuple[str, str, float], list[Trial]]) -> None:
    print("\nwhich flags spoke, share of the centres with the fraud, all sizes:")
    for fraud in frauds:
        trials = [trial for size in fraud.sizes for trial in results[fraud.kind, fraud.way, size]]
        counts = Counter(code for trial in trials for code in trial.codes)
        told = ", ".join(
            f"{code} {count / len(trials):.0%}{'' if code in FITTING[fraud.kind] else ' (other)'}"
            for code, count in counts.most_common()
        )
        print(f"  {fraud.kind}, {fraud.way}: {told or 'none'}")


def _print_contradicting(population: Population, results: dict[tuple[str, str, float], list[Trial]]) -> None:
    """Scaled PUE by what could contradict it: where nothing can, no check is at fault."""
    ways = {fraud.way for fraud in FRAUDS if fraud.kind == "scaled PUE" and not fraud.hidden}
    told: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for (kind, way, size), trials in results.items():
        if kind == "scaled PUE" and way in ways and size >= MATERIAL[kind]:
            for trial in trials:
                given = honest_parameters(population, trial.number)
                cooling = "cooling meter" if given.metering.cooling else "no cooling meter"
                told[cooling, "bills" if given.billing.handed_in else "no bills"].append(trial.finds(kind))
    if told:
        print("\nscaled PUE from the material size on, ways that are not hidden, by what could contradict it:")
    for (cooling, bills), found in sorted(told.items()):
        print(f"  {cooling:<18}{bills:<10}{np.mean(found):>5.0%} of {len(found)}")


def _print_kinds(frauds: list[Fraud], results: dict[tuple[str, str, float], list[Trial]]) -> float:
    """From the material size on, by kind; returns the lowest share among the ways that are not hidden."""
    print("\nfrom the material size on:    not hidden          hidden ways too")
    lowest = 1.0
    for kind, least in MATERIAL.items():
        own = [fraud for fraud in frauds if fraud.kind == kind]
        if not own:
            continue
        told = {}
        for hidden in (False, True):
            hits = [
                trial.finds(kind)
                for fraud in own
                if hidden or not fraud.hidden
                for size in fraud.sizes
                if size >= _material(fraud)
                for trial in results[kind, fraud.way, size]
            ]
            told[hidden] = float(np.mean(hits)), len(hits)
        lowest = min(lowest, told[False][0])
        (plain, count), (every, whole) = told[False], told[True]
        print(f"{kind:<20}{least:>6g}   {plain:>5.0%} of {count:<8}   {every:>5.0%} of {whole}")
    return lowest


def _print_statistics(trials: list[Trial]) -> None:
    values: dict[str, list[float]] = defaultdict(list)
    for trial in trials:
        for name, value in trial.statistics:
            values[name].append(value)
    print(f"{'threshold':<40}{'line':>9}{'n':>8}{'min':>10}{'0.5 %':>10}{'median':>10}{'99.5 %':>10}{'max':>10}")
    for name, threshold in thresholds().items():
        if own := values.get(name):
            low, near_low, middle, near_high, high = np.quantile(own, (0, 0.005, 0.5, 0.995, 1))
            print(
                f"{name:<40}{threshold.number:>9.4g}{len(own):>8}{low:>10.4g}{near_low:>10.4g}{middle:>10.4g}"
                f"{near_high:>10.4g}{high:>10.4g}"
            )
    print()


def _judged(population: Population, job: tuple[Fraud, float, int]) -> Trial:
    fraud, size, number = job
    return fraud_trial(population, fraud, size, number)


def _size(size: float, fraud: Fraud) -> str:
    return f"{size:.0%}" if size < 1 or fraud.kind == "copied logs" else f"{size:g}"


if __name__ == "__main__":
    sys.exit(main())
