"""Which cases two people decide on."""

from __future__ import annotations

from assessment.models import Assessment
from indicators.selectors import typed


def is_for_two(case: Assessment) -> bool:
    """Whether the grade of its result is one two deciders have to agree on."""
    grades = typed(case.edition).grades
    if not case.two_deciders_from or grades is None or case.result is None:
        return False
    known = [one.id for one in grades.grades]
    reached, line = case.result.grade, case.two_deciders_from
    return reached in known and line in known and grades.rank(reached) >= grades.rank(line)
