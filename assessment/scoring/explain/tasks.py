"""What a centre has still to do for an indicator: whether it is done, under way, waiting for something else, or faulty.

Told from the outcome of the indicator and its reason, and from what was handed in so far; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assessment.scoring.result import Node
from core.outcome import Outcome
from indicators.measures.base import Measure


class TaskState(StrEnum):
    COMPLETED = "completed"
    IN_PROGRESS = "in_progress"  # being read, or the window is not full yet
    NOT_STARTED = "not_started"
    CANNOT_START = "cannot_start"  # the profile or other evidence has to come first
    PROBLEM = "problem"  # rejected, invalid, or a gap
    NOT_NEEDED = "not_needed"  # a rule of the rubric leaves it out here


# Reasons of measures that wait for the profile, for other evidence, or for something only the assessing body adds.
NEEDS_FIRST = frozenset(
    {
        *("card_model_unknown", "cards_unknown", "data_wait_not_told", "demand_response_not_shown", "factor_missing"),
        *("fuel_energy_missing", "jobs_missing", "latency_not_told", "line_rate_missing", "links_unknown"),
        *("meters_not_declared", "model_unknown", "no_emission_factor", "no_link_rate", "no_peak", "no_power"),
        *("no_run_times", "nodes_unknown", "part_not_declared", "peak_unconfirmed", "power_missing"),
        *("recomputation_unknown", "named_log_missing", "reference_missing", "rpeak_missing", "rpeak_unconfirmed"),
        *("run_card_missing", "system_description_missing"),
    }
)
# Reasons that more of the same evidence clears by itself.
STILL_TO_COME = frozenset(
    {
        *(
            "exposure_too_small",
            "heartbeats_too_few",
            "no_checkpoint",
            "no_dense_run",
            "no_interruption",
            "no_large_job",
            "no_moe_run",
            "no_requests",
        ),
        *("no_scale_out_pair", "no_scaling_pair", "no_timed_run", "no_comparable_result", "no_comparable_run"),
        *("no_comparable_set", "too_few_answers", "too_few_days", "too_few_drills"),
        *("too_few_jobs", "too_few_nodes", "too_few_probes", "too_few_runs", "too_few_steps"),
    }
)
# Reasons that a window is not covered: still to come while its months follow one another, else a gap.
NOT_COVERED = frozenset(
    {
        *("coverage_too_small", "meter_silent", "months_missing", "points_silent", "power_gaps", "power_incomplete"),
        *("telemetry_gaps", "window_not_covered", "windows_missing", "year_not_covered"),
    }
)
_REJECTED = "evidence_rejected"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a centre handed in, by kind of observation.

    Args:
        months: the months accepted rows speak of.
        reading: kinds that files still being read will carry, where that is known.
    """

    months: Mapping[str, Collection[str]] = field(default_factory=dict)
    reading: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """How many of the months a window wants are there, and which of them lie between others and are not.

    Args:
        kind: of the observations that have fewest of them.
        missing: of the window's months, in the order of the calendar.
        gaps: those of them with a month that is there before and behind.
    """

    kind: str
    months: int
    present: int
    missing: tuple[str, ...]
    gaps: tuple[str, ...]


def task_state(node: Node, *, measure: Measure | None, handed_in: HandedIn, window: Window | None) -> TaskState:
    """The state of one indicator.

    Args:
        measure: the computed one; None where the value comes from a facts file.
        window: of its months; None where it has none.
    """
    if node.outcome is Outcome.NOT_APPLICABLE:
        return TaskState.NOT_NEEDED
    if node.outcome is Outcome.SCORED:
        return TaskState.COMPLETED
    if measure is not None and set(measure.kinds) & set(handed_in.reading):
        return TaskState.IN_PROGRESS
    code = node.reason.code if node.reason else ""
    if node.outcome is Outcome.INVALID or code == _REJECTED:
        return TaskState.PROBLEM
    if node.outcome is Outcome.NO_EVIDENCE:
        return TaskState.NOT_STARTED
    if code in NEEDS_FIRST:
        return TaskState.CANNOT_START
    if code in STILL_TO_COME:
        return TaskState.IN_PROGRESS
    if code in NOT_COVERED and window is not None and window.missing and not window.gaps:
        return TaskState.IN_PROGRESS
    return TaskState.PROBLEM


def window_of(
    measure: Measure, *, wanted: Collection[str], handed_in: HandedIn, monthly: Collection[str]
) -> Window | None:
    """The window of a measure by the kind it has least of; None where nothing monthly of it is there yet.

    Args:
        wanted: names of the months (`2025-04`) the window wants, in the order of the calendar.
        monthly: kinds that come month by month, so that a month without rows is one that is missing.
    """
    kinds = [kind for kind in measure.kinds if kind in monthly and handed_in.months.get(kind)]
    if not kinds or not wanted:
        return None
    return min((_window(kind, tuple(wanted), handed_in.months[kind]) for kind in kinds), key=lambda one: one.present)


def _window(kind: str, wanted: tuple[str, ...], there: Collection[str]) -> Window:
    present = [month for month in wanted if month in there]
    missing = tuple(month for month in wanted if month not in there)
    inside = [month for month in missing if present and present[0] < month < present[-1]]
    return Window(kind, len(wanted), len(present), missing, tuple(inside))
