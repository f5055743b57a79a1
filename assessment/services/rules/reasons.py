"""What the database refuses of reasons for flags, whoever writes to it."""

from __future__ import annotations

from assessment.casework.states import EXPLAINED_IN
from centres.permissions import ALL_WORK
from operations.rules_in_database import Rule, listed

_REASON = "assessment_flagreason"


def rules_of_reasons() -> tuple[Rule, ...]:
    """Given by engineers and owners of the centre, in its time, to what was odd about this very submission."""
    return (
        _unless(
            "a_reason_is_given_by_the_centre",
            "JOIN centres_membership m ON m.centre_id = a.centre_id",
            f"m.user_id = NEW.given_by_id AND m.role IN ({listed(ALL_WORK)})",
            "neither engineer nor owner of the centre",
            columns=("centres_membership.role",),
        ),
        _unless(
            "a_reason_is_given_in_its_time",
            "",
            f"a.state IN ({listed(EXPLAINED_IN)})",
            "the case is not open to reasons",
            columns=("assessment_assessment.state",),
        ),
        _unless(
            "a_reason_is_given_to_its_own_case",
            "JOIN assessment_screening s ON s.result_id = a.result_id",
            "s.id = NEW.screening_id",
            "that screening is of another case",
            columns=("assessment_screening.result_id", "assessment_assessment.result_id"),
        ),
    )


def _unless(name: str, joined: str, holds: str, message: str, *, columns: tuple[str, ...]) -> Rule:
    """No reason is added unless this holds of its case, `a`."""
    case = f"SELECT 1 FROM assessment_assessment a {joined} WHERE a.id = NEW.assessment_id AND {holds}"
    return Rule(name, _REASON, "INSERT", f"NOT EXISTS ({case})", message, columns=columns)
