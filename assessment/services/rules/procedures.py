"""In which states a case is, by its procedure, as SQL asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assessment.casework.states import AssessmentState, Procedure
from operations.rules_in_database import listed

StatesOf = Mapping[Procedure, Sequence[AssessmentState]]


def in_its_procedure(states: StatesOf) -> str:
    """Of the case `a`."""
    each = (f"(a.procedure = '{procedure}' AND a.state IN ({listed(among)}))" for procedure, among in states.items())
    return f"({' OR '.join(each)})"


def case_in(states: StatesOf, *, case: str = "NEW.assessment_id") -> str:
    """Whether the case of this key is in one of them."""
    return f"EXISTS (SELECT 1 FROM assessment_assessment a WHERE a.id = {case} AND {in_its_procedure(states)})"
