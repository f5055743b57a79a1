"""The official score of a set of MLPerf Training runs: an olympic mean, corrected for convergence luck.

Source: MLPerf Training rules, "Results": the fastest and the slowest runs are dropped, a run that did not converge
counts as a slowest one; the rest is averaged and multiplied by the set's scaling factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.errors import InsufficientData
from core.quantity import decimal_of_fraction
from core.text import Text

MILLISECONDS_PER_MINUTE = 60_000
SCORE_DIGITS = 17  # every digit a double can show, as the official summariser prints
_DROPPED_PER_SIDE = {"unet3d": 4}


@dataclass(frozen=True, slots=True)
class SetRun:
    """One run of a set: its status and `run_stop` − `run_start` in milliseconds (null when incomplete)."""

    status: str
    duration_ms: int | None


def dropped_per_side(benchmark: str) -> int:
    """How many of the fastest, and how many of the slowest runs, are left out."""
    return _DROPPED_PER_SIDE.get(benchmark, 1)


def official_score(runs: Sequence[SetRun], *, benchmark: str, scaling_factor: Decimal = Decimal(1)) -> Decimal:
    """Minutes to train, as the organisers score a set of runs.

    Args:
        runs: N runs in any order; whatever is not `success` counts as slower than every other run.
        benchmark: name in the log; `unet3d` drops four runs per side, the others one.
        scaling_factor: from the set's `scaling.json`, 1 when there is none.

    Returns:
        Minutes, 17 significant digits.

    Raises:
        InsufficientData: `too_few_runs` when nothing would remain, `too_many_failed_runs` when a run without
            success would have to be averaged.
    """
    dropped = dropped_per_side(benchmark)
    times = sorted(run.duration_ms for run in runs if run.status == "success" and run.duration_ms is not None)
    failed = len(runs) - len(times)
    if len(runs) <= 2 * dropped:
        raise InsufficientData(
            "too_few_runs",
            Text(
                zh=f"{benchmark} 至少需要 {2 * dropped + 1} 次运行，现有 {len(runs)} 次。",
                en=f"{benchmark} needs at least {2 * dropped + 1} runs; there are {len(runs)}.",
            ),
            hint=Text(zh="请提交该组其余运行的日志。", en="Hand in the logs of the other runs of the set."),
        )
    if failed > dropped:
        raise InsufficientData(
            "too_many_failed_runs",
            Text(
                zh=f"{failed} 次运行未成功，最多允许 {dropped} 次。",
                en=f"{failed} runs did not succeed; at most {dropped} may.",
            ),
            hint=Text(zh="请重新运行该组，并提交其日志。", en="Run the set again and hand in its logs."),
        )
    kept = times[dropped : len(runs) - dropped]
    minutes = Fraction(sum(kept), len(kept) * MILLISECONDS_PER_MINUTE) * Fraction(scaling_factor)
    return decimal_of_fraction(minutes, digits=SCORE_DIGITS)
