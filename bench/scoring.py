"""Scoring 100,000 facilities × 60 indicators against a bare NumPy evaluation of the same tree.

    script/bench scoring [--facilities N] [--rounds N]

Four pillars, fifteen dimensions, sixty indicators; pillars are combined geometrically, caps, minima and pillar floors
are in force, every fact is scored: what a bare evaluation can do too. Each figure is the best of the rounds; each
engine has a process of its own, so that peak memory is its own. The exact engine is measured one facility at a time.
Then follows the Monte Carlo of `bench/ranks.py` over the same edition.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.scoring.batch import score_population
from assessment.scoring.columns.population import Population, State
from assessment.scoring.exact import score
from indicators.rubric.loader import edition_of_content
from indicators.rubric.model import Edition, Group, Indicator

FACTS = ("random", "6 decimals", "2 decimals")
SEED = 20261124
RANKS = Path(__file__).with_name("ranks.py")
GOALS = {"ratio": 3.0, "memory": 1024.0, "exact": 20.0}  # times, MiB, ms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--facilities", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=("bare", "batch", "exact"), help=argparse.SUPPRESS)
    parser.add_argument("--facts", choices=FACTS, default=FACTS[0], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.engine:
        print(json.dumps(_measure(asked.engine, asked.facts, asked.facilities, asked.rounds)))
        return 0
    missed = _compare(asked.facilities, asked.rounds)
    print(flush=True)
    drawn = subprocess.run([sys.executable, str(RANKS), "--rounds", str(asked.rounds)], check=False)
    return missed or drawn.returncode


def _compare(facilities: int, rounds: int) -> int:
    def run(engine: str, facts: str) -> dict[str, float]:
        command = [sys.executable, __file__, "--engine", engine, "--facts", facts]
        command += ["--facilities", str(facilities), "--rounds", str(rounds)]
        answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return answer

    print(f"{facilities:,} facilities × 60 indicators, best of {rounds}")
    print(f"{'facts':<12}{'bare s':>8}{'batch s':>9}{'ratio':>7}{'bare MiB':>10}{'batch MiB':>11}{'by exact':>10}")
    met = True
    for facts in FACTS:
        bare, batch = run("bare", facts), run("batch", facts)
        ratio = batch["seconds"] / bare["seconds"]
        met &= batch["memory"] <= GOALS["memory"] and (facts != FACTS[0] or ratio <= GOALS["ratio"])
        print(
            f"{facts:<12}{bare['seconds']:>8.3f}{batch['seconds']:>9.3f}{ratio:>7.2f}"
            f"{bare['memory']:>10.0f}{batch['memory']:>11.0f}{batch['by_exact']:>10.0f}"
        )
    exact = run("exact", FACTS[-1])["seconds"] * 1000
    met &= exact <= GOALS["exact"]
    print(f"exact engine with trace: {exact:.1f} ms per facility")
    print(
        f"goals: ratio ≤ {GOALS['ratio']:.0f} on random facts, ≤ {GOALS['memory']:.0f} MiB, "
        f"exact ≤ {GOALS['exact']:.0f} ms: {'met' if met else 'NOT MET'}"
    )
    return 0 if met else 1


def _measure(engine: str, facts: str, facilities: int, rounds: int) -> dict[str, float]:
    edition = sixty()
    population = random_population(edition, facilities, facts)
    asked = 0.0
    if engine == "exact":
        facilities = min(facilities, 50)
        given = [population.facility(column) for column in range(facilities)]
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        if engine == "bare":
            bare_scores(edition, population)
        elif engine == "batch":
            asked = float(len(score_population(edition, population).by_exact))
        else:
            for one in given:
                score(edition, facility=one.name, profile={}, measurements=one.measurements, inputs_digest="")
        seconds.append((time.perf_counter() - start) / (facilities if engine == "exact" else 1))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": min(seconds), "memory": memory, "by_exact": asked}


# --- what is scored ---------------------------------------------------------------------------------------------------


def sixty() -> Edition:
    """An edition of the size of a whole one: pillars of 4, 4, 4 and 3 dimensions, four indicators each."""
    measures: dict[str, Any] = {}
    pillars = []
    for pillar, count in enumerate((4, 4, 4, 3)):
        dimensions = []
        for dimension in range(count):
            indicators = [_indicator(pillar, dimension, at, measures) for at in range(4)]
            dimensions.append(_titled(f"d{dimension}", weight=str(2 + dimension)) | {"children": indicators})
        pillars.append(_titled(f"p{pillar}", weight=("30", "30", "20", "20")[pillar]) | {"children": dimensions})
    head = _titled("bench") | {
        "schema": "1", "rubric": "bench", "edition": "1", "standing": {"zh": "测试", "en": "benchmark"},
        "measures": measures, "aggregation": {"kind": "geometric", "floor": "1"}, "children": pillars,
        "quality_caps": {"A": "100", "B": "95", "C": "74", "D": "50"},
        "grades": {"pillar_margin": "15", "of": [
            _titled(f"L{at}") | {"at_least": line} for at, line in enumerate(("0", "40", "60", "75", "90"), start=1)]},
    }  # fmt: skip
    del head["id"]
    return edition_of_content({"rubric.yaml": head}, final=False)


def _titled(name: str, **more: str) -> dict[str, Any]:
    return {"id": name, "title": {"zh": name, "en": name}} | more


# Like the curves of a real edition: ratios, percentages, an efficiency that falls, a count.
_CURVES: tuple[tuple[list[list[str]], str], ...] = (
    ([["0.10", "0"], ["0.25", "40"], ["0.40", "75"], ["0.50", "90"], ["0.60", "100"]], "higher"),
    ([["90", "0"], ["95", "40"], ["98", "60"], ["99.5", "90"], ["99.9", "100"]], "higher"),
    ([["1.10", "100"], ["1.20", "90"], ["1.30", "60"], ["1.50", "0"]], "lower"),
    ([["0", "0"], ["30", "60"], ["70", "100"]], "higher"),
)


def _indicator(pillar: int, dimension: int, at: int, measures: dict[str, Any]) -> dict[str, Any]:
    name = f"m{pillar}{dimension}{at}"
    points, direction = _CURVES[at]
    measures[name] = {"title": {"zh": name, "en": name}, "unit": "1", "direction": direction, "lowest": "0"}
    content = _titled(f"i{at}", weight=("10", "7", "5", "8")[at]) | {
        "measure": name, "curve": {"kind": "linear", "points": points}, "missing": "zero",
    }  # fmt: skip
    if at == 2 and dimension == 0:
        content["minimum"] = {"at_most": "1.49", "on_miss": "cap", "cap_at": "L3"}
    return content


def random_population(edition: Edition, size: int, facts: str) -> Population:
    """Values over each curve and a little beyond, every one scored, evidence of all grades."""
    chance = np.random.default_rng(SEED)
    rows = []
    for indicator in edition.indicators:
        anchors = [float(anchor.value) for anchor in indicator.curve.anchors]  # type: ignore[union-attr]
        width = anchors[-1] - anchors[0]
        values = chance.uniform(max(anchors[0] - 0.05 * width, 0), anchors[-1] + 0.05 * width, size)
        if facts != "random":
            values = np.round(values, int(facts.split()[0]))
        rows.append(values)
    shape = (len(rows), size)
    return Population(
        facilities=[f"f{at}" for at in range(size)],
        measures=tuple(indicator.measure for indicator in edition.indicators),
        values=np.array(rows),
        states=np.full(shape, State.SCORED, dtype=np.int8),
        qualities=chance.integers(1, 5, shape, dtype=np.int8),
    )


# --- the bare evaluation ----------------------------------------------------------------------------------------------


def bare_scores(edition: Edition, population: Population) -> dict[str, NDArray[np.float64]]:
    """What one would write without care for ties: floats, rounded as they come; every node, total, grade."""
    rows = {measure: row for row, measure in enumerate(population.measures)}
    caps = np.array([np.inf] + [float(cap) for cap in edition.quality_caps.values()])
    assert population.qualities is not None  # noqa: S101 – made above
    published: dict[str, NDArray[np.float64]] = {}

    def node(one: Group | Indicator) -> NDArray[np.float64]:
        points: NDArray[np.float64]
        if isinstance(one, Indicator):
            row = rows[one.measure]
            anchors = one.curve.anchors  # type: ignore[union-attr]
            points = np.interp(
                population.values[row], [float(a.value) for a in anchors], [float(a.points) for a in anchors]
            )
            points = np.minimum(points, caps[population.qualities[row]])  # type: ignore[index]
        else:
            weights = [float(child.weight.everywhere or Decimal(0)) for child in one.children]
            parts = [node(child) for child in one.children]
            if one is edition.root:
                logs = [weight * np.log(np.maximum(part, 1.0)) for weight, part in zip(weights, parts, strict=True)]
                points = np.exp(sum(logs[1:], logs[0]) / sum(weights))
            else:
                products = [weight * part for weight, part in zip(weights, parts, strict=True)]
                points = sum(products[1:], products[0]) / sum(weights)
        published[one.code] = np.floor(points * 100 + 0.5) / 100
        return points

    node(edition.root)
    assert edition.grades is not None  # noqa: S101 – made above
    lines = np.array([float(grade.at_least) for grade in edition.grades.grades])
    reached = np.searchsorted(lines, published[edition.root.code], side="right") - 1
    for pillar in edition.root.children:
        allowed = np.maximum(np.searchsorted(lines - 15, published[pillar.code], side="right") - 1, 0)
        reached = np.minimum(reached, allowed)
    for indicator in edition.indicators:
        for minimum in indicator.minima:
            missed = population.values[rows[indicator.measure]] > float(minimum.at_most or 0)
            reached = np.where(missed, np.minimum(reached, 2), reached)
    published["grade"] = reached.astype(np.float64)
    return published


if __name__ == "__main__":
    sys.exit(main())
