"""How training jobs moved on, from step heartbeats and from logs with times: progress, roll-backs, interruptions.

A step counts once: what was done and later rolled back is lost. Times per step are whole microseconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.provenance import Support
from indicators.measures.base import CentreEvidence, support
from indicators.measures.columns import MISSING, WIDEST, Integers, distinct, figures, integers, milliseconds
from indicators.measures.run_cards import run_cards_of

STALL = 2  # times the typical step: beyond, what is more than typical is no progress
LONG_STALL_STEPS, LONG_STALL_MS = 10, 60_000  # a pause longer than both is an interruption
SAME_RATE = (105, 100)  # a step within 5 % of the typical one is at the previous rate
_PS_PER_US = 10**6  # a figure of ms is kept in 10⁻⁹ ms
# Beyond these a record is nonsense; cutting there keeps products of them inside 64 bits.
_MOST_STEPS, _LONGEST_STEP_US = 10**6, 10**10


@dataclass(frozen=True)
class Progress:
    """The steps of one job in the order of time.

    Args:
        job: as the scheduler calls it; None where the record does not name it.
        kind: step_heartbeats | training_steps, of `rows`.
        at: when each step ended, ms since 1970 UTC.
        saved: ms for which training stood still after the step for a checkpoint.
        alone: µs of the step alone, `MISSING` where not said.
    """

    job: str | None
    cards: int
    kind: str
    rows: pa.Table
    at: Integers
    step: Integers
    saved: Integers
    alone: Integers

    @property
    def rests_on(self) -> tuple[Support, ...]:
        return support(self.kind, self.rows)

    def within(self, start: int, end: int) -> Progress:
        """The part whose steps ended inside a window."""
        inside = (self.at >= start) & (self.at <= end)
        return Progress(
            self.job,
            self.cards,
            self.kind,
            self.rows.filter(pa.array(inside)),
            *(column[inside] for column in (self.at, self.step, self.saved, self.alone)),
        )

    @cached_property
    def stride(self) -> int:
        """Steps between two rows, as most of them have it."""
        ahead = self._ahead[self._ahead > 0]
        return int(np.sort(ahead)[len(ahead) // 2]) if len(ahead) else 1

    @cached_property
    def typical(self) -> int:
        """µs of one step: the median, of steps told alone where half of them are."""
        told = self.alone[self.alone != MISSING]
        if 2 * len(told) >= len(self.at):
            return min(int(np.sort(told)[len(told) // 2]), _LONGEST_STEP_US)
        forward = self._ahead > 0
        each = np.sort(self._passed[forward] * 1000 // self._ahead[forward])
        return min(int(each[len(each) // 2]), _LONGEST_STEP_US) if len(each) else 0

    @cached_property
    def restarts(self) -> Integers:
        """The rows before which the job was interrupted: it went back, or paused for longer than any step takes."""
        pause = self._passed * 1000 - np.maximum(self._ahead, 0) * self.typical
        longest = max(LONG_STALL_STEPS * self.typical * self.stride, LONG_STALL_MS * 1000)
        return np.flatnonzero((self._ahead <= 0) | (pause > longest)) + 1

    @cached_property
    def productive(self) -> Integers:
        """µs of progress each row stands for, what was rolled back later taken off; floored to whole µs."""
        return self._done.astype(object) * self._kept // self._span

    @cached_property
    def rolled_back(self) -> Integers:
        """µs of progress of each row that a later restart threw away."""
        return self._done - self.productive

    @property
    def started(self) -> int:
        """When the first row's step can have begun, ms."""
        return int(self.at[0]) - self.stride * self.typical // 1000

    def recoveries(self) -> list[int]:
        """Ms from the last step before each interruption to steps at the previous rate again."""
        times = []
        for restart in self.restarts.tolist():
            rate = self._passed[restart:] * 1000 * SAME_RATE[1] <= self._ahead[restart:] * self.typical * SAME_RATE[0]
            steady = np.flatnonzero(rate & (self._ahead[restart:] > 0))
            back = restart + int(steady[0]) if len(steady) else len(self.at) - 1
            times.append(int(self.at[back] - self.at[restart - 1]))
        return times

    @cached_property
    def _ahead(self) -> Integers:
        return np.clip(np.diff(self.step), -_MOST_STEPS, _MOST_STEPS)

    @cached_property
    def _passed(self) -> Integers:
        """Ms between rows without checkpoints."""
        return np.maximum(np.diff(self.at) - self.saved[:-1], 0)

    @cached_property
    def _span(self) -> Integers:
        """Steps each row stands for; after going back, one stride."""
        return np.concatenate([[self.stride], np.where(self._ahead > 0, self._ahead, self.stride)])

    @cached_property
    def _done(self) -> Integers:
        passed = self._passed * 1000
        usual = self._span[1:] * self.typical
        forward = np.where(passed <= STALL * usual, passed, usual)
        done = np.where(self._ahead > 0, forward, np.minimum(usual, passed))
        return np.concatenate([[self.stride * self.typical], done])

    @cached_property
    def _kept(self) -> Integers:
        """Of the steps each row stands for, how many no later restart went back behind."""
        back = np.flatnonzero(self._ahead <= 0) + 1
        resumed = np.full(len(self.step) + 1, np.iinfo(np.int64).max)
        resumed[back] = self.step[back] - self.stride
        later = np.minimum.accumulate(resumed[::-1])[::-1][1:]
        kept: Integers = np.clip(np.minimum(self.step, later) - (self.step - self._span), 0, self._span)
        return kept


def training_progress(evidence: CentreEvidence) -> list[Progress]:
    """The progress of every job that was handed in, heartbeats before logs; a row in several files counts once."""
    if "training_progress" not in evidence.derived:
        evidence.derived["training_progress"] = [*_heartbeats(evidence), *_logs(evidence)]
    found: list[Progress] = evidence.derived["training_progress"]
    return found


def _heartbeats(evidence: CentreEvidence) -> Iterable[Progress]:
    rows = evidence.rows("step_heartbeats")
    if not rows.num_rows:
        return
    rows = distinct(rows, by=("job", "at", "step", "cards"))
    rows = rows.sort_by([(name, "ascending") for name in ("job", "at", "step", "cards")])
    encoded = rows.column("job").combine_chunks().dictionary_encode()
    edges = np.flatnonzero(np.diff(encoded.indices.to_numpy())) + 1
    for begin, end in itertools.pairwise([0, *edges.tolist(), rows.num_rows]):
        own = rows.slice(begin, end - begin)
        job = own.column("job")[0].as_py()
        yield Progress(
            job,
            int(pc.max(own.column("cards")).as_py()),
            "step_heartbeats",
            own,
            milliseconds(own.column("at")),
            integers(own.column("step")),
            _whole(own.column("checkpoint_ms"), 10**9),
            _microseconds(own.column("step_ms")),
        )


def _logs(evidence: CentreEvidence) -> Iterable[Progress]:
    """Logs with times and a run card; the logs one card file tells alike are one run, resumed."""
    steps = evidence.rows("training_steps")
    steps = steps.filter(pc.is_valid(steps.column("at")))
    logs = set(pc.unique(steps.column("evidence")).to_pylist())
    runs: dict[tuple[Any, ...], list[str]] = {}
    for log, card in sorted(run_cards_of(evidence).items()):
        if log in logs and card["objective"] != "inference":
            runs.setdefault((card["evidence"], card["model"], card["accelerators"], card["workload"]), []).append(log)
    for (_, _, cards, _), names in runs.items():
        own = steps.filter(pc.is_in(steps.column("evidence"), value_set=pa.array(names)))
        own = distinct(own, by=("at", "step")).sort_by([("at", "ascending"), ("step", "ascending")])
        yield Progress(
            None,
            cards,
            "training_steps",
            own,
            milliseconds(own.column("at")),
            integers(own.column("step")),
            np.zeros(own.num_rows, dtype=np.int64),
            _microseconds(own.column("iteration_ms")),
        )


def _microseconds(column: pa.ChunkedArray) -> Integers:
    return np.where(pc.is_valid(column).to_numpy(), _whole(column, _PS_PER_US), MISSING)


def _whole(column: pa.ChunkedArray, unit: int) -> Integers:
    """Figures in whole units of so many 10⁻⁹, floored; none is 0."""
    return (np.minimum(figures(column), WIDEST) // unit).astype(np.int64)
