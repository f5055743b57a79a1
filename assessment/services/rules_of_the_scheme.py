"""What the database refuses of what a case's scheme pinned, whoever writes to it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.casework.states import AssessmentState
from operations.rules_in_database import Rule

_CASE = "assessment_assessment"


def rules_of_the_scheme() -> tuple[Rule, ...]:
    return (*_pinned(),)


def _pinned() -> tuple[Rule, ...]:
    awarded = _listed((AssessmentState.ANNOUNCED, AssessmentState.CERTIFIED))
    return (
        Rule(
            "the_scheme_of_a_case_stays",
            _CASE,
            "UPDATE",
            "OLD.scheme_type <> NEW.scheme_type",
            "the scheme is pinned when a case is opened",
            columns=(f"{_CASE}.scheme_type",),
        ),
        Rule(
            "the_names_of_a_decision_stay",
            _CASE,
            "UPDATE",
            f"OLD.state IN ({awarded}) AND OLD.decision IS NOT NULL AND (NEW.decision IS NULL "
            "OR CAST(OLD.decision AS text) <> CAST(NEW.decision AS text))",
            "a decision keeps the names it was taken under",
            columns=(f"{_CASE}.decision",),
        ),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
