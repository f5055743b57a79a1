"""What came of running an edition's cases, and whether it is enough to publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import DecisionBlocked, RubricError
from core.provenance import Where
from core.text import Text
from indicators.models import Edition, EditionTrial
from indicators.rubric.tree import CASES_FILE
from indicators.selectors import trial_of

SHOWN = 50
_MISSED = Text(
    zh="请改正用例的期望，或改正它所依据的曲线与阈值。",
    en="Mend what the case expects, or the curve and thresholds it rests on.",
)


def keep_trial(
    digest: str, *, cases: int, misses: Sequence[Mapping[str, Any]], untested: Sequence[str]
) -> EditionTrial:
    """Kept once per content; running the same cases again would say the same."""
    found, _ = EditionTrial.objects.get_or_create(
        digest=digest,
        defaults={"cases": cases, "misses": [dict(one) for one in misses], "untested": list(untested)},
    )
    return found


def require_trial(edition: Edition) -> None:
    """Raises:
    DecisionBlocked: `cases_not_run`.
    RubricError: `cases_missing` without cases or with thresholds no case stands on; `cases_missed` with all misses.
    """
    trial = trial_of(edition)
    if trial is None:
        raise DecisionBlocked(
            "cases_not_run",
            Text(zh="随附用例尚未运行完毕。", en="The worked cases have not been run yet."),
            hint=Text(zh="请等待该任务结束后再试。", en="Wait for their job to end, then try again."),
        )
    where = Where(file=CASES_FILE)
    if not trial.cases:
        raise RubricError(
            "cases_missing",
            Text(zh="该版次没有用例。", en="The edition brings no worked cases."),
            where=where,
            hint=Text(
                zh="请在 cases.yaml 中为每个阈值至少写一个用例。",
                en="Write cases.yaml with at least one case on every threshold.",
            ),
        )
    if trial.untested:
        listed = ", ".join(trial.untested[:SHOWN])
        raise RubricError(
            "cases_missing",
            Text(zh=f"没有用例的界线：{listed}。", en=f"No case stands on: {listed}."),
            where=where,
            hint=Text(zh="请为每个界线写一个用例。", en="Write a case on each of them."),
        )
    if trial.misses:
        faults = tuple(
            RubricError("cases_missed", Text(**miss["message"]), where=Where(**miss["where"]), hint=_MISSED)
            for miss in trial.misses[:SHOWN]
        )
        raise RubricError("cases_missed", faults[0].message, where=faults[0].where, hint=_MISSED, faults=faults)
