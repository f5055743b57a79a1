"""Which cases two people decide on, and who concurred."""

from __future__ import annotations

from assessment.models import Act, Assessment
from indicators.selectors import typed


def is_for_two(case: Assessment) -> bool:
    """Whether the grade of its result is one two deciders have to agree on."""
    grades = typed(case.edition).grades
    if not case.two_deciders_from or grades is None or case.result is None:
        return False
    known = [one.id for one in grades.grades]
    reached, line = case.result.grade, case.two_deciders_from
    return reached in known and line in known and grades.rank(reached) >= grades.rank(line)


def concurrence(case: Assessment) -> Act | None:
    """The act of the decider who concurred with the review that stands; None while none has, or none stands."""
    acts = case.acts.filter(of="assessment").order_by("pk")
    last = acts.filter(act__in=("review", "ask_again", "reconsider")).last()
    since = acts.filter(act="concur", pk__gt=last.pk) if last and last.act == "review" else acts.none()
    return since.select_related("person").last()
