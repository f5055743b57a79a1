"""Monte Carlo over 1,000 draws × 1,000 facilities × 60 indicators against a bare NumPy evaluation of the same work.

    script/bench ranks [--facilities N] [--draws N] [--rounds N]

The edition of `bench/scoring.py`, every value with an error. Each draw moves all values and weights, takes lines or
levels, a geometric or an arithmetic mean of the pillars, reads off grades with caps and pillar floors, and ranks; then
come the 5–95 % intervals of rank and score. The bare evaluation draws from NumPy's own generator, without an address to
any number. Each figure is the best of the rounds; every engine has a process of its own, and peak memory is told with
that of its children.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scoring import SEED, random_population, sixty

from assessment.scoring.batch import score_population
from assessment.scoring.columns.population import Population
from assessment.scoring.robustness import robustness
from indicators.rubric.model import Edition, Group, Indicator

GOALS = {"ratio": 1.5, "memory": 512.0}  # times, MiB
SPREAD = 0.20
CHUNK = 32  # draws of all facilities at a time, so that the columns stay in the cache

Floats = NDArray[np.float64]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--facilities", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=("bare", "drawn"), help=argparse.SUPPRESS)
    parser.add_argument("--processes", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.engine:
        print(json.dumps(_measure(asked)))
        return 0
    return _compare(asked)


def _compare(asked: argparse.Namespace) -> int:
    def run(engine: str, processes: int) -> dict[str, float]:
        command = [sys.executable, __file__, "--engine", engine, "--processes", str(processes)]
        command += ["--facilities", str(asked.facilities), "--draws", str(asked.draws), "--rounds", str(asked.rounds)]
        answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return answer

    print(f"{asked.draws:,} draws × {asked.facilities:,} facilities × 60 indicators, best of {asked.rounds}")
    print(f"{'processes':<12}{'bare s':>8}{'drawn s':>9}{'ratio':>7}{'bare MiB':>10}{'drawn MiB':>11}{'CPU ratio':>11}")
    met = True
    for processes in (1, 2):
        bare, drawn = run("bare", processes), run("drawn", processes)
        ratio = drawn["seconds"] / bare["seconds"]
        met &= ratio <= GOALS["ratio"] and drawn["memory"] <= GOALS["memory"]
        print(
            f"{processes:<12}{bare['seconds']:>8.3f}{drawn['seconds']:>9.3f}{ratio:>7.2f}{bare['memory']:>10.0f}"
            f"{drawn['memory']:>11.0f}{drawn['cpu'] / bare['cpu']:>11.2f}"
        )
    print(
        f"goals: ratio ≤ {GOALS['ratio']} on the same number of processes, ≤ {GOALS['memory']:.0f} MiB: "
        f"{'met' if met else 'NOT MET'}"
    )
    return 0 if met else 1


def _measure(asked: argparse.Namespace) -> dict[str, float]:
    edition = sixty()
    population = random_population(edition, asked.facilities, "random")
    chance = np.random.default_rng(SEED)
    errors = np.abs(population.values) * chance.uniform(0.005, 0.03, population.values.shape)
    population = replace(population, errors=errors)
    variation = replace(edition.robustness, draws=asked.draws)
    scores = score_population(edition, population)
    bare = _Bare(edition, population)
    seconds, cpu = [], []
    for _ in range(asked.rounds):
        start, before = time.perf_counter(), _cpu()
        if asked.engine == "bare":
            bare.intervals(asked.draws, asked.processes)
        else:
            robustness(edition, population, variation=variation, processes=asked.processes, scores=scores)
        seconds.append(time.perf_counter() - start)
        cpu.append(_cpu() - before)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = own.ru_maxrss + (asked.processes * children.ru_maxrss if asked.processes > 1 else 0)
    return {"seconds": min(seconds), "cpu": min(cpu), "memory": memory / 1024}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


# --- the bare evaluation ----------------------------------------------------------------------------------------------


class _Bare:
    """What one would write for this one rubric without care for anything but speed."""

    def __init__(self, edition: Edition, population: Population) -> None:
        assert edition.grades is not None  # noqa: S101 – made in `sixty`
        assert population.errors is not None  # noqa: S101 – given above
        assert population.qualities is not None  # noqa: S101 – made in `random_population`
        self.values, self.errors = population.values, population.errors
        caps = np.array([np.inf] + [float(cap) for cap in edition.quality_caps.values()])
        self.caps = caps[population.qualities]
        rows = {measure: row for row, measure in enumerate(population.measures)}
        self.tree = self._node(edition.root, rows)
        self.lines = np.array([float(grade.at_least) for grade in edition.grades.grades])
        ends = np.append(self.lines[1:], 100.0)
        self.middles = (self.lines + ends) / 2

    def _node(self, node: Group | Indicator, rows: dict[str, int]) -> dict[str, Any]:
        found: dict[str, Any] = {"weight": float(node.weight.everywhere or Decimal(0))}
        if isinstance(node, Group):
            return found | {"children": [self._node(child, rows) for child in node.children]}
        anchors = node.curve.anchors  # type: ignore[union-attr]
        at, to = [float(one.value) for one in anchors], [float(one.points) for one in anchors]
        lines = [float(one.at_most or 0) for one in node.minima]
        return found | {"row": rows[node.measure], "at": at, "to": to, "lines": lines}

    def intervals(self, draws: int, processes: int) -> list[Floats]:
        """5 %, 50 % and 95 % of rank and score of every facility."""
        shares = [len(part) for part in np.array_split(np.arange(draws), processes)]
        if processes == 1:
            found = [self.draw(draws, 0)]
        else:
            context = multiprocessing.get_context("fork")
            with ProcessPoolExecutor(processes, mp_context=context, initializer=_keep, initargs=(self,)) as pool:
                found = list(pool.map(_draw, shares, range(processes)))
        ranks, scores = (np.sort(np.concatenate(part), axis=0) for part in zip(*found, strict=True))
        at = [round(share * (draws - 1)) for share in (0.05, 0.5, 0.95)]
        return [ranks[at], scores[at]]

    def draw(self, draws: int, part: int) -> tuple[Floats, Floats]:
        chance = np.random.default_rng([SEED, part])
        size = self.values.shape[1]
        ranks, scores = np.empty((draws, size), dtype=np.int32), np.empty((draws, size))
        for start in range(0, draws, CHUNK):
            few = min(CHUNK, draws - start)
            levels = np.flatnonzero(chance.random(few) < 0.5)
            arithmetic = np.flatnonzero(chance.random(few) < 0.5)
            self.capped = np.full((few, size), len(self.lines) - 1)
            pillars = [self._drawn(one, few, levels, chance) for one in self.tree["children"]]
            total = sum(weight for _, weight in pillars)
            logs = sum(weight * np.log(np.maximum(points, 1.0)) for points, weight in pillars) / total
            points = np.exp(logs)
            plain = sum(weight[arithmetic] * own[arithmetic] for own, weight in pillars)
            points[arithmetic] = plain / total[arithmetic]
            shown = np.floor(points * 100 + 0.5) / 100
            reached = np.searchsorted(self.lines, shown, side="right") - 1
            for own, _ in pillars:
                allowed = np.searchsorted(self.lines - 15, np.floor(own * 100 + 0.5) / 100, side="right") - 1
                reached = np.minimum(reached, np.maximum(allowed, 0))
            keys = np.minimum(reached, self.capped) * 1000 + shown
            for at, own in enumerate(keys):
                ranks[start + at] = size - np.searchsorted(np.sort(own), own, side="right") + 1
            scores[start : start + few] = shown
        return ranks, scores

    def _drawn(
        self, node: dict[str, Any], few: int, levels: NDArray[np.intp], chance: np.random.Generator
    ) -> tuple[Floats, Floats]:
        weight = node["weight"] * chance.uniform(1 - SPREAD, 1 + SPREAD, (few, 1))
        if "children" in node:
            parts = [self._drawn(child, few, levels, chance) for child in node["children"]]
            total = sum(own for _, own in parts)
            points = parts[0][0] * parts[0][1]
            for own, its in parts[1:]:
                points += own * its
            points /= total
            return points, weight
        row = node["row"]
        values = chance.standard_normal((few, self.values.shape[1]))
        values *= self.errors[row]
        values += self.values[row]
        np.maximum(values, 0.0, out=values)
        points = np.interp(values, node["at"], node["to"])
        np.minimum(points, self.caps[row], out=points)
        points[levels] = self.middles[np.searchsorted(self.lines, points[levels], side="right") - 1]
        for line in node["lines"]:
            np.minimum(self.capped, 2, out=self.capped, where=values > line)
        return points, weight


_bare: _Bare


def _keep(bare: _Bare) -> None:
    global _bare
    _bare = bare


def _draw(draws: int, part: int) -> tuple[Floats, Floats]:
    return _bare.draw(draws, part)


if __name__ == "__main__":
    sys.exit(main())
